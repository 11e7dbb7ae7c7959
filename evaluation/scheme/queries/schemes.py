"""A scheme with everything that hangs on it, in a fixed number of queries."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from operator import attrgetter, itemgetter
from typing import Any

from django.db.models import Model, QuerySet

from evaluation.enums import FigureKind
from evaluation.scheme.models.scheme import DimensionTotal, Figure, Indicator, Scheme
from evaluation.scheme.queries.amendments import at_once, in_force, with_changes
from evaluation.scheme.rules.figures import split_share
from miyun_kpi.db.asked import asked
from miyun_kpi.db.rows import know
from miyun_kpi.lib.citations import document_label
from miyun_kpi.lib.periods import PeriodCode
from miyun_kpi.organisations.enums import Track
from miyun_kpi.organisations.models import Organisation

# The columns of a figure, all of them.
COLUMNS = [field.attname for field in Figure._meta.concrete_fields]
CARRIED = str(FigureKind.CARRIED)
_BY_ORDER = attrgetter("order")


@dataclass(frozen=True)
class ShareView:
    """One evaluator's part of an indicator."""

    figure: Figure
    evaluator: Organisation
    share: Fraction

    @property
    def sole(self) -> bool:
        return self.share == 1


@dataclass(frozen=True)
class IndicatorView:
    indicator: Indicator
    weights: dict[str, Figure]
    shares: list[ShareView]
    scope: Figure
    carried: dict[int, Figure]

    @property
    def carriers(self) -> set[int]:
        return {pk for pk, figure in self.carried.items() if figure.value == "yes"}

    def weight(self, zone: str) -> Decimal:
        return Decimal(self.weights[zone].value)


@dataclass(frozen=True)
class SchemeView:
    """A scheme with its indicators in order, its organisations in printed order and its settings.

    `amended`: the latest 修订 that holds in the period it was read for; 0 for none, or read for no period.
    """

    scheme: Scheme
    indicators: list[IndicatorView]
    organisations: list[Organisation]
    settings: dict[str, Figure]
    row_readings: list[Figure]
    dimension_totals: dict[tuple[str, str], Decimal]
    amended: int = 0

    @property
    def figures(self) -> list[Figure]:
        return sorted(self._figures(), key=_BY_ORDER)

    @property
    def unconfirmed(self) -> list[Figure]:
        return sorted([figure for figure in self._figures() if figure.unsettled], key=_BY_ORDER)

    def _figures(self) -> list[Figure]:
        found = [*self.settings.values(), *self.row_readings]
        for view in self.indicators:
            found += [*view.weights.values(), *(s.figure for s in view.shares), view.scope, *view.carried.values()]
        return found

    @property
    def zones(self) -> list[str]:
        return list(self.indicators[0].weights)

    def evaluators(self) -> list[Organisation]:
        seen = {share.evaluator.pk: share.evaluator for view in self.indicators for share in view.shares}
        return list(seen.values())


def scheme_view(
    scheme: Scheme, period: PeriodCode | None = None, organisations: list[Organisation] | None = None
) -> SchemeView:
    """Load a scheme in a fixed number of queries (indicators, figures, organisations, totals).

    With a period, its figures are those of that period: a 修订 from a later one on is taken back. Never save them.
    `organisations`: who is ranked there, where that is frozen (periods.queries.population); else those of today.
    """
    indicators = {i.pk: i for i in _indicators(scheme.pk)}
    for indicator in indicators.values():
        know(indicator, {"scheme": scheme})
    figures = _figures_of(scheme, indicators)
    amended = _of_the_period(figures, scheme, period) if period else 0
    views = {pk: IndicatorView(i, {}, [], None, {}) for pk, i in indicators.items()}  # type: ignore[arg-type]  # its scope follows below
    settings: dict[str, Figure] = {}
    row_readings: list[Figure] = []
    for figure in figures:
        if figure.kind == CARRIED:
            # As they were read: thousands of them, and to ask for a key by its name takes longer than all else here.
            known = figure.__dict__
            views[known["indicator_id"]].carried[known["organisation_id"]] = figure
        elif figure.indicator_id is None:
            if figure.kind == FigureKind.ROW_READING:
                row_readings.append(figure)
            else:
                settings[figure.kind] = figure
        elif figure.kind == FigureKind.WEIGHT:
            views[figure.indicator_id].weights[figure.zone] = figure
        elif figure.kind == FigureKind.SHARE:
            _, share = split_share(figure.value)
            views[figure.indicator_id].shares.append(ShareView(figure, figure.organisation, share))  # type: ignore[arg-type]  # a CHECK gives such a figure its organisation
        elif figure.kind == FigureKind.SCOPE:
            object.__setattr__(views[figure.indicator_id], "scope", figure)
    totals = {(zone, dimension): total for zone, dimension, total in _totals(scheme.pk)}
    if organisations is None:
        organisations = list(Organisation.objects.of_track(scheme.track).in_printed_order())
    return SchemeView(scheme, list(views.values()), organisations, settings, row_readings, totals, amended)


