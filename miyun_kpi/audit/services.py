from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection, transaction
from django.db.models import BigIntegerField, Func, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce

from miyun_kpi.audit.access import require_reader
from miyun_kpi.audit.chain import canonical, entry_hash, head_holds, head_mac, heads_text, master_hash
from miyun_kpi.audit.keyless import require_own_head
from miyun_kpi.audit.models import AuditEntry, AuditHead, AuditMaster, Result
from miyun_kpi.audit.queries import Anchor, Verification, closed_faults, current_heads, held_anchor, verify
from miyun_kpi.audit.seals import Purpose, key_id, writing_key
from miyun_kpi.audit.streams import CLOSED, MASTER, rank, stream_of
from miyun_kpi.db.asked import asked
from miyun_kpi.lib.actors import SYSTEM, Actor
from miyun_kpi.lib.errors import Refused
from miyun_kpi.lib.reading import read_reason

# Written by hand: every act ends with it, and to build it anew from the model takes longer than to carry it out.
STORE = "UPDATE audit_audithead SET count = %s, last_hash = %s, mac = %s, key_id = %s WHERE id = %s"


@dataclass(frozen=True)
class Event:
    action: str
    subject: str
    data: dict[str, Any]
    result: Result = Result.DONE


def record(
    *,
    actor: Actor,
    action: str,
    subject: str,
    data: dict[str, Any] | None = None,
    result: Result = Result.DONE,
    at: datetime,
) -> None:
    """Append one entry inside the caller's transaction. Call it last: it locks the head of its stream until commit."""
    record_many(actor=actor, events=[Event(action, subject, data or {}, result)], at=at)


def record_many(*, actor: Actor, events: Sequence[Event], at: datetime) -> None:
    record_each([(actor, event, at) for event in events])


def record_each(told: Sequence[tuple[Actor, Event, datetime]], *, first: str = "") -> None:
    """Append several entries, to several streams where the acts are of several apps, with one insert.

    Heads are locked in the order of the floors and then by label, last of all locks; a new stream is chained into the
    master at once, so that nobody can take all of it away unseen. `first`: statements that the store carries out before
    the first head is locked, sent with that question (PostgreSQL).
    """
    if not told:
        return
    # Within an act its transaction is enough: what fails here fails the act.
    with transaction.atomic(savepoint=False):
        wanted = sorted({stream_of(event.action) for _, event, _ in told}, key=rank)
        locked = {stream: _locked(stream, first if stream == wanted[0] else "") for stream in wanted}
        heads = {stream: head for stream, (head, _) in locked.items()}
        entries = []
        for seq, (actor, event, moment) in zip(_numbers(len(told), heads[wanted[0]]), told, strict=True):
            head = heads[stream_of(event.action)]
            columns: dict[str, Any] = {
                "seq": seq,
                "at": moment,
                "actor_user_id": actor.user_id,
                "actor_label": actor.label[:200],
                "action": event.action,
                "subject": event.subject,
                "data": canonical(event.data),
                "previous_hash": head.last_hash,
                "stream": head.stream,
                "number": head.count + 1,
                "address": actor.address[:45],
                "request_id": actor.request_id[:32],
                "result": str(event.result),
                "reason": _reason(event.data),
            }
            hashed = entry_hash(writing_key(), **columns)
            entries.append(AuditEntry(**columns, hash=hashed))
            head.count, head.last_hash = head.count + 1, hashed
        AuditEntry.objects.bulk_create(entries)
        for head in heads.values():
            _store(head)
        if any(new for _, new in locked.values()):
            _chain_heads(told[-1][2])


def _reason(data: dict[str, Any]) -> str:
    """What was given as the reason of the act, under whichever of these names it is kept among its data."""
    return next((str(data[name])[:500] for name in ("reason", "note") if data.get(name)), "")


def _locked(stream: str, first: str = "") -> tuple[AuditHead, bool]:
    """The head of the stream, locked, and whether it was made only now.

    What does not hold is never signed again: whoever has set it back by hand stays found, whatever is appended after.
    """
    found, new = _head.after(first, stream), False
    if not found:
        _, new = AuditHead.objects.get_or_create(
            stream=stream, defaults={"mac": head_mac(stream, 0, ""), "key_id": key_id(Purpose.HEAD)}
        )
        found = _head(stream)
    head = found[0]
    require_own_head(head)
    if not head_holds(head.mac, stream, head.count, head.last_hash):
        head.mac = ""
    return head, new


@asked
def _head(stream: str) -> QuerySet[AuditHead]:
    return AuditHead.objects.select_for_update(no_key=True).filter(stream=stream).annotate(drawn=_next_number())


