"""扣分原因: one sentence for many rows of a sheet in one act."""

from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone

from evaluation.sheets.services.reasons import give_reason
from evaluation.sheets.views.sheets import matrix
from miyun_kpi.requests import KpiRequest
from miyun_kpi.web.acts import keep_typed, page_act, ticked


@page_act(matrix)
def reason(request: KpiRequest, sheet_id: int) -> HttpResponse:
    sentence = request.POST.get("one_reason", "").replace("\x00", "")
    keep_typed(request, one_reason=sentence)
    give_reason(actor=request.actor, sheet_id=sheet_id, cells=ticked(request), sentence=sentence, at=timezone.now())
    return redirect("evaluation:sheet", sheet_id=sheet_id)
