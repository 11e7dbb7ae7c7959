"""期间: what is open and until when; the office opens a period and moves its dates."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from evaluation.enums import DOCUMENT
from evaluation.periods.models import Period
from evaluation.periods.queries import periods as reads
from evaluation.periods.queries.past import past_periods
from evaluation.periods.rules.calendar import SHANGHAI, Window, default_window, late_window
from evaluation.scheme.access.office import require_office
from evaluation.sheets.forms.periods import ChangeWindowForm, WindowForm, initial_of
from evaluation.sheets.services.periods import change_window, leave_period, open_period, schemes_in_force
from miyun_kpi.accounts.enums import Verb
from miyun_kpi.lib.actors import Actor
from miyun_kpi.lib.citations import cite
from miyun_kpi.lib.errors import Conflict, Refused
from miyun_kpi.lib.periods import PeriodCode
from miyun_kpi.requests import KpiRequest


@require_safe
def periods(request: KpiRequest) -> HttpResponse:
    actor: Actor = request.actor
    at = timezone.now()
    lines = reads.period_lines(at)
    opening = actor.may(Verb.OPEN_PERIODS)
    context = {
        "lines": lines,
        "planned": reads.planned_periods(at, lines),
        "others": reads.other_periods(lines),
        "past": reads.past_lines() if opening else None,
        "opening": opening,
        "counting": opening or actor.may(Verb.READ_UNPUBLISHED),
        "now": at,
    }
    return render(request, "evaluation/sheets/periods.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def open_one(request: KpiRequest) -> HttpResponse:
    """The default window (推定) is shown, may be edited, and is sent to open the period."""
    actor: Actor = request.actor
    require_office(actor, Verb.OPEN_PERIODS)
    sent = request.POST if request.method == "POST" else request.GET
    try:
        code = PeriodCode.read(sent.get("code", ""))
        _require_openable(code)
    except Refused as refusal:
        return _periods_refused(request, refusal)
    existing = Period.objects.filter(code=str(code)).first()
    form = (
        WindowForm(request.POST) if request.method == "POST" else WindowForm(initial=initial_of(_window_to_offer(code)))
    )
    context: dict[str, Any] = {"code": code, "existing": existing, "schemes": schemes_in_force(code)}
    if request.method != "POST":
        return render(request, "evaluation/sheets/period_open.html", context | {"form": form})
    if not form.is_valid():
        return render(request, "evaluation/sheets/period_open.html", context | {"form": form}, status=422)
    if existing and existing.window == form.window:
        return redirect("evaluation:periods")
    try:
        if existing:
            raise Conflict("already-open", f"{code.label}已经开启，日期没有改。要改日期请在期间页按“改日期”。")
        open_period(actor=actor, code=code, at=timezone.now(), window=form.window)
    except Refused as refusal:
        context |= {"form": form, "refusal": refusal}
        return render(request, "evaluation/sheets/period_open.html", context, status=refusal.status)
    return redirect("evaluation:periods")


def _window_to_offer(code: PeriodCode) -> Window:
    """The default one; of a 往期, whose default is over, one that leaves time to file."""
    past = code in past_periods()
    return late_window(code, timezone.now().astimezone(SHANGHAI).date()) if past else default_window(code)


@require_POST
def leave_one(request: KpiRequest) -> HttpResponse:
    """A 往期 is not opened, with a reason."""
    require_office(request.actor, Verb.OPEN_PERIODS)
    try:
        code = PeriodCode.read(request.POST.get("code", ""))
        leave_period(actor=request.actor, code=code, reason=request.POST.get("reason", ""), at=timezone.now())
    except Refused as refusal:
        if refusal.status not in (400, 409, 422):
            raise
        return _periods_refused(request, refusal)
    return redirect(f"{reverse('evaluation:periods')}#past")


def _require_openable(code: PeriodCode) -> None:
    if not schemes_in_force(code):
        raise Refused(
            "no-scheme",
            f"{code.year} 年没有在用的考评方案，不能开启。请先印发当年方案。",
            clause=cite(DOCUMENT, "四（一）"),
        )


def _periods_refused(request: KpiRequest, refusal: Refused) -> HttpResponse:
    at = timezone.now()
    lines = reads.period_lines(at)
    context = {
        "lines": lines,
        "planned": reads.planned_periods(at, lines),
        "others": reads.other_periods(lines),
        "past": reads.past_lines(),
        "opening": True,
        "counting": True,
        "now": at,
    }
    context |= {"refusal": refusal, "typed": request.POST}
    return render(request, "evaluation/sheets/periods.html", context, status=refusal.status)


@require_http_methods(["GET", "HEAD", "POST"])
def period_window(request: KpiRequest, code: str) -> HttpResponse:
    """Move the four dates, with a reason and on the version seen."""
    actor: Actor = request.actor
    require_office(actor, Verb.OPEN_PERIODS)
    period = reads.period_by(code)
    if request.method != "POST":
        form = ChangeWindowForm(initial=initial_of(period.window) | {"version": period.version})
        return _window_page(request, period, form)
    form = ChangeWindowForm(request.POST)
    if not form.is_valid():
        return _window_page(request, period, form, status=422)
    try:
        change_window(
            actor=actor,
            period_id=period.pk,
            window=form.window,
            version=form.cleaned_data["version"],
            reason=form.cleaned_data["reason"],
            at=timezone.now(),
        )
    except Refused as refusal:
        if refusal.status not in (409, 422):
            raise
        if isinstance(refusal, Conflict):  # what was typed stays; sent again it stands on the version now shown
            form = ChangeWindowForm(request.POST.dict() | {"version": str(period.version)})
        return _window_page(request, period, form, refusal, status=refusal.status)
    return redirect("evaluation:periods")


def _window_page(
    request: KpiRequest, period: Period, form: ChangeWindowForm, refusal: Refused | None = None, status: int = 200
) -> HttpResponse:
    context = {"period": period, "form": form, "refusal": refusal, "now": timezone.now()}
    return render(request, "evaluation/sheets/period_window.html", context, status=status)
