"""整改时限 of what was found, entered on one page."""

import re
from datetime import date

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from evaluation.feedback.access import deadline_scope
from evaluation.feedback.queries.deadlines import deadline_lines
from evaluation.feedback.services.deadlines import set_deadlines
from miyun_kpi.lib.errors import FieldError, NotFound, Refused
from miyun_kpi.requests import KpiRequest

_FIELD = re.compile(r"(?a:due-(\d{1,12})-(\d{1,12}))")


def _read(request: KpiRequest) -> dict[tuple[int, int], date | None]:
    """Every date of the form; what cannot be read as a day is refused with the words typed."""
    wanted: dict[tuple[int, int], date | None] = {}
    errors = []
    for name, text in request.POST.items():
        match = _FIELD.fullmatch(name)
        if not match:
            continue
        try:
            wanted[int(match[1]), int(match[2])] = date.fromisoformat(str(text).strip()) if str(text).strip() else None
        except ValueError:
            errors.append(FieldError(f"“{str(text)[:20]}”读不成一天，请写成 2020-08-31 的样子", "bad-date"))
    if errors:
        raise Refused("bad-date", f"有 {len(errors)} 个日期读不懂，没有保存。请改正。", errors=errors)
    return wanted


@require_http_methods(["GET", "POST"])
def deadlines(request: KpiRequest, ranking_id: int) -> HttpResponse:
    actor = request.actor
    check, evaluator_id = deadline_scope(actor, ranking_id)
    refusal = None
    if request.method == "POST":
        try:
            set_deadlines(actor=actor, ranking_id=ranking_id, wanted=_read(request), at=timezone.now())
            return redirect(f"{request.path}?saved=1")
        except NotFound:
            raise
        except Refused as refused:
            refusal = refused
    lines = deadline_lines(check, evaluator_id)
    context = {
        "check": check,
        "ranking": check.ranking,
        "rows": [
            (line, request.POST.get(line.field, line.due_on.isoformat() if line.due_on else "")) for line in lines
        ],
        "office": evaluator_id is None,
        "entered": sum(line.due_on is not None for line in lines),
        "saved": request.GET.get("saved") == "1",
        "refusal": refusal,
    }
    return render(request, "evaluation/feedback/deadlines.html", context, status=refusal.status if refusal else 200)
