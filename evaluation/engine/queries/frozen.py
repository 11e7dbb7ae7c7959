"""Frozen rankings for clients and pages: the seal is checked when bytes are taken, what is decided later is added."""

import gzip
import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from evaluation.engine.models.ranking import Ranking, RankingRow
from evaluation.engine.queries.sealed import require_inputs, require_ranking, require_receipts
from evaluation.engine.rules.documents import canonical, limited_document
from miyun_kpi.organisations.models import Organisation

WHOLE = "whole"
Json = dict[str, Any]


@dataclass(frozen=True)
class Frozen:
    """The bytes as they are and compressed, each with an ETag of its own: what differs in a byte is another answer."""

    body: bytes
    etag: str
    gzipped: bytes

    @property
    def gzipped_etag(self) -> str:
        return f'{self.etag[:-1]}-gzip"'


def frozen_ranking(ranking: Ranking, *, scope: str, own: str = "") -> Frozen:
    """The document whole, or with the rows of others than `own` cut to a 公开范围 (engine 18)."""
    state = f"{ranking.state}{ranking.corrected_by_id or ''}"
    return _rendered(ranking.pk, ranking.digest, ranking.seal, state, scope, own)


@lru_cache(maxsize=256)
def _rendered(ranking_id: int, digest: str, seal: str, state: str, scope: str, own: str) -> Frozen:
    """A ranking changes only by publication and by being corrected, and both are in `state`, which is part of the key."""
    ranking = Ranking.objects.select_related("scheme", "period").defer("inputs").get(pk=ranking_id)
    document = document_of(ranking)
    if scope != WHOLE:
        document = limited_document(document, scope=scope, own=own)
    body = canonical(document).encode()
    # Without a time: the same bytes from every process.
    return Frozen(body, f'"{digest[:32]}-{state}-{scope}-{own}"', gzip.compress(body, mtime=0))


def document_of(ranking: Ranking) -> Json:
    """What clients get: the sealed content with the state, publication, correction and movement of today.

    Refuses (503) where it is not what was sealed.
    """
    require_ranking(ranking)
    document: Json = json.loads(ranking.document)
    movement = json.loads(ranking.movement) if ranking.movement else None
    ranks = movement["ranks"] if movement else {}
    return {
        **document,
        "state": ranking.state,
        "published_at": ranking.published_at.astimezone().isoformat() if ranking.published_at else None,
        "corrects": ranking.corrects_id,
        "corrected_by": ranking.corrected_by_id,
        "previous": movement["previous"] if movement else None,
        "first": movement is not None and movement["previous"] is None,
        "rows": [{**row, "previous_rank": ranks.get(row["organisation"])} for row in document["rows"]],
    }


def inputs_of(ranking: Ranking) -> Json:
    require_inputs(ranking)
    found: Json = json.loads(ranking.inputs)
    return found


def receipts_of(ranking: Ranking, rows: Sequence[RankingRow]) -> list[Json]:
    """The 得分明细 of these rows of the ranking, in their order."""
    require_receipts(ranking, rows)
    return [json.loads(row.receipt) for row in rows]


def frozen_receipt(ranking: Ranking, organisation: Organisation) -> Json | None:
    """得分明细 of one organisation as it was frozen."""
    row = RankingRow.objects.filter(ranking=ranking, organisation=organisation).select_related("organisation").first()
    if row is None:
        return None
    receipt = receipts_of(ranking, [row])[0]
    ranks = json.loads(ranking.movement)["ranks"] if ranking.movement else {}
    return receipt | {
        "previous_rank": ranks.get(receipt["organisation"]),
        "ranking": ranking.pk,
        "period": ranking.period.code,
        "kind": ranking.kind,
        "digest": ranking.digest,
    }
