"""What a merger does to 勘正 that wait for their second person."""

from django.db.models import Q

from miyun_kpi.acts.enums import TwoPersonState
from miyun_kpi.emendations.models import Emendation
from miyun_kpi.organisations.registry import audited, moves, register_relations


def register() -> None:
    waiting = moves(
        "待确认的勘正",
        why="由接收的单位确认或退回。",
        rows=Q(state=TwoPersonState.PROPOSED),
        noted=audited("emendations.emendation.merged", "emendation"),
    )
    register_relations(Emendation, {"organisation": waiting})
