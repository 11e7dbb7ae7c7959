"""Random districts, stored as the product stores them."""

import random
from datetime import UTC, datetime
from decimal import Decimal
from fractions import Fraction

from evaluation.enums import FigureKind, FigureStatus, NotApplicable, SheetState
from evaluation.models import (
    Adjustment,
    Dimension,
    DimensionTotal,
    Figure,
    Indicator,
    Mark,
    MarkSheet,
    MethodWeight,
    Period,
    Scheme,
    SheetDecision,
    YearMethod,
)
from evaluation.periods.rules.calendar import default_window
from evaluation.ranking.services import compute_trial
from miyun_kpi.lib.actors import SYSTEM
from miyun_kpi.lib.periods import PeriodCode
from miyun_kpi.organisations.models import Organisation

AT = datetime(2021, 1, 4, 1, 0, tzinfo=UTC)


def store_district(seed: int) -> tuple[Scheme, Period]:
    """A scheme of a year of its own with random weights, shares, carriers and marks; some blank, some 不适用, some left out."""
    chance = random.Random(seed)
    track = chance.choice(["township", "department"])
    code = PeriodCode(3000 + seed % 5000, quarter=chance.randint(1, 4))
    window = default_window(PeriodCode(2020, quarter=code.quarter))
    period = Period.objects.create(
        code=str(code),
        kind="quarter",
        opened_at=AT,
        starts_at=window.starts_at,
        due_at=window.due_at,
        late_until=window.late_until,
        locks_at=window.locks_at,
    )
    scheme = Scheme.objects.create(
        year=code.year,
        track=track,
        title="随机",
        clause="三",
        rule_version="随机",
        process_from=f"{code.year}-05",
        process_to=f"{code.year}-11",
    )
    organisations = list(Organisation.objects.of_track(track).order_by("order"))[: chance.randint(3, 49)]
    zones = sorted({o.zone for o in Organisation.objects.of_track(track)})
    dimension = Dimension.objects.create(scheme=scheme, code="d", name="维度", order=1, clause="三")
    DimensionTotal.objects.bulk_create(DimensionTotal(dimension=dimension, zone=z, total=Decimal(100)) for z in zones)
    _figures(chance, scheme, dimension, zones)
    _sheets(chance, scheme, period, organisations)
    return scheme, period


def _figure(scheme: Scheme, **fields: object) -> Figure:
    return Figure(scheme=scheme, status=FigureStatus.PRINTED, clause="三", **{"order": 0, **fields})


def _figures(chance: random.Random, scheme: Scheme, dimension: Dimension, zones: list[str]) -> None:
    evaluators = list(Organisation.objects.filter(category="body").order_by("code")[:8])
    everybody = list(Organisation.objects.of_track(scheme.track))
    figures = [
        _figure(scheme, key=kind, kind=kind, value=value)
        for kind, value in ((FigureKind.FULL_MARK, "hundred"), (FigureKind.OWN_MARK, "mark"))
    ]
    for number in range(1, chance.randint(2, 12) + 1):
        indicator = Indicator.objects.create(
            scheme=scheme,
            dimension=dimension,
            number=number,
            name=f"第{number}项",
            short_name=f"第{number}项",
            basis="",
            clause="三",
        )
        for zone in zones:
            weight = Decimal(chance.randint(1, 12000)).scaleb(-3)
            key = f"weight/{number}/{zone or 'all'}"
            figures.append(_figure(scheme, key=key, kind="weight", indicator=indicator, zone=zone, value=str(weight)))
        parts = [chance.randint(1, 4) for _ in range(chance.randint(1, 4))]
        for place, part in enumerate(parts, start=1):
            evaluator = evaluators[place]
            value = f"{evaluator.code}:{Fraction(part, sum(parts))}"
            key = f"share/{number}/{place}"
            figures.append(
                _figure(
                    scheme, key=key, kind="share", indicator=indicator, organisation=evaluator, value=value, order=place
                )
            )
        scope = chance.choice(["quarter", "quarter", "quarter", "half", "year"])
        figures.append(_figure(scheme, key=f"scope/{number}", kind="scope", indicator=indicator, value=scope))
        density = chance.choice([0.2, 0.6, 1.0])
        carrying = {o.pk for o in everybody if chance.random() < density} or {everybody[0].pk}
        figures += [
            _figure(
                scheme,
                key=f"carried/{number}/{o.code}",
                kind="carried",
                indicator=indicator,
                organisation=o,
                value="yes" if o.pk in carrying else "no",
            )
            for o in everybody
        ]
    Figure.objects.bulk_create(figures, batch_size=400)


