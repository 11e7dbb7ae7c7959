"""The stamped scan of a sheet: uploaded and taken away from the side of the sheet."""

from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST

from evaluation.sheets import access
from evaluation.sheets.services import scans
from evaluation.sheets.views.sheets import matrix
from miyun_kpi.requests import KpiRequest
from miyun_kpi.web.acts import page_act, sent_file, takes_files, version_of


@takes_files
@page_act(matrix)
def upload(request: KpiRequest, sheet_id: int) -> HttpResponse:
    access.require_sheet_write(request.actor, access.visible_sheet(request.actor, sheet_id))
    (file, name), seen = sent_file(request), version_of(request, "seen")
    scans.add_scan(actor=request.actor, sheet_id=sheet_id, seen=seen, file=file, name=name, at=timezone.now())
    return redirect(f"{reverse('evaluation:sheet', args=[sheet_id])}#scan")


@require_POST
def remove(request: KpiRequest, attachment_id: int) -> HttpResponse:
    sheet = scans.remove_scan(actor=request.actor, attachment_id=attachment_id, at=timezone.now())
    return redirect(f"{reverse('evaluation:sheet', args=[sheet.pk])}#scan")
