"""报送统计 per evaluator and period, and what an unfiled sheet could still move."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction

from django.db.models import Count, Q, QuerySet

from evaluation.engine.queries.engine_inputs import engine_inputs
from evaluation.engine.rules.impact import Reach, reaches
from evaluation.enums import PeriodKind, SheetState
from evaluation.periods.models import Period
from evaluation.scheme.models.scheme import Scheme
from evaluation.sheets.models.marks import MarkSheet
from miyun_kpi.organisations.models import Organisation

BAR = 260  # pixels of a range bar


@dataclass
class Tally:
    """`expected` = on time + late + unfiled."""

    expected: int = 0
    on_time: int = 0
    late: int = 0

    @property
    def filed(self) -> int:
        return self.on_time + self.late

    @property
    def unfiled(self) -> int:
        return self.expected - self.filed

    @property
    def rate(self) -> Fraction | None:
        return Fraction(self.on_time, self.expected) if self.expected else None

    def add(self, other: "Tally") -> None:
        self.expected += other.expected
        self.on_time += other.on_time
        self.late += other.late


@dataclass
class EvaluatorLine:
    """One evaluator: its tally in every period shown, in the order of `Statistics.periods`, and over all of them."""

    evaluator: Organisation
    periods: dict[int, Tally]
    whole: Tally = field(default_factory=Tally)

    def cells(self, periods: Iterable[Period]) -> list[Tally]:
        return [self.periods.get(period.pk, Tally()) for period in periods]


@dataclass(frozen=True)
class Statistics:
    periods: Sequence[Period]
    lines: Sequence[EvaluatorLine]
    whole: Tally

    @property
    def rows(self) -> list[tuple[EvaluatorLine, list[Tally]]]:
        return [(line, line.cells(self.periods)) for line in self.lines]


def mark_periods() -> list[Period]:
    """Opened quarters and years, the newest first."""
    return list(Period.objects.exclude(kind=PeriodKind.MONTH).order_by("-code"))


def filing_statistics(visible: QuerySet[MarkSheet], periods: Sequence[Period], track: str = "") -> Statistics:
    """In two queries. Evaluators with most unfiled first, then as printed."""
    found = visible.filter(period__in=periods)
    if track:
        found = found.filter(scheme__track=track)
    filed = Q(state=SheetState.FILED)
    counts = (
        found.values("evaluator_id", "period_id")
        .annotate(
            expected=Count("pk"),
            on_time=Count("pk", filter=filed & Q(late=False)),
            late_count=Count("pk", filter=filed & Q(late=True)),
        )
        .order_by()
    )
    by_evaluator: dict[int, dict[int, Tally]] = {}
    for row in counts:
        tally = Tally(row["expected"], row["on_time"], row["late_count"])
        by_evaluator.setdefault(row["evaluator_id"], {})[row["period_id"]] = tally
    whole, lines = Tally(), []
    for organisation in Organisation.objects.filter(pk__in=by_evaluator).order_by("order", "pk"):
        line = EvaluatorLine(organisation, by_evaluator[organisation.pk])
        for tally in line.periods.values():
            line.whole.add(tally)
        whole.add(line.whole)
        lines.append(line)
    lines.sort(key=lambda line: -line.whole.unfiled)
    return Statistics(periods, lines, whole)


def unfiled_sheets(visible: QuerySet[MarkSheet], period: Period, track: str = "") -> list[MarkSheet]:
    found = visible.filter(period=period).exclude(state=SheetState.FILED)
    if track:
        found = found.filter(scheme__track=track)
    return list(
        found.select_related("indicator", "evaluator", "scheme")
        .prefetch_related("decisions")
        .order_by("-scheme__track", "indicator__number", "share_figure__order")
    )


@dataclass(frozen=True)
class ReachRow:
    """`x` and `width` of the bar from best to worst rank, in pixels of BAR."""

    organisation: Organisation
    reach: Reach
    x: float
    width: float

    @property
    def least(self) -> Decimal:
        return Decimal(self.reach.least).scaleb(-4)

    @property
    def most(self) -> Decimal:
        return Decimal(self.reach.most).scaleb(-4)


@dataclass(frozen=True)
class Impact:
    rows: Sequence[ReachRow]
    unfiled: Sequence[MarkSheet]
    floor: int

    @property
    def moving(self) -> int:
        return sum(row.reach.moves for row in self.rows)


def impact_of(scheme: Scheme, period: Period, visible: QuerySet[MarkSheet]) -> Impact:
    """Best and worst rank of every unit of a track while its blanks lie between the floor and the full mark."""
    inputs = engine_inputs(scheme, period)
    floor = Fraction(scheme.blank_floor_percent, 100)
    found = reaches(inputs.units, inputs.items, inputs.cells, floor=floor, precision=scheme.rank_precision)
    organisations = {o.code: o for o in inputs.view.organisations}
    step = BAR / max(len(found), 1)
    rows = [
        ReachRow(
            organisations[reach.code],
            reach,
            round((reach.best - 1) * step, 1),
            round((reach.worst - reach.best + 1) * step, 1),
        )
        for reach in found
    ]
    rows.sort(key=lambda row: (row.reach.best, row.reach.worst, row.organisation.order))
    return Impact(rows, unfiled_sheets(visible.filter(scheme=scheme), period), scheme.blank_floor_percent)
