"""The year's end begun: 自查报告, 现场考评, 效果评价, 满意度, 加减分 and a first 结果审议 over a trial of the year."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from decimal import Decimal

from evaluation.adjustments.models import Adjustment
from evaluation.adjustments.services import (
    Typed,
    check_adjustment,
    propose_adjustment,
    receive_city_result,
    withdraw_adjustment,
)
from evaluation.demo.marks import draw
from evaluation.demo.year.agenda import Agenda
from evaluation.demo.year.cast import Cast
from evaluation.demo.year.quarters import YEAR
from evaluation.demo.year.scheme import scheme
from evaluation.demo.year.work import indicator
from evaluation.engine.models.ranking import Ranking
from evaluation.enums import AdjustmentGround, AdjustmentOutcome, AdjustmentState, PeriodKind, SelfReportState
from evaluation.periods.models import Period
from evaluation.periods.rules.calendar import Window
from evaluation.ranking.services import compute_trial
from evaluation.sheets.services.periods import open_period
from evaluation.year.models.year_close import LeaderSurvey, SelfReport, SiteVisit
from evaluation.year.models.year_end import Deliberation
from evaluation.year.queries.leader_survey import items_of, units_of
from evaluation.year.queries.self_reports import facts_of
from evaluation.year.services import self_reports
from evaluation.year.services.deliberation import Minutes, Said, confirm_deliberation, record_deliberation
from evaluation.year.services.leader_survey import close_survey, fill_form, open_survey
from evaluation.year.services.satisfaction import Said as Answered
from evaluation.year.services.satisfaction import keep_satisfaction
from evaluation.year.services.visits import cancel_visit, note_result, plan_visit
from evaluation.year.services.year_plan import set_planned_day
from miyun_kpi.accounts.enums import Role
from miyun_kpi.lib import workdays
from miyun_kpi.lib.actors import Actor
from miyun_kpi.organisations.enums import Track
from miyun_kpi.organisations.models import Organisation

# Steps of the year → the days that still lie ahead of them.
PLANNED = {
    "months": 30,
    "quarters": 35,
    "self-report": 15,
    "effect": 12,
    "visits": 40,
    "special": 55,
    "deliberation": 60,
    "committee": 65,
    "rectification": 65,
}
# Unit → how far its 自查报告 is.
REPORTS = {
    "beizhuang-zhen": SelfReportState.DRAFT,
    "gulou-jiedao": SelfReportState.ACCEPTED,
    "guoyuan-jiedao": SelfReportState.FILED,
    "miyun-zhen": SelfReportState.SIGNING,
    "mujiayu-zhen": SelfReportState.RETURNED,
    "gaoling-zhen": SelfReportState.DRAFT,
}
# 现场考评 by the water bureau: unit → its day.
VISITS = (
    ("taishitun-zhen", date(2020, 12, 7)),
    ("gubeikou-zhen", date(2020, 12, 15)),
    ("bulaotun-zhen", date(2021, 1, 5)),
)
# 加减分: unit, ground, piece of work, how far it is. Only what adds: no fault is invented for anybody.
ADJUSTMENTS = (
    ("gulou-jiedao", AdjustmentGround.PROMOTION, "（虚构）老旧小区停车共治", "0.3", AdjustmentState.GRANTED),
    ("tanying-diqu", AdjustmentGround.CITY_BONUS, "（虚构）垃圾分类宣传", "0.5", AdjustmentState.REFUSED),
    ("dachengzi-zhen", AdjustmentGround.PROMOTION, "（虚构）文明实践站", "0.4", AdjustmentState.GRANTED),
    ("shilipu-zhen", AdjustmentGround.PROMOTION, "（虚构）村级议事厅", "0.2", AdjustmentState.CHECKED),
    ("gaoling-zhen", AdjustmentGround.CITY_TOP, "（虚构）河道巡查", "0.4", AdjustmentState.CITY),
    ("fengjiayu-zhen", AdjustmentGround.CITY_BONUS, "（虚构）林下种植示范", "0.5", AdjustmentState.PROPOSED),
    ("henanzhai-zhen", AdjustmentGround.PROMOTION, "（虚构）乡村骑行路", "0.3", AdjustmentState.RETURNED),
    ("shicheng-zhen", AdjustmentGround.PROMOTION, "（虚构）民宿服务队", "0.1", AdjustmentState.WITHDRAWN),
)
# What the minutes say of them.
FIRST_MEETING = {
    "gulou-jiedao": Said(AdjustmentOutcome.GRANTED),
    "dachengzi-zhen": Said(AdjustmentOutcome.OTHER, "0.2"),
    "tanying-diqu": Said(AdjustmentOutcome.REFUSED),
}
SECOND_MEETING = {"shilipu-zhen": Said(AdjustmentOutcome.GRANTED)}
FACT = date(2020, 5, 20)


def plan_closing(agenda: Agenda, cast: Cast, leaders: list[Actor], window: Window) -> None:
    """`window`: when the sheets of the year are to be filed; it lies ahead."""
    day = agenda.at
    agenda.plan(day(12, 9), _open_year, cast, window)
    for step, ahead in PLANNED.items():
        agenda.plan(day(14, 11), _plan_day, cast, step, agenda.date(0) + timedelta(days=ahead))
    _plan_reports(agenda, cast)
    _plan_adjustments(agenda, cast)
    for place in range(len(VISITS)):
        agenda.plan(day(20, 15, place), _visit, cast, place)
    agenda.plan(day(13, 15), _seen, cast)
    agenda.plan(day(13, 16), _called_off, cast)
    agenda.plan(day(15, 9), _survey, cast, Track.DEPARTMENT, agenda.date(9))
    for place, leader in enumerate(leaders):
        agenda.plan(day(13, 9, place), _form, leader, Track.DEPARTMENT)
    agenda.plan(day(9, 16), _close, cast)
    due = agenda.date(0) + timedelta(days=12)
    agenda.plan(day(6, 9), _survey, cast, Track.TOWNSHIP, due)
    for place, leader in enumerate(leaders[:2]):
        agenda.plan(day(4, 15, place), _form, leader, Track.TOWNSHIP)
    agenda.plan(day(8, 15), _satisfaction, cast)


def _plan_day(cast: Cast, step: str, day: date, at: datetime) -> None:
    reason = "（演示）按装入演示的那天前后安排。"
    for track in Track.values:
        set_planned_day(
            actor=cast.first,
            scheme_id=scheme(track).pk,
            step=step,
            version=0,
            planned_on=workdays.on_or_after(day),
            reason=reason,
            at=at,
        )


def _open_year(cast: Cast, window: Window, at: datetime) -> None:
    open_period(actor=cast.first, code=YEAR, at=at, window=window)
    period = Period.objects.get(code=str(YEAR))
    compute_trial(actor=cast.first, scheme=scheme(Track.TOWNSHIP), period=period, at=at)


# 自查报告 -----------------------------------------------------------------------------------------------------------
def _plan_reports(agenda: Agenda, cast: Cast) -> None:
    day, handed = agenda.at, (SelfReportState.FILED, SelfReportState.ACCEPTED, SelfReportState.RETURNED)
    for place, (code, state) in enumerate(REPORTS.items()):
        agenda.plan(day(9, 9, place), _write, cast, code)
        if state != SelfReportState.DRAFT:
            agenda.plan(day(8, 9, place), _send, cast, code)
        if state in handed:
            agenda.plan(day(7, 9, place), _sign, cast, code)
        if state in (SelfReportState.ACCEPTED, SelfReportState.RETURNED):
            passed = state == SelfReportState.ACCEPTED
            agenda.plan(day(6, 9, place), _take, cast, code, passed)


def _write(cast: Cast, code: str, at: datetime) -> None:
    unit = Organisation.objects.get(code=code)
    lines = {
        fact["indicator"]: (f"（虚构）{fact['name']}按计划完成本年任务。", "（虚构）台账更新可再快一些。")
        for fact in facts_of(scheme(Track.TOWNSHIP), unit)
        if not fact["offline"]
    }
    typed = self_reports.Typed(
        summary="（虚构）本单位逐项梳理了年度绩效任务，总体按计划推进。",
        problems="（虚构）个别台账更新不够快。",
        measures="（虚构）每月核对一次台账。",
        lines=lines,
    )
    self_reports.save_self_report(
        actor=cast.of(code, Role.REPORTER),
        scheme_id=scheme(Track.TOWNSHIP).pk,
        organisation_id=unit.pk,
        version=0,
        typed=typed,
        at=at,
    )


def _report(code: str) -> SelfReport:
    return SelfReport.objects.get(organisation__code=code)


def _send(cast: Cast, code: str, at: datetime) -> None:
    one = _report(code)
    self_reports.send_for_signing(actor=cast.of(code, Role.REPORTER), report_id=one.pk, version=one.version, at=at)


def _sign(cast: Cast, code: str, at: datetime) -> None:
    one, head = _report(code), cast.of(code, Role.UNIT_HEAD)
    self_reports.sign_self_report(actor=head, report_id=one.pk, version=one.version, passed=True, note="", at=at)


def _take(cast: Cast, code: str, passed: bool, at: datetime) -> None:
    one, note = _report(code), "" if passed else "（演示）请补充第三部分的时间安排。"
    self_reports.decide_self_report(
        actor=cast.second, report_id=one.pk, version=one.version, passed=passed, note=note, at=at
    )


# 现场考评、效果评价、满意度 ----------------------------------------------------------------------------------------------
def _visit(cast: Cast, place: int, at: datetime) -> None:
    code, day = VISITS[place]
    plan_visit(
        actor=cast.of("shuiwu-ju", Role.EVALUATOR),
        scheme_id=scheme(Track.TOWNSHIP).pk,
        organisation_id=Organisation.objects.get(code=code).pk,
        starts_on=day,
        ends_on=day,
        indicator_ids=[indicator(Track.TOWNSHIP, 4).pk],
        leader="某某（虚构）",
        note="（演示）看河道一处、台账一本。",
        at=at,
    )


def _visited(place: int) -> SiteVisit:
    return SiteVisit.objects.get(organisation__code=VISITS[place][0])


def _seen(cast: Cast, at: datetime) -> None:
    one, actor = _visited(0), cast.of("shuiwu-ju", Role.EVALUATOR)
    result = "（虚构）现场与台账一致，建议按月更新照片。"
    note_result(actor=actor, visit_id=one.pk, version=one.version, result=result, at=at)


def _called_off(cast: Cast, at: datetime) -> None:
    one = _visited(1)
    cancel_visit(actor=cast.of("shuiwu-ju", Role.EVALUATOR), visit_id=one.pk, version=one.version, at=at)


def _survey(cast: Cast, track: str, due: date, at: datetime) -> None:
    open_survey(
        actor=cast.first,
        scheme_id=scheme(track).pk,
        items="全面履职总体评价 100",
        basis="（虚构）演示会议纪要第 3 号",
        due_on=due,
        at=at,
    )


def _form(leader: Actor, track: str, at: datetime) -> None:
    survey = LeaderSurvey.objects.get(scheme__track=track)
    typed = {
        (unit.pk, number): str(80 + draw("form", leader.label, unit.code) % 19)
        for unit in units_of(survey.scheme)
        for number in range(len(items_of(survey)))
    }
    fill_form(actor=leader, survey_id=survey.pk, typed=typed, at=at)


def _close(cast: Cast, at: datetime) -> None:
    survey = LeaderSurvey.objects.get(scheme__track=Track.DEPARTMENT)
    close_survey(actor=cast.first, survey_id=survey.pk, version=survey.version, at=at)


def _satisfaction(cast: Cast, at: datetime) -> None:
    said = [
        Answered(unit, Decimal(820 + draw("said", unit.code) % 150) / 10, 100 + draw("sample", unit.code) % 50)
        for unit in Organisation.objects.of_track(Track.TOWNSHIP).in_printed_order()
    ]
    keep_satisfaction(
        actor=cast.first,
        scheme=scheme(Track.TOWNSHIP),
        said=said,
        survey="（虚构）演示调查，非真实结果",
        file_name="演示满意度.xlsx",
        seen=0,
        at=at,
    )


# 加减分 and 结果审议 --------------------------------------------------------------------------------------------------
def _plan_adjustments(agenda: Agenda, cast: Cast) -> None:
    day = agenda.at
    checked = (AdjustmentState.GRANTED, AdjustmentState.REFUSED, AdjustmentState.CHECKED)
    for place, (code, *_, state) in enumerate(ADJUSTMENTS):
        agenda.plan(day(19, 10, place), _add, cast, place)
        if state in checked:
            agenda.plan(day(17, 14, place), _check, cast, code, True)
    agenda.plan(day(18, 14), _city_answers, cast, "tanying-diqu")
    agenda.plan(day(17, 15), _check, cast, "henanzhai-zhen", False)
    agenda.plan(day(17, 16), _take_back, cast, "shicheng-zhen")
    agenda.plan(day(11, 9), _meet, cast, "第一次", FIRST_MEETING)
    agenda.plan(day(11, 14), _confirm, cast)
    agenda.plan(day(2, 17), _meet, cast, "第二次", SECOND_MEETING)


def _add(cast: Cast, place: int, at: datetime) -> None:
    code, ground, work, points, _ = ADJUSTMENTS[place]
    typed = Typed(
        ground=ground,
        work=work,
        points=points,
        reason="（虚构）工作有成效，材料另附。",
        happened_on=FACT,
        document_number=f"演示加分材料第 {place + 1} 号",
        ranking_scope="（虚构）全市参评乡镇" if ground == AdjustmentGround.CITY_TOP else "",
        awaits_city=code in ("gaoling-zhen", "tanying-diqu"),
    )
    unit = Organisation.objects.get(code=code)
    actor = cast.of(code, Role.REPORTER)
    propose_adjustment(actor=actor, organisation_id=unit.pk, year=YEAR.year, typed=typed, at=at)


def _adjustment(code: str) -> Adjustment:
    return Adjustment.objects.get(organisation__code=code)


def _city_answers(cast: Cast, code: str, at: datetime) -> None:
    one = _adjustment(code)
    receive_city_result(
        actor=cast.of(code, Role.REPORTER),
        adjustment_id=one.pk,
        version=one.version,
        result="（虚构）市级结果为加分。",
        result_on=at.astimezone().date(),
        points="0.5",
        document_number="",
        at=at,
    )


def _check(cast: Cast, code: str, passed: bool, at: datetime) -> None:
    one, note = _adjustment(code), "" if passed else "（演示）请补充依据文件。"
    check_adjustment(actor=cast.second, adjustment_id=one.pk, version=one.version, passed=passed, note=note, at=at)


def _take_back(cast: Cast, code: str, at: datetime) -> None:
    one = _adjustment(code)
    withdraw_adjustment(actor=cast.of(code, Role.REPORTER), adjustment_id=one.pk, version=one.version, at=at)


def _meet(cast: Cast, which: str, outcomes: Mapping[str, Said], at: datetime) -> None:
    year = Ranking.objects.filter(scheme=scheme(Track.TOWNSHIP), period__kind=PeriodKind.YEAR).order_by("-pk")[0]
    minutes = Minutes(
        ranking_id=year.pk,
        meeting=f"（虚构）演示会议{which}",
        held_on=at.astimezone().date(),
        minutes_number=f"演示纪要{which}",
        note="",
        outcomes={_adjustment(code).pk: said for code, said in outcomes.items()},
        ties={},
    )
    record_deliberation(actor=cast.first, scheme_id=year.scheme_id, version=0, minutes=minutes, at=at)


def _confirm(cast: Cast, at: datetime) -> None:
    one = Deliberation.objects.order_by("-pk")[0]
    confirm_deliberation(actor=cast.second, deliberation_id=one.pk, version=one.version, at=at)