def _sheets(chance: random.Random, scheme: Scheme, period: Period, organisations: list[Organisation]) -> None:
    gaps = chance.choice([0.0, 0.0, 0.02])
    excuses = chance.choice([0.0, 0.05])
    carried = {(f.indicator_id, f.organisation_id) for f in scheme.figures.filter(kind="carried", value="yes")}
    everybody = list(Organisation.objects.of_track(scheme.track))
    marks = []
    for figure in scheme.figures.filter(kind="share"):
        filed = chance.random() > gaps
        sheet = MarkSheet.objects.create(
            scheme=scheme,
            period=period,
            indicator=figure.indicator,
            share_figure=figure,
            evaluator=figure.organisation,
            state=SheetState.FILED if filed else SheetState.OPEN,
            filed_at=AT if filed else None,
        )
        if chance.random() < (0.1 if filed else 0.6):
            # Of a filed sheet it has no effect.
            SheetDecision.objects.create(
                sheet=sheet,
                kind="leave_out",
                state="confirmed",
                reason="随机",
                signer="随机",
                signed_on=AT.date(),
                recorded_at=AT,
                recorded_by="随机",
            )
        carriers = [o for o in everybody if (figure.indicator_id, o.pk) in carried]
        for place, organisation in enumerate(carriers):
            # The first carrier is never excused, so that somebody is left to average.
            excused = place > 0 and chance.random() < excuses
            value = None if excused or chance.random() < gaps else Decimal(chance.randint(0, 100_000)).scaleb(-3)
            marks.append(
                Mark(
                    sheet=sheet,
                    organisation=organisation,
                    order=place,
                    full_mark=Decimal(100),
                    value=value,
                    not_applicable=NotApplicable.APPROVED if excused else NotApplicable.NO,
                )
            )
    Mark.objects.bulk_create(marks, batch_size=400)


def store_year(seed: int) -> tuple[Scheme, Period]:
    """A district with its quarter frozen, 专项考评 of the year marked, a locked method and decided 加减分, all at random."""
    scheme, quarter = store_district(seed)
    chance = random.Random(f"year {seed}")
    compute_trial(actor=SYSTEM, scheme=scheme, period=quarter, at=AT)
    window = default_window(PeriodCode(2020))
    year = Period.objects.create(
        code=str(scheme.year),
        kind="year",
        opened_at=AT,
        starts_at=window.starts_at,
        due_at=window.due_at,
        late_until=window.late_until,
        locks_at=window.locks_at,
    )
    organisations = list(Organisation.objects.of_track(scheme.track).order_by("order"))
    _sheets(chance, scheme, year, organisations)
    weight = Decimal(chance.choice([0, 1, 333, 400, 999])).scaleb(-3)
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
    for code, share in ((year.code, 1 - weight), (quarter.code, weight)):
        MethodWeight.objects.create(method=method, period=code, weight=share)
    for number in range(chance.randint(0, 12)):
        points = Decimal(chance.randint(-500, 500) or 1).scaleb(-3)
        decided = chance.choice([points, Decimal(0), -points])
        Adjustment.objects.create(
            scheme=scheme,
            organisation=chance.choice(organisations),
            ground="harm",
            state=chance.choice(["granted", "refused"]),
            work=f"第{number}件",
            points=points,
            decided_points=decided,
            reason="随机",
            happened_on=AT.date(),
            proposed_for=organisations[0],
            proposed_role="evaluator",
            proposed_at=AT,
            entered_by="随机",
            entered_at=AT,
        )
    return scheme, year
