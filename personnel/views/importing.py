"""Import of past notices: template, upload, preview, acceptance of exactly what was previewed."""

from dataclasses import astuple, fields
from datetime import date
from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from miyun_kpi.lib.errors import Refused
from miyun_kpi.requests import KpiRequest
from miyun_kpi.sheets.write import CONTENT_TYPE
from miyun_kpi.web import previews
from miyun_kpi.web.acts import page_act, sent_workbook, shown, takes_files
from miyun_kpi.web.answers import download
from personnel import access
from personnel.excel import LIMITS, read_history, template
from personnel.services.history import HistoryRow, record_history

WHAT = "personnel.history"


@require_safe
def template_file(request: KpiRequest) -> HttpResponse:
    access.require_office(request.actor)
    return download(template(at=timezone.now()), CONTENT_TYPE, "历史任免导入模板.xlsx")


def _page(request: KpiRequest, refusal: Refused | None = None) -> HttpResponse:
    access.require_office(request.actor)
    return shown(request, "personnel/import.html", {}, refusal)


@takes_files
@page_act(_page, opens=True)
def upload(request: KpiRequest) -> HttpResponse:
    """A POST reads and compares; it writes nothing."""
    access.require_office(request.actor)
    content, name = sent_workbook(request, LIMITS.file)
    rows, known = read_history(content, file_name=name, today=timezone.localdate())
    packed = [[str(one) if isinstance(one, date) else one for one in astuple(row)] for row in rows]
    context = {
        "rows": rows,
        "number": len(rows),
        "known": known,
        "file": name,
        "packed": previews.packed(request, WHAT, packed),
    }
    return render(request, "personnel/import_preview.html", context)


@page_act(_page)
def accept(request: KpiRequest) -> HttpResponse:
    access.require_office(request.actor)
    rows = [HistoryRow(**_read(values)) for values in previews.unpacked(request, WHAT)]
    record_history(actor=request.actor, rows=rows, at=timezone.now())
    return redirect("personnel:index")


def _read(values: list[Any]) -> dict[str, Any]:
    """The fields of a row as they were packed, days as days."""
    given = dict(zip((one.name for one in fields(HistoryRow)), values, strict=True))
    return given | {
        name: date.fromisoformat(given[name]) for name in ("dated", "decided_on", "effective_on") if given[name]
    }
