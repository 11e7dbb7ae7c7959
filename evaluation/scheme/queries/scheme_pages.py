"""Reads for the scheme's page: a fixed number of queries."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Count, QuerySet

from evaluation.enums import FigureKind, FigureStatus
from evaluation.scheme.models.scheme import Dimension, Figure, Indicator, Scheme, SubIndicator
from evaluation.scheme.queries.figures import value_words
from evaluation.scheme.queries.schemes import (
    EvaluatorDifference,
    IndicatorView,
    SchemeView,
    ShareView,
    evaluator_differences,
    scheme_view,
)
from miyun_kpi.db.finding import one_of


@dataclass(frozen=True)
class Counts:
    """How firmly the figures of a scheme stand; confirmed ones are counted apart from what they were."""

    printed: int
    derived: int
    assumed: int
    unreadable: int
    confirmed: int

    @property
    def total(self) -> int:
        return self.printed + self.derived + self.assumed + self.unreadable + self.confirmed

    @property
    def unsettled(self) -> int:
        return self.assumed + self.unreadable

    @property
    def bars(self) -> list[tuple[str, float, float]]:
        """Name, start and width in per cent of the bar."""
        out, start = [], 0.0
        for name in ("printed", "derived", "confirmed", "assumed", "unreadable"):
            width = 100 * getattr(self, name) / self.total if self.total else 0.0
            out.append((name, round(start, 3), round(width, 3)))
            start += width
        return out


def count_figures(figures: Iterable[tuple[str, bool]]) -> Counts:
    """From (status, confirmed)."""
    found = dict.fromkeys((*FigureStatus.values, "confirmed"), 0)
    for status, confirmed in figures:
        found["confirmed" if confirmed else status] += 1
    return Counts(**found)


def counts_of(view: SchemeView) -> Counts:
    return count_figures((f.status, f.confirmed) for f in view.figures)


@dataclass(frozen=True)
class IndicatorRow:
    indicator: Indicator
    weights: Sequence[Figure]
    shares: Sequence[ShareView]
    scope: Figure
    carriers: int
    carriers_unsettled: int
    sub_indicators: Sequence[SubIndicator]

    @property
    def scope_word(self) -> str:
        return value_words(FigureKind.SCOPE, self.scope.value, {})

    @property
    def anchor(self) -> str:
        return f"i{self.indicator.number}"


@dataclass(frozen=True)
class DimensionGroup:
    """`totals` per zone: printed total and the sum of the weights as they stand."""

    dimension: Dimension
    rows: Sequence[IndicatorRow]
    totals: Sequence[tuple[Decimal, Decimal]]


@dataclass(frozen=True)
class SchemePage:
    view: SchemeView
    zones: Sequence[str]
    groups: Sequence[DimensionGroup]
    grand: Sequence[Decimal]
    counts: Counts
    carried_counts: Counts
    settings: Sequence[tuple[Figure, str]]
    differences: Sequence[EvaluatorDifference]
    next_unsettled: Figure | None

    @property
    def scheme(self) -> Scheme:
        return self.view.scheme


def scheme_by(year: int, track: str) -> Scheme:
    scheme = one_of(Scheme.objects.issued().filter(year=year, track=track), "没有这一年、这一类别的考评方案。")
    return scheme


def scheme_page(scheme: Scheme) -> SchemePage:
    """Everything of the scheme's page but carriers cell by cell, in a fixed number of queries."""
    view = scheme_view(scheme)
    subs: dict[int, list[SubIndicator]] = {}
    for sub in SubIndicator.objects.filter(indicator__scheme=scheme).order_by("indicator_id", "number"):
        subs.setdefault(sub.indicator_id, []).append(sub)
    zones = view.zones
    rows = [_row(iv, zones, subs.get(iv.indicator.pk, [])) for iv in view.indicators]
    groups = []
    for dimension in {row.indicator.dimension_id: row.indicator.dimension for row in rows}.values():
        own = [row for row in rows if row.indicator.dimension_id == dimension.pk]
        totals = [
            (view.dimension_totals[zone, dimension.code], sum((Decimal(r.weights[n].value) for r in own), Decimal(0)))
            for n, zone in enumerate(zones)
        ]
        groups.append(DimensionGroup(dimension, own, totals))
    grand = [sum((g.totals[n][0] for g in groups), Decimal(0)) for n in range(len(zones))]
    figures = view.figures
    shown = [f for f in figures if f.kind != FigureKind.CARRIED]
    return SchemePage(
        view,
        zones,
        groups,
        grand,
        counts_of(view),
        count_figures((f.status, f.confirmed) for f in figures if f.kind == FigureKind.CARRIED),
        [(f, value_words(f.kind, f.value, {})) for f in (*view.settings.values(), *view.row_readings)],
        evaluator_differences(view),
        next((f for f in shown if f.unsettled), None),
    )


def _row(iv: IndicatorView, zones: Sequence[str], subs: Sequence[SubIndicator]) -> IndicatorRow:
    weights = [iv.weights[zone] for zone in zones]
    unsettled = sum(f.unsettled for f in iv.carried.values())
    return IndicatorRow(iv.indicator, weights, iv.shares, iv.scope, len(iv.carriers), unsettled, subs)


def schemes_with_counts(visible: QuerySet[Scheme]) -> list[tuple[Scheme, Counts]]:
    """The visible schemes, newest first, in two queries."""
    found: dict[int, dict[str, int]] = {}
    rows = Figure.objects.values_list("scheme_id", "status", "confirmed").annotate(n=Count("pk")).order_by()
    for pk, status, confirmed, number in rows:
        counts = found.setdefault(pk, dict.fromkeys((*FigureStatus.values, "confirmed"), 0))
        counts["confirmed" if confirmed else status] += number
    empty = dict.fromkeys((*FigureStatus.values, "confirmed"), 0)
    return [(scheme, Counts(**found.get(scheme.pk, empty))) for scheme in visible]
