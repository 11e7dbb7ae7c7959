"""移交 on the page of a record."""

from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone

from miyun_kpi.registers.forms import HandOverForm
from miyun_kpi.registers.registry import kind_by, record_address
from miyun_kpi.registers.services.moving import hand_over as carry_out
from miyun_kpi.registers.views.records import record_page
from miyun_kpi.requests import KpiRequest
from miyun_kpi.web.acts import page_act, sent


@page_act(record_page)
def hand_over(request: KpiRequest, app: str, kind: str, record_id: int) -> HttpResponse:
    declared, _ = kind_by(app, kind)
    given = sent(request, HandOverForm)
    carry_out(actor=request.actor, app=app, kind=kind, record_id=record_id, at=timezone.now(), **given)
    return redirect(record_address(declared, record_id))
