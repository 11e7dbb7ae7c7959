"""效果评价: the leader's form, the office's page of how many are in, and the sums for 区委办."""

import re
from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from evaluation.scheme.models.scheme import Scheme
from evaluation.year.access import year_close as access
from evaluation.year.excel.year_close import effect_workbook
from evaluation.year.forms.year_close import SurveyForm, VersionForm
from evaluation.year.queries.leader_survey import effect_of, has_filled, survey_of
from evaluation.year.rules.effect import LEAST_FORMS
from evaluation.year.services import leader_survey as services
from evaluation.year.views.year_end import raised
from miyun_kpi.accounts.enums import Verb
from miyun_kpi.lib.errors import Malformed, NotFound, Refused
from miyun_kpi.organisations.enums import TRACK_WORDS
from miyun_kpi.requests import KpiRequest
from miyun_kpi.sheets.write import CONTENT_TYPE
from miyun_kpi.web.answers import download

FIELD = re.compile(r"m-([0-9]{1,9})-([0-9]{1,2})")


@never_cache
@require_safe
def effect(request: KpiRequest, year: int, track: str) -> HttpResponse:
    return _page(request, access.survey_scheme(request.actor, year, track))


def _page(
    request: KpiRequest, scheme: Scheme, refusal: Refused | None = None, status: int = 200, **extra: Any
) -> HttpResponse:
    actor = request.actor
    office = access.closes_year(actor, scheme.track)
    found = effect_of(scheme)
    open_now = found.survey is not None and found.survey.state == "open"
    fills = actor.may(Verb.FILL_LEADER_FORM)
    filled = found.survey is not None and has_filled(found.survey, actor.user_id)
    typed, wrong = extra.get("typed", {}), {e.field: e.message for e in refusal.errors} if refusal else {}
    cells = [
        (
            unit.organisation,
            [
                (key := f"m-{unit.organisation.pk}-{n}", item, typed.get((unit.organisation.pk, n), ""), wrong.get(key))
                for n, item in enumerate(found.items)
            ],
        )
        for unit in found.units
    ]
    context = {
        "scheme": scheme,
        "found": found,
        "office": office,
        "fills": fills and open_now and not filled,
        "filled": fills and filled,
        "cells": cells,
        "least": LEAST_FORMS,
        "people": found.survey.participations.all() if office and found.survey else [],
        "survey_form": extra.get("survey_form") or SurveyForm.first(),
        "refusal": refusal,
    }
    code = refusal.status if refusal else status
    return render(request, "evaluation/year/effect.html", context, status=code)


@require_POST
def open_survey(request: KpiRequest, year: int, track: str) -> HttpResponse:
    actor = request.actor
    scheme = access.survey_scheme(actor, year, track)
    access.require_closing(actor, scheme)
    form = SurveyForm(request.POST)
    if not form.is_valid():
        return _page(request, scheme, status=422, survey_form=form)
    try:
        services.open_survey(actor=actor, scheme_id=scheme.pk, at=timezone.now(), **form.cleaned_data)
    except Refused as refusal:
        if raised(refusal):
            raise
        form.explain(refusal)
        return _page(request, scheme, status=refusal.status, survey_form=form)
    return redirect("evaluation:effect", year=year, track=track)


@never_cache
@require_POST
def fill(request: KpiRequest, year: int, track: str) -> HttpResponse:
    actor = request.actor
    access.require_leader(actor)
    scheme = access.survey_scheme(actor, year, track)
    survey = survey_of(scheme)
    if survey is None:
        raise NotFound
    typed = {}
    for name, value in request.POST.items():
        if match := FIELD.fullmatch(name):
            typed[int(match[1]), int(match[2])] = str(value)[:40]
    try:
        services.fill_form(actor=actor, survey_id=survey.pk, typed=typed, at=timezone.now())
    except Refused as refusal:
        if raised(refusal):
            raise
        return _page(request, scheme, refusal, typed=typed)
    return redirect("evaluation:effect", year=year, track=track)


@require_POST
def close(request: KpiRequest, year: int, track: str) -> HttpResponse:
    actor = request.actor
    scheme = access.survey_scheme(actor, year, track)
    access.require_closing(actor, scheme)
    survey, form = survey_of(scheme), VersionForm(request.POST)
    if survey is None:
        raise NotFound
    if not form.is_valid():
        raise Malformed("bad-request", "这次提交读不懂，没有执行。请刷新后再试。")
    try:
        services.close_survey(actor=actor, survey_id=survey.pk, version=form.cleaned_data["version"], at=timezone.now())
    except Refused as refusal:
        if raised(refusal):
            raise
        return _page(request, scheme, refusal)
    return redirect("evaluation:effect", year=year, track=track)


@require_safe
def workbook(request: KpiRequest, year: int, track: str) -> HttpResponse:
    """What goes to 区委办: sums and means, never a form."""
    actor = request.actor
    scheme = access.survey_scheme(actor, year, track)
    access.require_closing(actor, scheme)
    content = effect_workbook(scheme, effect_of(scheme), viewer=actor.label, at=timezone.now())
    name = f"效果评价汇总-{TRACK_WORDS[track]}-{year}.xlsx"
    return download(content, CONTENT_TYPE, name)
