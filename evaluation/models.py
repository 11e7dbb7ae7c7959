"""Every model of the app in one place, for Django and for tests; code imports the subject that owns it."""

from evaluation.adjustments.models import Adjustment
from evaluation.bulletin.models import Bulletin, BulletinSource, BulletinVersion
from evaluation.engine.models.ranking import Holding, Ranking, RankingRow, Signing
from evaluation.engine.models.year_method import MethodWeight, YearMethod
from evaluation.engine.models.year_units import YearUnit
from evaluation.feedback.models.feedback import Feedback, FeedbackDeadline, UnitCheck
from evaluation.feedback.models.review import Review
from evaluation.leaders.models import LeaderPaper
from evaluation.periods.models import InputsRevision, LeftPeriod, Period, PeriodUnit, UnitDecision
from evaluation.scheme.models.drafting import Amendment, AmendmentChange, SchemeIssue
from evaluation.scheme.models.scheme import (
    Dimension,
    DimensionTotal,
    Figure,
    FigureBatch,
    FigureChange,
    Indicator,
    PrintedEvaluator,
    Scheme,
    SubIndicator,
)
from evaluation.scheme.models.tasks import Task
from evaluation.sheets.models.conditions import DifferenceNote, MarkCondition
from evaluation.sheets.models.filing import SheetDecision, UnlockRequest
from evaluation.sheets.models.marks import DeductionLine, Mark, MarkSheet, Rulebook, RulebookLine
from evaluation.sheets.models.record import RecordLine
from evaluation.sheets.models.trail import SheetEvent, SheetScan, WorkbookUpload
from evaluation.tasks.models.data_tables import DataSet, DataTable
from evaluation.tasks.models.supervision import SupervisionEntry, SupervisionItem, SupervisionUnit
from evaluation.tracking.models import Rectification
from evaluation.year.models.year_close import (
    LeaderParticipation,
    LeaderSurvey,
    LeaderTally,
    PlanDate,
    SatisfactionTable,
    SatisfactionValue,
    SelfReport,
    SelfReportLine,
    SiteVisit,
)
from evaluation.year.models.year_end import CommitteeReport, DeliberatedAdjustment, Deliberation, SettledTie, Veto

__all__ = [
    "LeftPeriod",
    "LeaderParticipation",
    "LeaderSurvey",
    "LeaderTally",
    "PlanDate",
    "SatisfactionTable",
    "SatisfactionValue",
    "SelfReport",
    "SelfReportLine",
    "SiteVisit",
    "CommitteeReport",
    "DeliberatedAdjustment",
    "Deliberation",
    "MethodWeight",
    "SettledTie",
    "Veto",
    "YearMethod",
    "Holding",
    "InputsRevision",
    "PeriodUnit",
    "UnitDecision",
    "YearUnit",
    "Adjustment",
    "Amendment",
    "AmendmentChange",
    "Bulletin",
    "BulletinSource",
    "BulletinVersion",
    "DataSet",
    "DataTable",
    "DeductionLine",
    "DifferenceNote",
    "Dimension",
    "DimensionTotal",
    "Feedback",
    "FeedbackDeadline",
    "Figure",
    "FigureBatch",
    "FigureChange",
    "Indicator",
    "LeaderPaper",
    "Mark",
    "MarkCondition",
    "MarkSheet",
    "Period",
    "PrintedEvaluator",
    "Ranking",
    "RankingRow",
    "Review",
    "RecordLine",
    "Rectification",
    "Rulebook",
    "RulebookLine",
    "Scheme",
    "SchemeIssue",
    "SheetDecision",
    "SheetEvent",
    "SheetScan",
    "Signing",
    "SubIndicator",
    "SupervisionEntry",
    "SupervisionItem",
    "SupervisionUnit",
    "Task",
    "UnitCheck",
    "UnlockRequest",
    "WorkbookUpload",
]
