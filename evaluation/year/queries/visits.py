"""现场考评 as a month by unit, and as a list; which lie close together."""

from calendar import monthrange
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from evaluation.year.models.year_close import SiteVisit
from evaluation.year.rules.visits import Days, close_to
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
