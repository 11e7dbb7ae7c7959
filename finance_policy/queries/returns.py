"""Banks' returns: figures, what came before them, and the sums given out."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

from finance_policy.enums import ReturnState
from finance_policy.models import Bank, BankReturn, Release
from finance_policy.rules.conditions import FIGURES, Condition, Figures, conditions, summed
from finance_policy.rules.quarters import ended_quarters, last_ended, year_before

NAMES = tuple(name for name, _, _ in FIGURES)
BASES = tuple(name for name in NAMES if name.endswith("_before"))
COUNTED = frozenset({"customers", "customers_before"})


def figures_of(row: BankReturn) -> Figures:
    return Figures(**{name: getattr(row, name) for name in NAMES})


def to_text(figures: Figures) -> dict[str, str]:
    """As they are kept beside an act or in a release: "" is blank, which is not 0."""
    return {name: "" if getattr(figures, name) is None else str(getattr(figures, name)) for name in NAMES}


def from_text(kept: dict[str, str]) -> Figures:
    made: dict[str, Any] = {}
    for name in NAMES:
        text = kept.get(name, "")
        made[name] = None if not text else int(text) if name in COUNTED else Decimal(text)
    return Figures(**made)


def bases_of(bank: Bank, period: str) -> dict[str, Any]:
    """What the accepted return of the same quarter a year before says, as the base of this one."""
    earlier = BankReturn.objects.filter(bank=bank, period=year_before(period), state=ReturnState.ACCEPTED).first()
    if earlier is None:
        return {}
    return {f"{name}_before": getattr(earlier, name) for name in ("loans", "green", "increment", "customers")}


def differing_bases(row: BankReturn) -> list[tuple[str, Any, Any]]:
    """(words, in this return, in the accepted return of a year before) where the two disagree."""
    words = {name: said for name, said, _ in FIGURES}
    return [
        (words[name], getattr(row, name), value)
        for name, value in bases_of(row.bank, row.period).items()
        if getattr(row, name) is not None and value is not None and getattr(row, name) != value
    ]


def owed(bank: Bank, today: date) -> list[str]:
    """Quarters that have ended and that the bank has not handed in, the oldest first.

    From the quarter it reports from; where none is said, from the first of which it has a return, else the newest alone.
    """
    if not bank.active:
        return []
    states = {row.period: row.state for row in bank.returns.all()}
    ended = [str(one) for one in reversed(ended_quarters(last_ended(today)))]
    first = bank.from_period or min([*states, ended[-1]])
    return [one for one in ended if one >= first and states.get(one, ReturnState.DRAFT) == ReturnState.DRAFT]


@dataclass(frozen=True)
class Quarter:
    """What the returns of a quarter give now: the accepted ones by bank, and by name whoever has none of them."""

    period: str
    rows: Sequence[BankReturn]
    silent: Sequence[str]

    @property
    def codes(self) -> list[str]:
        return [row.bank.code for row in self.rows]


def quarter_of(period: str) -> Quarter:
    """A bank that has left since is in the quarters it reported; one that came later is not missed before."""
    found = BankReturn.objects.filter(period=period, state=ReturnState.ACCEPTED).select_related("bank")
    rows = list(found.order_by("bank__code"))
    missing = Bank.objects.filter(active=True, from_period__lte=period).exclude(pk__in=[row.bank_id for row in rows])
    return Quarter(period, rows, list(missing.order_by("code").values_list("name", flat=True)))


def outdated() -> list[tuple[str, str]]:
    """(quarter, why) where the newest sums are no longer those of the accepted returns: they want a correction."""
    made = []
    for given in releases():
        row, now = given.release, quarter_of(given.release.period)
        if row.bank_codes != now.codes:
            names = {one.bank.code: one.bank.name for one in now.rows}
            new = [names[code] for code in now.codes if code not in row.bank_codes]
            gone = [code for code in row.bank_codes if code not in names]
            more = [f"又接受了{'、'.join(new)}"] if new else []
            made.append((row.period, "，".join([*more, *([f"少了 {len(gone)} 家"] if gone else [])])))
        elif any(row.figures.get(name) != text for name, text in to_text(_sum_of(now)).items() if name not in BASES):
            made.append((row.period, "银行改了数"))
    return made


def _sum_of(found: Quarter) -> Figures:
    return summed([figures_of(row) for row in found.rows])


@dataclass(frozen=True)
class Given:
    """A release with what it says of the three conditions."""

    release: Release
    figures: Figures
    conditions: Sequence[Condition]
    # The sums of the same quarter a year before were given out over other banks.
    others_before: bool = False

    @property
    def held(self) -> int:
        return sum(one.holds is True for one in self.conditions)

    @property
    def note(self) -> str:
        """Why there are no bases: with other banks a year before, the difference of the sums is one bank's figure."""
        return "参报银行与上年同期不同，上年数和增速不给出，免得推出单家" if self.others_before else ""

    @property
    def without(self) -> str:
        """What the sums say of themselves where banks were silent."""
        return f"不含{'、'.join(self.release.silent)}（未报）" if self.release.silent else ""

    @property
    def share(self) -> Fraction | None:
        """绿色信贷占各项贷款比重 (一（二）, towards 2025)."""
        green, loans = self.figures.green, self.figures.loans
        return Fraction(green) / Fraction(loans) if green is not None and loans else None


def _given(row: Release, before: Release | None) -> Given:
    others = before is not None and before.bank_codes != row.bank_codes
    # Also where the earlier quarter was corrected only afterwards.
    figures = from_text(row.figures | dict.fromkeys(BASES, "") if others else row.figures)
    return Given(row, figures, conditions(figures), others)


def releases() -> list[Given]:
    """The newest of each quarter, newest quarter first."""
    newest: dict[str, Release] = {}
    for row in Release.objects.order_by("period", "number"):
        newest[row.period] = row
    return [_given(newest[key], newest.get(year_before(key))) for key in sorted(newest, reverse=True)]


def history(period: str) -> list[Release]:
    """Every number of a quarter's sums, the first one first; for the office."""
    return list(Release.objects.filter(period=period).order_by("number"))
