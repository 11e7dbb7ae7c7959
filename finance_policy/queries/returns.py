"""Banks' returns: figures, what came before them, and the sums given out."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any

from finance_policy.enums import ReturnState
from finance_policy.models import Bank, BankReturn, Release
from finance_policy.rules.conditions import FIGURES, Condition, Figures, conditions
from finance_policy.rules.quarters import year_before

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
    def share(self) -> Fraction | None:
        """绿色信贷占各项贷款比重 (一（二）, towards 2025)."""
        green, loans = self.figures.green, self.figures.loans
        return Fraction(green) / Fraction(loans) if green is not None and loans else None


def _given(row: Release, before: Release | None) -> Given:
    figures = from_text(row.figures)
    others = before is not None and before.bank_codes != row.bank_codes
    return Given(row, figures, conditions(figures), others)


def releases() -> list[Given]:
    """The newest of each quarter, newest quarter first."""
    newest: dict[str, Release] = {}
    for row in Release.objects.order_by("period", "number"):
        newest[row.period] = row
    return [_given(newest[key], newest.get(year_before(key))) for key in sorted(newest, reverse=True)]
