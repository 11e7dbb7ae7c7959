"""考评对象 of one period as the office's page shows them."""

from collections.abc import Sequence
from dataclasses import dataclass

from evaluation.engine.queries.closing import Closed, changes_by_unit, closed_by
from evaluation.enums import UnitChange, UnitChangeState
from evaluation.periods.models import Period, PeriodUnit, UnitDecision
from evaluation.scheme.models.scheme import Scheme
from miyun_kpi.organisations.enums import Category
from miyun_kpi.organisations.models import Organisation
from miyun_kpi.organisations.queries import heirs


@dataclass(frozen=True)
class UnitRow:
    """`heir` acts for a unit that has ended since; `now` is its name of today where that is another."""

    unit: PeriodUnit
    heir: Organisation | None
    now: str
    left_out: UnitDecision | None

    @property
    def category(self) -> str:
        return str(Category(self.unit.category).label)


@dataclass(frozen=True)
class Population:
    scheme: Scheme
    period: Period
    rows: Sequence[UnitRow]
    # Each with what it would move of the result that stands, while it waits.
    decisions: Sequence[tuple[UnitDecision, Sequence[str]]]
    may_leave: Sequence[tuple[str, str]]
    may_come: Sequence[tuple[str, str]]
    closed: Closed | None

    @property
    def ranked(self) -> int:
        return sum(row.left_out is None for row in self.rows)


def population_page(scheme: Scheme, period: Period) -> Population:
    """A fixed number of queries. `may_come`: units of today that the period does not know."""
    units = list(PeriodUnit.objects.filter(scheme=scheme, period=period).select_related("organisation"))
    decisions = list(UnitDecision.objects.filter(scheme=scheme, period=period).select_related("organisation", "period"))
    names = {unit.organisation_id: unit.name for unit in units}
    left = {
        one.organisation_id: one
        for one in decisions
        if one.state == UnitChangeState.CONFIRMED and one.kind == UnitChange.LEAVE_OUT
    }
    waiting = {one.organisation_id for one in decisions if one.state == UnitChangeState.PROPOSED}
    after = heirs([unit.organisation for unit in units])
    rows = [
        UnitRow(
            unit,
            after[unit.organisation_id] if after[unit.organisation_id].pk != unit.organisation_id else None,
            unit.organisation.name if unit.organisation.name != unit.name else "",
            left.get(unit.organisation_id),
        )
        for unit in units
    ]
    closed = closed_by(scheme, period)
    today = Organisation.objects.of_track(scheme.track).in_printed_order()
    return Population(
        scheme=scheme,
        period=period,
        rows=rows,
        decisions=[(one, _moves(closed, one)) for one in decisions],
        may_leave=[(str(pk), name) for pk, name in names.items() if pk not in left and pk not in waiting],
        may_come=[(str(one.pk), one.name) for one in today if one.pk not in names and one.pk not in waiting]
        if units
        else [],
        closed=closed,
    )


def _moves(closed: Closed | None, one: UnitDecision) -> Sequence[str]:
    if closed is None or one.state != UnitChangeState.PROPOSED:
        return ()
    return changes_by_unit(closed, one.organisation, one.kind)
