"""One indicator of a draft: added, its words, its evaluators, removed."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from evaluation.drafting.forms import IndicatorForm, NewIndicatorForm, read_evaluators, read_number, show_refusal
from evaluation.drafting.services.evaluators import MOST_EVALUATORS, set_evaluators
from evaluation.drafting.services.indicators import add_indicator, change_indicator, remove_indicator
from evaluation.drafting.views.pages import FORMS
from evaluation.scheme.access.drafts import visible_draft
from evaluation.scheme.models.scheme import Scheme
from evaluation.scheme.queries.figures import evaluator_names
from evaluation.scheme.queries.schemes import IndicatorView, scheme_view
from miyun_kpi.lib.errors import NotFound, Refused
from miyun_kpi.organisations.enums import Zone
from miyun_kpi.requests import KpiRequest


def _dimensions(scheme: Scheme) -> list[tuple[str, str]]:
    return list(scheme.dimensions.values_list("code", "name"))


@require_http_methods(["GET", "HEAD", "POST"])
def new(request: KpiRequest, year: int, track: str) -> HttpResponse:
    scheme = visible_draft(request.actor, year, track)
    view = scheme_view(scheme)
    zones = [(zone, Zone(zone).label if zone else "") for zone in view.zones]
    dimensions, status = _dimensions(scheme), 200
    if request.method == "POST":
        form, status = NewIndicatorForm(request.POST, dimensions=dimensions, zones=zones), 422
        if form.is_valid():
            try:
                added = add_indicator(
                    actor=request.actor,
                    scheme_id=scheme.pk,
                    version=form.cleaned_data["version"],
                    wanted=form.read(),
                    weights=form.weights,
                    evaluator=form.cleaned_data["evaluator"],
                    at=timezone.now(),
                )
            except Refused as refusal:
                if refusal.status not in FORMS:
                    raise
                show_refusal(form, refusal)
                status = refusal.status
            else:
                return redirect("evaluation:draft-indicator", year=year, track=track, indicator_id=added.pk)
    else:
        initial = {"version": scheme.version, "number": len(view.indicators) + 1, "clause": scheme.clause}
        form = NewIndicatorForm(dimensions=dimensions, zones=zones, initial=initial)
    context = {"scheme": scheme, "form": form, "evaluators": evaluator_names(), "current": "weights"}
    return render(request, "evaluation/drafting/draft_indicator_new.html", context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
def indicator(request: KpiRequest, year: int, track: str, indicator_id: int) -> HttpResponse:
    scheme = visible_draft(request.actor, year, track)
    if request.method != "POST":
        return _page(request, scheme, indicator_id)
    form, status = IndicatorForm(request.POST, dimensions=_dimensions(scheme)), 422
    if form.is_valid():
        try:
            change_indicator(
                actor=request.actor,
                scheme_id=scheme.pk,
                indicator_id=indicator_id,
                version=form.cleaned_data["version"],
                wanted=form.read(),
                at=timezone.now(),
            )
        except Refused as refusal:
            if refusal.status not in FORMS:
                raise
            show_refusal(form, refusal)
            status = refusal.status
        else:
            return redirect(f"{request.path}?done=saved")
    return _page(request, scheme, indicator_id, form=form, status=status)


@require_POST
def evaluators(request: KpiRequest, year: int, track: str, indicator_id: int) -> HttpResponse:
    scheme = visible_draft(request.actor, year, track)
    rows = read_evaluators(request.POST)
    try:
        set_evaluators(
            actor=request.actor,
            scheme_id=scheme.pk,
            indicator_id=indicator_id,
            version=read_number(request.POST.get("version", "")),
            rows=rows,
            at=timezone.now(),
        )
    except Refused as refusal:
        if refusal.status not in FORMS:
            raise
        typed = [(row.organisation, row.share, row.part) for row in rows]
        return _page(request, scheme, indicator_id, refusal=refusal, typed=typed, status=refusal.status)
    return redirect(f"{request.path.removesuffix('evaluators/')}?done=saved")


@require_POST
def remove(request: KpiRequest, year: int, track: str, indicator_id: int) -> HttpResponse:
    scheme = visible_draft(request.actor, year, track)
    version = read_number(request.POST.get("version", ""))
    remove_indicator(
        actor=request.actor, scheme_id=scheme.pk, indicator_id=indicator_id, version=version, at=timezone.now()
    )
    return redirect("evaluation:draft", year=year, track=track)


def _page(
    request: KpiRequest,
    scheme: Scheme,
    indicator_id: int,
    *,
    form: IndicatorForm | None = None,
    refusal: Refused | None = None,
    typed: list[tuple[str, str, str]] | None = None,
    status: int = 200,
) -> HttpResponse:
    view = scheme_view(scheme)
    iv = next((one for one in view.indicators if one.indicator.pk == indicator_id), None)
    if iv is None:
        raise NotFound("没有这一项指标，可能刚被删去。")
    stored = [(s.evaluator.name, str(s.share), s.figure.part) for s in iv.shares]
    rows = typed if typed is not None else stored
    context: dict[str, Any] = {
        "scheme": scheme,
        "iv": iv,
        "form": form or IndicatorForm(dimensions=_dimensions(scheme), initial=_initial(iv)),
        "rows": [*rows, *[("", "", "")] * max(1, min(3, MOST_EVALUATORS - len(rows)))],
        "refusal": refusal,
        "evaluators": evaluator_names(),
        "done": request.GET.get("done", ""),
        "count": len(view.indicators),
        "current": "weights",
    }
    return render(request, "evaluation/drafting/draft_indicator.html", context, status=status)


def _initial(iv: IndicatorView) -> dict[str, object]:
    one = iv.indicator
    names = ("version", "number", "short_name", "name", "basis", "clause", "offline_only")
    return {name: getattr(one, name) for name in names} | {"dimension": one.dimension.code, "scope": iv.scope.value}
