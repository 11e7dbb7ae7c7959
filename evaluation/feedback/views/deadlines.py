"""整改时限 of what was found, entered on one page."""

import re
from datetime import date

from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone

from evaluation.feedback.access import deadline_scope
from evaluation.feedback.queries.deadlines import deadline_lines
from evaluation.feedback.services.deadlines import set_deadlines
from miyun_kpi.lib.errors import FieldError, Refused
from miyun_kpi.requests import KpiRequest
from miyun_kpi.web.acts import page_act, shown

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


def _page(request: KpiRequest, ranking_id: int, refusal: Refused | None = None) -> HttpResponse:
    check, evaluator_id = deadline_scope(request.actor, ranking_id)
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
    }
    return shown(request, "evaluation/feedback/deadlines.html", context, refusal)


@page_act(_page, opens=True)
def deadlines(request: KpiRequest, ranking_id: int) -> HttpResponse:
    deadline_scope(request.actor, ranking_id)
    set_deadlines(actor=request.actor, ranking_id=ranking_id, wanted=_read(request), at=timezone.now())
    return redirect(f"{request.path}?saved=1")
