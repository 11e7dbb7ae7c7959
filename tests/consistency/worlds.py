"""Random worlds for the comparison with tests/consistency/independent.py: everything that moves a digit, drawn often.

A world is a scheme of its own, its period opened (with the units of that day) and its marks; a year has its quarters
computed before. What is drawn is stored as rows, as the product's own acts leave them.
"""

import random
from datetime import date
from decimal import Decimal
from fractions import Fraction

from evaluation.enums import NotApplicable, SheetState
from evaluation.models import (
    Adjustment,
    Mark,
    MarkSheet,
    MethodWeight,
    Period,
    PeriodUnit,
    Scheme,
    SheetDecision,
    UnitDecision,
    YearMethod,
)
from evaluation.periods.rules.calendar import default_window
from evaluation.ranking.services import compute_trial
from miyun_kpi.lib.actors import SYSTEM
from miyun_kpi.lib.periods import PeriodCode
from miyun_kpi.organisations.models import Organisation
from tests.consistency.independent import opinion
from tests.consistency.world_schemes import AT, THOUSANDTH, ZONES, World, store_scheme


def store_world(seed: int) -> World:
    """One world, complete: its period is what is to be computed and compared."""
    chance = random.Random(f"world {seed}")
    track = chance.choice(["township", "department"])
    scheme = Scheme.objects.create(
        year=2100 + seed % 7000,
        track=track,
        title="随机",
        clause="三",
        rule_version="随机",
        process_from=f"{2100 + seed % 7000}-05",
        process_to=f"{2100 + seed % 7000}-11",
        rank_precision=chance.choice([2, 3, 4]),
        quarter_adjustments=chance.random() < 0.4,
    )
    everybody = list(Organisation.objects.of_track(track).order_by("order", "pk"))
    size = min(len(everybody), chance.choice([3, 5, 8, 12, 20, 49]))
    units = sorted(chance.sample(everybody, size), key=lambda o: (o.order, o.pk))
    bodies = list(Organisation.objects.filter(category="body").order_by("code")[:10])
    world = World(
        seed,
        chance,
        scheme,
        chance.random() < 0.3,
        units,
        bodies,
        chance.random() < 0.35,
        chance.choice(["mark", "average"]),
    )
    world.by_points = world.by_points and not world.borders
    world.meets(f"precision {scheme.rank_precision}")
    world.meets("by points", int(world.by_points))
    store_scheme(world)
    if chance.random() < 0.35:
        _year(world)
    else:
        world.period = _open(world, PeriodCode(scheme.year, quarter=chance.randint(1, 4)))
        _adjustments(world)
    _to_borders(world, world.period)
    if chance.random() < 0.3:
        _reorganise(world)
    return world


def _open(world: World, code: PeriodCode) -> Period:
    """The period, its units as of the day, and its sheets with their marks."""
    chance = world.chance
    window = default_window(PeriodCode(2020, quarter=code.quarter))
    period = Period.objects.create(
        code=str(code),
        kind="quarter" if code.quarter else "year",
        opened_at=AT,
        starts_at=window.starts_at,
        due_at=window.due_at,
        late_until=window.late_until,
        locks_at=window.locks_at,
    )
    evaluators = [f.organisation for f in world.scheme.figures.filter(kind="share").order_by("key")]
    for place, unit in enumerate(world.units):
        related = [chance.choice(evaluators).code] if chance.random() < 0.15 else []
        PeriodUnit.objects.create(
            scheme=world.scheme,
            period=period,
            organisation=unit,
            name=unit.name,
            zone=unit.zone,
            category=unit.category,
            order=place,
            related=sorted({*related, unit.code}) if chance.random() < 0.5 else related,
        )
    _sheets(world, period)
    if len(world.units) > 4 and chance.random() < 0.2:
        _unit_decision(world, period, chance.choice(world.units[1:]))
    return period


