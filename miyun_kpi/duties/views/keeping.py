"""The list of duties, kept by the office of the document and, for open lists and rhythms, by the lead unit."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from miyun_kpi.db.finding import one_of
from miyun_kpi.duties import access
from miyun_kpi.duties.forms import (
    AmendForm,
    DaysForm,
    HandOverForm,
    NewDutyForm,
    PastForm,
    ReasonForm,
    RhythmForm,
)
from miyun_kpi.duties.models import Duty, DutyPhrase, DutyUnit
from miyun_kpi.duties.queries.lists import document_by
from miyun_kpi.duties.registry import own_scopes
from miyun_kpi.duties.services import open_past as open_past_service
from miyun_kpi.duties.services import units as unit_services
from miyun_kpi.duties.services import upkeep
from miyun_kpi.duties.views.lists import duty_page
from miyun_kpi.lib.errors import NotFound, Refused
from miyun_kpi.lib.periods import PeriodCode
from miyun_kpi.organisations.models import Group, Organisation
from miyun_kpi.requests import KpiRequest
from miyun_kpi.web.forms import checked


def _act(
    request: KpiRequest, duty_id: int, name: str, form: forms.Form, act: Callable[[dict[str, Any]], Any]
) -> HttpResponse:
    """Do it and go back to the duty; a refusal by a rule shows the duty with what was typed."""
    if not Duty.objects.filter(pk=duty_id).exclude(scope__in=list(own_scopes())).exists():
        raise NotFound
    try:
        act(checked(form))
    except Refused as refusal:
        if refusal.status in (400, 403, 404):
            raise
        return duty_page(request, duty_id, refusal, **{name: form})
    return redirect("duties:duty", duty_id=duty_id)


@require_POST
def amend(request: KpiRequest, duty_id: int) -> HttpResponse:
    return _act(
        request,
        duty_id,
        "amend",
        AmendForm(request.POST),
        lambda values: upkeep.amend_duty(actor=request.actor, duty_id=duty_id, at=timezone.now(), **values),
    )


@require_POST
def withdraw(request: KpiRequest, duty_id: int) -> HttpResponse:
    return _act(
        request,
        duty_id,
        "withdraw",
        ReasonForm(request.POST, prefix="withdraw"),
        lambda values: upkeep.withdraw_duty(actor=request.actor, duty_id=duty_id, at=timezone.now(), **values),
    )


@require_POST
def rhythm(request: KpiRequest, duty_id: int) -> HttpResponse:
    return _act(
        request,
        duty_id,
        "rhythm",
        RhythmForm(request.POST),
        lambda values: upkeep.set_rhythm(actor=request.actor, duty_id=duty_id, at=timezone.now(), **values),
    )


@require_http_methods(["GET", "HEAD", "POST"])
def extend(request: KpiRequest, phrase_id: int) -> HttpResponse:
    """Choose the units an open phrase means: from the whole list, or by a group whose members the text prints."""
    phrase = one_of(
        DutyPhrase.objects.select_related("duty").filter(pk=phrase_id).exclude(duty__scope__in=list(own_scopes()))
    )
    access.require_keeper(request.actor, phrase.duty)
    form = ReasonForm(request.POST or None, initial={"version": phrase.duty.version})
    refusal = None
    chosen = request.POST.getlist("unit")
    if request.method == "POST":
        try:
            values = checked(form)
            unit_services.extend_list(
                actor=request.actor, phrase_id=phrase_id, codes=chosen, at=timezone.now(), **values
            )
        except Refused as found:
            if found.status in (400, 403, 404):
                raise
            refusal = found
        else:
            return redirect("duties:duty", duty_id=phrase.duty_id)
    present = set(DutyUnit.objects.filter(duty=phrase.duty, active=True).values_list("organisation_id", flat=True))
    group = Group.objects.filter(code=request.GET.get("group", "")).prefetch_related("organisations").first()
    if group and not chosen:
        chosen = [row.code for row in group.organisations.all() if row.pk not in present]
    rows = Organisation.objects.in_printed_order().filter(valid_to__isnull=True).exclude(pk__in=present)
    context = {
        "phrase": phrase,
        "duty": phrase.duty,
        "form": form,
        "rows": list(rows),
        "chosen": set(chosen),
        "groups": Group.objects.filter(code__in=["bumen-49", "xingzheng-jiguan-42", "shiye-7", "zhenjie-20"]),
        "refusal": refusal,
    }
    return render(request, "duties/extend.html", context, status=refusal.status if refusal else 200)


def _unit(unit_id: int) -> DutyUnit:
    found = one_of(
        DutyUnit.objects.select_related("duty", "organisation")
        .filter(pk=unit_id)
        .exclude(duty__scope__in=list(own_scopes()))
    )
    return found


@require_POST
def end(request: KpiRequest, unit_id: int) -> HttpResponse:
    unit = _unit(unit_id)
    return _act(
        request,
        unit.duty_id,
        "end",
        ReasonForm(request.POST),
        lambda values: unit_services.end_unit(actor=request.actor, unit_id=unit_id, at=timezone.now(), **values),
    )


@require_http_methods(["GET", "HEAD", "POST"])
def hand_over(request: KpiRequest, unit_id: int) -> HttpResponse:
    unit = _unit(unit_id)
    access.require_office(request.actor, unit.duty.document)
    form = HandOverForm(request.POST or None, initial={"version": unit.duty.version})
    refusal = None
    if request.method == "POST":
        try:
            values = checked(form)
            to = values.pop("to")
            unit_services.hand_over(actor=request.actor, unit_id=unit_id, to_code=to, at=timezone.now(), **values)
        except Refused as found:
            if found.status in (400, 403, 404):
                raise
            refusal = found
        else:
            return redirect("duties:duty", duty_id=unit.duty_id)
    rows = Organisation.objects.in_printed_order().filter(valid_to__isnull=True).exclude(pk=unit.organisation_id)
    context = {"unit": unit, "duty": unit.duty, "form": form, "rows": list(rows), "refusal": refusal}
    return render(request, "duties/hand_over.html", context, status=refusal.status if refusal else 200)


@require_http_methods(["GET", "HEAD", "POST"])
def create(request: KpiRequest, document: str) -> HttpResponse:
    kept = document_by(document)
    access.require_office(request.actor, kept.document)
    form = NewDutyForm(request.POST or None)
    refusal = None
    if request.method == "POST":
        try:
            values = checked(form)
            duty = upkeep.create_duty(
                actor=request.actor, document=kept.document, new=form.new(), reason=values["reason"], at=timezone.now()
            )
        except Refused as found:
            if found.status in (400, 403, 404):
                raise
            refusal = found
        else:
            return redirect("duties:duty", duty_id=duty.pk)
    context = {"document": kept, "form": form, "refusal": refusal}
    return render(request, "duties/create.html", context, status=refusal.status if refusal else 200)


DAYS = ("due_day_month", "due_day_other", "late_days", "remind_days")


@require_http_methods(["GET", "HEAD", "POST"])
def days(request: KpiRequest, document: str) -> HttpResponse:
    kept = document_by(document)
    access.require_office(request.actor, kept.document)
    initial = {"version": kept.version, **{name: getattr(kept, name) for name in DAYS}}
    form = DaysForm(request.POST or None, initial=initial)
    refusal = None
    if request.method == "POST":
        try:
            values = checked(form)
            version = values.pop("version")
            upkeep.change_days(
                actor=request.actor, document=kept.document, version=version, days=values, at=timezone.now()
            )
        except Refused as found:
            if found.status in (400, 403, 404):
                raise
            refusal = found
        else:
            return redirect("duties:document", document=kept.document)
    return _days_page(request, kept, form, refusal)


def _days_page(request: KpiRequest, kept: Any, form: DaysForm, refusal: Refused | None, **extra: Any) -> HttpResponse:
    first = PeriodCode.month_of(timezone.localdate()).first_day
    past = extra.pop("past", None) or PastForm(initial={"first": first, "last": timezone.localdate()})
    context = {"document": kept, "form": form, "past": past, "refusal": refusal, **extra}
    return render(request, "duties/days.html", context, status=refusal.status if refusal else 200)


@require_POST
def open_past(request: KpiRequest, document: str) -> HttpResponse:
    kept = document_by(document)
    access.require_office(request.actor, kept.document)
    past, refusal, made = PastForm(request.POST), None, None
    try:
        values = checked(past)
        made = open_past_service(actor=request.actor, document=kept.document, at=timezone.now(), **values)
    except Refused as found:
        if found.status in (400, 403, 404):
            raise
        refusal = found
    form = DaysForm(initial={"version": kept.version, **{name: getattr(kept, name) for name in DAYS}})
    return _days_page(request, kept, form, refusal, past=past, made=made)
