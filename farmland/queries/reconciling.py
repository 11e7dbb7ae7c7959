"""对账 of a month: the list of its lines with count, sums and digest, and which months were reconciled."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from hashlib import sha256

from farmland.enums import MoneyKind
from farmland.models import Money, Reconciliation
from miyun_kpi.lib.periods import PeriodCode

ZERO = Decimal("0.00")


@dataclass(frozen=True)
class MonthList:
    """Lines whose day lies in the month, reversals with their minus. `later`: entered since it was reconciled last."""

    month: str
    lines: Sequence[Money]
    done: Reconciliation | None
    later: Sequence[Money]

    @property
    def words(self) -> str:
        return PeriodCode.parse(self.month).label

    @property
    def count(self) -> int:
        return len(self.lines)

    @property
    def sums(self) -> list[tuple[str, int, Decimal]]:
        """Per kind in its order: words, count, sum; a reversal counts against what it takes back."""
        return [
            (str(MoneyKind(kind).label), sum(row.kind == kind for row in self.lines), signed(self.lines, kind))
            for kind in MoneyKind.values
            if any(row.kind == kind for row in self.lines)
        ]

    @property
    def digest(self) -> str:
        said = "\n".join(
            f"{row.number}|{row.kind}|{row.amount:.2f}|{row.day}|{row.ticket}|{row.reverses or ''}"
            for row in self.lines
        )
        return sha256(said.encode()).hexdigest()

    @property
    def settled(self) -> bool:
        return self.done is not None and not self.later


def signed(rows: Sequence[Money], kind: str) -> Decimal:
    return sum((-row.amount if row.reverses else row.amount for row in rows if row.kind == kind), ZERO)


def month_list(month: str) -> MonthList:
    year, number = (int(part) for part in month.split("-"))
    rows = list(Money.objects.filter(day__year=year, day__month=number).order_by("number"))
    return _listed(month, rows, Reconciliation.objects.filter(month=month).order_by("-id").first())


def _listed(month: str, rows: Sequence[Money], done: Reconciliation | None) -> MonthList:
    later = [row for row in rows if done is not None and row.number > done.last]
    return MonthList(month, rows, done, later)


def months() -> list[MonthList]:
    """Every month with a line, the newest first."""
    found: dict[str, list[Money]] = {}
    for row in Money.objects.order_by("number"):
        found.setdefault(f"{row.day:%Y-%m}", []).append(row)
    done = {row.month: row for row in Reconciliation.objects.order_by("id")}
    return [_listed(month, rows, done.get(month)) for month, rows in sorted(found.items(), reverse=True)]
