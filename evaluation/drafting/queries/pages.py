"""The draft as its pages show it, from one reading of the scheme."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from evaluation.enums import FigureKind, FullMarkRule
from evaluation.scheme.models.drafting import SchemeIssue
from evaluation.scheme.models.scheme import Dimension, DimensionTotal, Figure, Indicator, Scheme
from evaluation.scheme.queries.figures import value_words
from evaluation.scheme.queries.schemes import IndicatorView, SchemeView, ShareView, scheme_view
from evaluation.scheme.rules.scheme_checks import (
    CheckedIndicator,
    CheckedScheme,
    CheckedShare,
    Problem,
    scheme_problems,
)
from miyun_kpi.organisations.enums import Zone
from miyun_kpi.organisations.models import Organisation
from miyun_kpi.organisations.queries import heirs, successors

ISSUE_FILES = "evaluation.issue"


def checked(view: SchemeView, dimensions: Sequence[Dimension]) -> CheckedScheme:
    """The scheme as the pure check takes it."""
    codes = {o.pk: o.code for o in view.organisations}
    goes_on, took_over = heirs(view.evaluators()), successors(view.evaluators())
    return CheckedScheme(
        zones=[(zone, Zone(zone).label if zone else "") for zone in view.zones],
        dimensions=[(d.code, d.name) for d in dimensions],
        totals=view.dimension_totals,
        indicators=[
            CheckedIndicator(
                id=iv.indicator.pk,
                number=iv.indicator.number,
                short_name=iv.indicator.short_name,
                dimension=iv.indicator.dimension.code,
                weights={zone: iv.weight(zone) for zone in iv.weights},
                shares=[_share(s, goes_on, took_over) for s in iv.shares],
                carriers=frozenset(codes[pk] for pk in iv.carriers if pk in codes),
            )
            for iv in view.indicators
        ],
        organisations=[(o.code, o.name, o.zone) for o in view.organisations],
        by_points=view.settings[FigureKind.FULL_MARK].value == FullMarkRule.POINTS,
    )


def _share(
    one: ShareView, goes_on: Mapping[int, Organisation], took_over: Mapping[int, Sequence[Organisation]]
) -> CheckedShare:
    pk, ended = one.evaluator.pk, took_over.get(one.evaluator.pk)
    return CheckedShare(
        one.evaluator.name,
        one.share,
        one.figure.part,
        acts=goes_on[pk].name if goes_on[pk].pk != pk else "",
        successors=None if ended is None else [body.name for body in ended],
    )


def problems_of(scheme: Scheme, view: SchemeView | None = None) -> list[Problem]:
    return scheme_problems(checked(view or scheme_view(scheme), list(scheme.dimensions.all())))


@dataclass(frozen=True)
class WeightRow:
    view: IndicatorView
    cells: Sequence[Figure]

    @property
    def indicator(self) -> Indicator:
        return self.view.indicator

    @property
    def scope_word(self) -> str:
        return value_words(FigureKind.SCOPE, self.view.scope.value, {})


@dataclass(frozen=True)
class WeightGroup:
    """A dimension with its rows; `totals` per zone: the stored total and the sum of the weights."""

    dimension: Dimension
    rows: Sequence[WeightRow]
    totals: Sequence[tuple[DimensionTotal, Decimal]]


@dataclass(frozen=True)
class DraftPage:
    view: SchemeView
    groups: Sequence[WeightGroup]
    problems: Sequence[Problem]
    issue: SchemeIssue | None

    @property
    def scheme(self) -> Scheme:
        return self.view.scheme

    @property
    def zones(self) -> list[str]:
        return self.view.zones

    @property
    def grand(self) -> list[Decimal]:
        return [sum((g.totals[n][0].total for g in self.groups), Decimal(0)) for n in range(len(self.zones))]

    @property
    def editable(self) -> bool:
        """While a 印发 waits for the second person nothing is edited."""
        return self.issue is None or not self.issue.is_open


def draft_page(scheme: Scheme) -> DraftPage:
    """Everything of a draft in a fixed number of queries."""
    view = scheme_view(scheme)
    dimensions = list(scheme.dimensions.all())
    totals: dict[tuple[int, str], DimensionTotal] = {}
    for total in DimensionTotal.objects.filter(dimension__scheme=scheme):
        totals[total.dimension_id, total.zone] = total
    groups = []
    for dimension in dimensions:
        rows = [
            WeightRow(iv, [iv.weights[zone] for zone in view.zones])
            for iv in view.indicators
            if iv.indicator.dimension_id == dimension.pk
        ]
        sums = [sum((Decimal(row.cells[n].value) for row in rows), Decimal(0)) for n in range(len(view.zones))]
        own = [totals[dimension.pk, zone] for zone in view.zones]
        groups.append(WeightGroup(dimension, rows, list(zip(own, sums, strict=True))))
    problems = scheme_problems(checked(view, dimensions))
    return DraftPage(view, groups, problems, scheme.issues.first())


@dataclass(frozen=True)
class CarrierLine:
    """A unit with its cell on every item; None where it came into the track after the last save of the draft."""

    organisation: Organisation
    cells: Sequence[Figure | None]

    @property
    def carried(self) -> int:
        return sum(cell is not None and cell.value == "yes" for cell in self.cells)

    @property
    def lacking(self) -> bool:
        return None in self.cells


def carrier_lines(view: SchemeView) -> list[CarrierLine]:
    return [CarrierLine(o, [iv.carried.get(o.pk) for iv in view.indicators]) for o in view.organisations]
