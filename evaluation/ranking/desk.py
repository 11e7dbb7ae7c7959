"""What is in force and no longer follows from its inputs waits for the office: corrected, or put back as it was (engine 22)."""

from collections.abc import Sequence
from datetime import datetime

from evaluation.engine.access import rankings_visible_to
from evaluation.engine.queries.holding import in_force, standings_by_number
from evaluation.enums import PeriodKind, RankingState, Standing
from evaluation.scheme.access.office import runs_by_track
from miyun_kpi.accounts.enums import Verb
from miyun_kpi.inbox.enums import ItemKind
from miyun_kpi.inbox.registry import DeskItem
from miyun_kpi.lib.actors import Actor
from miyun_kpi.organisations.enums import TRACK_WORDS
from miyun_kpi.routes import to


def changed_items(actor: Actor, at: datetime) -> Sequence[DeskItem]:
    if not actor.may(Verb.COMPUTE_RANKINGS):
        return []
    found = rankings_visible_to(actor).filter(in_force()).distinct().select_related("scheme", "period")
    rankings = list(found.defer("inputs", "document", "beside"))
    told = standings_by_number(rankings)
    items, runs = [], runs_by_track(actor)
    for one in rankings:
        if told.get(one.pk) != Standing.CHANGED or not runs[one.scheme.track]:
            continue
        published = one.state == RankingState.PUBLISHED
        year = one.period.kind == PeriodKind.YEAR
        items.append(
            DeskItem(
                group="to-check",
                subject="evaluation",
                state="overdue",
                title=f"{one.period.label}{TRACK_WORDS[one.scheme.track]}排名：之后有改动",
                context="已通报，还没有更正" if published else "已审议或报区委" if year else "已审签，要重新核定",
                url=to("evaluation:ranking", one.pk),
                action="看改动",
                document=one.scheme.document_id or "",
                clause="四（二）",
                kind=ItemKind.CHECK,
            )
        )
    return items
