"""Indicators by quarter and the cover of insurance, as the pages draw them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction

from finance_policy.rules.coverage import TARGET, Coverage, coverage, is_insured, on_list, times_on_list
from finance_policy.rules.kinds.indicators import GROUPS, INDICATOR
from finance_policy.rules.kinds.watching import RISKY
from miyun_kpi import charts
from miyun_kpi.lib.periods import PeriodCode
from miyun_kpi.registers.models import Record, RecordEvent

QUARTERS = 8


@dataclass(frozen=True)
class Series:
    """The last quarters of one indicator; `chart` None without a value. `change` against the quarter before, None if unknown."""

    code: str
    words: str
    unit: str
    values: Sequence[tuple[str, Decimal | None]]
    chart: charts.Trend | None

    @property
    def newest(self) -> tuple[str, Decimal] | None:
        return next(((period, value) for period, value in reversed(self.values) if value is not None), None)


def _chart(values: Sequence[tuple[str, Decimal | Fraction | None]], high: Decimal | None = None) -> charts.Trend | None:
    shown = [value for _, value in values if value is not None]
    if not shown:
        return None
    low = min(Decimal(0), *(Decimal(str(float(value))) for value in shown))
    top = high or max(max(Decimal(str(float(value))) for value in shown), Decimal(1))
    labelled = [(period[2:], None if value is None else float(value), True) for period, value in values]
    return charts.trend(labelled, low=low, high=top)


def quarters_up_to(last: PeriodCode, number: int = QUARTERS) -> list[str]:
    made, year, quarter = [], last.year, last.quarter or 4
    for _ in range(number):
        made.append(str(PeriodCode(year, quarter=quarter)))
        year, quarter = (year, quarter - 1) if quarter > 1 else (year - 1, 4)
    return made[::-1]


def indicators(on: date) -> list[tuple[str, list[Series]]]:
    """By group; the quarters end with the newest entered, at most that of the day. One query."""
    kept: dict[str, dict[str, Decimal]] = {}
    rows = Record.objects.filter(kind=INDICATOR.key, struck_at__isnull=True).values_list("values", flat=True)
    for values in rows:
        kept.setdefault(values["indicator"], {})[values["period"]] = Decimal(values["value"])
    periods = [period for found in kept.values() for period in found]
    last = PeriodCode.parse(max(periods)) if periods else PeriodCode.quarter_of(on)
    wanted = quarters_up_to(last)
    return [
        (
            group,
            [
                _series(code, words, unit, [(one, kept.get(code, {}).get(one)) for one in wanted])
                for code, words, unit in members
            ],
        )
        for group, members in GROUPS
    ]


def _series(code: str, words: str, unit: str, values: Sequence[tuple[str, Decimal | None]]) -> Series:
    return Series(code, words, unit, values, _chart(values))


@dataclass(frozen=True)
class Insurance:
    whole: Coverage
    towns: Sequence[tuple[str, Coverage]]
    uninsured: Sequence[Record]
    chart: charts.Trend | None
    days_left: int


def insurance(on: date) -> Insurance:
    """The cover of the day, by town, and at the ends of the last quarters; two queries."""
    found = Record.objects.filter(kind=RISKY.key, struck_at__isnull=True).select_related("town").order_by("number")
    rows = list(found)
    again = RecordEvent.objects.filter(record__in=found.order_by(), step_code="again").order_by("pk")
    relisted: dict[int, list[dict[str, str]]] = {}
    for pk, before in again.values_list("record", "before"):
        relisted.setdefault(pk, []).append(before)
    times = {row.pk: times_on_list(row.values, relisted.get(row.pk, ())) for row in rows}
    values = [one for row in rows for one in times[row.pk]]
    towns: dict[str, list[Mapping[str, str]]] = {}
    for row in rows:
        towns.setdefault(row.town.name if row.town else "未填镇街", []).extend(times[row.pk])
    counted = [(name, coverage(own, on)) for name, own in towns.items()]
    current = PeriodCode.quarter_of(on)
    ends = [(one, min(PeriodCode.parse(one).last_day, on)) for one in quarters_up_to(current)]
    shares = [(one, coverage(values, end).share) for one, end in ends]
    percent = [(one, None if share is None else share * 100) for one, share in shares]
    return Insurance(
        whole=coverage(values, on),
        towns=[(name, one) for name, one in counted if one.listed],
        uninsured=[row for row in rows if any(on_list(one, on) and not is_insured(one, on) for one in times[row.pk])],
        chart=_chart(percent, Decimal(100)),
        days_left=(TARGET - on).days,
    )
