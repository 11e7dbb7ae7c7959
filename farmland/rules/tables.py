"""The dated tables and the readings chosen by the office, as they stand or as a 勘正 would leave them. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from farmland.enums import CHOICE_DEFAULTS
from farmland.rules.fees import DatedRate, Rates, Span, rates_on


@dataclass(frozen=True)
class DatedChoice:
    key: str
    value: bool
    first: date


@dataclass(frozen=True)
class Tables:
    rates: Sequence[DatedRate]
    spans: Sequence[Span]
    chosen: Sequence[DatedChoice]

    def rates_on(self, day: date) -> Rates:
        return rates_on(self.rates, day)

    def choices_on(self, day: date) -> Mapping[str, bool]:
        """Of each setting the row that started last; before the first one the default."""
        found = {str(key): value for key, value in CHOICE_DEFAULTS.items()}
        for row in sorted(self.chosen, key=lambda one: one.first):
            if row.first <= day:
                found[row.key] = row.value
        return found
