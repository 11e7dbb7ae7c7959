"""A ranking beside the one it follows: the published version it corrects, else the last computation (engine 19)."""

from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet

from evaluation.engine.models.ranking import Ranking, RankingRow
from evaluation.engine.queries.frozen import document_of, receipts_of
from evaluation.engine.rules.documents import limited_document
from evaluation.enums import RankingKind, RankingState, ReviewState
from evaluation.feedback.models.review import Review
from evaluation.ranking.queries.rankings import Viewer
from evaluation.ranking.rules import Difference, changed_items, differences


@dataclass(frozen=True)
class Changes:
    before: Ranking
    after: Ranking
    rows: list[Difference]

    @property
    def changed(self) -> list[Difference]:
        return [row for row in self.rows if row.changed]

    @property
    def moved(self) -> int:
        return sum(bool(row.moved) for row in self.rows)


def current_bulletin(ranking: Ranking) -> Ranking | None:
    """The version of the period that is in force now, other than the given one."""
    return (
        Ranking.objects.filter(scheme=ranking.scheme_id, period=ranking.period_id)
        .filter(state=RankingState.PUBLISHED, corrected_by__isnull=True)
        .exclude(pk=ranking.pk)
        .first()
    )


def compared_with(ranking: Ranking, visible: QuerySet[Ranking]) -> Ranking | None:
    """What a ranking is to be read against, of those the reader may see."""
    visible = visible.filter(scheme=ranking.scheme_id, period=ranking.period_id).exclude(pk=ranking.pk)
    if ranking.corrects_id:
        return visible.filter(pk=ranking.corrects_id).first()
    earlier = visible.filter(kind=ranking.kind, number__lt=ranking.number).order_by("-number")
    if ranking.kind == RankingKind.TRIAL:
        return earlier.first()
    published = visible.filter(state=RankingState.PUBLISHED, number__lt=ranking.number).order_by("-number")
    trials = visible.filter(kind=RankingKind.TRIAL, computed_at__lte=ranking.computed_at).order_by("-number")
    return published.first() or earlier.first() or trials.first()


def changes_of(before: Ranking, after: Ranking, viewer: Viewer) -> Changes:
    """Both cut to what the viewer may see; items only of rows the viewer may open."""
    documents: list[dict[str, Any]] = [document_of(one) for one in (before, after)]
    if not viewer.whole:
        # Each version by the 公开范围 it was published with.
        scopes = (before.disclosure_scope, after.disclosure_scope)
        documents = [
            limited_document(one, scope=scope, own=viewer.own) for one, scope in zip(documents, scopes, strict=True)
        ]
    return Changes(before, after, differences(documents[0], documents[1], _items(before, after, viewer)))


def _items(before: Ranking, after: Ranking, viewer: Viewer) -> dict[str, list[str]]:
    rows = RankingRow.objects.filter(ranking__in=[before.pk, after.pk])
    if not viewer.whole:
        rows = rows.filter(organisation__code__in=viewer.own.split("+"))
    receipts: dict[tuple[int, str], dict[str, Any]] = {}
    for one in (before, after):
        own = list(rows.filter(ranking=one.pk).select_related("organisation"))
        for row, receipt in zip(own, receipts_of(one, own), strict=True):
            receipts[one.pk, row.organisation.code] = receipt
    return {
        code: changed_items(receipts[before.pk, code], receipt)
        for (ranking_id, code), receipt in receipts.items()
        if ranking_id == after.pk and (before.pk, code) in receipts
    }


def marks_decided_since(ranking: Ranking) -> int:
    """Reviews that changed a mark of the period after this computation: it no longer tells how things stand."""
    return Review.objects.filter(
        sheet__scheme=ranking.scheme_id,
        sheet__period=ranking.period_id,
        state=ReviewState.CHANGED,
        decided_at__gt=ranking.computed_at,
    ).count()
