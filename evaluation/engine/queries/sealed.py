"""The seal of a ranking and of each 得分明细: keyed MACs over the stored bytes, bound to what they are of (engine 23).

Outside stands what is decided later: state, publication, correction, movement. Those are held by the audit.
"""

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime

from evaluation.engine.models.ranking import Ranking, RankingRow
from evaluation.enums import RankingKind
from miyun_kpi.accounts.enums import Verb
from miyun_kpi.audit.keyless import SealedThing, seal_holds
from miyun_kpi.audit.seals import Purpose, key_id, mac
from miyun_kpi.lib.errors import SealBroken
from miyun_kpi.organisations.enums import TRACK_WORDS

# Who is told which part is broken: the office and the auditor.
TOLD = frozenset({Verb.COMPUTE_RANKINGS.value, Verb.READ_AUDIT.value})
SENTENCE = "这份结果与核定时封存的不一致，这里不显示数字。请告诉区政府办和审计员，查明以前不要引用。"


def text(value: object) -> bytes:
    """One part of what is sealed: a moment as UTC, nothing as nothing."""
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat().encode()
    return b"" if value is None else str(value).encode()


def seal_receipts(rows: Iterable[RankingRow]) -> None:
    """Before they are stored; `ranking_id` must be known."""
    for row in rows:
        row.seal, row.seal_key = mac(Purpose.SEAL, *_receipt_parts(row)), key_id(Purpose.SEAL)


def seal_ranking(ranking: Ranking, rows: Iterable[RankingRow]) -> None:
    """The document, what it was computed from, and which rows belong to it in which order."""
    ranking.receipts_digest = receipts_digest(row.seal for row in rows)
    ranking.seal, ranking.seal_key = mac(Purpose.SEAL, *_ranking_parts(ranking)), key_id(Purpose.SEAL)


def sealed_rankings() -> Iterator[SealedThing]:
    """One after the other: a document with its receipts is some hundred kilobytes."""
    for pk in Ranking.objects.exclude(seal="").order_by("pk").values_list("pk", flat=True):
        ranking = Ranking.objects.defer("inputs").get(pk=pk)
        yield SealedThing(ranking.seal, ranking.seal_key, _ranking_parts(ranking))
        for row in RankingRow.objects.filter(ranking=ranking).exclude(seal="").order_by("position"):
            yield SealedThing(row.seal, row.seal_key, _receipt_parts(row))


def receipts_digest(seals: Iterable[str]) -> str:
    return hashlib.sha256("\n".join(seals).encode()).hexdigest()


def ranking_seal_holds(ranking: Ranking) -> bool:
    """Of the document with its identity; of the inputs the digest, see `inputs_hold`."""
    return seal_holds(ranking.seal, *_ranking_parts(ranking))


def receipt_seal_holds(row: RankingRow) -> bool:
    return seal_holds(row.seal, *_receipt_parts(row))


def inputs_hold(ranking: Ranking) -> bool:
    """`inputs_hash` lies under the seal, and is the digest of the stored bytes."""
    return hashlib.sha256(ranking.inputs.encode()).hexdigest() == ranking.inputs_hash


def require_ranking(ranking: Ranking) -> None:
    if not ranking_seal_holds(ranking):
        raise SealBroken(SENTENCE, [f"{words_of(ranking)}：结果"], TOLD)


def require_inputs(ranking: Ranking) -> None:
    require_ranking(ranking)
    if not inputs_hold(ranking):
        raise SealBroken(SENTENCE, [f"{words_of(ranking)}：输入清单"], TOLD)


def require_receipts(ranking: Ranking, rows: Sequence[RankingRow]) -> None:
    """Each of them by itself; of which ranking and unit it is lies under its seal."""
    broken = [row for row in rows if row.ranking_id != ranking.pk or not receipt_seal_holds(row)]
    if broken:
        raise SealBroken(SENTENCE, [f"{words_of(ranking)}：{receipt_words(row)}" for row in broken], TOLD)


def words_of(ranking: Ranking) -> str:
    kind = "正式核定" if ranking.kind == RankingKind.OFFICIAL else "试算"
    return f"{ranking.period.label}{TRACK_WORDS[ranking.scheme.track]}第 {ranking.number} 次{kind}"


def receipt_words(row: RankingRow) -> str:
    return f"{row.organisation.name}的得分明细"


def _ranking_parts(ranking: Ranking) -> tuple[bytes, ...]:
    identity = (
        *(ranking.pk, ranking.scheme_id, ranking.period_id, ranking.kind, ranking.number, ranking.rule_version),
        *(ranking.inputs_hash, ranking.digest, ranking.receipts_digest, ranking.engines, ranking.beside),
        *(ranking.computed_at, ranking.computed_by, ranking.computed_by_id),
    )
    return (b"ranking", *(text(one) for one in identity), ranking.document.encode())


def _receipt_parts(row: RankingRow) -> tuple[bytes, ...]:
    total = None if row.total is None else f"{row.total:.4f}"
    identity = (row.ranking_id, row.organisation_id, row.position, total, row.rank)
    return (b"receipt", *(text(one) for one in identity), row.receipt.encode())
