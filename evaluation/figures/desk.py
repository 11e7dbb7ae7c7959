"""What figures put on “my desk”: batches to check, figures nobody has confirmed."""

from collections.abc import Sequence
from datetime import datetime

from django.db.models import Count, Q

from evaluation.enums import (
    UNSETTLED,
    BatchState,
    SchemeState,
)
from evaluation.scheme.access.office import is_ranked_co_office
from evaluation.scheme.models.scheme import FigureBatch, Scheme
from miyun_kpi.accounts.enums import Verb
from miyun_kpi.inbox.enums import ItemKind
from miyun_kpi.inbox.registry import DeskItem
from miyun_kpi.lib.actors import Actor
from miyun_kpi.organisations.enums import Track
from miyun_kpi.routes import to


def figure_items(actor: Actor, at: datetime) -> Sequence[DeskItem]:
    return [*_batches(actor), *_unconfirmed()] if actor.may(Verb.CONFIRM_FIGURES) else []


def _batches(actor: Actor) -> list[DeskItem]:
    waiting = FigureBatch.objects.filter(state=BatchState.PROPOSED).exclude(proposed_by_id=actor.user_id or 0)
    if is_ranked_co_office(actor):
        waiting = waiting.exclude(scheme__track=Track.DEPARTMENT)
    return [
        DeskItem(
            group="to-check",
            subject="evaluation",
            state="submitted",
            title=f"{batch.pk} 号方案数字确认单：{batch.number_of_changes} 处",
            context=f"{batch.proposed_by}提出 · 原件 {batch.original_page}",
            url=to("evaluation:batch", batch.pk),
            action="复核",
            document=batch.scheme.document_id or "",
            clause=batch.scheme.clause,
            kind=ItemKind.CHECK,
        )
        for batch in waiting.select_related("scheme").annotate(number_of_changes=Count("changes"))
    ]


def _unconfirmed() -> list[DeskItem]:
    """What keeps the rankings of a scheme in force trials."""
    waiting = Q(figures__status__in=UNSETTLED, figures__confirmed=False)
    schemes = Scheme.objects.filter(state=SchemeState.IN_FORCE).annotate(waiting=Count("figures", filter=waiting))
    return [
        DeskItem(
            group="later",
            subject="evaluation",
            state="assumed",
            title=f"{scheme.year}年考评方案还有 {scheme.waiting} 处未确认",
            context=f"{scheme.get_track_display()} · 推定或不可读的数字确认之前只能试算",
            url=to("evaluation:scheme", scheme.year, scheme.track),
            action="逐处确认",
            document=scheme.document_id or "",
            clause=scheme.clause,
            kind=ItemKind.STANDING,
        )
        for scheme in schemes
        if scheme.waiting
    ]
