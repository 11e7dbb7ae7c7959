"""现场考评 as a month by unit, and as a list; which lie close together; whom a year's evaluators visit."""

from calendar import monthrange
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from evaluation.enums import PeriodKind
from evaluation.periods.models import Period
from evaluation.periods.queries.population import frozen_units, year_units
from evaluation.scheme.models.scheme import Scheme
from evaluation.year.models.year_close import SiteVisit
from evaluation.year.rules.visits import Days, close_to
from miyun_kpi.lib.periods import PeriodCode
from miyun_kpi.organisations.models import Organisation


@dataclass(frozen=True)
class MonthRow:
    """`cells`: per day the visits of that day, and whether one is close to another."""

    organisation: Organisation
    cells: list[list[SiteVisit]]
    crowded: bool


def month_rows(visits: Sequence[SiteVisit], first: date) -> list[MonthRow]:
    """Units that somebody visits in the month of `first`, in printed order."""
    days = [first.replace(day=n) for n in range(1, monthrange(first.year, first.month)[1] + 1)]
    by_unit: dict[int, list[SiteVisit]] = {}
    for one in visits:
        if one.state != "cancelled" and one.starts_on <= days[-1] and one.ends_on >= days[0]:
            by_unit.setdefault(one.organisation_id, []).append(one)
    near = crowded_ids(visits)
    rows = [
        MonthRow(
            found[0].organisation,
            [[one for one in found if one.starts_on <= day <= one.ends_on] for day in days],
            any(one.pk in near for one in found),
        )
        for found in by_unit.values()
    ]
    return sorted(rows, key=lambda row: (row.organisation.order, row.organisation.code))


def crowded_ids(visits: Sequence[SiteVisit]) -> set[int]:
    standing = [one for one in visits if one.state != "cancelled"]
    spans = {one.pk: Days(one.pk, one.organisation_id, one.starts_on, one.ends_on) for one in standing}
    return {one.pk for one in standing if close_to(spans[one.pk], spans.values(), one.scheme.visit_spread_days)}


def visited_units(scheme: Scheme) -> list[Organisation]:
    """Who may be visited for the year: its 考评对象, those that ended since too, then who was ranked in a quarter of it only.

    Never save them (engine 21).
    """
    found = {one.pk: one for one in year_units(scheme)}
    quarters = Period.objects.filter(kind=PeriodKind.QUARTER, code__startswith=f"{scheme.year}Q").order_by("-code")
    for quarter in quarters:
        for row in frozen_units(scheme, quarter):
            found.setdefault(row.organisation_id, row.organisation)
    return list(found.values())


def is_visited_on(scheme: Scheme, organisation_id: int, day: date) -> bool:
    """Whether the unit is ranked in the year, or in the quarter of the day."""
    if any(one.pk == organisation_id for one in year_units(scheme)):
        return True
    quarter = Period.objects.filter(code=str(PeriodCode.quarter_of(day)), kind=PeriodKind.QUARTER).first()
    return quarter is not None and any(row.organisation_id == organisation_id for row in frozen_units(scheme, quarter))
