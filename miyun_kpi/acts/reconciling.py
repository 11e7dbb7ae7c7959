"""对账: the vouchers of a month as one list, confirmed by a second person, and what was entered after it.

A ledger makes `Voucher`s of its lines; the list of a month is those of their day of payment. Its digest is what is proposed:
when a line has come or gone since, the confirmation is refused and the list is looked at anew.
"""

import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Any, overload

from django.db import models
from django.db.models.functions import TruncMonth

from miyun_kpi.db.fields import ScaledDecimalField
from miyun_kpi.lib.errors import Conflict, Refused
from miyun_kpi.lib.periods import PeriodCode


class Reconciled(models.Model):
    """A month of one ledger as two persons have seen it. A further number follows lines that came later."""

    month = models.CharField("月份", max_length=7)
    number = models.PositiveSmallIntegerField("次")
    count = models.PositiveIntegerField("笔数")
    paid = ScaledDecimalField("付出合计", places=2)
    back = ScaledDecimalField("收回合计", places=2)
    digest = models.CharField("清单摘要", max_length=64)
    lines = models.JSONField("清单", default=list)
    at = models.DateTimeField("对账时间")
    by = models.CharField("确认人", max_length=200)

    class Meta:
        abstract = True
        ordering = ["-month", "-number"]


def once_a_number(name: str) -> models.UniqueConstraint:
    said = "这个月的这一次对账已经有了。"
    return models.UniqueConstraint(fields=["month", "number"], name=name, violation_error_message=said)


class Side(StrEnum):
    RECEIVED = "收到"
    PAID = "付出"
    ASIDE = "镇使用"


@dataclass(frozen=True)
class Voucher:
    """A line of money: `amount` in 元, out positive, in negative; `words` what it is, `kind` under which it is summed.

    A page shows no signs but columns. `reverses`: it takes back an earlier line, with the other sign, and counts against the
    side of that one. `aside`: told in the ledger, and moved by somebody else's account. `late`: 补登 in words, "" in time.
    """

    pk: int
    on: date
    words: str
    amount: Decimal
    proof: str
    address: str = ""
    kind: str = ""
    reverses: bool = False
    aside: bool = False
    late: str = ""

    @property
    def text(self) -> str:
        """What the digest is made of: lists that were reconciled stay so, whatever else is said of their lines."""
        return f"{self.pk}|{self.on}|{self.words}|{self.amount}|{self.proof}"

    @property
    def side(self) -> Side:
        if self.aside:
            return Side.ASIDE
        return Side.RECEIVED if (self.amount < 0) != self.reverses else Side.PAID

    @property
    def size(self) -> Decimal:
        return abs(self.amount)

    @property
    def said(self) -> str:
        return f"{'冲回' if self.reverses else ''}{self.side} {self.size:,.2f} 元"


@dataclass(frozen=True)
class Summed:
    """Lines of one kind or side, all positive: what was `entered`, and what later lines `reversed` of it, in 元."""

    title: str
    side: Side
    count: int
    entered: Decimal
    reversed: Decimal

    @property
    def net(self) -> Decimal:
        return self.entered - self.reversed


def summed(title: str, side: Side, rows: Sequence[Voucher]) -> Summed:
    entered, gone = (sum((one.size for one in rows if one.reverses == back), Decimal(0)) for back in (False, True))
    return Summed(title, side, len(rows), entered, gone)


@dataclass(frozen=True)
class Sums:
    """A list of vouchers as its page sums it. The statement of the bank shows the net sums: of a line that was entered by
    mistake and its reversal it knows neither."""

    vouchers: Sequence[Voucher]

    def of(self, side: Side) -> Summed:
        return summed(str(side), side, [one for one in self.vouchers if one.side == side])

    def kinds(self, side: Side) -> list[Summed]:
        """Of a ledger whose lines say their kind, in the order in which they first came."""
        own = [one for one in self.vouchers if one.side == side and one.kind]
        names = dict.fromkeys(one.kind for one in own)
        return [summed(kind, side, [one for one in own if one.kind == kind]) for kind in names]

    @property
    def received(self) -> Summed:
        return self.of(Side.RECEIVED)

    @property
    def paid(self) -> Summed:
        return self.of(Side.PAID)

    @property
    def aside(self) -> Summed:
        return self.of(Side.ASIDE)

    @property
    def net(self) -> Decimal:
        """What was received less what was paid."""
        return self.received.net - self.paid.net

    @property
    def parts(self) -> list[tuple[Summed, list[Summed]]]:
        """Each side with its kinds; what stands aside only where there is any."""
        sides = [Side.RECEIVED, Side.PAID, *([Side.ASIDE] if self.aside.count else [])]
        return [(self.of(side), self.kinds(side)) for side in sides]


