"""What the acts of the evaluation are about: how it is named, and which of it a reader may open."""

from collections.abc import Callable, Iterable
from functools import reduce
from operator import or_
from typing import Any

from django.db.models import Q, QuerySet

from evaluation.adjustments.access import adjustments_visible_to
from evaluation.adjustments.models import Adjustment
from evaluation.adjustments.queries import EVIDENCE as ADJUSTMENT_EVIDENCE
from evaluation.bulletin.access import bulletins_visible_to
from evaluation.bulletin.models import Bulletin
from evaluation.drafting.queries.pages import ISSUE_FILES
from evaluation.engine.access import rankings_visible_to
from evaluation.engine.models.ranking import SIGNING_SCAN, Ranking, Signing
from evaluation.engine.models.year_units import YearUnit
from evaluation.feedback.access import feedbacks_visible_to, reviews_visible_to
from evaluation.feedback.models.feedback import Feedback
from evaluation.feedback.models.review import Review
from evaluation.periods.models import UnitDecision
from evaluation.scheme.access.drafts import schemes_visible_to
from evaluation.scheme.models.drafting import Amendment, SchemeIssue
from evaluation.scheme.models.scheme import Figure, FigureBatch, Indicator, Scheme
from evaluation.scheme.models.tasks import Task
from evaluation.sheets.access import conditions_visible_to, lines_visible_to, shares_visible_to, sheets_visible_to
from evaluation.sheets.models.conditions import MarkCondition
from evaluation.sheets.models.marks import MarkSheet
from evaluation.sheets.models.record import RecordLine
from evaluation.sheets.queries.record import share_words
from evaluation.sheets.services.scans import EVIDENCE as SHEET_SCAN
from evaluation.tasks.access.data_tables import tables_visible_to
from evaluation.tasks.access.supervision import items_visible_to
from evaluation.tasks.access.tasks import tasks_visible_to
from evaluation.tasks.models.data_tables import DataTable
from evaluation.tasks.models.supervision import SupervisionItem
from evaluation.tracking.access import rectifications_visible_to, tracked_visible_to
from evaluation.tracking.models import Rectification
from evaluation.tracking.queries.tracking import EVIDENCE as REPORT_EVIDENCE
from evaluation.year.access.self_reports import self_reports_visible_to
from evaluation.year.access.visits import visits_visible_to
from evaluation.year.models.year_close import LeaderSurvey, SelfReport, SiteVisit
from evaluation.year.models.year_end import Deliberation, Veto
from evaluation.year.queries.self_reports import EVIDENCE as SELF_REPORT_EVIDENCE
from miyun_kpi.audit.sentences import Subject
from miyun_kpi.duties.models import DutyPeriod, DutyUnit
from miyun_kpi.lib.periods import PeriodCode
from miyun_kpi.organisations.enums import TRACK_WORDS
from miyun_kpi.routes import to


def _at(route: str) -> Callable[[Any], str]:
    return lambda row: to(route, row.pk)


def _sheet(sheet: MarkSheet) -> str:
    return f"{sheet.period.label}第{sheet.indicator.number}项“{sheet.indicator.short_name}”打分表"


def _ranking(row: Ranking) -> str:
    return f"{row.period.label}{TRACK_WORDS[row.scheme.track]}排名第 {row.number} 次{row.get_kind_display()}"


def _scheme(row: Scheme) -> str:
    return f"{row.year}年{TRACK_WORDS[row.track]}考评方案{'草案' if row.is_draft else ''}"


def _line(line: DutyPeriod) -> str:
    return f"{line.unit.organisation.name}{PeriodCode.parse(line.period).label}“{line.unit.duty.title}”月报"


def _share(figure: Figure) -> str:
    indicator = figure.indicator.short_name if figure.indicator else ""
    return f"“{indicator}”考评细则"


def _shares(ids: Iterable[str]) -> QuerySet[Figure]:
    """Numbered by scheme and key: 2/share/4/1."""
    places = [one.partition("/") for one in ids]
    wanted = [Q(scheme_id=int(scheme), key=key) for scheme, _, key in places if scheme.isdigit()]
    return Figure.objects.filter(reduce(or_, wanted, Q(pk__in=[])))


def _unit(row: DutyUnit) -> str:
    return f"{row.organisation.name}“{row.duty.title}”"


def _self_report(row: SelfReport) -> str:
    return f"{row.organisation.name}{row.scheme.year}年度自查报告"


def _visit(row: SiteVisit) -> str:
    return f"{row.evaluator.name}对{row.organisation.name}的现场考评"


_SHEET = Subject(
    "打分表",
    MarkSheet,
    _sheet,
    related=("period", "indicator"),
    page=_at("evaluation:sheet"),
    visible=sheets_visible_to,
)
_ADJUSTMENT = Subject(
    "加减分", Adjustment, lambda row: "加减分申请", page=_at("evaluation:adjustment"), visible=adjustments_visible_to
)
_LINE = Subject(
    "月报",
    DutyPeriod,
    _line,
    related=("unit__organisation", "unit__duty"),
    page=_at("evaluation:report-line"),
    visible=tracked_visible_to,
)
_SELF_REPORT = Subject(
    "自查报告",
    SelfReport,
    _self_report,
    related=("organisation", "scheme"),
    page=lambda row: to("evaluation:self-report", row.scheme.year, row.organisation.code),
    visible=self_reports_visible_to,
)

