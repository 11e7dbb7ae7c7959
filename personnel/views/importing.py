"""Import of past notices: template, upload, preview, acceptance of exactly what was previewed."""

from datetime import date

from django.core import signing
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from miyun_kpi.lib.errors import Refused
from miyun_kpi.requests import KpiRequest
from miyun_kpi.sheets.write import CONTENT_TYPE
from miyun_kpi.web.acts import page_act, shown
from miyun_kpi.web.answers import download
from personnel import access
from personnel.excel import LIMITS, read_history, template
from personnel.services.history import HistoryRow, record_history

SALT = "personnel.history"
VALID_SECONDS = 2 * 3600


@require_safe
def template_file(request: KpiRequest) -> HttpResponse:
    access.require_office(request.actor)
    return download(template(at=timezone.now()), CONTENT_TYPE, "历史任免导入模板.xlsx")


def _page(request: KpiRequest, refusal: Refused | None = None) -> HttpResponse:
    access.require_office(request.actor)
    return shown(request, "personnel/import.html", {}, refusal)


@page_act(_page, opens=True)
def upload(request: KpiRequest) -> HttpResponse:
    """A POST reads and compares; it writes nothing."""
    access.require_office(request.actor)
    given = request.FILES.get("workbook")
    if given is None:
        raise Refused("no-file", "没有选工作簿，没有导入。请先选一个 .xlsx 文件。")
    name = given.name or "工作簿.xlsx"
    rows, known = read_history(given.read(LIMITS.file + 1), file_name=name, today=timezone.localdate())
    packed = [
        [
            r.number,
            r.dated.isoformat() if r.dated else "",
            r.meeting,
            r.person,
            r.note,
            r.organisation,
            r.title,
            r.kind,
            r.probation_months,
            r.printed,
        ]
        for r in rows
    ]
    context = {
        "rows": rows,
        "number": len(rows),
        "known": known,
        "file": name,
        "packed": signing.dumps({"user": request.actor.user_id, "rows": packed}, salt=SALT, compress=True),
    }
    return render(request, "personnel/import_preview.html", context)


@page_act(_page)
def accept(request: KpiRequest) -> HttpResponse:
    access.require_office(request.actor)
    try:
        data = signing.loads(request.POST.get("read", ""), salt=SALT, max_age=VALID_SECONDS)
    except signing.BadSignature:
        raise Refused("preview-gone", "预览已超过两小时或不完整，没有导入。请重新上传工作簿。") from None
    if data["user"] != request.actor.user_id:
        raise Refused("preview-gone", "这份预览不是为您作的，没有导入。请重新上传工作簿。")
    rows = [
        HistoryRow(number, date.fromisoformat(dated) if dated else None, *rest) for number, dated, *rest in data["rows"]
    ]
    record_history(actor=request.actor, rows=rows, at=timezone.now())
    return redirect("personnel:index")
