"""What a merger does to the facts of evaluation. What is ranked, frozen or published stays; work that runs goes on.

Who reads and answers in place of an ended unit is said by `organisations.queries.in_place_of` in each scope (engine 21).
"""

from django.db.models import Q

from evaluation.adjustments.models import Adjustment
from evaluation.engine.models.ranking import RankingRow
from evaluation.engine.models.year_units import YearUnit
from evaluation.enums import PENDING, RectificationState, SheetState, SupervisionState, VisitState
from evaluation.feedback.models.feedback import Feedback
from evaluation.periods.models import PeriodUnit, UnitDecision
from evaluation.scheme.models.scheme import Figure, PrintedEvaluator
from evaluation.scheme.models.tasks import Task
from evaluation.sheets.models.marks import Mark, MarkSheet
from evaluation.sheets.services.handover import hand_over_sheets
from evaluation.tasks.models.data_tables import DataTable
from evaluation.tasks.models.supervision import SupervisionEntry, SupervisionItem, SupervisionUnit
from evaluation.tasks.services.supervision_moving import move_on_merge as move_supervision
from evaluation.tracking.models import Rectification
from evaluation.year.models.year_close import LeaderTally, SatisfactionValue, SelfReport, SiteVisit
from evaluation.year.models.year_end import Veto
from miyun_kpi.organisations.registry import Said, audited, moves, register_relations, stays

RANKED = "本期仍以原名称排名，由接收的单位核对、签收、整改。"
PRINTED = "是方案的数字和原文；下一期起由接收的单位打分。"
UNFINISHED = ~Q(state=SupervisionState.CLOSED)


def _ranked(label: str) -> Said:
    return stays(label, RANKED)


def register() -> None:
    _frozen()
    register_relations(
        MarkSheet,
        {
            "evaluator": moves(
                "打分表",
                why="没有报送的转由接收的单位打分；已报送的不变。",
                rows=~Q(state=SheetState.FILED),
                mover=hand_over_sheets,
                reopens=True,
            )
        },
    )
    supervised = moves(
        "督办事项",
        why="没有销号的由接收的单位办，时限不变。",
        rows=~Q(item__state=SupervisionState.CLOSED),
        mover=move_supervision,
    )
    register_relations(SupervisionUnit, {"organisation": supervised})
    register_relations(SupervisionItem, {"units": moves("督办事项", rows=UNFINISHED, along="SupervisionUnit")})
    register_relations(SupervisionEntry, {"organisation": stays("督办过程", "是办过的事，按当时的单位记。")})
    opener = moves(
        "发起的督促整改",
        why="没有销号的由接收的单位验收。",
        rows=~Q(state=RectificationState.CLOSED),
        noted=audited("evaluation.rectification.handed-over", "rectification"),
    )
    register_relations(Rectification, {"opened_for": opener})
    proposer = moves(
        "提出的加减分",
        why="没有审议的由接收的单位修改、撤回。",
        rows=Q(state__in=PENDING),
        noted=audited("evaluation.adjustment.handed-over", "adjustment"),
    )
    register_relations(Adjustment, {"organisation": _ranked("加减分"), "proposed_for": proposer})
    visitor = moves(
        "安排的现场考评",
        why="没有办的由接收的单位去办。",
        rows=Q(state=VisitState.PLANNED),
        noted=audited("evaluation.visit.handed-over", "visit"),
    )
    register_relations(SiteVisit, {"evaluator": visitor, "organisation": _ranked("现场考评")})
    table = moves("数据表", noted=audited("evaluation.data-table.handed-over", "data-table"))
    register_relations(DataTable, {"kept_for": table})


def _frozen() -> None:
    register_relations(PrintedEvaluator, {"organisation": stays("原文的考评部门", PRINTED)})
    register_relations(Figure, {"organisation": stays("方案数字", PRINTED)})
    for model in (PeriodUnit, UnitDecision, Mark, Task, Feedback, SelfReport, LeaderTally, SatisfactionValue, Veto):
        register_relations(model, {"organisation": _ranked(str(model._meta.verbose_name))})
    register_relations(RankingRow, {"organisation": stays("排名", "已算定、已通报的结果不改。")})
    year = stays("全年考评的处理", "是结果审议的决定，按决定的单位保留。")
    register_relations(YearUnit, {"organisation": year, "predecessor": year})