THINGS: dict[str, Subject] = {
    "mark-sheet": _SHEET,
    SHEET_SCAN: _SHEET,
    "adjustment": _ADJUSTMENT,
    ADJUSTMENT_EVIDENCE: _ADJUSTMENT,
    REPORT_EVIDENCE: _LINE,
    "self-report": _SELF_REPORT,
    SELF_REPORT_EVIDENCE: _SELF_REPORT,
    SIGNING_SCAN: Subject(
        "审签",
        Signing,
        lambda row: f"{row.title}{row.signer}的审签",
        related=("ranking",),
        page=lambda row: to("evaluation:ranking", row.ranking_id),
    ),
    ISSUE_FILES: Subject("方案印发", SchemeIssue, lambda row: f"{row.title}的印发"),
    "amendment": Subject(
        "方案修订",
        Amendment,
        lambda row: f"{_scheme(row.scheme)}的修订",
        related=("scheme",),
        page=_at("evaluation:amendment"),
        visible=lambda actor: Amendment.objects.filter(scheme__in=schemes_visible_to(actor)),
    ),
    "bulletin": Subject(
        "通报",
        Bulletin,
        lambda row: f"{row.period.label}{row.get_kind_display()}",
        related=("period",),
        page=_at("evaluation:bulletin"),
        visible=bulletins_visible_to,
    ),
    "data-table": Subject(
        "数据表",
        DataTable,
        lambda row: f"数据表“{row.name}”",
        page=_at("evaluation:data-table"),
        visible=tables_visible_to,
    ),
    "deliberation": Subject(
        "结果审议",
        Deliberation,
        lambda row: f"{_scheme(row.scheme)}第 {row.number} 次结果审议",
        related=("scheme",),
    ),
    "demo": Subject("演示数据"),
    "duty-unit": Subject("承担单位", DutyUnit, _unit, related=("organisation", "duty")),
    "feedback": Subject(
        "反馈单",
        Feedback,
        lambda row: f"{row.organisation.name}{row.check_round.ranking.period.label}反馈单",
        related=("organisation", "check_round__ranking__period"),
        page=_at("evaluation:feedback"),
        visible=feedbacks_visible_to,
    ),
    "figure-batch": Subject(
        "数字确认单",
        FigureBatch,
        lambda row: f"{_scheme(row.scheme)}的数字确认单（第 {row.pk} 号）",
        related=("scheme",),
    ),
    "indicator": Subject("指标", Indicator, lambda row: f"“{row.short_name}”"),
    "leader-survey": Subject(
        "效果评价", LeaderSurvey, lambda row: f"{row.scheme.year}年度效果评价", related=("scheme",)
    ),
    "period": Subject("期间", called=lambda code: PeriodCode.parse(code).label),
    "ranking": Subject(
        "排名",
        Ranking,
        _ranking,
        related=("scheme", "period"),
        page=_at("evaluation:ranking"),
        visible=rankings_visible_to,
    ),
    "rectification": Subject(
        "整改",
        Rectification,
        lambda row: f"{_unit(row.unit)}的整改",
        related=("unit__organisation", "unit__duty"),
        page=_at("evaluation:rectification"),
        visible=rectifications_visible_to,
    ),
    "seals": Subject("结果的封"),
    "review": Subject(
        "复核申请",
        Review,
        lambda row: f"{row.feedback.organisation.name}对{_sheet(row.sheet)}的复核申请",
        related=("feedback__organisation", "sheet__period", "sheet__indicator"),
        page=_at("evaluation:review"),
        visible=reviews_visible_to,
    ),
    "scheme": Subject(
        "考评方案",
        Scheme,
        _scheme,
        page=lambda row: to("evaluation:draft" if row.is_draft else "evaluation:scheme", row.year, row.track),
        visible=schemes_visible_to,
    ),
    "mark-condition": Subject(
        "与本期记录不符的条件",
        MarkCondition,
        lambda row: f"条件“{row.get_kind_display()}”",
        related=("scheme",),
        page=lambda row: to("evaluation:mark-conditions", row.scheme.year, row.scheme.track),
        visible=conditions_visible_to,
    ),
    "record-line": Subject(
        "记录对照",
        RecordLine,
        lambda row: f"“{share_words(row.share_figure)}”的记录对照",
        related=("share_figure__indicator", "share_figure__organisation", "share_figure__scheme"),
        page=lambda row: to("evaluation:record-lines", row.share_figure.scheme.year, row.share_figure.scheme.track),
        visible=lines_visible_to,
    ),
    "share": Subject(
        "考评细则",
        Figure,
        _share,
        related=("indicator",),
        find=_shares,
        own=lambda row: (f"{row.scheme_id}/{row.key}",),
        page=_at("evaluation:rulebook"),
        visible=shares_visible_to,
    ),
    "supervision": Subject(
        "督办事项",
        SupervisionItem,
        lambda row: f"督办事项“{row.title}”",
        page=_at("evaluation:supervision-item"),
        visible=items_visible_to,
    ),
    "task": Subject(
        "绩效任务",
        Task,
        lambda row: f"{row.organisation.name}绩效任务“{row.name}”",
        by="duty__key",
        own=lambda row: (row.duty.key,),
        related=("organisation", "duty"),
        page=_at("evaluation:task"),
        visible=tasks_visible_to,
    ),
    "unit-decision": Subject(
        "考评对象调整决定",
        UnitDecision,
        lambda row: f"{row.organisation.name}{row.period.label}“{row.get_kind_display()}”的调整决定",
        related=("organisation", "period"),
    ),
    "year-unit": Subject(
        "全年考评的处理",
        YearUnit,
        lambda row: f"{row.organisation.name}{row.scheme.year}年全年考评“{row.get_kind_display()}”的处理",
        related=("organisation", "scheme"),
    ),
    "veto": Subject("一票否决", Veto, lambda row: f"对{row.organisation.name}的一票否决", related=("organisation",)),
    "visit": Subject(
        "现场考评",
        SiteVisit,
        _visit,
        related=("evaluator", "organisation"),
        page=_at("evaluation:visit"),
        visible=visits_visible_to,
    ),
}
