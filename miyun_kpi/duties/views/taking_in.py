"""期初已办: a table or a workbook of what was settled on paper; proposed here, confirmed by another of the office (proposals)."""

from collections.abc import Sequence
from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from miyun_kpi.duties import access
from miyun_kpi.duties.enums import OpeningHow, ReportState
from miyun_kpi.duties.excel import OPENING_LIMITS, opening_template, read_openings
from miyun_kpi.duties.forms import OpeningForm, TakeBackForm, opening_rows
from miyun_kpi.duties.models import DutyDocument, DutyPeriod
from miyun_kpi.duties.queries.lists import document_by
from miyun_kpi.duties.queries.owing import BeforeLive, before_live
from miyun_kpi.duties.rules.cadence import label_of
from miyun_kpi.duties.services.taking_in import BACK, CODE, MOST, key_of, named, place_of, why_not, wrong
from miyun_kpi.duties.views.reports import report_page
from miyun_kpi.lib.errors import FieldError, Refused
from miyun_kpi.lib.lists import first
from miyun_kpi.proposals.models import Proposal
from miyun_kpi.proposals.services import propose
from miyun_kpi.requests import KpiRequest
from miyun_kpi.sheets.write import CONTENT_TYPE
from miyun_kpi.web import previews
from miyun_kpi.web.acts import form_of, page_act, sent, sent_workbook, shown, takes_files
from miyun_kpi.web.answers import download
from miyun_kpi.web.forms import unreadable

WHAT = "duties.opening"
SHOWN = 100


def _kept(request: KpiRequest, document: str) -> DutyDocument:
    return access.require_office(request.actor, document_by(document).document)


def _open(before: BeforeLive) -> list[DutyPeriod]:
    """What can be taken in, by clause, period and unit."""
    found = [row for row in before.rows.values() if not why_not(row)]
    return sorted(found, key=lambda row: (row.unit.duty_id, row.period, row.unit.organisation.order, row.unit_id))


def _chosen(request: KpiRequest, rows: Sequence[DutyPeriod]) -> list[DutyPeriod]:
    duty, period, unit = (request.GET.get(name, "") for name in ("duty", "period", "unit"))
    found = [row for row in rows if duty in ("", str(row.unit.duty_id)) and period in ("", row.period)]
    return [row for row in found if unit.strip() in row.unit.organisation.name]


def _page(request: KpiRequest, document: str, refusal: Refused | None = None) -> HttpResponse:
    kept = _kept(request, document)
    before = before_live(kept, timezone.now())
    rows, typed = _open(before), request.GET
    found = first(_chosen(request, rows), SHOWN)
    form = form_of(request, OpeningForm, keys=[key_of(row) for row in found])
    by_key = {key_of(row): row for row in rows}
    lines = [
        (by_key[key], label_of(by_key[key].period), *fields)
        for key, fields in zip(form.keys, form.lines(), strict=True)
        if key in by_key
    ]
    taken = first([row for row in before.rows.values() if row.state == ReportState.OPENING], SHOWN)
    context = {
        "document": kept,
        "before": before,
        "form": form,
        "found": found,
        "lines": lines,
        "duties": sorted({(row.unit.duty_id, row.unit.duty.title[:40]) for row in rows}),
        "periods": sorted({(row.period, label_of(row.period)) for row in rows}),
        "typed": typed,
        "done": taken,
        "taken": [(row, named(row)) for row in taken],
        "most": MOST,
    }
    return shown(request, "duties/opening.html", context, refusal)


@page_act(_page, opens=True, explains=True)
def opening(request: KpiRequest, document: str) -> HttpResponse:
    """All that is wrong with any line is told at once, at its field."""
    kept = _kept(request, document)
    before = before_live(kept, timezone.now())
    keys = [name.removeprefix("how-") for name in request.POST if name.startswith("how-")]
    if len(keys) > SHOWN:
        raise unreadable()
    rows = opening_rows(sent(request, OpeningForm, keys=keys), keys)
    if not rows:
        raise Refused("nothing-selected", "没有选任何一期，没有提出。请在表里选期初情形。")
    errors = [_of_line(key, one, before) for key, row in rows.items() for one in wrong(row, before)]
    if errors:
        said = f"有 {len(errors)} 处要改，没有提出。请改正后再提出。"
        raise Refused("bad-opening", said, errors=list(dict.fromkeys(errors)))
    made = _propose(request, kept, list(rows.values()))
    return redirect("proposals:proposal", proposal_id=made.pk)


def _of_line(key: str, one: FieldError, before: BeforeLive) -> FieldError:
    if one.field == "basis":
        return one
    period = next((row for row in before.rows.values() if key_of(row) == key), None)
    said = f"{named(period)}：{one.message}" if period else one.message
    return FieldError(said, one.code, field=f"on-{key}" if one.field == "on" else f"how-{key}")


def _propose(request: KpiRequest, kept: DutyDocument, rows: list[Any]) -> Proposal:
    given = {"document": kept.document, "rows": rows}
    return propose(actor=request.actor, code=CODE, at=timezone.now(), **given)


@require_safe
def template_file(request: KpiRequest, document: str) -> HttpResponse:
    kept, at = _kept(request, document), timezone.now()
    before = before_live(kept, at)
    content = opening_template(first(_chosen(request, _open(before)), OPENING_LIMITS.rows), before, at=at)
    return download(content, CONTENT_TYPE, f"{kept.label}任务期初登记模板.xlsx")


@takes_files
@page_act(_page)
def upload(request: KpiRequest, document: str) -> HttpResponse:
    """A POST reads and compares; it writes nothing."""
    kept = _kept(request, document)
    content, name = sent_workbook(request, OPENING_LIMITS.file)
    before = before_live(kept, timezone.now())
    rows = read_openings(content, file_name=name, before=before)
    said = [(before.rows[place_of(row)], OpeningHow(row["how"]).label, row) for row in rows]
    context = {
        "document": kept,
        "rows": [(named(period), how, row) for period, how, row in said],
        "file": name,
        "packed": previews.packed(request, WHAT, {"document": kept.document, "rows": rows}),
    }
    return render(request, "duties/opening_preview.html", context)


@page_act(_page)
def accept(request: KpiRequest, document: str) -> HttpResponse:
    kept, read = _kept(request, document), previews.unpacked(request, WHAT)
    if read["document"] != kept.document:
        raise Refused("preview-gone", "这份预览不是这个文件的，没有提出。请重新上传工作簿。")
    made = _propose(request, kept, read["rows"])
    return redirect("proposals:proposal", proposal_id=made.pk)


@page_act(report_page)
def take_back(request: KpiRequest, period_id: int) -> HttpResponse:
    row = access.visible_period(request.actor, period_id)
    access.require_office(request.actor, row.unit.duty.document)
    given = sent(request, TakeBackForm)
    made = propose(actor=request.actor, code=BACK, duty_period_id=row.pk, at=timezone.now(), **given)
    return redirect("proposals:proposal", proposal_id=made.pk)
