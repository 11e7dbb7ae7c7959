"""Random schemes and what becomes of them in the next period, as 得分明细 that the engine wrote: pairs to be attributed."""

import random
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from fractions import Fraction
from typing import Any

from evaluation.engine.rules import documents
from evaluation.engine.rules.ranking import Result, printed, rank
from evaluation.engine.rules.scores import Cell, Item, Share, Unit
from evaluation.engine.rules.year_total import Closing

Json = dict[str, Any]
FULL = 100_000


@dataclass
class District:
    """What one ranking rests on. `names` by item number; `closing` as a year has it, `adjustments` (id, unit, thousandths)."""

    period: str
    units: list[Unit]
    items: list[Item]
    cells: dict[tuple[str, str], Cell]
    precision: int = 4
    weights: dict[str, Fraction] = field(default_factory=dict)
    quarters: dict[str, dict[str, Fraction]] = field(default_factory=dict)
    adjustments: list[tuple[int, str, int]] = field(default_factory=list)

    @property
    def result(self) -> Result:
        points: dict[str, list[int]] = {}
        for _, code, value in self.adjustments:
            points.setdefault(code, []).append(value)
        closing = Closing(self.period, self.weights or None, dict(self.quarters), points)
        return rank(self.units, self.items, self.cells, close=closing.close, trial=True, precision=self.precision)

    def receipts(self) -> dict[str, Json]:
        return {unit.unit.code: self._receipt(unit) for unit in self.result.units}

    def _receipt(self, unit: Any) -> Json:
        code = unit.unit.code
        weights = self.weights or {self.period: Fraction(1)}
        parts = [
            {
                "period": period,
                "weight": decimal(weight),
                "total": documents.shown(unit.sum)
                if period == self.period
                else documents.points(printed(self.quarters[period][code])),
                "examined_weight": documents.milli(unit.examined_weight) if period == self.period else "100",
            }
            for period, weight in sorted(weights.items())
        ]
        closing = {
            "parts": parts,
            "base": documents.shown(unit.base),
            "added": documents.points(10 * unit.added),
            "own_percent": documents.shown(unit.percent),
        }
        row = documents.row(
            unit,
            name=code,
            category="township",
            precision=self.precision,
            converted=True,
            dimensions=[
                {"code": "d", "name": "维度", "full": "100", "score": documents.points(unit.dimensions.get("d", 0))}
            ],
            adjustments=[
                {"id": pk, "work": f"第{pk}件", "points": documents.milli(value), "clause": "四（三）4"}
                for pk, who, value in self.adjustments
                if who == code
            ],
            closing=closing if self.weights or self.adjustments else None,
        )
        items = [
            documents.item(
                score,
                indicator={"number": score.number, "name": f"第{score.number}项", "dimension": "d"},
                statuses=("printed", "printed"),
                clause=f"附件5·第{score.number}项",
                average_clause="附件5·注",
                shares=[
                    documents.share_part(
                        part, evaluator={"code": part.share.evaluator, "name": part.share.evaluator}, own=False
                    )
                    for part in score.parts
                ],
            )
            for score in unit.items
        ]
        return {**row, "items": items, "period": self.period}


def decimal(value: Fraction) -> str:
    return f"{float(value):.3f}"


def exact(district: District) -> dict[str, Fraction]:
    """The exact value of every unit whose total is printed, as the engine has it: the judge of what the parts add up to."""
    return {
        unit.unit.code: unit.base + Fraction(unit.added, 1000)
        for unit in district.result.units
        if unit.base is not None
    }


# ── one at random, and what the next period changes ──────────────────────────────────────────────


def item_at_random(chance: random.Random, number: int, units: list[Unit], cells: dict[tuple[str, str], Cell]) -> Item:
    portions = [chance.randint(1, 4) for _ in range(chance.choice([1, 1, 1, 2, 3]))]
    shares = tuple(
        Share(f"{number}/{place}", f"e{place}", *as_pair(Fraction(portion, sum(portions))))
        for place, portion in enumerate(portions)
    )
    carriers = frozenset(unit.code for unit in units if chance.random() < 0.7) or frozenset({units[0].code})
    for share in shares:
        marked_at_random(chance, share, carriers, cells)
    return Item(number, "d", shares, {"": chance.randint(1, 12_000)}, carriers, chance.random() < 0.85)


def as_pair(value: Fraction) -> tuple[int, int]:
    return value.numerator, value.denominator


