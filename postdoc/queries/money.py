"""Applications with their ledger, and a year's budget by grant."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db.models import F, Prefetch, Q, QuerySet

from miyun_kpi.acts.reconciling import MonthList, Voucher, by_month
from miyun_kpi.routes import to
from postdoc.enums import TO_PERSONS, Entry, Grant, Phase
from postdoc.models import Application, BudgetYear, LedgerCheck, LedgerLine
from postdoc.rules.money import Balance, Line, balance


def with_lines(found: QuerySet[Application]) -> QuerySet[Application]:
    lines = LedgerLine.objects.select_related("reversal").order_by("pk")
    return found.prefetch_related(Prefetch("lines", lines))


def balance_of(row: Application) -> Balance:
    return balance(Line(one.kind, one.amount, one.on, hasattr(one, "reversal")) for one in row.lines.all())


def waits_with_unit(row: Application, now: Balance, today: date) -> int | None:
    """Days a person's money has been lying with the unit (第二十七条); None when nothing lies there that is not asked back."""
    return now.days_held(today) if row.grant in TO_PERSONS and now.free > 0 else None


@dataclass(frozen=True)
class YearLine:
    """A budget with what is approved and paid out of it; shares of the widest bar of 100.

    `back`: came back within the year and may be approved anew, so that it is no longer in `used`; `paid` is with it.
    """

    year: int
    total: Decimal
    used: Decimal
    paid: Decimal
    back: Decimal
    by_grant: Sequence[tuple[str, int, Decimal]]

    @property
    def left(self) -> Decimal:
        return self.total - self.used

    def share(self, amount: Decimal) -> str:
        return f"{100 * amount / self.total:.2f}" if self.total else "0"

    @property
    def used_share(self) -> str:
        return self.share(self.used)

    @property
    def paid_share(self) -> str:
        return self.share(self.paid)


def years() -> list[YearLine]:
    rows = list(
        Application.objects.filter(phase=Phase.APPROVED, budget_year__isnull=False).values_list(
            "budget_year", "grant", "amount", "received"
        )
    )
    lines = LedgerLine.objects.filter(kind=Entry.RECOVERED, reversal__isnull=True)
    came = list(lines.filter(on__year=F("application__budget_year")).values_list("on__year", "amount"))
    found = []
    for one in BudgetYear.objects.all():
        own = [row for row in rows if row[0] == one.year]
        by_grant = [
            (grant.label, len(amounts), sum(amounts, Decimal(0)))
            for grant in Grant
            if (amounts := [row[2] for row in own if row[1] == grant])
        ]
        paid = sum((row[3] for row in own), Decimal(0))
        back = sum((amount for year, amount in came if year == one.year), Decimal(0))
        found.append(YearLine(one.year, one.total, one.used, paid, back, by_grant))
    return found


# What moves in the books of 区财政局; tax and payment to the person are the unit's.
_MOVED = (Entry.PAID, Entry.FAILED, Entry.RECOVERED)


def vouchers() -> list[Voucher]:
    """Out positive, back negative; a reversal stands with the other sign on its own day."""
    found = LedgerLine.objects.filter(Q(kind__in=_MOVED) | Q(kind=Entry.REVERSED, reverses__kind__in=_MOVED))
    return [_voucher(one) for one in found.select_related("application", "reverses").order_by("pk")]


def _voucher(line: LedgerLine) -> Voucher:
    kind = line.reverses.kind if line.reverses else line.kind
    out = (kind == Entry.PAID) != (line.kind == Entry.REVERSED)
    words = f"{line.application} {line.get_kind_display()}{' ' + line.payee if line.payee else ''}"
    address = to("postdoc:application", line.application_id)
    amount, reverses = line.amount if out else -line.amount, line.kind == Entry.REVERSED
    return Voucher(line.pk, line.on, words, amount, line.proof, address, reverses=reverses)


def months() -> list[MonthList]:
    return by_month(vouchers(), LedgerCheck.objects.all())
