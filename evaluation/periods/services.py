"""Who is ranked is frozen when a period opens; that its inputs moved is counted (engine 21, 22)."""

from collections.abc import Iterable, Sequence

from django.db.models import F

from evaluation.enums import PeriodKind, SchemeState
from evaluation.periods.models import InputsRevision, Period, PeriodUnit
from evaluation.periods.registry import after_inputs_moved
from evaluation.scheme.models.scheme import Scheme
from miyun_kpi.acts.acting import lock_all
from miyun_kpi.organisations.models import Organisation
from miyun_kpi.organisations.queries import related_codes


def lock_units(schemes: Sequence[Scheme]) -> dict[int, list[Organisation]]:
    """Today's units of each scheme, locked: a merge meets an opening here and waits, or the opening waits for it.

    Taken before the period's own row: organisations come first in the order of locks.
    """
    tracks = {scheme.track for scheme in schemes}
    units = {pk for track in tracks for pk in Organisation.objects.of_track(track).values_list("pk", flat=True)}
    held = [row.pk for row in lock_all(Organisation.objects.filter(pk__in=units))]
    # Read again: one that ended while the locks were waited for is no unit any more.
    return {
        scheme.pk: list(Organisation.objects.of_track(scheme.track).filter(pk__in=held).in_printed_order())
        for scheme in schemes
    }


def freeze_units(period: Period, scheme: Scheme, units: Iterable[Organisation]) -> bool:
    """Who is ranked in a quarter or year, once: opened again it stays who it was (engine 21). Whether this was the once."""
    if PeriodUnit.objects.filter(scheme=scheme, period=period).exists():
        return False
    PeriodUnit.objects.bulk_create(frozen_rows(period, scheme, units), ignore_conflicts=True)
    return True


def frozen_rows(period: Period, scheme: Scheme, units: Iterable[Organisation], first: int = 1) -> list[PeriodUnit]:
    related = related_codes()
    return [
        PeriodUnit(
            scheme=scheme,
            period=period,
            organisation=unit,
            name=unit.name,
            zone=unit.zone,
            category=unit.category,
            order=order,
            related=related.get(unit.code, [unit.code]),
        )
        for order, unit in enumerate(units, start=first)
    ]


def inputs_moved(scheme_id: int, periods: Iterable[int]) -> None:
    """Count that what a period's result follows from has moved, in the act's own transaction and after it has written.

    The year counts with its quarters: it rests on them. Only what a filed result can follow from is counted, a mark on a
    sheet still open is not.
    """
    wanted = set(periods)
    own = Period.objects.filter(pk__in=wanted, kind=PeriodKind.QUARTER).values_list("code", flat=True)
    years = {code[:4] for code in own}
    wanted |= set(Period.objects.filter(kind=PeriodKind.YEAR, code__in=years).values_list("pk", flat=True))
    ids = sorted(wanted)
    # In the order of their keys, so that two acts on the same periods wait and never deadlock.
    for period_id in ids:
        counted = InputsRevision.objects.filter(scheme=scheme_id, period=period_id)
        if not counted.update(revision=F("revision") + 1):
            InputsRevision.objects.get_or_create(scheme_id=scheme_id, period_id=period_id)
            counted.update(revision=F("revision") + 1)
    if ids:
        for after in after_inputs_moved():
            after(scheme_id, ids)


def year_moved(scheme_id: int, year: int) -> None:
    """A quarter went out or was corrected: what the year takes of it is what was printed."""
    inputs_moved(scheme_id, Period.objects.filter(kind=PeriodKind.YEAR, code=str(year)).values_list("pk", flat=True))


def scheme_moved(scheme: Scheme) -> None:
    """A figure, a 修订 or the year's method: whatever is open may rest on it; the inputs themselves say what does."""
    if scheme.state != SchemeState.DRAFT:
        opened = Period.objects.filter(units__scheme=scheme).distinct()
        inputs_moved(scheme.pk, opened.values_list("pk", flat=True))
