from evaluation.models.adjustments import Adjustment
from evaluation.models.bulletin import Bulletin, BulletinSource, BulletinVersion
from evaluation.models.data_tables import DataSet, DataTable
from evaluation.models.drafting import Amendment, AmendmentChange, SchemeIssue
from evaluation.models.feedback import Feedback, FeedbackDeadline, UnitCheck
from evaluation.models.filing import SheetDecision, UnlockRequest
from evaluation.models.marks import DeductionLine, Mark, MarkSheet, Period, Rulebook, RulebookLine
from evaluation.models.ranking import Ranking, RankingRow, Signing
from evaluation.models.review import Review
from evaluation.models.scheme import (
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
from evaluation.models.supervision import SupervisionEntry, SupervisionItem, SupervisionUnit
from evaluation.models.tasks import Task
from evaluation.models.tracking import Rectification
from evaluation.models.trail import SheetEvent, SheetScan, WorkbookUpload
from evaluation.models.year_close import (
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
from evaluation.models.year_end import (
    CommitteeReport,
    DeliberatedAdjustment,
    Deliberation,
    MethodWeight,
    SettledTie,
    Veto,
    YearMethod,
)

__all__ = [
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
    "Adjustment",
    "Amendment",
    "AmendmentChange",
    "Bulletin",
    "BulletinSource",
    "BulletinVersion",
    "DataSet",
    "DataTable",
    "DeductionLine",
    "Dimension",
    "DimensionTotal",
    "Feedback",
    "FeedbackDeadline",
    "Figure",
    "FigureBatch",
    "FigureChange",
    "Indicator",
    "Mark",
    "MarkSheet",
    "Period",
    "PrintedEvaluator",
    "Ranking",
    "RankingRow",
    "Review",
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
