"""Who has given a reason for looking at a protected record just now: what the audit says, and nothing else."""

from datetime import datetime, timedelta

from miyun_kpi.audit.models import AuditEntry
from miyun_kpi.lib.actors import Actor
from miyun_kpi.registers.models import Record

VIEWED = "registers.record.viewed"
# How long one reason is good for, so that a refused act does not lose what was typed.
MINUTES = 15


def has_looked(actor: Actor, record: Record, at: datetime) -> bool:
    return (
        actor.user_id is not None
        and AuditEntry.objects.filter(
            action=VIEWED,
            subject=f"record:{record.pk}",
            actor_user_id=actor.user_id,
            at__gt=at - timedelta(minutes=MINUTES),
        ).exists()
    )
