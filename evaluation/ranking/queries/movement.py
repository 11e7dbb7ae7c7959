"""Movement: the places of a bulletin beside those of the bulletin in force of the period before (engine 14)."""

from typing import Any

from evaluation.engine.models.ranking import Ranking, RankingRow
from evaluation.enums import RankingState

Json = dict[str, Any]


def previous_bulletin(ranking: Ranking) -> Ranking | None:
    """The bulletin in force of the last earlier period of the same kind and track that is published; a trial never counts."""
    earlier = Ranking.objects.filter(
        scheme__track=ranking.scheme.track,
        period__kind=ranking.period.kind,
        period__code__lt=ranking.period.code,
        state=RankingState.PUBLISHED,
        corrected_by__isnull=True,
    )
    return earlier.select_related("period").order_by("-period__code").first()


def movement_of(ranking: Ranking) -> Json:
    """What is kept beside the document at publication; it enters no result."""
    previous = previous_bulletin(ranking)
    if previous is None:
        return {"previous": None, "ranks": {}}
    rows = RankingRow.objects.filter(ranking=previous, rank__isnull=False)
    return {
        "previous": {"period": previous.period.code, "ranking": previous.pk},
        "ranks": dict(rows.order_by("position").values_list("organisation__code", "rank")),
    }
