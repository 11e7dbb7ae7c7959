from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import transaction

from miyun_kpi.audit.access import require_reader
from miyun_kpi.audit.chain import canonical, entry_hash
from miyun_kpi.audit.models import AuditEntry, AuditHead
from miyun_kpi.audit.queries import Verification, verify
from miyun_kpi.lib.actors import Actor


@dataclass(frozen=True)
class Event:
    action: str
    subject: str
    data: dict[str, Any]


def record(*, actor: Actor, action: str, subject: str, data: dict[str, Any] | None = None, at: datetime) -> None:
    """Append one entry inside the caller's transaction. Call it last: it locks the head of the chain until commit."""
    record_many(actor=actor, events=[Event(action, subject, data or {})], at=at)


def record_many(*, actor: Actor, events: Sequence[Event], at: datetime) -> None:
    """Append several entries with one lock and one insert."""
    if not events:
        return
    with transaction.atomic():
        AuditHead.objects.get_or_create(pk=1)
        head = AuditHead.objects.select_for_update().get(pk=1)
        entries = []
        for event in events:
            columns: dict[str, Any] = {
                "seq": head.last_seq + 1,
                "at": at,
                "actor_user_id": actor.user_id,
                "actor_label": actor.label[:200],
                "action": event.action,
                "subject": event.subject,
                "data": canonical(event.data),
                "previous_hash": head.last_hash,
            }
            hashed = entry_hash(settings.AUDIT_KEY, **columns)
            entries.append(AuditEntry(**columns, hash=hashed))
            head.last_seq, head.last_hash = head.last_seq + 1, hashed
        AuditEntry.objects.bulk_create(entries)
        head.save()


def verify_chain(*, actor: Actor, at: datetime) -> Verification:
    """Verify, and record that it was done: the entry carries the head that was found, before itself."""
    require_reader(actor)
    found = verify()
    data = {"count": found.count, "head": found.head_hash, "broken": found.broken_seq, "reason": found.reason}
    record(actor=actor, action="audit.chain.verified", subject="audit", data=data, at=at)
    return found