def _sheets(world: World, period: Period) -> None:
    chance = world.chance
    gaps = chance.choice([0.0, 0.0, 0.0, 0.02])
    absent = chance.choice([0.0, 0.15, 0.15])
    marks: list[Mark] = []
    for figure in world.scheme.figures.filter(kind="share").select_related("organisation", "indicator").order_by("key"):
        filed = world.borders or chance.random() >= absent
        handed = chance.random() < 0.1
        state = (
            SheetState.FILED if filed else chance.choice([SheetState.OPEN, SheetState.SUBMITTED, SheetState.RETURNED])
        )
        sheet = MarkSheet.objects.create(
            scheme=world.scheme,
            period=period,
            indicator=figure.indicator,
            share_figure=figure,
            evaluator=chance.choice(world.bodies) if handed else figure.organisation,
            state=state,
            filed_at=AT if filed else None,
        )
        if chance.random() < (0.1 if filed else 0.95):
            _decide(world, sheet)
        marks += _marks(world, sheet, 0.0 if world.borders else gaps)
    Mark.objects.bulk_create(marks, batch_size=400)


def _decide(world: World, sheet: MarkSheet) -> None:
    kind, state = world.chance.choice(
        [("leave_out", "confirmed")] * 4
        + [("leave_out", "proposed"), ("leave_out", "replaced"), ("extend", "confirmed")]
    )
    SheetDecision.objects.create(
        sheet=sheet,
        kind=kind,
        state=state,
        until=AT if kind == "extend" else None,
        reason="随机",
        signer="随机",
        signed_on=AT.date(),
        recorded_at=AT,
        recorded_by="随机",
    )


def _marks(world: World, sheet: MarkSheet, gaps: float) -> list[Mark]:
    """A cell for every unit, also where it carries nothing: such a mark must not count."""
    chance, found = world.chance, []
    share = sheet.share_figure
    part = Fraction(share.value.rpartition(":")[2])
    weights = dict(world.scheme.figures.filter(kind="weight", indicator=sheet.indicator).values_list("zone", "value"))
    carrying = set(
        world.scheme.figures.filter(kind="carried", indicator=sheet.indicator, value="yes").values_list(
            "organisation_id", flat=True
        )
    )
    # Opening gives a cell to whoever carries then. Only under 照打 is one taken away from units that carry nothing now,
    # and may by an earlier figure: a carrier of no cell is missing like a blank one.
    thin = True
    for place, unit in enumerate(world.units):
        if thin and unit.pk not in carrying and chance.random() < 0.5:
            continue
        full = Fraction(weights[unit.zone]) * part if world.by_points else Fraction(100)
        thousandths = int(full * 1000)
        excuse = NotApplicable.NO
        value: Decimal | None = chance.randint(0, thousandths) * THOUSANDTH
        if world.borders:
            value = Decimal(chance.randint(60, 100))
        elif place and chance.random() < 0.04:
            excuse = chance.choice([NotApplicable.APPROVED] * 3 + [NotApplicable.PROPOSED])
        if excuse or chance.random() < gaps:
            value = None
        full_mark = Decimal(thousandths) * THOUSANDTH
        found.append(
            Mark(sheet=sheet, organisation=unit, order=place, full_mark=full_mark, value=value, not_applicable=excuse)
        )
        world.meets("proposed", int(excuse == NotApplicable.PROPOSED))
    return found


def _unit_decision(world: World, period: Period, unit: Organisation) -> None:
    state = world.chance.choice(["confirmed", "confirmed", "proposed", "revoked"])
    UnitDecision.objects.create(
        scheme=world.scheme,
        period=period,
        organisation=unit,
        kind="leave-out",
        state=state,
        number="随机",
        reason="随机",
        recorded_by="随机",
        recorded_at=AT,
        confirmed_by="随机",
        confirmed_at=AT,
    )
    world.meets(f"unit decision {state}")


def _year(world: World) -> None:
    """Up to two quarters computed, 专项考评 of the year marked, a locked method and 加减分."""
    chance, scheme = world.chance, world.scheme
    quarters = sorted(chance.sample(range(1, 5), chance.randint(0, 2)))
    _adjustments(world)
    for quarter in quarters:
        period = _open(world, PeriodCode(scheme.year, quarter=quarter))
        compute_trial(actor=SYSTEM, scheme=scheme, period=period, at=AT)
    world.period = _open(world, PeriodCode(scheme.year))
    world.meets("years")
    world.meets(f"quarters {len(quarters)}")
    if not quarters and chance.random() < 0.5:
        return
    method = YearMethod.objects.create(
        scheme=scheme,
        number=1,
        state="locked",
        basis_document="随机",
        basis_clause="一",
        entered_by="随机",
        entered_at=AT,
        locked_at=AT,
    )
    left = Decimal(1)
    for quarter in quarters:
        weight = chance.choice([Decimal("0.1"), Decimal("0.25"), Decimal("0.333"), Decimal("0.001")])
        MethodWeight.objects.create(method=method, period=f"{scheme.year}Q{quarter}", weight=weight)
        left -= weight
    MethodWeight.objects.create(method=method, period=str(scheme.year), weight=left)


