"""送审稿 of 通报 on the desk of those who can make them final."""

from collections.abc import Sequence
from datetime import datetime

from evaluation.bulletin.access import bulletins_visible_to, works_on_bulletins
from evaluation.enums import DOCUMENT, BulletinState, RankingKind
from miyun_kpi.inbox.enums import ItemKind
from miyun_kpi.inbox.registry import DeskItem
from miyun_kpi.lib.actors import Actor
from miyun_kpi.routes import to


def bulletin_items(actor: Actor, at: datetime) -> Sequence[DeskItem]:
    """For a second person; those of a trial go no further and wait for nobody."""
    if not works_on_bulletins(actor):
        return []
    waiting = (
        bulletins_visible_to(actor)
        .filter(state=BulletinState.SUBMITTED)
        .exclude(submitted_by_id=actor.user_id or 0)
        .exclude(rankings__kind=RankingKind.TRIAL)
        .select_related("period")
    )
    return [
        DeskItem(
            group="to-check",
            subject="evaluation",
            state="submitted",
            title=f"{one.get_kind_display()}送审稿：{one.period.label}",
            context=f"{one.submitted_by}送审",
            url=to("evaluation:bulletin", one.pk),
            action="定稿",
            document=DOCUMENT,
            clause="四（二）",
            kind=ItemKind.CHECK,
        )
        for one in waiting
    ]
