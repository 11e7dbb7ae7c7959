"""期初 of 依申请公开: one by its form, many by a workbook; proposed here, confirmed by another of the organ (proposals)."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from disclosure.excel import OPENING_LIMITS, opening_template, read_openings
from disclosure.forms import OpeningForm, as_row
from disclosure.rules.opening import DAYS, STAGES
from disclosure.services.opening import CODE, MOST, may, packed
from miyun_kpi.lib.errors import NotAllowed, Refused
from miyun_kpi.proposals.models import Proposal
from miyun_kpi.proposals.services import propose
from miyun_kpi.requests import KpiRequest
from miyun_kpi.sheets.write import CONTENT_TYPE
from miyun_kpi.web import previews
from miyun_kpi.web.acts import form_of, page_act, sent, sent_workbook, shown, takes_files
from miyun_kpi.web.answers import download

WHAT = "disclosure.opening"


def _organ(request: KpiRequest) -> int:
    if request.actor.organisation_id is None:
        raise NotAllowed("not-the-organ", "期初登记由收到申请的机关办理，没有执行。")
    may(request.actor, request.actor.organisation_id)
    return request.actor.organisation_id


def _page(request: KpiRequest, refusal: Refused | None = None) -> HttpResponse:
    _organ(request)
    context = {"form": form_of(request, OpeningForm), "most": MOST}
    return shown(request, "disclosure/opening.html", context, refusal)


@page_act(_page, opens=True, explains=True)
def one(request: KpiRequest) -> HttpResponse:
    _organ(request)
    made = _propose(request, [packed(as_row(sent(request, OpeningForm)))])
    return redirect("proposals:proposal", proposal_id=made.pk)


def _propose(request: KpiRequest, rows: list[Any]) -> Proposal:
    given = {"organisation_id": _organ(request), "rows": rows}
    return propose(actor=request.actor, code=CODE, at=timezone.now(), **given)


@require_safe
def template_file(request: KpiRequest) -> HttpResponse:
    _organ(request)
    return download(opening_template(at=timezone.now()), CONTENT_TYPE, "公开申请期初登记模板.xlsx")


@takes_files
@page_act(_page)
def upload(request: KpiRequest) -> HttpResponse:
    """A POST reads and compares; it writes nothing. Who asked is carried on sealed and not shown."""
    organ = _organ(request)
    content, name = sent_workbook(request, OPENING_LIMITS.file)
    rows = read_openings(content, file_name=name, organisation_id=organ, today=timezone.localdate())
    days = [[(label, row[day]) for day, label in DAYS.items() if row.get(day)] for row in rows]
    context = {
        "rows": [(row, STAGES[row["stage"]], said) for row, said in zip(rows, days, strict=True)],
        "file": name,
        "packed": previews.packed(request, WHAT, [packed(row) for row in rows]),
    }
    return render(request, "disclosure/opening_preview.html", context)


@page_act(_page)
def accept(request: KpiRequest) -> HttpResponse:
    made = _propose(request, previews.unpacked(request, WHAT))
    return redirect("proposals:proposal", proposal_id=made.pk)
