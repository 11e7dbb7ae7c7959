"""Targets of 二: all six on a page, and each with its series, the line ahead, and the forms."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from miyun_kpi.lib.citations import document_label
from miyun_kpi.lib.decimals import half_up
from miyun_kpi.lib.errors import NotFound, Refused
from miyun_kpi.lib.reading import read_whole
from miyun_kpi.registers.views.records import workbook_answer
from miyun_kpi.requests import KpiRequest
from miyun_kpi.web.acts import form_of, page_act, sent, shown, whole
from miyun_kpi.web.forms.days import with_late
from water import access
from water.enums import DOCUMENT, Target
from water.excel import targets_workbook
from water.forms.targets import JudgeForm, MeasureForm, initial_of
from water.models import Judgement, Measure
from water.queries.targets import standing_of, standings, word_of
from water.rules.targets import END
from water.services import targets as services
from water.views.drawing import series


@require_safe
def index(request: KpiRequest) -> HttpResponse:
    rows = [(one, *word_of(one), one.projection and half_up(one.projection.value, 2)) for one in standings()]
    return render(request, "water/targets.html", {"rows": rows})


@require_safe
def sheet(request: KpiRequest) -> HttpResponse:
    judged = list(Judgement.objects.order_by("target", "day", "pk"))
    content = targets_workbook(standings(), judged, viewer=request.actor.label, at=timezone.now())
    return workbook_answer(content, f"{document_label(DOCUMENT)}工作目标")


@require_safe
def target(request: KpiRequest, target: str) -> HttpResponse:
    return _page(request, target)


def _page(request: KpiRequest, target: str, refusal: Refused | None = None) -> HttpResponse:
    if target not in Target.values:
        raise NotFound
    one = standing_of(target)
    enters = access.enters_target(request.actor, target)
    edited = read_whole(request.GET.get("edit", ""))
    standing = Measure.objects.filter(target=target, struck_at__isnull=True)
    row = standing.filter(pk=edited or 0).first() if enters else None
    ahead = one.projection
    context = {
        "one": one,
        "status": word_of(one),
        "chart": series(one),
        "rows": list(reversed(one.points)),
        "struck": Measure.objects.filter(target=target, struck_at__isnull=False).order_by("-struck_at"),
        "judgements": Judgement.objects.filter(target=target),
        "ahead": ahead
        and {
            "of": ahead,
            "first": half_up(ahead.first, 4),
            "last": half_up(ahead.last, 4),
            "days": (ahead.last_day - ahead.first_day).days,
            "per_day": half_up(ahead.per_day, 6),
            "raw": half_up(ahead.raw, 2),
            "value": half_up(ahead.value, 2),
            "cut": ahead.raw != ahead.value,
            "reaches": None if one.bound is None else ahead.value >= one.bound,
        },
        "end": END,
        "enters": enters,
        "form": form_of(request, MeasureForm, initial=initial_of(row)),
        "editing": row,
        "judge_form": form_of(request, JudgeForm),
    }
    return shown(request, "water/target.html", context, refusal)


@page_act(_page)
def save_measure(request: KpiRequest, target: str) -> HttpResponse:
    access.require_target(request.actor, target)
    data = with_late(sent(request, MeasureForm))
    measure_id, version = data.pop("measure"), data.pop("version")
    days: dict[str, Any] = {"on": data.pop("on"), "late": data.pop("late")}
    given = services.Given(**data)
    common: dict[str, Any] = {"actor": request.actor, "target": target, "given": given, "at": timezone.now(), **days}
    if measure_id:
        services.change_measure(measure_id=measure_id, version=version or 0, **common)
    else:
        services.enter_measure(**common)
    return redirect("water:target", target=target)


@page_act(_page)
def strike_measure(request: KpiRequest, target: str, measure_id: int) -> HttpResponse:
    services.strike_measure(
        actor=request.actor,
        target=target,
        measure_id=measure_id,
        version=whole(request, "version") or 0,
        reason=request.POST.get("reason", ""),
        at=timezone.now(),
    )
    return redirect("water:target", target=target)


@page_act(_page)
def judge(request: KpiRequest, target: str) -> HttpResponse:
    access.require_target(request.actor, target)
    services.judge(actor=request.actor, target=target, at=timezone.now(), **sent(request, JudgeForm))
    return redirect("water:target", target=target)
