"""差异说明: one sentence for many rows of a sheet in one act."""

from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone

from evaluation.sheets.services.differences import give_difference
from evaluation.sheets.views.sheets import matrix
from miyun_kpi.organisations.queries import resolve
from miyun_kpi.requests import KpiRequest
from miyun_kpi.web.acts import keep_typed, page_act, ticked


@page_act(matrix)
def difference(request: KpiRequest, sheet_id: int) -> HttpResponse:
    sentence = request.POST.get("difference", "").replace("\x00", "")
    row = resolve(request.POST.get("row", ""))
    keep_typed(request, difference=sentence, row=row.code if row else "")
    give_difference(actor=request.actor, sheet_id=sheet_id, cells=ticked(request), sentence=sentence, at=timezone.now())
    way = reverse("evaluation:sheet", args=[sheet_id])
    return redirect(f"{way}#row-{row.code}" if row else way)
