"""印发 and 修订 that wait for a second person, on the desks of the office."""

from datetime import datetime

from evaluation.enums import ActState
from evaluation.scheme.access.drafts import VERB, may_draft
from evaluation.scheme.models.drafting import Amendment, SchemeIssue
from miyun_kpi.inbox.enums import ItemKind
from miyun_kpi.inbox.registry import DeskItem
from miyun_kpi.lib.actors import Actor
from miyun_kpi.routes import to


def drafting_items(actor: Actor, at: datetime) -> list[DeskItem]:
    """Not those of one's own. In two queries, none for others."""
    if not actor.may(VERB):
        return []
    issues = SchemeIssue.objects.filter(state=ActState.PROPOSED).exclude(proposed_by_id=actor.user_id or 0)
    amendments = Amendment.objects.filter(state=ActState.PROPOSED).exclude(proposed_by_id=actor.user_id or 0)
    waiting = [
        (one.scheme, "方案待确认印发", to("evaluation:draft", one.scheme.year, one.scheme.track))
        for one in issues.select_related("scheme")
    ]
    waiting += [
        (one.scheme, "方案修订待确认", to("evaluation:amendment", one.pk))
        for one in amendments.select_related("scheme")
    ]
    return [
        DeskItem(
            group="to-check",
            subject="evaluation",
            state="to_confirm",
            title=f"{scheme.year}年{what}",
            context=scheme.get_track_display(),
            url=url,
            action="核对",
            kind=ItemKind.CHECK,
        )
        for scheme, what, url in waiting
        if may_draft(actor, scheme.track)
    ]
