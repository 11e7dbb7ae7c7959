"""Months × organisations: how the reports of every unit stand, and one unit's whole year."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from fractions import Fraction

from django.db.models import QuerySet

from evaluation.periods.models import Period
from evaluation.periods.rules.calendar import stage_periods
from evaluation.scheme.models.scheme import Indicator, Scheme
from evaluation.tracking.queries.tracking import Line, lines_of
from evaluation.tracking.rules import duty_prefix
from miyun_kpi.duties.models import DutyPeriod
from miyun_kpi.duties.queries.reports import tallies, total
from miyun_kpi.duties.rules.standing import Tally
from miyun_kpi.lib.periods import PeriodCode
from miyun_kpi.organisations.models import Organisation

SORTS = [("", "附件1 次序"), ("rate", "按时率"), ("missing", "缺报多少")]


@dataclass(frozen=True)
class Month:
    """A month of the stage; without a period it is not open yet."""

    code: str
    label: str
    period: Period | None


@dataclass(frozen=True)
class Cell:
    month: Month
    tally: Tally | None

    @property
    def tint(self) -> str:
        if self.tally is None:
            return "heat-none"
        # A month under way is not green yet, whatever has come in.
        return "heat-wait" if self.tally.waiting and not self.tally.heat else f"heat-{self.tally.heat}"

    @property
    def sentence(self) -> str:
        """The cell for people who hear the page, and for the workbook."""
        if self.tally is None:
            return "未开"
        words = (
            ("按时", self.tally.on_time),
            ("迟报", self.tally.late),
            ("缺报", self.tally.missing),
            ("退回未改", self.tally.returned),
            ("待报", self.tally.waiting),
        )
        return "、".join(f"{word} {number}" for word, number in words if number) or "无应报"


@dataclass(frozen=True)
class Row:
    organisation: Organisation
    cells: list[Cell]
    whole: Tally

    @property
    def rate(self) -> Fraction | None:
        """On time among what has come due; None before anything has."""
        return Fraction(self.whole.on_time, self.whole.decided) if self.whole.decided else None

    @property
    def rate_text(self) -> Decimal | None:
        return None if self.rate is None else Decimal(self.rate.numerator) / self.rate.denominator

    @property
    def owed_a_month(self) -> int:
        return max((cell.tally.owed for cell in self.cells if cell.tally), default=0)


@dataclass(frozen=True)
class HeatMap:
    scheme: Scheme
    months: list[Month]
    rows: list[Row]
    whole: Tally

    def cell(self, code: str, month: str) -> tuple[Row, Cell] | None:
        for row in self.rows:
            for cell in row.cells:
                if row.organisation.code == code and cell.month.code == month and cell.tally:
                    return row, cell
        return None


def months_of(scheme: Scheme) -> list[Month]:
    """The months of 过程管理, open or not."""
    stage = stage_periods(PeriodCode.parse(scheme.process_from), PeriodCode.parse(scheme.process_to))
    codes = [code for code in stage if code.month]
    known = {one.code: one for one in Period.objects.filter(code__in=[str(code) for code in codes])}
    return [Month(str(code), f"{code.month}月", known.get(str(code))) for code in codes]


def heat_map(overseen: QuerySet[DutyPeriod], scheme: Scheme, at: datetime, *, sort: str = "") -> HeatMap:
    """Three queries whatever the size: months, counts, organisations. `overseen` is the actor's scope."""
    months = months_of(scheme)
    found = overseen.filter(
        unit__duty__key__startswith=duty_prefix(scheme.year, scheme.track),
        period__in=[month.code for month in months],
    )
    counted = tallies(found, at)
    rows = []
    for organisation in Organisation.objects.of_track(scheme.track).in_printed_order():
        cells = [Cell(month, counted.get((organisation.pk, month.code))) for month in months]
        rows.append(Row(organisation, cells, total([cell.tally for cell in cells if cell.tally])))
    if sort == "rate":
        rows.sort(key=lambda row: (row.rate is None, row.rate or Fraction(0)))
    elif sort == "missing":
        rows.sort(key=lambda row: (-row.whole.missing, -row.whole.late))
    return HeatMap(scheme, months, rows, total([row.whole for row in rows]))


@dataclass(frozen=True)
class YearRow:
    """One assignment or one task of the unit's list."""

    indicator: Indicator
    title: str
    lines: list[Line | None]


@dataclass(frozen=True)
class UnitYear:
    organisation: Organisation
    months: list[Month]
    rows: list[YearRow]
    whole: Tally


def unit_year(visible: QuerySet[DutyPeriod], organisation: Organisation, scheme: Scheme, at: datetime) -> UnitYear:
    """One unit's lines over all months of the year, in a fixed number of queries."""
    months = months_of(scheme)
    found = visible.filter(unit__organisation=organisation, period__in=[month.code for month in months])
    by_duty: dict[int, dict[str, Line]] = {}
    whole = Tally()
    for line in lines_of(found, at, with_files=False):
        by_duty.setdefault(line.duty_period.unit.duty_id, {})[line.duty_period.period] = line
        whole.add(line.standing)
    rows = []
    for lines in by_duty.values():
        first = next(iter(lines.values()))
        rows.append(YearRow(first.indicator, first.title, [lines.get(month.code) for month in months]))
    return UnitYear(organisation, months, rows, whole)
