"""The list of duties, kept by the office of the document and, for open lists and rhythms, by the lead unit."""

from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone

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
from miyun_kpi.duties.models import Duty, DutyDocument, DutyPhrase, DutyUnit
from miyun_kpi.duties.queries.lists import document_by
from miyun_kpi.duties.registry import own_scopes
from miyun_kpi.duties.services import open_past as open_past_service
from miyun_kpi.duties.services import units as unit_services
from miyun_kpi.duties.services import upkeep
from miyun_kpi.duties.views.lists import duty_page
from miyun_kpi.lib.errors import Refused
from miyun_kpi.lib.periods import PeriodCode
from miyun_kpi.organisations.models import Group, Organisation
from miyun_kpi.requests import KpiRequest
from miyun_kpi.web.acts import form_of, page_act, sent, shown


def _kept(duty_id: int) -> None:
    """Duties of a scope of its own are kept on pages of their own."""
    one_of(Duty.objects.filter(pk=duty_id).exclude(scope__in=list(own_scopes())))


@page_act(duty_page)
def amend(request: KpiRequest, duty_id: int) -> HttpResponse:
    _kept(duty_id)
    upkeep.amend_duty(actor=request.actor, duty_id=duty_id, at=timezone.now(), **sent(request, AmendForm))
    return redirect("duties:duty", duty_id=duty_id)


@page_act(duty_page)
def withdraw(request: KpiRequest, duty_id: int) -> HttpResponse:
    _kept(duty_id)
    given = sent(request, ReasonForm, prefix="withdraw")
    upkeep.withdraw_duty(actor=request.actor, duty_id=duty_id, at=timezone.now(), **given)
    return redirect("duties:duty", duty_id=duty_id)


@page_act(duty_page)
def rhythm(request: KpiRequest, duty_id: int) -> HttpResponse:
    _kept(duty_id)
    upkeep.set_rhythm(actor=request.actor, duty_id=duty_id, at=timezone.now(), **sent(request, RhythmForm))
    return redirect("duties:duty", duty_id=duty_id)


def _phrase(request: KpiRequest, phrase_id: int) -> DutyPhrase:
    phrase = one_of(
        DutyPhrase.objects.select_related("duty").filter(pk=phrase_id).exclude(duty__scope__in=list(own_scopes()))
    )
    access.require_keeper(request.actor, phrase.duty)
    return phrase


def extend_page(request: KpiRequest, phrase_id: int, refusal: Refused | None = None) -> HttpResponse:
    """Choose the units an open phrase means: from the whole list, or by a group whose members the text prints."""
    phrase = _phrase(request, phrase_id)
    present = set(DutyUnit.objects.filter(duty=phrase.duty, active=True).values_list("organisation_id", flat=True))
    group = Group.objects.filter(code=request.GET.get("group", "")).prefetch_related("organisations").first()
    chosen = request.POST.getlist("unit")
    if group and not chosen:
        chosen = [row.code for row in group.organisations.all() if row.pk not in present]
    rows = Organisation.objects.in_printed_order().filter(valid_to__isnull=True).exclude(pk__in=present)
    context = {
        "phrase": phrase,
        "duty": phrase.duty,
        "form": form_of(request, ReasonForm, initial={"version": phrase.duty.version}),
        "rows": list(rows),
        "chosen": set(chosen),
        "groups": Group.objects.filter(code__in=["bumen-49", "xingzheng-jiguan-42", "shiye-7", "zhenjie-20"]),
    }
    return shown(request, "duties/extend.html", context, refusal)


@page_act(extend_page, opens=True)
def extend(request: KpiRequest, phrase_id: int) -> HttpResponse:
    phrase, given = _phrase(request, phrase_id), sent(request, ReasonForm)
    codes = request.POST.getlist("unit")
    unit_services.extend_list(actor=request.actor, phrase_id=phrase_id, codes=codes, at=timezone.now(), **given)
    return redirect("duties:duty", duty_id=phrase.duty_id)


