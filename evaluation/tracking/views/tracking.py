"""月跟踪: a unit's 月报, its lines, and the evaluator who reads them."""

from datetime import datetime
from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from evaluation.periods.models import Period
from evaluation.tracking import access
from evaluation.tracking.forms.rectifications import PressForm
from evaluation.tracking.forms.tracking import read_line, read_seen
from evaluation.tracking.queries.tracking import (
    Line,
    UnitMonth,
    lines_of,
    month_periods,
    one_line,
    remember,
    unit_month,
)
from evaluation.tracking.services import tracking as services
from miyun_kpi.accounts.enums import Verb
from miyun_kpi.duties.access import is_own_unit, require_report
from miyun_kpi.duties.enums import WRITABLE, ReportState
from miyun_kpi.duties.forms import FromPaperForm, MadeUpForm, line_of, paper_of
from miyun_kpi.duties.queries.reports import COURSES, is_laid_down, left_beside, may_make_up
from miyun_kpi.duties.services import Seen
from miyun_kpi.duties.services.making_up import enter_from_paper, make_up
from miyun_kpi.duties.services.reports import require_reviewer
from miyun_kpi.duties.views.reports import late_forms
from miyun_kpi.lib.errors import Conflict, NotFound, Refused
from miyun_kpi.organisations.models import Organisation
from miyun_kpi.requests import KpiRequest
from miyun_kpi.web.acts import form_of, page_act, sent, sent_file, shown, takes_files, whole

REVIEW_STATES = [
    ("filed", "已报送，待审核"),
    ("returned", "退回未改"),
    ("accepted", "已通过"),
    ("owed", "未报"),
    ("", "全部"),
]


@require_safe
def index(request: KpiRequest) -> HttpResponse:
    """A unit begins with its month, an evaluator with what waits for it, the office with the overview."""
    actor = request.actor
    if actor.may(Verb.REPORT_PROGRESS):
        own = access.tracked_own(actor)
        # What those left that ended into it stands on its desk.
        periods = month_periods(own.filter(unit__organisation=actor.organisation_id))
        if periods:
            code = Organisation.objects.values_list("code", flat=True).get(pk=actor.organisation_id or 0)
            return redirect("evaluation:monthly-report", code=code, month=_current(periods, timezone.now()).code)
        if left := own.order_by("-period", "unit__organisation__code").first():
            return redirect("evaluation:monthly-report", code=left.unit.organisation.code, month=left.period)
    if actor.may(Verb.REVIEW_REPORTS):
        return redirect("evaluation:tracking-review")
    if actor.may(Verb.READ_ALL_TRACKING):
        return redirect("evaluation:heat-map")
    return render(request, "evaluation/tracking/tracking_none.html", {"reports": actor.may(Verb.REPORT_PROGRESS)})


def _current(periods: list[Period], at: datetime) -> Period:
    """The earliest month still to be reported, else the newest."""
    open_ones = [one for one in periods if one.starts_at <= at < one.locks_at]
    return open_ones[-1] if open_ones else periods[0]


def find_month(request: KpiRequest, code: str, month: str, at: datetime) -> UnitMonth:
    """The unit's month in the actor's scope; foreign and unknown look alike."""
    visible = access.tracked_visible_to(request.actor)
    organisation = Organisation.objects.filter(code=code).first()
    period = Period.objects.filter(code=month, kind="month").first()
    if organisation is None or period is None:
        raise NotFound
    found = unit_month(visible, organisation, period, at)
    if not found.lines:
        raise NotFound
    return found


@require_safe
def month(request: KpiRequest, code: str, month: str) -> HttpResponse:
    return _month_page(request, code, month)


def _month_page(request: KpiRequest, code: str, month: str, refusal: Refused | None = None) -> HttpResponse:
    at = timezone.now()
    found = find_month(request, code, month, at)
    actor = request.actor
    own = actor.may(Verb.REPORT_PROGRESS) and is_own_unit(actor, found.organisation)
    scope = access.tracked_visible_to(actor).filter(unit__organisation=found.organisation)
    context = {
        "month": found,
        "own": own,
        "editable": own and found.writable,
        "periods": [(one.code, f"{one.period_code.month}月") for one in reversed(month_periods(scope))],
        "courses": COURSES,
        "beside": _beside(request, found) if own else [],
        "now": at,
    }
    return shown(request, "evaluation/tracking/monthly_report.html", context, refusal)


