"""方案设置: what the text leaves open, kept by the office."""

from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone

from evaluation.scheme.access.drafts import schemes_visible_to
from evaluation.scheme.access.office import require_office
from evaluation.scheme.forms import SchemeSettingsForm, settings_of
from evaluation.scheme.models.scheme import Scheme
from evaluation.scheme.services.settings import change_settings
from miyun_kpi.accounts.enums import Verb
from miyun_kpi.db.finding import one_of
from miyun_kpi.lib.errors import Refused
from miyun_kpi.requests import KpiRequest
from miyun_kpi.web.acts import form_of, page_act, sent, shown


def _kept(request: KpiRequest, year: int, track: str) -> Scheme:
    found = schemes_visible_to(request.actor).filter(year=year, track=track)
    scheme = one_of(found, "没有这一年、这一类别的考评方案。")
    require_office(request.actor, Verb.KEEP_SETTINGS, track=scheme.track)
    return scheme


def _page(request: KpiRequest, year: int, track: str, refusal: Refused | None = None) -> HttpResponse:
    scheme = _kept(request, year, track)
    context = {"scheme": scheme, "form": form_of(request, SchemeSettingsForm, initial=settings_of(scheme))}
    return shown(request, "evaluation/scheme/scheme_settings.html", context, refusal)


@page_act(_page, opens=True, explains=True)
def settings(request: KpiRequest, year: int, track: str) -> HttpResponse:
    scheme = _kept(request, year, track)
    values = sent(request, SchemeSettingsForm)
    version, reason = values.pop("version"), values.pop("reason")
    change_settings(
        actor=request.actor, scheme_id=scheme.pk, version=version, values=values, reason=reason, at=timezone.now()
    )
    return redirect("evaluation:scheme", year=year, track=track)
