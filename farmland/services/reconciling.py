"""对账 of a month's 收支: one person of 区财政局 lists it, another confirms the same list."""

from datetime import datetime

from farmland import access
from farmland.models import Reconciliation
from farmland.queries.reconciling import month_list
from farmland.services.ledger import lock_pool
from miyun_kpi.acts.acting import acting
from miyun_kpi.lib.actors import Actor
from miyun_kpi.lib.errors import Conflict, Refused

CLAUSE = "21·第十一条"


def reconcile(*, actor: Actor, month: str, lines: int, digest: str, at: datetime) -> Reconciliation:
    """The list as both saw it: of a month that is over, by its count and digest. Lines entered later make a further list."""
    access.require_money(actor)
    if month >= f"{at.astimezone():%Y-%m}":
        raise Refused("not-over", f"{month} 还没有过完，没有对账。请在下个月办理。", CLAUSE)
    with acting(actor, at) as act:
        lock_pool()
        found = month_list(month)
        if not found.lines:
            raise Refused("no-lines", f"{month} 没有收支，没有对账。", CLAUSE)
        if found.settled:
            raise Conflict("reconciled", f"{month} 已经对账，以后没有新登记的，没有执行。", CLAUSE)
        if (found.count, found.digest) != (lines, digest):
            raise Conflict(
                "list-changed",
                f"{month} 的收支在提出以后有变动（现有 {found.count} 笔，提出时 {lines} 笔），没有对账。请刷新清单后重新提出。",
                CLAUSE,
            )
        row = Reconciliation.objects.create(
            month=month,
            lines=found.count,
            last=found.lines[-1].number,
            sums=[[words, count, f"{amount:.2f}"] for words, count, amount in found.sums],
            digest=found.digest,
            at=at,
            by=actor.label[:200],
        )
        act.record("farmland.money.reconciled", f"farmland-month:{month}", lines=found.count)
    return row
