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
    return earlier.select_related("scheme", "period").order_by("-period__code").first()


def movement_of(ranking: Ranking) -> Json:
    """What is kept beside the document at publication; it enters no result."""
    previous = previous_bulletin(ranking)
    if previous is None:
        return {"previous": None, "ranks": {}}
    return {"previous": {"period": previous.period.code, "ranking": previous.pk}, "ranks": ranks_of(previous)}


def ranks_of(ranking: Ranking) -> dict[str, int]:
    rows = RankingRow.objects.filter(ranking=ranking).order_by("position").values_list("organisation__code", "rank")
    return {code: rank for code, rank in rows if rank is not None}