def _store(head: AuditHead) -> None:
    if head.mac:
        head.mac, head.key_id = head_mac(head.stream, head.count, head.last_hash), key_id(Purpose.HEAD)
    with connection.cursor() as cursor:
        cursor.execute(STORE, [head.count, head.last_hash, head.mac, head.key_id, head.pk])


def _next_number() -> Any:
    """A number for pages, drawn with the head: on PostgreSQL from a sequence, which nobody waits for; SQLite has one writer."""
    if connection.vendor == "postgresql":
        return Func(Value("audit_auditentry_numbers"), function="nextval", output_field=BigIntegerField())
    last = AuditEntry.objects.order_by("-seq").values("seq")[:1]
    return Coalesce(Subquery(last), 0, output_field=BigIntegerField()) + 1


def _numbers(wanted: int, head: AuditHead) -> Sequence[int]:
    first = int(head.__dict__["drawn"])
    if connection.vendor != "postgresql":
        return range(first, first + wanted)
    with connection.cursor() as cursor:
        if wanted > 1:
            cursor.execute("SELECT nextval('audit_auditentry_numbers') FROM generate_series(2, %s)", [wanted])
        return sorted([first, *(row[0] for row in (cursor.fetchall() if wanted > 1 else ()))])


def open_entry(*, actor: Actor, seq: int, reason: str, at: datetime) -> None:
    """The reader of the audit looks into an entry that is withheld: that is an act of its own."""
    require_reader(actor)
    said = read_reason(reason, "查看没有报送的内容要写理由")
    record(actor=actor, action="audit.entry.opened", subject="audit", data={"number": seq, "reason": said}, at=at)


def chain_heads(*, at: datetime) -> AuditMaster | None:
    """The master entry of the hour; none while nothing was written since the last one."""
    with transaction.atomic():
        return _chain_heads(at)


def _chain_heads(at: datetime) -> AuditMaster | None:
    head, _ = _locked(MASTER)
    heads = heads_text(current_heads())
    last = AuditMaster.objects.order_by("-number").first()
    if last is not None and last.heads == heads:
        return None
    number, previous = head.count + 1, head.last_hash
    hashed = master_hash(number=number, at=at, heads=heads, previous_hash=previous)
    made = AuditMaster.objects.create(
        number=number, at=at, heads=heads, previous_hash=previous, hash=hashed, key_id=key_id(Purpose.HEAD)
    )
    head.count, head.last_hash = number, hashed
    _store(head)
    return made


def close_old_chain(at: datetime) -> None:
    """The one chain of before the streams gets its keyed head once, if it agrees with itself; the audit says so."""
    closed = "audit.chain.closed"
    with transaction.atomic():
        head = AuditHead.objects.select_for_update(no_key=True).filter(stream=CLOSED).first()
        if head is None or head.mac or AuditEntry.objects.filter(action=closed).exists() or closed_faults():
            return
        head.mac, head.key_id = head_mac(CLOSED, head.count, head.last_hash), key_id(Purpose.HEAD)
        head.save(update_fields=["mac", "key_id"])
        data = {"count": head.count, "head": head.last_hash}
        record(actor=SYSTEM, action=closed, subject="audit", data=data, at=at)


def verify_chain(*, actor: Actor, at: datetime) -> Verification:
    """Verify, and record that it was done: the entry carries the master head that was found, before itself."""
    require_reader(actor)
    chain_heads(at=at)
    found = verify()
    data = {
        "count": found.count,
        "head": found.head_hash,
        "broken": found.broken_seq,
        "reason": found.faults[0].sentence if found.faults else "",
    }
    record(actor=actor, action="audit.chain.verified", subject="audit", data=data, at=at)
    return found


def check_anchor(*, actor: Actor, number: str, printed: str, at: datetime) -> Anchor:
    """An old master head from its paper, held against the chain; that it was looked at is recorded."""
    require_reader(actor)
    typed = "".join(one for one in printed.lower() if one in "0123456789abcdef")
    if not (number.isascii() and number.isdigit() and len(number) < 12) or not 16 <= len(typed) <= 64:
        raise Refused(
            "bad-anchor",
            "请填纸上的号（数字）和校验值（至少前 16 位，数字和 a 至 f；间隔符号可以不填）。没有核对。",
        )
    found = held_anchor(int(number), typed)
    data = {"number": int(number), "holds": found.holds}
    record(actor=actor, action="audit.anchor.checked", subject="audit", data=data, at=at)
    return found