def _beside(request: KpiRequest, found: UnitMonth) -> list[Organisation]:
    """Whose reports of the month the actor's unit sees to besides: those that ended into it, and its own."""
    lines = access.tracked_own(request.actor).filter(period=found.period.code)
    others = Organisation.objects.filter(pk__in=lines.order_by().values("unit__organisation"))
    return list(others.exclude(pk=found.organisation.pk).in_printed_order())


@require_POST
def save(request: KpiRequest, line_id: int) -> HttpResponse:
    """One line, answered by its row: what was typed stays in it when it is refused."""
    at = timezone.now()
    refusal = None
    try:
        services.save_line(actor=request.actor, duty_period_id=line_id, report=read_line(request.POST), at=at)
    except Refused as found:
        if found.status in (400, 403, 404):
            raise
        refusal = found
    line = one_line(access.visible_line(request.actor, line_id), at)
    typed = request.POST if refusal else None
    context: dict[str, Any] = {"line": line, "courses": COURSES, "editable": True, "refusal": refusal, "typed": typed}
    if isinstance(refusal, Conflict) and refusal.errors:
        context["stored_version"] = (refusal.errors[0].current or {}).get("version")
    if request.htmx:
        organisation, month = line.duty_period.unit.organisation, line.duty_period.period
        context["month"] = find_month(request, organisation.code, month, at)
        return render(
            request, "evaluation/tracking/_report_answer.html", context, status=refusal.status if refusal else 200
        )
    if refusal:
        raise refusal
    return redirect(_address(line))


def _address(line: Line) -> str:
    unit = line.duty_period.unit
    page = reverse("evaluation:monthly-report", args=[unit.organisation.code, line.duty_period.period])
    return f"{page}#line-{line.duty_period.pk}"


@page_act(_month_page)
def submit(request: KpiRequest, code: str, month: str) -> HttpResponse:
    at = timezone.now()
    found = find_month(request, code, month, at)
    if not is_own_unit(request.actor, found.organisation):
        raise NotFound
    services.submit_month(
        actor=request.actor,
        period=found.period,
        at=at,
        partly="partly" in request.POST,
        organisation_id=found.organisation.pk,
    )
    return redirect("evaluation:monthly-report", code=code, month=month)


@require_safe
def review(request: KpiRequest) -> HttpResponse:
    return _review_page(request)


def _review_page(request: KpiRequest, refusal: Refused | None = None) -> HttpResponse:
    """Lines of the indicators one marks, over all units; by month, indicator and state."""
    actor, at = request.actor, timezone.now()
    if not actor.may(Verb.REVIEW_REPORTS):
        raise NotFound
    mine = access.tracked_reviewed_by(actor)
    periods = month_periods(mine)
    chosen = request.GET.get("month", "")
    period = next((one for one in periods if one.code == chosen), periods[0] if periods else None)
    state = request.GET.get("state", "filed")
    lines = remember(lines_of(mine.filter(period=period.code), at)) if period else []
    indicators = {str(line.indicator.pk): line.indicator for line in lines}
    indicator = request.GET.get("indicator", "")
    here = [line for line in lines if indicator not in indicators or str(line.indicator.pk) == indicator]
    counts = {name: sum(_in_state(line, name) for line in here) for name, _ in REVIEW_STATES}
    context = {
        "lines": sorted(
            (line for line in here if _in_state(line, state)),
            key=lambda one: (one.indicator.pk, one.duty_period.unit.organisation.order),
        ),
        "periods": [(one.code, f"{one.period_code.month}月") for one in reversed(periods)],
        "period": period,
        "state": state,
        "states": [(name, word, counts[name]) for name, word in REVIEW_STATES],
        "indicators": [("", "全部指标"), *((key, one.short_name) for key, one in indicators.items())],
        "indicator": indicator if indicator in indicators else "",
        "waiting": counts["filed"],
        "repeated": [line for line in here if line.repeated and line.duty_period.state == ReportState.FILED],
        "now": at,
    }
    return shown(request, "evaluation/tracking/tracking_review.html", context, refusal)


def _in_state(line: Line, state: str) -> bool:
    own = line.duty_period.state
    if state == "owed":
        return own in (ReportState.EXPECTED, ReportState.DRAFT) and line.standing != "returned"
    if state == "returned":
        return line.standing == "returned"
    return not state or own == state


