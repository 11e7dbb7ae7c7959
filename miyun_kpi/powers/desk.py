"""Activations that wait for a second administrator."""

from collections.abc import Sequence
from datetime import datetime

from miyun_kpi.accounts.enums import ActivationState, Verb
from miyun_kpi.accounts.models import Activation
from miyun_kpi.inbox.enums import ItemKind
from miyun_kpi.inbox.registry import DeskItem
from miyun_kpi.lib.actors import Actor
from miyun_kpi.routes import to


def desk_items(actor: Actor, at: datetime) -> Sequence[DeskItem]:
    if not actor.may(Verb.GRANT_POSTS):
        return []
    waiting = Activation.objects.filter(state=ActivationState.ASKED).select_related("user")
    waiting = waiting.exclude(recorded_by_id=actor.user_id).exclude(user_id=actor.user_id or 0)
    return [
        DeskItem(
            group="to-check",
            subject="desk",
            state="to_confirm",
            title=f"激活待放行：{row.user}"[:60],
            context=f"{row.recorded_by}提请，理由：{row.reason}"[:200],
            url=to("accounts:activation", row.pk),
            action="核实后放行",
            kind=ItemKind.TURN,
        )
        for row in waiting.order_by("recorded_at")
    ]