def _adjustments(world: World) -> None:
    chance = world.chance
    for number in range(chance.choice([0, 0, 3, 8])):
        points = (chance.randint(-500, 500) or 1) * THOUSANDTH
        state = chance.choice(["granted", "granted", "refused", "checked"])
        decided = {"granted": chance.choice([points, -points, points / 2]), "refused": Decimal(0)}.get(state)
        Adjustment.objects.create(
            scheme=world.scheme,
            organisation=chance.choice(world.units),
            ground="harm",
            state=state,
            work=f"第{number}件",
            points=points,
            decided_points=decided if decided is None else decided.quantize(THOUSANDTH),
            reason="随机",
            happened_on=date(world.scheme.year, chance.randint(1, 12), chance.randint(1, 28)),
            proposed_for=world.units[0],
            proposed_role="evaluator",
            proposed_at=AT,
            entered_by="随机",
            entered_at=AT,
        )
        world.meets("negative", int(decided is not None and decided < 0))


def _to_borders(world: World, period: Period | None) -> None:
    """Fill units up to a total of exactly …5 after the last printed decimal, and a neighbour to the same printed total.

    The filler weighs half a point, so that a thousandth of a mark moves a total by 0.000005: where the rest of a unit's
    total is a terminating decimal (thirds that add up to one) the border is met exactly.
    """
    if not world.borders or period is None:
        return
    step, places = Fraction(5, 1_000_000), world.scheme.rank_precision
    filler = Mark.objects.filter(
        sheet__period=period, sheet__scheme=world.scheme, sheet__indicator__number=world.scheme.indicators.count()
    )
    before = opinion(world.scheme, period).units
    for mark in filler.select_related("organisation"):
        verdict = before.get(mark.organisation.code)
        if verdict is None or verdict.exact is None or mark.value is None:
            continue
        rest = verdict.exact - Fraction(mark.value) * 1000 * step
        border = (int(rest * 10**places) + world.chance.randint(1, 3) + Fraction(1, 2)) / 10**places
        thousandths = (border - rest) / step
        if thousandths.denominator == 1 and 0 <= thousandths <= 100_000:
            value = Decimal(int(thousandths) + world.chance.choice([0, 0, -1, 1])) * THOUSANDTH
            Mark.objects.filter(pk=mark.pk).update(value=min(max(value, Decimal(0)), Decimal(100)))
    _twins(world, period)


def _twins(world: World, period: Period) -> None:
    """Two units of a zone with the same marks everywhere: equal totals have equal places."""
    pairs = [(a, b) for a in world.units for b in world.units if a.pk < b.pk and a.zone == b.zone]
    if not pairs:
        return
    one, other = world.chance.choice(pairs)
    sheets = MarkSheet.objects.filter(scheme=world.scheme, period=period)
    for row in Mark.objects.filter(sheet__in=sheets, organisation=one).values("sheet_id", "value", "not_applicable"):
        Mark.objects.filter(sheet_id=row["sheet_id"], organisation=other).update(value=row["value"])
    world.meets("twins")


def _reorganise(world: World) -> None:
    """Merge, rename or rezone by SQL after the period was opened: its result must not hear of it (engine 21)."""
    for unit in world.chance.sample(world.units, min(3, len(world.units))):
        kind = world.chance.choice(["merge", "rename", "rezone"])
        row = Organisation.objects.filter(pk=unit.pk)
        if kind == "merge":
            row.update(evaluated=False, valid_to=date(2099, 1, 1), part_of=world.bodies[0])
        elif kind == "rename":
            row.update(name=f"更名{world.seed}{unit.code}", key=f"更名{world.seed}{unit.code}")
        elif unit.zone:
            row.update(zone=world.chance.choice([z for z in ZONES if z != unit.zone]))
        world.meets("reorganised")
