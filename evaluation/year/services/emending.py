"""勘正 of what closed the year: 自查报告 accepted, 现场考评 done, 效果评价 closed (13号 四（三）1、3, 五（二）)."""

from datetime import datetime

from evaluation.enums import SelfReportState, SurveyState, VisitState
from evaluation.scheme.access.office import office_ids
from evaluation.year.access.self_reports import is_own_unit, visible_self_report
from evaluation.year.access.visits import keeps, visible_visit
from evaluation.year.access.year_close import closes_year, survey_scheme
from evaluation.year.models.year_close import LeaderSurvey, SelfReport, SiteVisit
from evaluation.year.rules import effect, visits
from evaluation.year.services import self_reports
from evaluation.year.services.visits import day_problems
from miyun_kpi.accounts.enums import Verb
from miyun_kpi.acts.acting import tell
from miyun_kpi.db.finding import one_of
from miyun_kpi.emendations.columns import Ended
from miyun_kpi.emendations.registry import Facts, Place, Rest
from miyun_kpi.inbox.services import Message
from miyun_kpi.lib.actors import Actor
from miyun_kpi.organisations.queries import acts_for
from miyun_kpi.routes import to


def page_of_report(row: SelfReport) -> str:
    return to("evaluation:self-report", row.scheme.year, row.organisation.code)


def tell_office(row: SelfReport, before: Facts, actor: Actor, words: str, at: datetime) -> None:
    """The office accepted other words: it is told."""
    tell(
        [
            Message(
                key=f"self-report-emended/{row.pk}/{row.version}/{office}",
                organisation_id=office,
                title=f"自查报告已勘正：{row.organisation.name}"[:120],
                body=words[:500],
                url=page_of_report(row),
                clause=row.scheme.cite(self_reports.CLAUSE),
            )
            for office in office_ids(row.scheme.track)
        ],
        at=at,
    )


def find_survey(actor: Actor, pk: int) -> LeaderSurvey:
    row = one_of(LeaderSurvey.objects.select_related("scheme").filter(pk=pk))
    survey_scheme(actor, row.scheme.year, row.scheme.track)
    return row


def certifies(actor: Actor, row: SiteVisit) -> bool:
    return actor.may(Verb.CERTIFY_SHEETS) and acts_for(actor.organisation_id, row.evaluator_id)


def find_visit(actor: Actor, pk: int) -> SiteVisit:
    """Whoever sees the dates; the 审核人 of the evaluator, who sees no others, the ones of its own."""
    row = one_of(SiteVisit.objects.select_related("scheme", "evaluator", "organisation").filter(pk=pk))
    return row if certifies(actor, row) else visible_visit(actor, pk)


def may_emend_visit(actor: Actor, row: SiteVisit) -> bool:
    """People of the evaluator: whoever plans, and the 审核人 as the second hand; where it has none, the evaluation office."""
    return keeps(actor, row) or certifies(actor, row) or closes_year(actor, row.scheme.track)


SELF_REPORT = Ended(
    model=SelfReport,
    code="self-report",
    word="自查报告",
    columns=("summary", "problems", "measures"),
    action="evaluation.self-report.emended",
    place=lambda row: Place("evaluation", row.scheme.document_id, self_reports.CLAUSE),
    find=visible_self_report,
    may=lambda actor, row: is_own_unit(actor, row.organisation),
    name=lambda row: f"{row.organisation.name} {row.scheme.year} 年自查报告",
    address=page_of_report,
    ended=lambda row: row.state == SelfReportState.ACCEPTED,
    rests=lambda row, wanted, today: [Rest("区政府办", "收到通知；签发时的数据不变")],
    after=tell_office,
)
VISIT = Ended(
    model=SiteVisit,
    code="visit",
    word="现场考评",
    columns=("starts_on", "ends_on", "leader", "note", "crowd_reason", "result"),
    action="evaluation.visit.emended",
    place=lambda row: Place("evaluation", row.scheme.document_id, visits.CLAUSE),
    find=find_visit,
    may=may_emend_visit,
    name=lambda row: f"{row.evaluator.name}对{row.organisation.name}的现场考评",
    address=lambda row: to("evaluation:visit", row.pk),
    ended=lambda row: row.state in (VisitState.DONE, VisitState.CANCELLED),
    rests=lambda row, wanted, today: [],
    check=lambda row: day_problems(row.scheme, row.starts_on, row.ends_on),
)
SURVEY = Ended(
    model=LeaderSurvey,
    code="leader-survey",
    word="效果评价",
    columns=("basis", "due_on"),
    action="evaluation.leader-survey.emended",
    place=lambda row: Place("evaluation", row.scheme.document_id, effect.CLAUSE),
    find=find_survey,
    may=lambda actor, row: closes_year(actor, row.scheme.track),
    name=lambda row: f"{row.scheme.year} 年{row.scheme.get_track_display()}效果评价",
    address=lambda row: to("evaluation:effect", row.scheme.year, row.scheme.track),
    ended=lambda row: row.state == SurveyState.CLOSED,
    rests=lambda row, wanted, today: [Rest("各单位的评价分", "不变：单张表不留存，汇总不能改")],
)
