"""Once, after the upgrade from a version without seals: what that version computed gets its seal (engine 23).

Only what agrees with its own digest, and with the entry that the closed chain of that version has of it; the audit
names each. What does not agree stays without a seal and is shown to nobody.
"""

import json
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from evaluation.engine.models.ranking import Ranking, RankingRow
from evaluation.engine.queries.sealed import inputs_hold, seal_ranking, seal_receipts
from evaluation.engine.rules.documents import digest_of, text_digest
from evaluation.ranking.queries.verification import SEALED
from miyun_kpi.acts.acting import locked
from miyun_kpi.audit.chain import entry_hash, head_holds
from miyun_kpi.audit.models import AuditEntry, AuditHead
from miyun_kpi.audit.seals import keys
from miyun_kpi.audit.services import Event, record_many
from miyun_kpi.audit.streams import CLOSED
from miyun_kpi.audit.telling import read
from miyun_kpi.lib.actors import SYSTEM

# What stood around the hashed content of a document of before.
AROUND = (
    "id",
    "number",
    "digest",
    "state",
    "computed_at",
    "published_at",
    "corrects",
    "corrected_by",
    "previous",
    "first",
)


def closed_chain_holds() -> bool:
    head = AuditHead.objects.filter(stream=CLOSED).first()
    return head is not None and head_holds(head.mac, CLOSED, head.count, head.last_hash)


def adopt_rankings(at: datetime) -> int:
    """Inside the caller's transaction; returns how many were sealed."""
    events = [Event("evaluation.ranking.sealed", f"ranking:{ranking.pk}", _sealed(ranking)) for ranking in _to_seal()]
    record_many(actor=SYSTEM, events=events, at=at)
    return len(events)


def _to_seal() -> Iterator[Ranking]:
    for pk in Ranking.objects.filter(seal="").order_by("pk").values_list("pk", flat=True):
        ranking = locked(Ranking.objects.all(), pk)
        once = AuditEntry.objects.filter(action=SEALED, subject=f"ranking:{pk}").exists()
        if not once and _agrees_with_audit(ranking) and _agrees_with_itself(ranking):
            yield ranking


def _sealed(ranking: Ranking) -> dict[str, Any]:
    rows = list(RankingRow.objects.filter(ranking=ranking).order_by("position"))
    seal_receipts(rows)
    RankingRow.objects.bulk_update(rows, ["seal", "seal_key"], batch_size=100)
    seal_ranking(ranking, rows)
    ranking.save(update_fields=["receipts_digest", "seal", "seal_key"])
    return {"digest": ranking.digest, "seal": ranking.seal, "movement": text_digest(ranking.movement)}


def _agrees_with_audit(ranking: Ranking) -> bool:
    action = f"evaluation.ranking.{ranking.kind}"
    entry = AuditEntry.objects.filter(stream=CLOSED, action=action, subject=f"ranking:{ranking.pk}").first()
    if entry is None:
        return False
    names = ("previous_hash", "seq", "at", "actor_user_id", "actor_label", "action", "subject", "data")
    columns: dict[str, Any] = {name: getattr(entry, name) for name in names}
    data = read(entry)
    written = any(entry.hash == entry_hash(key, **columns) for key in keys())
    return written and (data["digest"], data["inputs"]) == (
        ranking.digest,
        ranking.inputs_hash,
    )


def _agrees_with_itself(ranking: Ranking) -> bool:
    """The document with its digest, the inputs with theirs, every 得分明细 with its row of the document."""
    document = json.loads(ranking.document)
    content = {name: value for name, value in document.items() if name not in AROUND}
    content["rows"] = [
        {name: value for name, value in row.items() if name != "previous_rank"} for row in document["rows"]
    ]
    if digest_of(content) != ranking.digest or not inputs_hold(ranking):
        return False
    rows = RankingRow.objects.filter(ranking=ranking).select_related("organisation").order_by("position")
    receipts = [(row.organisation.code, row.total, row.rank, json.loads(row.receipt)) for row in rows]
    if [receipt["organisation"] for _, _, _, receipt in receipts] != [row["organisation"] for row in content["rows"]]:
        return False
    return all(
        code == told["organisation"]
        and rank == told["rank"]
        and (None if total is None else f"{total:.4f}") == _four(told["total"])
        and {name: receipt[name] for name in told} == told
        for (code, total, rank, receipt), told in zip(receipts, content["rows"], strict=True)
    )


def _four(total: str | None) -> str | None:
    """The row keeps four decimals, whatever the 名次精度."""
    if total is None:
        return None
    whole, _, rest = total.partition(".")
    return f"{whole}.{rest:0<4}"
