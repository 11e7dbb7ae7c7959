"""The stamped scan of a sheet: uploaded and taken away from the side of the sheet."""

from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST

from evaluation.sheets import access
from evaluation.sheets.services import scans
from evaluation.sheets.views.sheets import matrix, number
from miyun_kpi.lib.errors import Refused
from miyun_kpi.requests import KpiRequest


@require_POST
def upload(request: KpiRequest, sheet_id: int) -> HttpResponse:
    sheet = access.visible_sheet(request.actor, sheet_id)
    access.require_sheet_write(request.actor, sheet)
    sent, at = request.FILES.get("file"), timezone.now()
    try:
        if sent is None or sent.file is None:
            raise Refused("no-file", "没有选文件，没有上传。请先选盖章的扫描件。")
        seen = number(request, "seen")
        scans.add_scan(actor=request.actor, sheet_id=sheet_id, seen=seen, file=sent.file, name=sent.name or "", at=at)
    except Refused as refusal:
        if refusal.status in (400, 403, 404):
            raise
        return matrix(request, sheet_id, at, refusal=refusal, status=refusal.status)
    return redirect(f"{reverse('evaluation:sheet', args=[sheet_id])}#scan")


@require_POST
def remove(request: KpiRequest, attachment_id: int) -> HttpResponse:
    sheet = scans.remove_scan(actor=request.actor, attachment_id=attachment_id, at=timezone.now())
    return redirect(f"{reverse('evaluation:sheet', args=[sheet.pk])}#scan")
