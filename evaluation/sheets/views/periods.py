"""期间: what is open and until when; the office opens a period and moves its dates."""

from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from evaluation.enums import DOCUMENT
from evaluation.periods.models import Period
from evaluation.periods.queries import periods as reads
from evaluation.periods.queries.past import past_periods
from evaluation.periods.rules.calendar import SHANGHAI, Window, default_window, late_window
from evaluation.scheme.access.office import require_office
from evaluation.sheets.forms.periods import ChangeWindowForm, WindowForm, initial_of
from evaluation.sheets.services.periods import change_window, leave_period, open_period, schemes_in_force
from miyun_kpi.accounts.enums import Verb
from miyun_kpi.lib.citations import cite
from miyun_kpi.lib.errors import Conflict, Refused
from miyun_kpi.lib.periods import PeriodCode
from miyun_kpi.requests import KpiRequest
from miyun_kpi.web.acts import form_of, on_top, page_act, sent, shown


def _periods_page(request: KpiRequest, refusal: Refused | None = None) -> HttpResponse:
    actor, at = request.actor, timezone.now()
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
        "typed": request.POST,
    }
    return shown(request, "evaluation/sheets/periods.html", context, refusal)


@require_safe
def periods(request: KpiRequest) -> HttpResponse:
    return _periods_page(request)


def _open_page(request: KpiRequest, refusal: Refused | None = None) -> HttpResponse:
    """The default window (推定) is shown and may be edited; a period that cannot be opened is refused on the list."""
    require_office(request.actor, Verb.OPEN_PERIODS)
    try:
        code = _code_to_open(request)
    except Refused as wrong:
        return _periods_page(request, wrong)
    context = {
        "code": code,
        "existing": Period.objects.filter(code=str(code)).first(),
        "schemes": schemes_in_force(code),
        "form": form_of(request, WindowForm, initial=initial_of(_window_to_offer(code))),
    }
    return shown(request, "evaluation/sheets/period_open.html", context, refusal)


@page_act(_open_page, opens=True)
def open_one(request: KpiRequest) -> HttpResponse:
    require_office(request.actor, Verb.OPEN_PERIODS)
    code = _code_to_open(request)
    window = Window(**sent(request, WindowForm))
    existing = Period.objects.filter(code=str(code)).first()
    if existing is None:
        open_period(actor=request.actor, code=code, at=timezone.now(), window=window)
    elif existing.window != window:
        raise Conflict("already-open", f"{code.label}已经开启，日期没有改。要改日期请在期间页按“改日期”。")
    return redirect("evaluation:periods")


def _code_to_open(request: KpiRequest) -> PeriodCode:
    given = request.POST if request.method == "POST" else request.GET
    code = PeriodCode.read(given.get("code", ""))
    _require_openable(code)
    return code


def _window_to_offer(code: PeriodCode) -> Window:
    """The default one; of a 往期, whose default is over, one that leaves time to file."""
    past = code in past_periods()
    return late_window(code, timezone.now().astimezone(SHANGHAI).date()) if past else default_window(code)


@page_act(_periods_page)
def leave_one(request: KpiRequest) -> HttpResponse:
    """A 往期 is not opened, with a reason."""
    require_office(request.actor, Verb.OPEN_PERIODS)
    code = PeriodCode.read(request.POST.get("code", ""))
    leave_period(actor=request.actor, code=code, reason=request.POST.get("reason", ""), at=timezone.now())
    return redirect(f"{reverse('evaluation:periods')}#past")


def _require_openable(code: PeriodCode) -> None:
    if not schemes_in_force(code):
        raise Refused(
            "no-scheme",
            f"{code.year} 年没有在用的考评方案，不能开启。请先印发当年方案。",
            clause=cite(DOCUMENT, "四（一）"),
        )


def _window_page(request: KpiRequest, code: str, refusal: Refused | None = None) -> HttpResponse:
    require_office(request.actor, Verb.OPEN_PERIODS)
    period = reads.period_by(code)
    form = form_of(request, ChangeWindowForm, initial=initial_of(period.window) | {"version": period.version})
    context = {"period": period, "form": on_top(form, period.version), "now": timezone.now()}
    return shown(request, "evaluation/sheets/period_window.html", context, refusal)


@page_act(_window_page, opens=True)
def period_window(request: KpiRequest, code: str) -> HttpResponse:
    """Move the four dates, with a reason and on the version seen."""
    require_office(request.actor, Verb.OPEN_PERIODS)
    period = reads.period_by(code)
    given = sent(request, ChangeWindowForm)
    window = Window(**{name: given.pop(name) for name in Window.__dataclass_fields__})
    change_window(actor=request.actor, period_id=period.pk, window=window, at=timezone.now(), **given)
    return redirect("evaluation:periods")