@asked
def _indicators(scheme: int) -> QuerySet[Indicator]:
    return Indicator.objects.filter(scheme=scheme).select_related("dimension").order_by("number")


@asked
def _figures(scheme: int) -> QuerySet[Figure, Any]:
    """In no order: some thousand rows are sorted faster once they are here."""
    return Figure.objects.filter(scheme=scheme).order_by().values_list(*COLUMNS)


@asked
def _named(organisations: Sequence[int]) -> QuerySet[Organisation]:
    return Organisation.objects.filter(pk__in=organisations).order_by()


@asked
def _totals(scheme: int) -> QuerySet[DimensionTotal, Any]:
    return DimensionTotal.objects.filter(dimension__scheme=scheme).values_list("zone", "dimension__code", "total")


def _figures_of(scheme: Scheme, indicators: Mapping[int, Indicator]) -> list[Figure]:
    """All in their order. What their keys name is made once and not once a figure, for a question more."""
    rows = sorted(_figures(scheme.pk), key=itemgetter(COLUMNS.index("order"), COLUMNS.index("id")))
    whose, about, db = COLUMNS.index("organisation_id"), COLUMNS.index("indicator_id"), scheme._state.db
    named = {one.pk: one for one in _named(list({row[whose] for row in rows} - {None}))}
    found = []
    for row in rows:
        related: dict[str, Model] = {"scheme": scheme}
        if row[about] is not None:
            related["indicator"] = indicators[row[about]]
        if row[whose] is not None:
            related["organisation"] = named[row[whose]]
        found.append(Figure.of_row(COLUMNS, row, related, db))
    return found


def _of_the_period(figures: list[Figure], scheme: Scheme, period: PeriodCode) -> int:
    found = in_force(scheme, period)
    changed = [figure for figure in figures if figure.pk in found.before] if found.before else []
    for figure in changed:
        figure.value, figure.confirmed = found.before[figure.pk]
    shares = {figure: split_share(figure.value)[0] for figure in changed if figure.kind == FigureKind.SHARE}
    if shares:
        evaluators = {o.code: o for o in Organisation.objects.filter(code__in=shares.values())}
        for figure, code in shares.items():
            figure.organisation = evaluators[code]
    return found.number


def weights_of(scheme_id: int, indicator_id: int, period: PeriodCode) -> dict[str, Figure]:
    """The weights of one indicator by zone in a period, without loading the scheme around them, in one query."""
    return {figure.zone: figure for figure in at_once(_weights(scheme_id, indicator_id), period)}


@asked
def _weights(scheme: int, indicator: int) -> QuerySet[Figure]:
    return with_changes(Figure.objects.filter(scheme=scheme, indicator=indicator, kind=FigureKind.WEIGHT))


def scheme_of(track: str, year: int) -> Scheme | None:
    """One that has been issued: a draft opens, computes and shows nothing."""
    return Scheme.objects.issued().filter(track=track, year=year).first()


@dataclass(frozen=True)
class EvaluatorDifference:
    """Where the body's list of 考评部门 and the tables differ, one sentence each."""

    organisation: Organisation
    sentence: str


def evaluator_differences(view: SchemeView) -> list[EvaluatorDifference]:
    printed = {p.organisation_id: p for p in view.scheme.printed_evaluators.select_related("organisation")}
    marking = {o.pk: o for o in view.evaluators()}
    where = "附件4" if view.scheme.track == Track.TOWNSHIP else "附件2"
    document = document_label(view.scheme.document_id or "") or "方案"
    unlisted = [
        EvaluatorDifference(o, f"{o.name}在{where}里是考评部门，{document}正文的名单没有列出。")
        for pk, o in marking.items()
        if pk not in printed
    ]
    idle = [
        EvaluatorDifference(p.organisation, f"{document}正文的名单列有{p.printed_name}，{where}里没有由它打分的指标。")
        for pk, p in printed.items()
        if pk not in marking
    ]
    return unlisted + idle
