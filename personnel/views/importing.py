"""Import of past notices: template, upload, preview, acceptance of exactly what was previewed."""

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from miyun_kpi.lib.errors import Refused
from miyun_kpi.proposals.services import propose
from miyun_kpi.requests import KpiRequest
from miyun_kpi.sheets.write import CONTENT_TYPE
from miyun_kpi.web import previews
from miyun_kpi.web.acts import page_act, sent_workbook, shown, takes_files
from miyun_kpi.web.answers import download
from personnel import access
from personnel.deciding import HISTORY
from personnel.excel import LIMITS, read_history, template
from personnel.services.history import packed

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
    context = {
        "rows": rows,
        "number": len(rows),
        "known": known,
        "file": name,
        "packed": previews.packed(request, WHAT, [packed(row) for row in rows]),
    }
    return render(request, "personnel/import_preview.html", context)


@page_act(_page)
def accept(request: KpiRequest) -> HttpResponse:
    access.require_office(request.actor)
    rows = previews.unpacked(request, WHAT)
    made = propose(actor=request.actor, code=HISTORY, at=timezone.now(), rows=rows)
    return redirect("proposals:proposal", proposal_id=made.pk)
