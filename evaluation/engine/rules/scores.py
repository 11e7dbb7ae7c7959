"""What the engine of 13号 knows of a period, and the score of one item. Units as in rules.ranking."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

MARKED, AVERAGE, MISSING, OUT_OF_SCOPE = "marked", "average", "missing", "out-of-scope"


@dataclass(frozen=True)
class Share:
    """One evaluator's part of an indicator; the shares of an indicator sum to 1 (engine 4)."""

    key: str
    evaluator: str
    numerator: int
    denominator: int


@dataclass(frozen=True)
class Item:
    """An indicator as the engine sees it. `weights` by zone ("" for departments); `carriers` hold the 专项任务."""

    number: int
    dimension: str
    shares: tuple[Share, ...]
    weights: Mapping[str, int]
    carriers: frozenset[str]
    in_scope: bool = True


@dataclass(frozen=True)
class Unit:
    """`placed` False: it is scored and its marks enter the averages, but it takes no place (engine 21)."""

    code: str
    zone: str = ""
    category: str = ""
    placed: bool = True


class Cell(NamedTuple):
    """A filed mark. `value` None means missing; `not_applicable` is an approved 不适用 (engine 8)."""

    value: int | None
    full: int
    not_applicable: bool = False


NOT_THERE = Cell(None, 0)


class Rate(NamedTuple):
    """A score rate with the figures it came from: one mark ÷ full, or an average as sum ÷ divisor over so many `marks`.

    `sum_` and `divisor` are in one scale: with equal full marks `sum_` is the plain sum of the marks in thousandths.
    """

    numerator: int
    denominator: int
    marks: int
    full: int


class SharePart(NamedTuple):
    share: Share
    basis: str  # "marked", "average" or "missing"
    value: int | None
    full: int | None
    rate: Rate | None


class ItemScore(NamedTuple):
    """`basis`: marked (all shares), average (any share averaged), missing, or out-of-scope (本期不考).

    `exact` in 1/scale thousandths of a point; `score` is what is printed, ten-thousandths.
    """

    number: int
    basis: str
    weight: int
    parts: tuple[SharePart, ...]
    exact: int | None = None
    score: int | None = None


def half_up_div(numerator: int, denominator: int) -> int:
    """numerator ÷ denominator for non-negative integers, rounded half up."""
    return (2 * numerator + denominator) // (2 * denominator)


class _Part(NamedTuple):
    """A share of an item with what is the same for every unit: its part where a unit takes the average, what that is worth
    in 1/`scale`, and what one thousandth of a mark is worth, by full mark.
    """

    share: Share
    key: str
    averaged: SharePart
    worth: int
    each: dict[int, int]


@dataclass(frozen=True)
class Scoring:
    """An item with its shares, and the score where a unit takes the average of all of them, by weight."""

    item: Item
    parts: tuple[_Part, ...]
    scale: int
    scores: dict[int, ItemScore]

    def of(self, unit: Unit, cells: Mapping[tuple[str, str], Cell]) -> ItemScore:
        weight, code = self.item.weights[unit.zone], unit.code
        if code not in self.item.carriers:
            if weight not in self.scores:
                alike = tuple(part.averaged for part in self.parts)
                exact = sum(part.worth for part in self.parts)
                basis = MISSING if any(part.rate is None for part in alike) else AVERAGE if alike else MARKED
                self.scores[weight] = self._scored(weight, alike, basis, exact)
            return self.scores[weight]
        exact, basis = 0, MARKED
        own: list[SharePart] = []
        for share, key, averaged, worth, each in self.parts:
            cell = cells.get((key, code))
            value, full, not_applicable = cell or NOT_THERE
            if not_applicable:
                # What is not applicable to a carrier takes the average, as where nobody carries it.
                own.append(averaged)
                exact += worth
                basis = AVERAGE if averaged.rate is not None and basis != MISSING else MISSING
            elif value is None:
                own.append(SharePart(share, MISSING, None, None, None))
                basis = MISSING
            else:
                own.append(SharePart(share, MARKED, value, full, Rate(value, full, 1, full)))
                exact += value * each[full]
        return self._scored(weight, tuple(own), basis, exact)

    def _scored(self, weight: int, parts: tuple[SharePart, ...], basis: str, exact: int) -> ItemScore:
        """`exact`: the rate of the whole item in 1/`scale`, where none of its parts is missing."""
        number = self.item.number
        if not self.item.in_scope:
            return ItemScore(number, OUT_OF_SCOPE, weight, ())
        if basis == MISSING:
            return ItemScore(number, MISSING, weight, parts)
        exact *= weight
        return ItemScore(number, basis, weight, parts, exact, half_up_div(exact * 10, self.scale))


class _Each(dict[int, int]):
    """By full mark what one thousandth of a mark of the share is worth, in 1/`scale`."""

    def __init__(self, share: Share, scale: int) -> None:
        self.share, self.scale = share, scale

    def __missing__(self, full: int) -> int:
        self[full] = self.share.numerator * (self.scale // (self.share.denominator * full))
        return self[full]


def scoring_of(item: Item, averages: Mapping[str, Rate | None], scale: int) -> Scoring:
    parts = []
    for share in item.shares if item.in_scope else ():
        rate, worth = averages[share.key], 0
        if rate is not None:
            worth = share.numerator * rate.numerator * (scale // (share.denominator * rate.denominator))
        averaged = SharePart(share, AVERAGE if rate else MISSING, None, None, rate)
        parts.append(_Part(share, share.key, averaged, worth, _Each(share, scale)))
    return Scoring(item, tuple(parts), scale, {})
