"""Who is ranked in a period: frozen when it opened, less and more what 考评对象调整决定 say since (engine 21)."""

from collections.abc import Iterable, Mapping
from itertools import chain
from operator import attrgetter

from django.db.models import Exists, OuterRef, QuerySet

from evaluation.enums import PeriodKind, UnitChange, UnitChangeState
from evaluation.periods.models import Period, PeriodUnit, UnitDecision
from evaluation.scheme.models.scheme import Scheme
from evaluation.scheme.queries.schemes import SchemeView, scheme_view
from miyun_kpi.db.asked import asked
from miyun_kpi.organisations.models import Organisation


def frozen_rows(scheme: Scheme, period: Period) -> dict[int, PeriodUnit]:
    """Every row of the period by organisation, in printed order, those that a decision leaves out too."""
    return {row.organisation_id: row for row in _frozen(scheme.pk, period.pk)}


@asked
def _frozen(scheme: int, period: int) -> QuerySet[PeriodUnit]:
    rows = PeriodUnit.objects.filter(scheme=scheme, period=period)
    return rows.select_related("organisation").order_by("order", "id")


def frozen_units(scheme: Scheme, period: Period) -> list[PeriodUnit]:
    """The rows of the period in printed order, without those a confirmed decision leaves out."""
    left_out = decisions_in_force(scheme, period).filter(kind=UnitChange.LEAVE_OUT).values("organisation_id")
    rows = PeriodUnit.objects.filter(scheme=scheme, period=period).exclude(organisation_id__in=left_out)
    return list(rows.select_related("organisation").order_by("order", "id"))


def decisions_in_force(scheme: Scheme | int, period: Period | int) -> QuerySet[UnitDecision]:
    return UnitDecision.objects.filter(scheme=scheme, period=period, state=UnitChangeState.CONFIRMED)


def population(scheme: Scheme, period: Period) -> list[Organisation]:
    """The organisations ranked in the period, bearing name, zone and category of the day it opened. Never save them.

    A period that froze nobody (a month, or one not opened yet) has those of today.
    """
    return _ranked(scheme, frozen_units(scheme, period))


def population_of(
    scheme: Scheme, rows: Mapping[int, PeriodUnit], decisions: Iterable[UnitDecision]
) -> list[Organisation]:
    """`population` from the rows and the decisions in force of the period, both read already."""
    left_out = {one.organisation_id for one in decisions if one.kind == UnitChange.LEAVE_OUT}
    return _ranked(scheme, [row for pk, row in rows.items() if pk not in left_out])


def _ranked(scheme: Scheme, rows: list[PeriodUnit]) -> list[Organisation]:
    if not rows:
        return list(Organisation.objects.of_track(scheme.track).in_printed_order())
    return [_of_the_day(row) for row in rows]


def _of_the_day(row: PeriodUnit) -> Organisation:
    unit = row.organisation
    unit.name, unit.zone, unit.category = row.name, row.zone, row.category
    return unit


def period_view(scheme: Scheme, period: Period) -> SchemeView:
    """The scheme with its figures and its units of one period. Save neither."""
    return scheme_view(scheme, period.period_code, population(scheme, period))


def year_units(scheme: Scheme) -> list[Organisation]:
    """Who is ranked in the scheme's year; while 专项考评 is not open, those of today."""
    period = Period.objects.filter(code=str(scheme.year), kind=PeriodKind.YEAR).first()
    if period is None:
        return list(Organisation.objects.of_track(scheme.track).in_printed_order())
    return population(scheme, period)


def units_of_years(schemes: Iterable[Scheme]) -> list[Organisation]:
    """The `year_units` of all these schemes of one track, each unit once, under the name of the latest. Never save them."""
    schemes = sorted(schemes, key=attrgetter("year"), reverse=True)
    left_out = UnitDecision.objects.filter(
        scheme=OuterRef("scheme"),
        period=OuterRef("period"),
        organisation=OuterRef("organisation"),
        kind=UnitChange.LEAVE_OUT,
        state=UnitChangeState.CONFIRMED,
    )
    rows = PeriodUnit.objects.filter(scheme__in=schemes, period__kind=PeriodKind.YEAR).exclude(Exists(left_out))
    frozen: dict[int, list[PeriodUnit]] = {}
    for row in rows.select_related("organisation").order_by("order", "id"):
        frozen.setdefault(row.scheme_id, []).append(row)
    found: dict[int, Organisation] = {}
    if not all(scheme.pk in frozen for scheme in schemes):
        of_today = Organisation.objects.of_track(schemes[0].track).in_printed_order()
        found = {one.pk: one for one in of_today}
    for row in chain.from_iterable(frozen.get(scheme.pk, ()) for scheme in schemes):
        if row.organisation_id not in found:
            found[row.organisation_id] = _of_the_day(row)
    return list(found.values())


def names_of_the_day(scheme_id: int, period_id: int) -> dict[int, PeriodUnit]:
    """Every frozen row of the period by organisation, those left out too: their name and zone go on being shown."""
    found = PeriodUnit.objects.filter(scheme=scheme_id, period=period_id)
    return {row.organisation_id: row for row in found}


def with_names_of_the_day(organisations: Iterable[Organisation], *, scheme_id: int, period_id: int) -> None:
    """Put name, zone and category of the period on what was loaded for a page of it. Never save them afterwards."""
    frozen = names_of_the_day(scheme_id, period_id)
    for one in organisations:
        row = frozen.get(one.pk)
        if row is not None:
            one.name, one.zone, one.category = row.name, row.zone, row.category