def marked_at_random(
    chance: random.Random, share: Share, carriers: frozenset[str], cells: dict[tuple[str, str], Cell]
) -> None:
    for code in sorted(carriers):
        full = chance.choice([FULL, FULL, FULL, 5_000, 7_500])
        cells.setdefault((share.key, code), Cell(chance.randint(full // 2, full), full))


def district(seed: int) -> District:
    chance = random.Random(seed)
    units = [Unit(f"u{place}") for place in range(chance.randint(2, 9))]
    cells: dict[tuple[str, str], Cell] = {}
    items = [item_at_random(chance, number, units, cells) for number in range(1, chance.randint(3, 14))]
    items[0] = replace(items[0], in_scope=True)
    found = District("2020Q2", units, items, cells, chance.choice([2, 3, 4, 4]))
    if chance.random() < 0.4:
        as_year(chance, found, "2020")
    return found


def as_year(chance: random.Random, found: District, year: str) -> None:
    found.period = year
    weights = {
        f"{year}{code}": Fraction(chance.randint(1, 300), 1000) for code in ("Q2", "Q3", "Q4") if chance.random() < 0.6
    }
    found.weights = {**weights, year: 1 - sum(weights.values(), Fraction(0))}
    found.quarters = {
        code: {unit.code: Fraction(chance.randint(600_000, 990_000), 10_000) for unit in found.units}
        for code in weights
    }


def dropped(chance: random.Random, now: District) -> None:
    if len(now.items) > 1:
        now.items.remove(chance.choice(now.items[1:]))


def added(chance: random.Random, now: District) -> None:
    number = max(item.number for item in now.items) + 1
    now.items.append(item_at_random(chance, number, now.units, now.cells))


def one_item(change: Callable[[random.Random, District, Item], Item]) -> Callable[[random.Random, District], None]:
    def apply(chance: random.Random, now: District) -> None:
        place = chance.randrange(len(now.items))
        now.items[place] = change(chance, now, now.items[place])

    return apply


def reweighed(chance: random.Random, now: District, item: Item) -> Item:
    return replace(item, weights={"": chance.randint(1, 12_000)})


def rescoped(_: random.Random, now: District, item: Item) -> Item:
    return item if item is now.items[0] else replace(item, in_scope=not item.in_scope)


def recarried(chance: random.Random, now: District, item: Item) -> Item:
    """Somebody takes an item over, somebody lets it go."""
    carriers = {
        code for code in (unit.code for unit in now.units) if (code in item.carriers) != (chance.random() < 0.3)
    }
    kept = frozenset(carriers) or item.carriers
    for share in item.shares:
        marked_at_random(chance, share, kept, now.cells)
    return replace(item, carriers=kept)


def reshared(chance: random.Random, now: District, item: Item) -> Item:
    """Other portions, one evaluator more or less, or the first handed over to another."""
    if chance.random() < 0.4:
        first = replace(item.shares[0], evaluator="heir")
        return replace(item, shares=(first, *item.shares[1:]))
    portions = [chance.randint(1, 4) for _ in range(chance.randint(1, 3))]
    shares = tuple(
        Share(f"{item.number}/{place}", f"e{place}", *as_pair(Fraction(portion, sum(portions))))
        for place, portion in enumerate(portions)
    )
    for share in shares:
        marked_at_random(chance, share, item.carriers, now.cells)
    return replace(item, shares=shares)


def remarked(chance: random.Random, now: District) -> None:
    for key in sorted(now.cells):
        if chance.random() < 0.4:
            now.cells[key] = Cell(chance.randint(FULL // 2, FULL), FULL)


def excused(chance: random.Random, now: District) -> None:
    key = chance.choice(sorted(now.cells))
    now.cells[key] = now.cells[key]._replace(not_applicable=True)


def adjusted(chance: random.Random, now: District) -> None:
    now.adjustments = [
        (pk, chance.choice(now.units).code, chance.randint(-2_000, 2_000)) for pk in range(1, chance.randint(2, 6))
    ]


CHANGES: dict[str, Callable[[random.Random, District], None]] = {
    "dropped": dropped,
    "added": added,
    "reweighed": one_item(reweighed),
    "rescoped": one_item(rescoped),
    "recarried": one_item(recarried),
    "reshared": one_item(reshared),
    "remarked": remarked,
    "excused": excused,
    "adjusted": adjusted,
}


def next_period(seed: int, then: District) -> District:
    """The same district after several changes at once."""
    chance = random.Random(f"next {seed}")
    now = replace(then, items=list(then.items), cells=dict(then.cells), adjustments=list(then.adjustments))
    for name in chance.sample(sorted(CHANGES), chance.randint(1, len(CHANGES))):
        CHANGES[name](chance, now)
    if then.weights and chance.random() < 0.6:
        as_year(chance, now, "2021")
    elif not then.weights:
        now.period = "2020Q3"
    now.precision = chance.choice([2, 3, 4, then.precision])
    return now
