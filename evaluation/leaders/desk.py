"""What 领导审签 puts on the desk of a leader: computations that wait for the own signature (engine 19)."""

from collections.abc import Sequence
from datetime import datetime

from evaluation.leaders.queries.signing import awaiting
from miyun_kpi.accounts.enums import Verb
from miyun_kpi.inbox.enums import ItemKind
from miyun_kpi.inbox.registry import DeskItem
from miyun_kpi.lib.actors import Actor
from miyun_kpi.routes import to


def signing_items(actor: Actor, at: datetime) -> Sequence[DeskItem]:
    if not actor.may(Verb.FILL_LEADER_FORM):
        return []
    return [
        DeskItem(
            group="to-check",
            subject="evaluation",
            state="submitted",
            title=f"审签：{one.title}",
            context=f"第 {one.ranking.number} 次正式核定，还差{'、'.join(one.lacking)}审签",
            url=to("evaluation:ranking", one.ranking.pk),
            action="审签",
            document=one.ranking.scheme.document_id or "",
            clause="四（二）",
            kind=ItemKind.CHECK,
        )
        for one in awaiting(actor, at)
        if one.mine
    ]
