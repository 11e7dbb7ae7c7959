"""One indicator of a draft: added, its words, its evaluators, removed."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone

from evaluation.drafting.forms import IndicatorForm, NewIndicatorForm, changed_indicator, new_indicator, read_evaluators
from evaluation.drafting.services.evaluators import MOST_EVALUATORS, set_evaluators
from evaluation.drafting.services.indicators import add_indicator, change_indicator, remove_indicator
from evaluation.scheme.access.drafts import visible_draft
from evaluation.scheme.models.scheme import Scheme
from evaluation.scheme.queries.figures import evaluator_names
from evaluation.scheme.queries.schemes import IndicatorView, SchemeView, scheme_view
from miyun_kpi.lib.errors import NotFound, Refused
from miyun_kpi.organisations.enums import Zone
from miyun_kpi.requests import KpiRequest
from miyun_kpi.web.acts import form_of, keep_typed, on_top, page_act, sent, shown, typed_again, version_of


def _dimensions(scheme: Scheme) -> list[tuple[str, str]]:
    return list(scheme.dimensions.values_list("code", "name"))


def _new_options(scheme: Scheme, view: SchemeView) -> dict[str, Any]:
    return {
        "dimensions": _dimensions(scheme),
        "zones": [(zone, Zone(zone).label if zone else "") for zone in view.zones],
    }


def _new_page(request: KpiRequest, year: int, track: str, refusal: Refused | None = None) -> HttpResponse:
    scheme = visible_draft(request.actor, year, track)
    view = scheme_view(scheme)
    initial = {"version": scheme.version, "number": len(view.indicators) + 1, "clause": scheme.clause}
    form = form_of(request, NewIndicatorForm, initial=initial, **_new_options(scheme, view))
    context = {
        "scheme": scheme,
        "form": on_top(form, scheme.version),
        "evaluators": evaluator_names(),
        "current": "weights",
    }
    return shown(request, "evaluation/drafting/draft_indicator_new.html", context, refusal)


@page_act(_new_page, opens=True, explains=True)
def new(request: KpiRequest, year: int, track: str) -> HttpResponse:
    scheme = visible_draft(request.actor, year, track)
    wanted = sent(request, NewIndicatorForm, read=new_indicator, **_new_options(scheme, scheme_view(scheme)))
    added = add_indicator(actor=request.actor, scheme_id=scheme.pk, at=timezone.now(), **wanted)
    return redirect("evaluation:draft-indicator", year=year, track=track, indicator_id=added.pk)


def _page(
    request: KpiRequest, year: int, track: str, indicator_id: int, refusal: Refused | None = None
) -> HttpResponse:
    scheme = visible_draft(request.actor, year, track)
    view = scheme_view(scheme)
    iv = next((one for one in view.indicators if one.indicator.pk == indicator_id), None)
    if iv is None:
        raise NotFound("没有这一项指标，可能刚被删去。")
    rows = typed_again(request).get("rows")
    if rows is None:
        rows = [(s.evaluator.name, str(s.share), s.figure.part) for s in iv.shares]
    form = form_of(request, IndicatorForm, dimensions=_dimensions(scheme), initial=_initial(iv))
    context: dict[str, Any] = {
        "scheme": scheme,
        "iv": iv,
        "form": form,
        "rows": [*rows, *[("", "", "")] * max(1, min(3, MOST_EVALUATORS - len(rows)))],
        "evaluators": evaluator_names(),
        "done": request.GET.get("done", ""),
        "count": len(view.indicators),
        "current": "weights",
    }
    return shown(request, "evaluation/drafting/draft_indicator.html", context, refusal)


@page_act(_page, opens=True, explains=True)
def indicator(request: KpiRequest, year: int, track: str, indicator_id: int) -> HttpResponse:
    scheme = visible_draft(request.actor, year, track)
    wanted = sent(request, IndicatorForm, read=changed_indicator, dimensions=_dimensions(scheme))
    change_indicator(actor=request.actor, scheme_id=scheme.pk, indicator_id=indicator_id, at=timezone.now(), **wanted)
    return redirect(f"{request.path}?done=saved")


@page_act(_page)
def evaluators(request: KpiRequest, year: int, track: str, indicator_id: int) -> HttpResponse:
    scheme = visible_draft(request.actor, year, track)
    rows = read_evaluators(request.POST)
    keep_typed(request, rows=[(row.organisation, row.share, row.part) for row in rows])
    set_evaluators(
        actor=request.actor,
        scheme_id=scheme.pk,
        indicator_id=indicator_id,
        version=version_of(request),
        rows=rows,
        at=timezone.now(),
    )
    return redirect(f"{request.path.removesuffix('evaluators/')}?done=saved")


@page_act(_page)
def remove(request: KpiRequest, year: int, track: str, indicator_id: int) -> HttpResponse:
    scheme = visible_draft(request.actor, year, track)
    version = version_of(request)
    remove_indicator(
        actor=request.actor, scheme_id=scheme.pk, indicator_id=indicator_id, version=version, at=timezone.now()
    )
    return redirect("evaluation:draft", year=year, track=track)


def _initial(iv: IndicatorView) -> dict[str, object]:
    one = iv.indicator
    names = ("version", "number", "short_name", "name", "basis", "clause", "offline_only")
    return {name: getattr(one, name) for name in names} | {"dimension": one.dimension.code, "scope": iv.scope.value}
