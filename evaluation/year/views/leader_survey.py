"""效果评价: the leader's form, the office's page of how many are in, and the sums for 区委办."""

import re

from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from evaluation.year.access import year_close as access
from evaluation.year.excel.year_close import effect_workbook
from evaluation.year.forms.year_close import SurveyForm, VersionForm
from evaluation.year.models.year_close import LeaderSurvey
from evaluation.year.queries.leader_survey import effect_of, has_filled, survey_of
from evaluation.year.rules.effect import LEAST_FORMS
from evaluation.year.services import leader_survey as services
from miyun_kpi.lib.errors import NotFound, Refused
from miyun_kpi.organisations.enums import TRACK_WORDS
from miyun_kpi.requests import KpiRequest
from miyun_kpi.sheets.write import CONTENT_TYPE
from miyun_kpi.web.acts import form_of, page_act, sent, shown
from miyun_kpi.web.answers import download

FIELD = re.compile(r"m-([0-9]{1,9})-([0-9]{1,2})")


@never_cache
@require_safe
def effect(request: KpiRequest, year: int, track: str) -> HttpResponse:
    return _page(request, year, track)


def _page(request: KpiRequest, year: int, track: str, refusal: Refused | None = None) -> HttpResponse:
    actor = request.actor
    scheme = access.survey_scheme(actor, year, track)
    office = access.closes_year(actor, scheme.track)
    found = effect_of(scheme)
    open_now = found.survey is not None and found.survey.state == "open"
    fills = access.fills_form(actor)
    filled = found.survey is not None and has_filled(found.survey, actor.user_id)
    typed, wrong = _typed(request), {e.field: e.message for e in refusal.errors} if refusal else {}
    cells = [
        (
            unit.organisation,
            [
                (key := f"m-{unit.organisation.pk}-{n}", item, typed.get((unit.organisation.pk, n), ""), wrong.get(key))
                for n, item in enumerate(found.items)
            ],
        )
        for unit in found.units
        if unit.asked
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
        "survey_form": form_of(request, SurveyForm, initial=SurveyForm.FIRST),
    }
    return shown(request, "evaluation/year/effect.html", context, refusal)


def _typed(request: KpiRequest) -> dict[tuple[int, int], str]:
    found = {name: FIELD.fullmatch(name) for name in request.POST}
    texts = {match: request.POST[name] for name, match in found.items() if match}
    return {(int(match[1]), int(match[2])): text[:40] for match, text in texts.items()}


@page_act(_page, explains=True)
def open_survey(request: KpiRequest, year: int, track: str) -> HttpResponse:
    actor = request.actor
    scheme = access.survey_scheme(actor, year, track)
    access.require_closing(actor, scheme)
    services.open_survey(actor=actor, scheme_id=scheme.pk, at=timezone.now(), **sent(request, SurveyForm))
    return redirect("evaluation:effect", year=year, track=track)


def _survey(request: KpiRequest, year: int, track: str) -> LeaderSurvey:
    survey = survey_of(access.survey_scheme(request.actor, year, track))
    if survey is None:
        raise NotFound
    return survey


@never_cache
@page_act(_page)
def fill(request: KpiRequest, year: int, track: str) -> HttpResponse:
    access.require_leader(request.actor)
    survey = _survey(request, year, track)
    services.fill_form(actor=request.actor, survey_id=survey.pk, typed=_typed(request), at=timezone.now())
    return redirect("evaluation:effect", year=year, track=track)


@page_act(_page)
def close(request: KpiRequest, year: int, track: str) -> HttpResponse:
    survey = _survey(request, year, track)
    access.require_closing(request.actor, survey.scheme)
    version = sent(request, VersionForm)["version"]
    services.close_survey(actor=request.actor, survey_id=survey.pk, version=version, at=timezone.now())
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
