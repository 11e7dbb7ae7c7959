"""What a merger does to what waits for its second person."""

from django.db.models import Q

from miyun_kpi.acts.enums import TwoPersonState
from miyun_kpi.organisations.registry import audited, moves, register_relations
from miyun_kpi.proposals.models import Proposal


def register() -> None:
    waiting = moves(
        "待第二人确认的事项",
        why="由接收的单位确认或退回。",
        rows=Q(state=TwoPersonState.PROPOSED),
        noted=audited("proposals.proposal.merged", "proposal"),
    )
    register_relations(Proposal, {"organisation": waiting})
