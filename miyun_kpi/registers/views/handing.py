"""移交 on the page of a record."""

from django import forms
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.http import require_POST

from miyun_kpi.lib.errors import Refused
from miyun_kpi.registers.forms import HandOverForm
from miyun_kpi.registers.registry import kind_by, record_address
from miyun_kpi.registers.services.moving import hand_over as carry_out
from miyun_kpi.registers.views.records import record_page
from miyun_kpi.requests import KpiRequest
from miyun_kpi.web.forms import checked


@require_POST
def hand_over(request: KpiRequest, app: str, kind: str, record_id: int) -> HttpResponse:
    """A refusal comes back with what was typed."""
    declared, _ = kind_by(app, kind)
    form: forms.Form = HandOverForm(request.POST)
    try:
        given = checked(form)
        carry_out(actor=request.actor, app=app, kind=kind, record_id=record_id, at=timezone.now(), **given)
    except Refused as refusal:
        if refusal.status in (400, 403, 404):
            raise
        return record_page(request, app, kind, record_id, refusal, handing=form)
    return redirect(record_address(declared, record_id))