@dataclass(frozen=True)
class MonthList:
    """The vouchers of one month in the order of their keys; `last` its newest 对账, `later` what came after that.

    `before`: what was received less what was paid in all months before, of a ledger that carries it on.
    """

    month: str
    vouchers: Sequence[Voucher]
    last: Any = None
    before: Decimal | None = None

    @property
    def count(self) -> int:
        return len(self.vouchers)

    @property
    def sums(self) -> Sums:
        return Sums(self.vouchers)

    @property
    def after(self) -> Decimal | None:
        return None if self.before is None else self.before + self.sums.net

    @property
    def reconciled(self) -> Sums:
        """What the newest 对账 has seen, summed from its lines: they never change."""
        seen = set(self.last.lines) if self.last else set()
        return Sums([one for one in self.vouchers if one.pk in seen])

    @property
    def digest(self) -> str:
        return hashlib.sha256("\n".join(one.text for one in self.vouchers).encode()).hexdigest()

    @property
    def later(self) -> Sequence[Voucher]:
        seen = set(self.last.lines) if self.last else set()
        return [one for one in self.vouchers if one.pk not in seen]

    @property
    def shown(self) -> Sequence[Voucher]:
        """What somebody has to look at: the whole list, or after a 对账 what came since."""
        return self.later if self.last is not None and self.open else self.vouchers

    @property
    def open(self) -> bool:
        """Whether somebody has to look at it: never reconciled, or not as it stands now."""
        return self.last is None or self.last.digest != self.digest

    @property
    def state(self) -> tuple[str, str]:
        """Word of the status vocabulary, and what is said."""
        if self.last is None:
            return "to_confirm", "未对账"
        return ("due", f"对账以后又登记 {len(self.later)} 笔") if self.open else ("done", "已对账")


class Months(Sequence[MonthList]):
    """The months of a ledger whose lines are never changed and never removed, newest first; whoever asks for one of them
    reads the lines of no other.

    `lines`: all that are reconciled, each with its day in the column `day`; `voucher` makes one of a line; `checks`: all 对账.
    `net`: of lines of which none is left out, what was received less what was paid.
    """

    def __init__(
        self,
        lines: "models.QuerySet[Any]",
        day: str,
        voucher: Callable[[Any], Voucher],
        checks: "models.QuerySet[Any]",
        net: "Callable[[models.QuerySet[Any]], Decimal]",
    ) -> None:
        self.lines, self.day, self.voucher, self.checks, self.net = lines, day, voucher, checks, net
        counted = lines.order_by().values_list(TruncMonth(day)).annotate(number=models.Count("pk"))
        self.counts = {f"{first:%Y-%m}": number for first, number in counted}
        self.names = sorted(self.counts, reverse=True)

    def __len__(self) -> int:
        return len(self.names)

    @overload
    def __getitem__(self, place: int) -> MonthList: ...
    @overload
    def __getitem__(self, place: slice) -> Sequence[MonthList]: ...
    def __getitem__(self, place: int | slice) -> MonthList | Sequence[MonthList]:
        return self._read([self.names[place]])[0] if isinstance(place, int) else self._read(self.names[place])

    def __iter__(self) -> Iterator[MonthList]:
        return iter(self._read(self.names))

    def named(self, month: str) -> MonthList | None:
        return self._read([month])[0] if month in self.counts else None

    def of_year(self, year: str) -> Sequence[MonthList]:
        return self._read([one for one in self.names if one[:4] == year])

    @property
    def years(self) -> list[str]:
        return list(dict.fromkeys(one[:4] for one in self.names))

    def to_look_at(self) -> list[str]:
        """Months with lines that no 对账 holds, newest first: lines only come, so a month is open that has more than its newest."""
        newest = dict(self.checks.order_by("number").values_list("month", "count"))
        return [one for one in self.names if newest.get(one) != self.counts[one]]

    def _read(self, names: Sequence[str]) -> list[MonthList]:
        """Months that follow each other, read as one span of days."""
        if not names:
            return []
        span = (PeriodCode.parse(names[-1]).first_day, PeriodCode.parse(names[0]).last_day)
        vouchers = map(self.voucher, self.lines.filter(**{f"{self.day}__range": span}))
        return self._carried(by_month(vouchers, self.checks.filter(month__in=names)), span[0])

    def _carried(self, found: Sequence[MonthList], first: date) -> list[MonthList]:
        """Each with the sum of all months before it, of which only those below the span are asked of the database."""
        carried, standing = [], self.net(self.lines.filter(**{f"{self.day}__lt": first}).order_by())
        for one in reversed(found):
            carried.append(replace(one, before=standing))
            standing += one.sums.net
        return carried[::-1]


