"""年度进度: every printed step with its planned day and what the data say of it."""

from dataclasses import dataclass
from datetime import date

from django.db.models import QuerySet

from evaluation.engine.models.ranking import Ranking
from evaluation.enums import (
    DeliberationState,
    PeriodKind,
    RankingState,
    RectificationOrigin,
    RectificationState,
    SelfReportState,
    SurveyState,
    VisitState,
)
from evaluation.periods.models import Period
from evaluation.periods.rules.calendar import stage_periods
from evaluation.scheme.models.scheme import Scheme
from evaluation.sheets.models.marks import MarkSheet
from evaluation.tracking.models import Rectification
from evaluation.tracking.rules import duty_prefix
from evaluation.year.models.year_close import LeaderSurvey, PlanDate, SelfReport, SiteVisit
from evaluation.year.models.year_end import CommitteeReport, Deliberation
from evaluation.year.queries.reporting import reporting_units
from evaluation.year.rules.year_plan import (
    STEPS,
    Standing,
    Step,
    default_day,
    outside_stage,
    places,
    stage_words,
    state_of,
)
from miyun_kpi.lib.periods import PeriodCode


@dataclass(frozen=True)
class PlanLine:
    step: Step
    stage: str
    planned: date
    moved: PlanDate | None
    outside: bool
    standing: Standing
    state: tuple[str, str]
    place: int


def planned_day(scheme: Scheme, code: str) -> date:
    moved = PlanDate.objects.filter(scheme=scheme, step=code).first()
    return moved.planned_on if moved else default_day(next(s for s in STEPS if s.code == code), scheme.year)


def year_plan(scheme: Scheme, today: date) -> list[PlanLine]:
    moved = {one.step: one for one in PlanDate.objects.filter(scheme=scheme)}
    standings = _standings(scheme)
    days = [moved[s.code].planned_on if s.code in moved else default_day(s, scheme.year) for s in STEPS]
    return [
        PlanLine(
            step=step,
            stage=stage_words(step, scheme.year),
            planned=day,
            moved=moved.get(step.code),
            outside=outside_stage(step, scheme.year, day),
            standing=standings[step.code],
            state=state_of(standings[step.code], day, today),
            place=place,
        )
        for step, day, place in zip(STEPS, days, places(scheme.year, days), strict=True)
    ]


def _standings(scheme: Scheme) -> dict[str, Standing]:
    year, units = scheme.year, len(reporting_units(scheme))
    wanted = stage_periods(PeriodCode.parse(scheme.process_from), PeriodCode.parse(scheme.process_to))
    months = [str(code) for code in wanted if code.kind == PeriodKind.MONTH]
    quarters = [str(code) for code in wanted if code.kind == PeriodKind.QUARTER]
    opened = Period.objects.filter(code__in=months).count()
    published = (
        Ranking.objects.filter(scheme=scheme, period__code__in=quarters, state=RankingState.PUBLISHED)
        .values("period_id")
        .distinct()
        .count()
    )
    reports = SelfReport.objects.filter(scheme=scheme)
    handed = reports.filter(state__in=[SelfReportState.FILED, SelfReportState.ACCEPTED]).count()
    accepted = reports.filter(state=SelfReportState.ACCEPTED).count()
    visits = SiteVisit.objects.filter(scheme=scheme).exclude(state=VisitState.CANCELLED)
    done, planned = visits.filter(state=VisitState.DONE).count(), visits.count()
    sheets = MarkSheet.objects.filter(scheme=scheme, period__code=str(year))
    filed, all_sheets = sheets.filter(state="filed").count(), sheets.count()
    survey = LeaderSurvey.objects.filter(scheme=scheme).first()
    forms = survey.participations.count() if survey else 0
    confirmed = Deliberation.objects.filter(scheme=scheme, state=DeliberationState.CONFIRMED).exists()
    sent = CommitteeReport.objects.filter(ranking__scheme=scheme).first()
    found = year_rectifications(scheme)
    closed, opened_all = found.filter(state=RectificationState.CLOSED).count(), found.count()
    return {
        "scheme": Standing(1, 1, "已印发"),
        "months": Standing(opened, len(months), f"已开启 {opened} 个月，共 {len(months)} 个月"),
        "quarters": Standing(published, len(quarters), f"已通报 {published} 个季度，共 {len(quarters)} 个"),
        "self-report": Standing(accepted, units, f"已报送 {handed} 家、已接收 {accepted} 家，共 {units} 家"),
        "visits": Standing(done, planned, f"已完成 {done} 次，共安排 {planned} 次"),
        "special": Standing(
            filed, all_sheets, f"打分表已报 {filed} 张，共 {all_sheets} 张" if all_sheets else "还没有开启"
        ),
        "effect": Standing(
            int(survey is not None and survey.state == SurveyState.CLOSED),
            1,
            f"{survey.get_state_display()}，{forms} 份" if survey else "还没有开启",
        ),
        "deliberation": Standing(int(confirmed), 1, "已审议" if confirmed else "还没有确认的审议"),
        "committee": Standing(int(sent is not None), 1, f"{sent.number}　{sent.sent_on}" if sent else "还没有报"),
        "rectification": Standing(closed, opened_all, f"已销号 {closed} 件，共 {opened_all} 件"),
    }


def year_rectifications(scheme: Scheme) -> QuerySet[Rectification]:
    """What 年终 found: on the whole year, not on a month."""
    prefix = duty_prefix(scheme.year, scheme.track)
    found = Rectification.objects.filter(unit__duty__key__startswith=prefix, period=str(scheme.year))
    return found.exclude(origin=RectificationOrigin.TRACKING).select_related(
        "unit__duty", "unit__organisation", "opened_for"
    )
