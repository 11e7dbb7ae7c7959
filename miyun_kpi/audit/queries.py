from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.db.models import Q, QuerySet

from miyun_kpi.audit.chain import entry_hash
from miyun_kpi.audit.models import AuditEntry, AuditHead
from miyun_kpi.audit.wording import called, once_called
from miyun_kpi.lib.errors import NotFound


@dataclass(frozen=True)
class Verification:
    """`broken_seq` is the first entry whose bytes or place in the chain do not agree, None when all do."""

    count: int
    head_hash: str
    broken_seq: int | None
    reason: str = ""

    @property
    def intact(self) -> bool:
        return self.broken_seq is None


def last_seq() -> int:
    """The newest entry: what is read after it is known holds everything up to it."""
    return AuditHead.objects.values_list("last_seq", flat=True).first() or 0


def has_acted_since(seq: int, user_id: int) -> bool:
    return AuditEntry.objects.filter(seq__gt=seq, actor_user_id=user_id).exists()


def verify() -> Verification:
    """Recompute the whole chain from the first entry and compare it with the head."""
    previous, count = "", 0
    for entry in AuditEntry.objects.order_by("seq").iterator(chunk_size=2000):
        count += 1
        if entry.seq != count:
            return Verification(count, previous, count, f"第 {count} 条不见了")
        expected = entry_hash(
            settings.AUDIT_KEY,
            previous_hash=entry.previous_hash,
            seq=entry.seq,
            at=entry.at,
            actor_user_id=entry.actor_user_id,
            actor_label=entry.actor_label,
            action=entry.action,
            subject=entry.subject,
            data=entry.data,
        )
        if entry.previous_hash != previous or entry.hash != expected:
            return Verification(count, previous, entry.seq, f"第 {entry.seq} 条的内容与链不符")
        previous = entry.hash
    head = AuditHead.objects.filter(pk=1).first()
    last_seq, last_hash = (head.last_seq, head.last_hash) if head else (0, "")
    if (last_seq, last_hash) != (count, previous):
        return Verification(count, previous, count + 1, f"链头记到第 {last_seq} 条，实有 {count} 条")
    return Verification(count, previous, None)


def entries(
    *,
    action: str = "",
    subject: str = "",
    actor: str = "",
    since: datetime | None = None,
    before: datetime | None = None,
) -> QuerySet[AuditEntry]:
    """Newest first; `action` is Chinese words of an act or the beginning of its code, `subject` a beginning, `since` ≤ time < `before`. An act is found by its new name
    also where it was written under its old one."""
    found = AuditEntry.objects.order_by("-seq")
    if action and not action.isascii():
        found = found.filter(action__in=called(action))
    elif action:
        found = found.filter(Q(action__startswith=action) | Q(action__in=once_called(action)))
    if subject:
        found = found.filter(subject__startswith=subject)
    if actor:
        found = found.filter(actor_label__contains=actor)
    if since:
        found = found.filter(at__gte=since)
    if before:
        found = found.filter(at__lt=before)
    return found


def entry(seq: int) -> AuditEntry:
    found = AuditEntry.objects.filter(pk=seq).first()
    if found is None:
        raise NotFound()
    return found
