"""Targets of 二: all six on a page, and each with its series, the line ahead, and the forms."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from miyun_kpi.lib.citations import document_label
from miyun_kpi.lib.decimals import half_up
from miyun_kpi.lib.errors import Malformed, NotFound, Refused
from miyun_kpi.registers.views.records import workbook_answer
from miyun_kpi.requests import KpiRequest
from water import access
from water.enums import DOCUMENT, Target
from water.excel import targets_workbook
from water.forms.targets import JudgeForm, MeasureForm, opened
from water.models import Judgement, Measure
from water.queries.targets import Standing, standing_of, standings
from water.rules.targets import END
from water.services import targets as services
from water.views.drawing import series

VERDICTS = {"reached": "done", "not_yet": "running", "open": "blank"}


def word_of(one: Standing) -> tuple[str, str]:
    """The status word: from the number where a bound is printed, from a person elsewhere."""
    if one.bound is not None:
        if one.reached is None:
            return "blank", "没有数"
        return ("done", "达到") if one.reached else ("running", "未达到")
    if one.judgement is None:
        return "blank", "没有判断"
    return VERDICTS[one.judgement.verdict], one.judgement.get_verdict_display()


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


def _page(request: KpiRequest, target: str, refusal: Refused | None = None, **forms: Any) -> HttpResponse:
    if target not in Target.values:
        raise NotFound
    one = standing_of(target)
    enters = access.enters_target(request.actor, target)
    edited = request.GET.get("edit", "")
    row = None
    if enters and edited.isascii() and edited.isdigit() and len(edited) < 10:
        row = Measure.objects.filter(pk=int(edited), target=target, struck_at__isnull=True).first()
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
        "form": forms.get("form") or opened(row),
        "editing": row,
        "judge_form": forms.get("judge_form") or JudgeForm(),
        "refusal": refusal,
    }
    return render(request, "water/target.html", context, status=refusal.status if refusal else 200)


def _again(request: KpiRequest, target: str, refusal: Refused, **forms: Any) -> HttpResponse:
    if refusal.status in (400, 403, 404):
        raise refusal
    return _page(request, target, refusal, **forms)


def _said(form: Any) -> Refused:
    return Refused(
        "bad-form", "；".join(str(errors[0]).rstrip("。") for errors in form.errors.values()) + "。没有保存。"
    )


@require_POST
def save_measure(request: KpiRequest, target: str) -> HttpResponse:
    access.require_target(request.actor, target)
    form = MeasureForm(request.POST)
    if not form.is_valid():
        return _again(request, target, _said(form), form=form)
    common: dict[str, Any] = {"actor": request.actor, "target": target, "given": form.given(), "at": timezone.now()}
    try:
        if form.cleaned_data["measure"]:
            version = form.cleaned_data["version"] or 0
            services.change_measure(measure_id=form.cleaned_data["measure"], version=version, **common)
        else:
            services.enter_measure(**common)
    except Refused as refusal:
        return _again(request, target, refusal, form=form)
    return redirect("water:target", target=target)


@require_POST
def strike_measure(request: KpiRequest, target: str, measure_id: int) -> HttpResponse:
    access.require_target(request.actor, target)
    version = request.POST.get("version", "")
    if not (version.isascii() and version.isdigit() and len(version) < 10):
        raise Malformed("bad-request", "这次提交的内容读不懂，没有执行。请刷新页面后再试。")
    try:
        services.strike_measure(
            actor=request.actor,
            target=target,
            measure_id=measure_id,
            version=int(version),
            reason=request.POST.get("reason", ""),
            at=timezone.now(),
        )
    except Refused as refusal:
        return _again(request, target, refusal)
    return redirect("water:target", target=target)


@require_POST
def judge(request: KpiRequest, target: str) -> HttpResponse:
    access.require_target(request.actor, target)
    form = JudgeForm(request.POST)
    if not form.is_valid():
        return _again(request, target, _said(form), judge_form=form)
    try:
        services.judge(actor=request.actor, target=target, at=timezone.now(), **form.cleaned_data)
    except Refused as refusal:
        return _again(request, target, refusal, judge_form=form)
    return redirect("water:target", target=target)
