"""Frozen rankings as bytes for clients: nothing is computed, a process keeps what it has served."""

import json
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from evaluation.engine.models.ranking import Ranking, RankingRow
from evaluation.engine.rules.documents import canonical, limited_document
from miyun_kpi.organisations.models import Organisation

WHOLE = "whole"


@dataclass(frozen=True)
class Frozen:
    body: bytes
    etag: str


def frozen_ranking(ranking: Ranking, *, scope: str, own: str = "") -> Frozen:
    """The document whole, or with the rows of others than `own` cut to a 公开范围 (engine 18)."""
    return _rendered(ranking.pk, ranking.digest, f"{ranking.state}{ranking.corrected_by_id or ''}", scope, own)


@lru_cache(maxsize=256)
def _rendered(ranking_id: int, digest: str, state: str, scope: str, own: str) -> Frozen:
    """A ranking changes only by publication and by being corrected, and both are in `state`, which is part of the key."""
    text = Ranking.objects.values_list("document", flat=True).get(pk=ranking_id)
    if scope != WHOLE:
        text = canonical(limited_document(json.loads(text), scope=scope, own=own))
    return Frozen(text.encode(), f'"{digest[:32]}-{state}-{scope}-{own}"')


def frozen_receipt(ranking: Ranking, organisation: Organisation) -> dict[str, Any] | None:
    """得分明细 of one organisation as it was frozen."""
    text = (
        RankingRow.objects.filter(ranking=ranking, organisation=organisation).values_list("receipt", flat=True).first()
    )
    if text is None:
        return None
    receipt: dict[str, Any] = json.loads(text)
    return receipt | {
        "previous_rank": json.loads(ranking.movement)["ranks"].get(receipt["organisation"])
        if ranking.movement
        else None,
        "ranking": ranking.pk,
        "period": ranking.period.code,
        "kind": ranking.kind,
        "digest": ranking.digest,
    }
