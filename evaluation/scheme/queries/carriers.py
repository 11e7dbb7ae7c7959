"""Who carries what: the whole of a scheme as a row a unit, or the cells of one item or one unit; a fixed number of queries."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

from django.db.models import QuerySet

from evaluation.enums import UNSETTLED, FigureKind, FigureStatus, PeriodKind
from evaluation.scheme.models.scheme import Figure, Indicator, Scheme
from evaluation.scheme.queries.scheme_pages import Counts, count_figures
from evaluation.scheme.queries.schemes import SchemeView, scheme_view
from evaluation.scheme.rules.strips import Cell, Drawn, drawn
from miyun_kpi.lib.errors import NotFound
from miyun_kpi.organisations.models import Organisation

# What a cell is tinted by, and read out as; a figure as printed is neither.
SAID = [
    (FigureStatus.DERIVED.value, "推算"),
    (FigureStatus.ASSUMED.value, "推定"),
    (FigureStatus.UNREADABLE.value, "不可读"),
    ("confirmed", "已确认"),
]


@dataclass(frozen=True)
class CarrierRow:
    organisation: Organisation
    cells: Sequence[Figure]

    @property
    def carried(self) -> int:
        return sum(f.value == "yes" for f in self.cells)

    @property
    def unsettled(self) -> int:
        return sum(f.unsettled for f in self.cells)

    @property
    def waiting(self) -> int:
        return sum(f.waits_in is not None for f in self.cells)

    @cached_property
    def strip(self) -> Drawn:
        return drawn([Cell(f.indicator.number, f.value == "yes", f.standing) for f in self.cells if f.indicator], SAID)


@dataclass(frozen=True)
class Opened:
    """One item over all units, or one unit over all items, cell by cell, or the one cell of both.

    `previous`, `next`: addresses of the neighbours to go on to. `first`: the first unsettled of its cells; `beyond`: the first unsettled after it, elsewhere.
    """

    name: str
    item: Indicator | None
    unit: Organisation | None
    cells: Sequence[Figure]
    previous: str
    next: str
    beyond: Figure | None

    @property
    def carried(self) -> int:
        return sum(f.value == "yes" for f in self.cells)

    @property
    def first(self) -> Figure | None:
        return next((f for f in self.cells if f.unsettled), None)


@dataclass(frozen=True)
class CarrierMatrix:
    view: SchemeView
    rows: Sequence[CarrierRow]
    counts: Counts
    lacking: Sequence[Organisation]

    @property
    def scheme(self) -> Scheme:
        return self.view.scheme

    @property
    def lacking_names(self) -> str:
        return "、".join(one.name for one in self.lacking)

    @property
    def columns(self) -> list[tuple[Indicator, int]]:
        """Each item with how many carry it."""
        return [(iv.indicator, len(iv.carriers)) for iv in self.view.indicators]

    @property
    def next_unsettled(self) -> Figure | None:
        return next((f for row in self.rows for f in row.cells if f.unsettled), None)

    def opened(self, item: str, unit: str) -> Opened | None:
        """What `?item=` (its number) or `?unit=` (a code) names, of both the cell where they cross; nothing named, nothing
        opened.

        Raises NotFound: the scheme has no such item or unit.
        """
        numbers = [str(iv.indicator.number) for iv in self.view.indicators]
        codes = [row.organisation.code for row in self.rows]
        column = _place(numbers, item, "方案里没有这一项指标。") if item else None
        line = _place(codes, unit, "方案里没有这家单位。") if unit else None
        columns = [[row.cells[k] for row in self.rows] for k in range(len(numbers))]
        if column is not None:
            indicator = self.view.indicators[column].indicator
            name, beyond = f"{indicator.number} {indicator.name}", _beyond(columns, column)
            around = _around("item", numbers, column, unit)
            if line is None:
                return Opened(name, indicator, None, columns[column], *around, beyond)
            row = self.rows[line]
            here = [columns[column][line]]
            elsewhere = next((f for f in columns[column] if f.unsettled and f not in here), None) or beyond
            return Opened(f"{row.organisation.name}　{name}", indicator, row.organisation, here, *around, elsewhere)
        if line is not None:
            row = self.rows[line]
            beyond = _beyond([one.cells for one in self.rows], line)
            around = _around("unit", codes, line)
            return Opened(row.organisation.name, None, row.organisation, row.cells, *around, beyond)
        return None


def _place(names: Sequence[str], wanted: str, sentence: str) -> int:
    if wanted not in names:
        raise NotFound(sentence)
    return names.index(wanted)


def _around(what: str, names: Sequence[str], n: int, unit: str = "") -> tuple[str, str]:
    """The addresses of the neighbours, of the same unit where one is chosen; "" beyond the ends."""
    also = f"&unit={unit}" if unit else ""
    near = (names[k] if 0 <= k < len(names) else "" for k in (n - 1, n + 1))
    before, after = (f"?{what}={one}{also}" if one else "" for one in near)
    return before, after


def _beyond(lines: Sequence[Sequence[Figure]], n: int) -> Figure | None:
    later = [*lines[n + 1 :], *lines[:n]]
    return next((f for line in later for f in line if f.unsettled), None)


def takes_units(scheme: Scheme) -> bool:
    """Whether who comes into the track now can still be ranked by the scheme: its year has not frozen its units."""
    return not scheme.units.filter(period__kind=PeriodKind.YEAR).exists()


def lacking_units(view: SchemeView) -> list[Organisation]:
    """Units of the view that have no cell on some item though the scheme still takes them: a table of cells leaves them out."""
    found = [o for o in view.organisations if any(o.pk not in iv.carried for iv in view.indicators)]
    return found if found and takes_units(view.scheme) else []


def carrier_matrix(scheme: Scheme) -> CarrierMatrix:
    """`lacking`: units that it has no row for, see `lacking_units`."""
    view = scheme_view(scheme)
    rows = [
        CarrierRow(organisation, [iv.carried[organisation.pk] for iv in view.indicators])
        for organisation in view.organisations
        if all(organisation.pk in iv.carried for iv in view.indicators)
    ]
    for row in rows:
        for figure in row.cells:
            figure.organisation = row.organisation
    cells = [f for row in rows for f in row.cells]
    return CarrierMatrix(view, rows, count_figures((f.status, f.confirmed) for f in cells), lacking_units(view))


def _number(text: str) -> int:
    if not (text.isascii() and text.isdecimal() and len(text) < 5):
        raise NotFound("方案里没有这一项指标。")
    return int(text)


def carried_figures(
    scheme: Scheme, *, items: Iterable[str], units: Collection[str], unsettled: bool
) -> QuerySet[Figure]:
    """Whole columns (numbers of items) and whole rows (codes of units); of both what lies in both. `unsettled`: of these,
    or of all where none is named, what is not settled yet. Nothing named: none. Raises NotFound for what is no number of
    an item."""
    numbers = [_number(one) for one in items]
    if not (numbers or units or unsettled):
        return Figure.objects.none()
    found = Figure.objects.filter(scheme=scheme, kind=FigureKind.CARRIED)
    if numbers:
        found = found.filter(indicator__number__in=numbers)
    if units:
        found = found.filter(organisation__code__in=units)
    if unsettled:
        found = found.filter(confirmed=False, status__in=UNSETTLED)
    return found
