"""What waits for the second person of an office."""

from collections.abc import Sequence
from datetime import datetime

from miyun_kpi.acts.enums import TwoPersonState
from miyun_kpi.inbox.enums import ItemKind
from miyun_kpi.inbox.registry import DeskItem
from miyun_kpi.lib.actors import Actor
from miyun_kpi.proposals import access
from miyun_kpi.proposals.stored import given_of
from miyun_kpi.routes import to


def desk_items(actor: Actor, at: datetime) -> Sequence[DeskItem]:
    """Of the own office, not one's own; and what one proposed oneself and got back is told by a notice."""
    if actor.organisation_id is None:
        return []
    waiting = access.of_own_office(actor).filter(state=TwoPersonState.PROPOSED).exclude(recorded_by_id=actor.user_id)
    items = []
    for row in waiting.order_by("recorded_at"):
        kind, given = given_of(row)
        # Of what units propose there is one line for all: powers/desk.py.
        if kind.proposed_by or not access.may(actor, row):
            continue
        subject, document, clause = kind.place(given)
        items.append(
            DeskItem(
                group="to-check",
                subject=subject,
                state="to_confirm",
                title=f"{kind.word}：{row.name}"[:60],
                context=f"{row.recorded_by}提出，要另一个人确认",
                url=to("proposals:proposal", row.pk),
                action="确认或退回",
                document=document,
                clause=clause,
                kind=ItemKind.TURN,
            )
        )
    return items
