"""对账 of a month's 收支: one person of 区财政局 proposes the list, another confirms it as it stands."""

from datetime import datetime

from farmland import access
from farmland.models import MoneyCheck
from farmland.queries.reconciling import months
from farmland.services.ledger import lock_pool
from miyun_kpi.acts.acting import acting
from miyun_kpi.acts.reconciling import columns_of, month_in, require_digest
from miyun_kpi.lib.actors import Actor


def reconcile(*, actor: Actor, month: str, digest: str, at: datetime) -> MoneyCheck:
    """Who records money waits for the pool too: the list is the one that was looked at."""
    access.require_money(actor)
    with acting(actor, at) as act:
        lock_pool()
        found = month_in(months(), month, act.today)
        require_digest(found, digest)
        row = MoneyCheck.objects.create(**columns_of(found), at=at, by=actor.label[:200])
        act.record("farmland.money.reconciled", f"farmland-month:{month}", lines=found.count)
    return row
