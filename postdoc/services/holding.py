"""Which months of the living subsidy an application holds, and whether its once-only key: always from the facts.

It holds what it was asked for, less what a 离站 took off it, and nothing of it once all that was paid has come back.
Every act that moves one of these facts ends here, so that what one act lets go is held again when that act is undone.
"""

from collections.abc import Collection
from datetime import date
from decimal import Decimal

from django.db.models import QuerySet

from miyun_kpi.acts.acting import lock_all, unless_taken
from miyun_kpi.lib.errors import Conflict
from miyun_kpi.lib.periods import label_of
from postdoc.enums import LIVE, Grant
from postdoc.models import Application, ClaimedMonth
from postdoc.queries.entitlement import finding_of, once_key, stays_of
from postdoc.queries.figures import figures
from postdoc.rules.entitlement import Month, living_months
from postdoc.rules.money import Asked

TAKEN = Conflict("claimed-anew", "所涉的月份或奖励已另行申报，没有执行。请先撤回那份申报。")


def asked_of(months: Collection[Month]) -> list[list[str]]:
    """As it is kept with an application: what was asked for, month by month."""
    return [[one.month, str(one.slot or 0), str(one.amount), one.why, one.clause] for one in months]


def months_asked(row: Application, *, gone: bool = False) -> list[Asked]:
    """In order; `gone`: also those that a 离站 took off."""
    found = [Asked(month, int(slot), Decimal(amount), why, clause) for month, slot, amount, why, clause in row.asked]
    return [one for one in found if gone or one.month not in row.gone]


def occupy(row: Application) -> None:
    """Holds what follows from the facts, and lets go the rest; refused where another application holds it by now.

    The row is saved by the act that calls.
    """
    _show(row)
    free = row.phase not in LIVE or row.came_back
    wanted = {} if free else {one.month: one for one in months_asked(row)}
    held = set(row.months.values_list("month", flat=True))
    row.months.exclude(month__in=wanted).delete()
    missing = [one for month, one in wanted.items() if month not in held]
    if missing and row.stay is not None:
        with unless_taken(TAKEN):
            ClaimedMonth.objects.bulk_create(
                ClaimedMonth(
                    application=row,
                    person_id=row.stay.person_id,
                    month=one.month,
                    slot=one.slot,
                    amount=one.amount,
                )
                for one in missing
            )
    if row.came_back:
        row.once_key = None
    elif row.once_key is None and row.phase in LIVE:
        each = figures().on("award_each", row.reviewed_on or row.created_at.astimezone().date())
        row.once_key = once_key(row.grant, row.station, row.stay, row.award, each)


def resting(rows: QuerySet[Application]) -> list[Application]:
    """Those of them under which no fact may be changed: alive, and not come back whole.

    Locked, so that nothing is paid or reversed on any of them until the changed fact stands.
    """
    return [one for one in lock_all(rows.filter(phase__in=LIVE)) if not one.came_back]


def require_months_as_asked(row: Application) -> None:
    """What came back whole left its facts free; where they were changed meanwhile it does not hold its months again."""
    if row.stay is None:
        return
    on = row.reviewed_on or row.created_at.astimezone().date()
    due = {
        (one.month, one.slot)
        for one in living_months(stays_of(row.stay.person, worked=row.stay), figures(), on)
        if one.stay == row.stay_id and one.state in ("due", "future")
    }
    wrong = [one.month for one in months_asked(row) if (one.month, one.slot) not in due]
    if wrong:
        raise Conflict(
            "facts-moved",
            f"款项全部追回以后，进站的事实已经更正，{row}的 {len(wrong)} 个月（{label_of(wrong[0])}起）与现在的不符，不再占用，没有执行。请先把进站日改回原来的，办完再改。",
        )


def require_grounds(row: Application, on: date) -> None:
    """Before more is paid on a reward that came back whole: that the facts still give it."""
    if row.grant == Grant.LIVING:
        return
    finding = finding_of(row.grant, row.station, row.stay, row.award, figures(), row.reviewed_on or on)
    if not finding.entitled or (row.award is not None and row.award.struck_at is not None):
        raise Conflict(
            "facts-moved",
            f"款项全部追回以后，{row}所依据的事实已经更正，不再拨付，没有登记。请重新登记事实，另行申报。",
        )


def _show(row: Application) -> None:
    """Page and list tell the months that the money is for, each with its reason."""
    if row.grant != Grant.LIVING:
        return
    months = months_asked(row)
    row.first_month, row.last_month = (months[0].month, months[-1].month) if months else ("", "")
    row.reasons = [[f"{one.month}　{one.why}", one.clause] for one in months]