def _unit(unit_id: int) -> DutyUnit:
    found = one_of(
        DutyUnit.objects.select_related("duty", "organisation")
        .filter(pk=unit_id)
        .exclude(duty__scope__in=list(own_scopes()))
    )
    return found


def _unit_page(request: KpiRequest, unit_id: int, refusal: Refused | None = None) -> HttpResponse:
    return duty_page(request, _unit(unit_id).duty_id, refusal)


@page_act(_unit_page)
def end(request: KpiRequest, unit_id: int) -> HttpResponse:
    unit, given = _unit(unit_id), sent(request, ReasonForm, "end")
    unit_services.end_unit(actor=request.actor, unit_id=unit_id, at=timezone.now(), **given)
    return redirect("duties:duty", duty_id=unit.duty_id)


def hand_over_page(request: KpiRequest, unit_id: int, refusal: Refused | None = None) -> HttpResponse:
    unit = _unit(unit_id)
    access.require_office(request.actor, unit.duty.document)
    rows = Organisation.objects.in_printed_order().filter(valid_to__isnull=True).exclude(pk=unit.organisation_id)
    form = form_of(request, HandOverForm, initial={"version": unit.duty.version})
    context = {"unit": unit, "duty": unit.duty, "form": form, "rows": list(rows)}
    return shown(request, "duties/hand_over.html", context, refusal)


@page_act(hand_over_page, opens=True)
def hand_over(request: KpiRequest, unit_id: int) -> HttpResponse:
    unit = _unit(unit_id)
    access.require_office(request.actor, unit.duty.document)
    given = sent(request, HandOverForm)
    to = given.pop("to")
    unit_services.hand_over(actor=request.actor, unit_id=unit_id, to_code=to, at=timezone.now(), **given)
    return redirect("duties:duty", duty_id=unit.duty_id)


def _document(request: KpiRequest, document: str) -> DutyDocument:
    kept = document_by(document)
    access.require_office(request.actor, kept.document)
    return kept


def create_page(request: KpiRequest, document: str, refusal: Refused | None = None) -> HttpResponse:
    context = {"document": _document(request, document), "form": form_of(request, NewDutyForm)}
    return shown(request, "duties/create.html", context, refusal)


@page_act(create_page, opens=True)
def create(request: KpiRequest, document: str) -> HttpResponse:
    kept, given = _document(request, document), sent(request, NewDutyForm)
    new = form_of(request, NewDutyForm).new()
    duty = upkeep.create_duty(
        actor=request.actor, document=kept.document, new=new, reason=given["reason"], at=timezone.now()
    )
    return redirect("duties:duty", duty_id=duty.pk)


DAYS = ("due_day_month", "due_day_other", "late_days", "remind_days")


def days_page(
    request: KpiRequest, document: str, refusal: Refused | None = None, made: int | None = None
) -> HttpResponse:
    kept, today = _document(request, document), timezone.localdate()
    stored = {"version": kept.version, **{name: getattr(kept, name) for name in DAYS}}
    past = {"first": PeriodCode.month_of(today).first_day, "last": today}
    context = {
        "document": kept,
        "form": form_of(request, DaysForm, initial=stored),
        "past": form_of(request, PastForm, initial=past),
        "made": made,
    }
    return shown(request, "duties/days.html", context, refusal)


@page_act(days_page, opens=True)
def days(request: KpiRequest, document: str) -> HttpResponse:
    kept, given = _document(request, document), sent(request, DaysForm)
    version = given.pop("version")
    upkeep.change_days(actor=request.actor, document=kept.document, version=version, days=given, at=timezone.now())
    return redirect("duties:document", document=kept.document)


@page_act(days_page)
def open_past(request: KpiRequest, document: str) -> HttpResponse:
    kept, given = _document(request, document), sent(request, PastForm)
    made = open_past_service(actor=request.actor, document=kept.document, at=timezone.now(), **given)
    return days_page(request, document, made=made)
