"""The schemes of random worlds: weights, shares, carriers, scopes, and what is amended later."""

import random
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal
from fractions import Fraction

from evaluation.enums import FigureStatus
from evaluation.models import (
    Amendment,
    AmendmentChange,
    Dimension,
    DimensionTotal,
    Figure,
    Indicator,
    Period,
    Scheme,
)
from miyun_kpi.organisations.models import Organisation

AT = datetime(2021, 1, 4, 1, 0, tzinfo=UTC)
THOUSANDTH = Decimal("0.001")
ZONES = ("core", "green", "eco", "economic")


@dataclass
class World:
    seed: int
    chance: random.Random
    scheme: Scheme
    by_points: bool
    units: list[Organisation]
    bodies: list[Organisation]
    # Whole marks, weights that add up to 100 and an item of half a point that fills up to a border.
    borders: bool
    own: str
    period: Period | None = None
    traits: dict[str, int] = field(default_factory=lambda: defaultdict(int))

    def meets(self, trait: str, times: int = 1) -> None:
        self.traits[trait] += times


def store_scheme(world: World) -> None:
    chance, scheme = world.chance, world.scheme
    dimension = Dimension.objects.create(scheme=scheme, code="d", name="维度", order=1, clause="三")
    zones = ZONES if scheme.track == "township" else ("",)
    DimensionTotal.objects.bulk_create(DimensionTotal(dimension=dimension, zone=z, total=Decimal(100)) for z in zones)
    full = "points" if world.by_points else "hundred"
    figures = [_figure(world, "full-mark", "full-mark", full), _figure(world, "own-mark", "own-mark", world.own)]
    count = chance.randint(2, 9)
    for number in range(1, count + 1):
        indicator = Indicator.objects.create(
            scheme=scheme,
            dimension=dimension,
            number=number,
            name=f"第{number}项",
            short_name=f"第{number}项",
            basis="",
            clause="三",
        )
        last = number == count
        parts = _parts(world, filler=world.borders and last)
        for zone in zones:
            weight = _weight(world, number, count, sum(parts))
            figures.append(
                _figure(
                    world, f"weight/{number}/{zone or 'all'}", "weight", str(weight), indicator=indicator, zone=zone
                )
            )
        figures += _shares(world, indicator, parts)
        scope = "quarter" if world.borders else chance.choice(["quarter"] * 4 + ["half", "year"])
        figures.append(_figure(world, f"scope/{number}", "scope", scope, indicator=indicator))
        figures += _carried(world, indicator, everyone=world.borders and last)
    Figure.objects.bulk_create(figures, batch_size=400)
    if chance.random() < 0.5:
        _amend(world)


def _figure(world: World, key: str, kind: str, value: str, **fields: object) -> Figure:
    return Figure(
        scheme=world.scheme,
        key=key,
        kind=kind,
        value=value,
        status=FigureStatus.PRINTED,
        clause="三",
        **{"order": 0, **fields},
    )


def _parts(world: World, *, filler: bool) -> list[int]:
    """Shares as parts of a whole of 2 to 9."""
    if filler or world.chance.random() < 0.3:
        return [1]
    whole = world.chance.choice([3, 3, 6, 9]) if world.borders else world.chance.randint(2, 9)
    cuts = sorted(world.chance.sample(range(1, whole), world.chance.randint(1, min(3, whole - 1))))
    return [b - a for a, b in zip([0, *cuts], [*cuts, whole], strict=True)]


def _weight(world: World, number: int, count: int, whole: int) -> Decimal:
    """Of a world of borders 99.5 in whole points and the half that fills up; else anything with three decimals."""
    if world.borders:
        if number == count:
            return Decimal("0.5")
        return (
            Decimal(99 // (count - 1)) if number > 1 else 99 - (count - 2) * Decimal(99 // (count - 1)) + Decimal("0.5")
        )
    if world.by_points:
        return whole * world.chance.randint(1, 2500) * THOUSANDTH
    return world.chance.choice([Decimal(world.chance.randint(1, 15)), world.chance.randint(1, 15_000) * THOUSANDTH])


def _shares(world: World, indicator: Indicator, parts: list[int]) -> list[Figure]:
    """Evaluators are bodies, and now and then a unit that is ranked itself."""
    chance, found = world.chance, []
    pool = chance.sample(world.bodies, len(parts))
    for place, part in enumerate(parts, start=1):
        evaluator = chance.choice(world.units) if chance.random() < 0.25 else pool[place - 1]
        found.append(
            _figure(
                world,
                f"share/{indicator.number}/{place}",
                "share",
                f"{evaluator.code}:{Fraction(part, sum(parts))}",
                indicator=indicator,
                organisation=evaluator,
                order=place,
            )
        )
    return found


def _carried(world: World, indicator: Indicator, *, everyone: bool) -> list[Figure]:
    density = 1.0 if everyone else world.chance.choice([0.3, 0.7, 1.0, 1.0])
    carrying = {o.pk for o in world.units if world.chance.random() < density} or {world.units[0].pk}
    return [
        _figure(
            world,
            f"carried/{indicator.number}/{o.code}",
            "carried",
            "yes" if o.pk in carrying else "no",
            indicator=indicator,
            organisation=o,
        )
        for o in world.units
    ]


def _amend(world: World) -> None:
    """One or two 修订, each from a quarter of its own: some hold in the period drawn later and some do not."""
    chance = world.chance
    kinds = ["carried"] if world.by_points or world.borders else ["weight", "carried", "share", "scope"]
    quarters = sorted(chance.choices(range(1, 5), k=chance.randint(1, 2)))
    for number, quarter in enumerate(quarters, start=1):
        amendment = Amendment.objects.create(
            scheme=world.scheme,
            number=number,
            effective_from=f"{world.scheme.year}Q{quarter}",
            reason="随机",
            state="confirmed",
            organ="随机",
            approved_on=AT.date(),
            document_number="随机",
            proposed_at=AT,
            proposed_by_id=1,
            proposed_by="随机",
            decided_at=AT,
            decided_by_id=2,
            decided_by="随机",
        )
        figures = list(world.scheme.figures.filter(kind__in=kinds).order_by("key"))
        for figure in chance.sample(figures, min(len(figures), chance.randint(1, 6))):
            new = _amended(world, figure)
            if new == figure.value:
                continue
            AmendmentChange.objects.create(
                amendment=amendment, figure=figure, old_value=figure.value, new_value=new, seen_version=1
            )
            Figure.objects.filter(pk=figure.pk).update(value=new, version=figure.version + 1)
            world.meets("amended")


def _amended(world: World, figure: Figure) -> str:
    if figure.kind == "weight":
        return str(world.chance.randint(1, 15_000) * THOUSANDTH)
    if figure.kind == "carried":
        # The first unit keeps what it carries, so that somebody is left to average.
        first = figure.organisation_id == world.units[0].pk
        return "yes" if first or figure.value == "no" else "no"
    if figure.kind == "scope":
        return world.chance.choice(["quarter", "half", "year"])
    # The evaluator changes; the parts have to add up to one and stay.
    return f"{world.chance.choice(world.bodies).code}:{figure.value.rpartition(':')[2]}"