def by_month(vouchers: Iterable[Voucher], rows: Iterable[Any]) -> list[MonthList]:
    """Every month in which money moved, newest first. `rows`: all 对账 of the ledger."""
    newest: dict[str, Any] = {}
    for row in sorted(rows, key=lambda one: one.number):
        newest[row.month] = row
    months: dict[str, list[Voucher]] = {}
    for one in sorted(vouchers, key=lambda one: one.pk):
        months.setdefault(str(PeriodCode.month_of(one.on)), []).append(one)
    return [MonthList(month, months[month], newest.get(month)) for month in sorted(months, reverse=True)]


def named_in(months: Iterable[MonthList], month: str) -> MonthList | None:
    if isinstance(months, Months):
        return months.named(month)
    return next((one for one in months if one.month == month), None)


def month_in(months: Iterable[MonthList], month: str, today: date) -> MonthList:
    """The list to be reconciled. Refused while the month runs, without a line, and where nothing came since the last 对账."""
    found = named_in(months, month)
    if found is None:
        raise Refused("no-vouchers", "这个月没有流水，没有对账。请选有流水的月份。")
    if PeriodCode.parse(month).last_day >= today:
        raise Refused("month-runs", f"{PeriodCode.parse(month).label}还没有过完，没有对账。请在月末以后对账。")
    if not found.open:
        raise Conflict("reconciled", f"{PeriodCode.parse(month).label}已经对账，以后没有新的流水，没有再对。")
    return found


def shown_months(
    months: Iterable[MonthList], today: date, waiting: Mapping[str, Any]
) -> list[tuple[MonthList, str, bool, Any]]:
    """For the page: each month, its name, whether it is over, and the 对账 that is proposed of it and waits (`waiting` by month)."""
    running = str(PeriodCode.month_of(today))
    return [
        (found, PeriodCode.parse(found.month).label, found.month < running, waiting.get(found.month))
        for found in months
    ]


def require_digest(found: MonthList, digest: str) -> None:
    if found.digest != digest:
        said = "提出对账以后，这个月又登记了流水，清单和当时看到的不同，没有对账。请重新看清单后再提出。"
        raise Conflict("list-changed", said)


def columns_of(found: MonthList) -> Mapping[str, Any]:
    """Of the row that keeps it."""
    return {
        "month": found.month,
        "number": (found.last.number if found.last else 0) + 1,
        "count": found.count,
        "paid": found.sums.paid.net,
        "back": found.sums.received.net,
        "digest": found.digest,
        "lines": [one.pk for one in found.vouchers],
    }


def said_of(found: MonthList) -> list[tuple[str, str]]:
    """The whole list in words, as both persons read it."""
    rows = [
        (f"{one.on}　{one.proof}", f"{one.words}　{one.said}" + (f"　{one.late}" if one.late else ""))
        for one in found.vouchers
    ]
    sums: list[tuple[str, str]] = []
    for whole, kinds in found.sums.parts:
        sums += [(f"{whole.title}合计", _sum_said(whole)), *((one.title, _sum_said(one)) for one in kinds)]
    carried = []
    if found.after is not None:
        carried = [
            ("本月差额（收到减付出）", f"{found.sums.net:,.2f} 元"),
            ("至本月末累计差额", f"{found.after:,.2f} 元"),
        ]
    return [
        ("月份", PeriodCode.parse(found.month).label),
        ("笔数", f"{found.count} 笔"),
        *sums,
        *carried,
        *rows,
    ]


def _sum_said(one: Summed) -> str:
    gone = f"，冲回 {one.reversed:,.2f} 元，净额 {one.net:,.2f} 元" if one.reversed else ""
    return f"{one.count} 笔　{one.entered:,.2f} 元{gone}"