@page_act(_review_page)
def accept(request: KpiRequest) -> HttpResponse:
    """The ticked lines, or the one whose page it comes from."""
    seen = read_seen(request.POST.getlist("seen"))
    services.accept_lines(actor=request.actor, seen=seen, at=timezone.now())
    if len(seen) == 1 and "from-line" in request.POST:
        return redirect("evaluation:report-line", line_id=seen[0].duty_period_id)
    query = request.GET.urlencode()
    return redirect(f"{reverse('evaluation:tracking-review')}{'?' + query if query else ''}")


@require_safe
def line(request: KpiRequest, line_id: int) -> HttpResponse:
    return line_page(request, line_id)


def line_page(request: KpiRequest, line_id: int, refusal: Refused | None = None) -> HttpResponse:
    at = timezone.now()
    found = one_line(access.visible_line(request.actor, line_id), at)
    actor = request.actor
    own = actor.may(Verb.REPORT_PROGRESS) and is_own_unit(actor, found.duty_period.unit.organisation)
    decides = actor.may(Verb.REVIEW_REPORTS) and access.tracked_reviewed_by(actor).filter(pk=line_id).exists()
    pressed = access.rectifications_visible_to(actor).filter(unit=found.duty_period.unit)
    context = {
        "line": found,
        "pressed": list(pressed.order_by("-id")),
        "presses": not own and actor.may(Verb.PRESS_FOR_CORRECTION),
        "press_form": form_of(request, PressForm),
        "own": own,
        "laid_down": is_laid_down(found.duty_period),
        "beside": left_beside(found.duty_period, actor.organisation_id) if own else [],
        "editable": own and found.writable,
        "decides": decides and found.duty_period.state in (ReportState.FILED, ReportState.ACCEPTED),
        "late_forms": late_forms(
            request,
            found.duty_period,
            makes_up=own and may_make_up(found.duty_period, at),
            enters=decides and found.duty_period.state in WRITABLE,
        ),
        "typed": request.POST,
        "now": at,
    }
    return shown(request, "evaluation/tracking/report_line.html", context, refusal)


@page_act(line_page)
def made_up(request: KpiRequest, line_id: int) -> HttpResponse:
    """补报 of a line the unit has let pass."""
    row = access.visible_line(request.actor, line_id)
    require_report(request.actor, row)
    given = sent(request, MadeUpForm, offline=row.unit.duty.offline_only)
    make_up(
        actor=request.actor, duty_period_id=row.pk, report=line_of(given), reason=given["reason"], at=timezone.now()
    )
    return redirect("evaluation:report-line", line_id=line_id)


@page_act(line_page)
def from_paper(request: KpiRequest, line_id: int) -> HttpResponse:
    """代录 by the evaluator of the indicator."""
    row = access.visible_line(request.actor, line_id)
    require_reviewer(request.actor)
    given = sent(request, FromPaperForm, offline=row.unit.duty.offline_only)
    enter_from_paper(
        actor=request.actor,
        found=access.tracked_reviewed_by(request.actor),
        duty_period_id=row.pk,
        report=line_of(given),
        paper=paper_of(given),
        at=timezone.now(),
    )
    return redirect("evaluation:report-line", line_id=line_id)


@page_act(line_page)
def give_back(request: KpiRequest, line_id: int) -> HttpResponse:
    seen = Seen(line_id, whole(request, "version") or 0)
    observation = request.POST.get("observation", "")
    services.return_line(actor=request.actor, seen=seen, observation=observation, at=timezone.now())
    return redirect("evaluation:report-line", line_id=line_id)


@takes_files
@page_act(line_page)
def evidence(request: KpiRequest, line_id: int) -> HttpResponse:
    """Upload one file; the page says what must never be uploaded (engine 20)."""
    if not access.tracked_own(request.actor).filter(pk=line_id).exists():
        raise NotFound
    file, name = sent_file(request)
    services.add_evidence(actor=request.actor, duty_period_id=line_id, file=file, name=name, at=timezone.now())
    return redirect(f"{reverse('evaluation:report-line', args=[line_id])}#evidence")


@require_POST
def remove_evidence(request: KpiRequest, attachment_id: int) -> HttpResponse:
    line = services.remove_evidence(actor=request.actor, attachment_id=attachment_id, at=timezone.now())
    return redirect(f"{reverse('evaluation:report-line', args=[line.pk])}#evidence")
