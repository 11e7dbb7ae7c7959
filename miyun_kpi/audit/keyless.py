"""A lost audit key: what it wrote stands as 无钥，不能核对, and whatever is changed in it afterwards is found (docs/decisions/0105)."""

import hashlib
import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from miyun_kpi.audit.chain import canonical, entry_hash, head_mac
from miyun_kpi.audit.models import AuditEntry, AuditHead, AuditMaster, KeylessSeal, KeyLoss
from miyun_kpi.audit.seals import Purpose, holds, key_id, knows, mac
from miyun_kpi.audit.streams import CLOSED, MASTER
from miyun_kpi.lib.errors import Refused

COLUMNS = (
    *("seq", "at", "actor_user_id", "actor_label", "action", "subject", "data"),
    *("previous_hash", "hash", "stream", "number"),
    *("address", "request_id", "result", "reason"),
)
OTHER_KEY = "这个数据库的审计不是用现在的密钥写的，没有执行：用别的密钥写，审计就断了。请放回原来的密钥；丢了的，用 manage.py adopt_key。"
BATCH = 500


@dataclass(frozen=True)
class SealedThing:
    """`key` names the key its seal was made with; `parts` is what lies under the seal."""

    seal: str
    key: str
    parts: tuple[bytes, ...]


@dataclass(frozen=True)
class Segment:
    """How far the entries of a lost key go in one stream, and what they were."""

    count: int = 0
    last_hash: str = ""
    digest: str = ""


Source = Callable[[], Iterator[SealedThing]]
_sources: dict[str, Source] = {}


def register_sealed(name: str, source: Source) -> None:
    """`source` gives all that the app has sealed, one after the other."""
    _sources[name] = source


class Digest:
    """Over entries as they come; unkeyed, for it lies under the key of the loss."""

    def __init__(self) -> None:
        self._of = hashlib.sha256()

    def add(self, columns: Mapping[str, Any]) -> None:
        named = {name: value for name, value in columns.items() if name != "hash"}
        self._of.update(f"{entry_hash('segment', **named)}{columns['hash']}".encode())

    def add_master(self, one: AuditMaster) -> None:
        told = [one.number, one.at.astimezone(UTC).isoformat(), one.heads, one.previous_hash, one.hash]
        self._of.update(canonical(told).encode())

    def read(self) -> str:
        return self._of.hexdigest()


# Reading -------------------------------------------------------------------------------------------------------------
def losses() -> list[KeyLoss]:
    return list(KeyLoss.objects.all())


def last_loss() -> KeyLoss | None:
    """The last one: it speaks for all that came before it."""
    return KeyLoss.objects.first()


def loss_holds(loss: KeyLoss) -> bool:
    return holds(Purpose.KEYLESS, loss.mac, *_parts(loss))


def segments_of(loss: KeyLoss | None) -> dict[str, Segment]:
    """None where the row is not what the site wrote: whoever could write it could call a forgery keyless."""
    if loss is None or not loss_holds(loss):
        return {}
    return {stream: Segment(*told) for stream, told in json.loads(loss.segments).items()}


def seal_holds(stored: str, *parts: bytes) -> bool:
    """Whether the seal is of these parts: under a key of this site, or, if its key is lost, as they were at that time."""
    if holds(Purpose.SEAL, stored, *parts):
        return True
    found = KeylessSeal.objects.filter(seal=stored).values_list("mac", flat=True) if stored else ()
    return any(holds(Purpose.KEYLESS, one, stored.encode(), *parts) for one in found)


def is_keyless(stored: str) -> bool:
    return bool(stored) and KeylessSeal.objects.filter(seal=stored).exists()


def heads_are_foreign() -> bool:
    """Whether a stream was last written with a key that this process has not got: nothing more can be written to it."""
    named = AuditHead.objects.exclude(mac="").order_by().values_list("key_id", flat=True).distinct()
    return not all(knows(Purpose.HEAD, one) for one in named)


def key_is_missing() -> bool:
    """The same, or an earlier key of which master entries tell was taken out of the list."""
    if heads_are_foreign():
        return True
    segment = segments_of(last_loss()).get(MASTER, Segment())
    later = AuditMaster.objects.filter(number__gt=segment.count).order_by().values_list("key_id", flat=True).distinct()
    return not all(knows(Purpose.HEAD, one) for one in later)


def require_own_head(head: AuditHead) -> None:
    """Nothing is written with a foreign key: the chain would be broken for good."""
    if head.mac and not knows(Purpose.HEAD, head.key_id):
        raise Refused("other-audit-key", OTHER_KEY)


# Taking over ---------------------------------------------------------------------------------------------------------
def open_segment(*, lost: str, taken: str, reason: str, by: str, faults: int | None, at: datetime) -> KeyLoss:
    """Inside the caller's transaction, with nothing else running: heads and seals of the lost key are taken over as they are.

    What did not hold while the key was there (a head without a mac) is not signed now either.
    """
    heads = list(AuditHead.objects.select_for_update().order_by("stream"))
    told = {head.stream: _segment(head.stream) for head in heads}
    affirmed = {
        thing.seal: mac(Purpose.KEYLESS, thing.seal.encode(), *thing.parts)
        for source in _sources.values()
        for thing in source()
        if thing.seal and _is_lost(thing)
    }
    loss = KeyLoss(at=at, lost=lost, taken=taken, reason=reason, by=by, seals=len(affirmed), faults=faults)
    loss.segments = canonical({stream: [one.count, one.last_hash, one.digest] for stream, one in told.items()})
    loss.mac = mac(Purpose.KEYLESS, *_parts(loss))
    loss.save()
    made = (KeylessSeal(loss=loss, seal=seal, mac=affirmation) for seal, affirmation in affirmed.items())
    KeylessSeal.objects.bulk_create(made, batch_size=BATCH)
    for head in heads:
        if head.mac and not knows(Purpose.HEAD, head.key_id):
            head.mac, head.key_id = head_mac(head.stream, head.count, head.last_hash), key_id(Purpose.HEAD)
            head.save(update_fields=["mac", "key_id"])
    return loss


def _is_lost(thing: SealedThing) -> bool:
    return not knows(Purpose.SEAL, thing.key) and not seal_holds(thing.seal, *thing.parts)


def _segment(stream: str) -> Segment:
    digest, count, last_hash = Digest(), 0, ""
    if stream == MASTER:
        for one in AuditMaster.objects.order_by("number").iterator(chunk_size=BATCH):
            digest.add_master(one)
            count, last_hash = count + 1, one.hash
        return Segment(count, last_hash, digest.read())
    rows = AuditEntry.objects.filter(stream=stream).order_by("seq" if stream == CLOSED else "number")
    for row in rows.values_list(*COLUMNS).iterator(chunk_size=2000):
        columns = dict(zip(COLUMNS, row, strict=True))
        digest.add(columns)
        count, last_hash = count + 1, columns["hash"]
    return Segment(count, last_hash, digest.read())


def _parts(loss: KeyLoss) -> tuple[bytes, ...]:
    told = (loss.lost, loss.taken, loss.reason, loss.by, loss.segments, str(loss.seals), str(loss.faults))
    return b"loss", loss.at.astimezone(UTC).isoformat().encode(), *(one.encode() for one in told)
