"""勘正 that wait for the second person of an office."""

from collections.abc import Sequence
from datetime import datetime

from miyun_kpi.accounts.enums import SEPARATED_ROLES, Role
from miyun_kpi.acts.enums import TwoPersonState
from miyun_kpi.emendations import access
from miyun_kpi.emendations.registry import emendable
from miyun_kpi.inbox.enums import ItemKind
from miyun_kpi.inbox.registry import DeskItem
from miyun_kpi.lib.actors import Actor
from miyun_kpi.lib.errors import NotFound
from miyun_kpi.routes import to

# Registers, marks, reviews, schemes: every kind says itself who puts it right; these posts put nothing right.
NOBODY_OF_THESE = SEPARATED_ROLES | {Role.LEADER}


def desk_items(actor: Actor, at: datetime) -> Sequence[DeskItem]:
    """Of the own office, not one's own; few ever wait, so each is asked whether this post may put it right."""
    if actor.organisation_id is None or actor.role in NOBODY_OF_THESE:
        return []
    waiting = access.of_own_office(actor).filter(state=TwoPersonState.PROPOSED).exclude(recorded_by_id=actor.user_id)
    items = []
    for row in waiting.order_by("recorded_at"):
        kind = emendable(row.subject)
        try:
            thing = kind.find(actor, row.subject_id)
        except NotFound:
            continue
        place = kind.place(thing)
        if kind.may(actor, thing):
            items.append(
                DeskItem(
                    group="to-check",
                    subject=place.subject,
                    state="to_confirm",
                    title=f"勘正：{row.name}",
                    context=f"{row.recorded_by}提出，要另一个人确认。依据：{row.paper}"[:200],
                    url=to("emendations:emendation", row.pk),
                    action="确认或退回",
                    document=place.document,
                    clause=place.clause,
                    kind=ItemKind.TURN,
                )
            )
    return items
