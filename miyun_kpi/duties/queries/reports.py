"""Reads over duties of all documents: what a unit owes, and months × organisations."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, Q, QuerySet

from miyun_kpi.duties.enums import WRITABLE, Course, ReportState
from miyun_kpi.duties.models import DutyPeriod
from miyun_kpi.duties.rules.standing import Tally, phase, standing

COURSES: list[tuple[str, str]] = [(value, label) for value, label in Course.choices]


def standing_of(duty_period: DutyPeriod, at: datetime) -> str:
    return standing(
        duty_period,
        state=duty_period.state,
        late=duty_period.late,
        given_back=duty_period.reopened_until is not None,
        at=at,
        missed=duty_period.missed,
    )


def is_writable(duty_period: DutyPeriod, at: datetime) -> bool:
    if duty_period.state not in WRITABLE:
        return False
    if duty_period.reopened_until is not None:
        return at < duty_period.reopened_until
    return phase(duty_period, at) in ("open", "late")


def may_make_up(duty_period: DutyPeriod, at: datetime) -> bool:
    """Whether its window has closed, or the time it was given back for, and nothing stands reported."""
    begun = phase(duty_period, at) != "before"
    return duty_period.state in WRITABLE and begun and not is_writable(duty_period, at)


def owed_by(organisation_id: int, at: datetime) -> QuerySet[DutyPeriod]:
    """What a unit owes now over all documents, the most urgent first."""
    return (
        DutyPeriod.objects.filter(unit__organisation_id=organisation_id, state__in=WRITABLE, starts_at__lte=at)
        .filter(Q(late_until__gt=at) | Q(reopened_until__gt=at))
        .select_related("unit__duty", "unit__organisation")
        .order_by("due_at", "unit__duty__key")
    )


def waiting_for_review(found: QuerySet[DutyPeriod]) -> QuerySet[DutyPeriod]:
    return found.filter(state=ReportState.FILED)


@dataclass(frozen=True)
class _Group:
    starts_at: datetime
    due_at: datetime
    late_until: datetime
    locks_at: datetime


def tallies(found: QuerySet[DutyPeriod], at: datetime) -> dict[tuple[int, str], Tally]:
    """(organisation id, period) → how its reports stand, in one query whatever the number of rows."""
    return _counted(found, at, ("unit__organisation_id", "period"))


def tallies_by_document(found: QuerySet[DutyPeriod], at: datetime) -> dict[str, Tally]:
    """Document → how its reports stand, in one query."""
    return {key[0]: tally for key, tally in _counted(found, at, ("unit__duty__document",)).items()}


def _counted(found: QuerySet[DutyPeriod], at: datetime, by: tuple[str, ...]) -> dict[Any, Tally]:
    dates = ("starts_at", "due_at", "late_until", "locks_at")
    rows = (
        found.order_by()
        .annotate(given_back=Q(reopened_until__isnull=False))
        .values(*by, "state", "late", "given_back", "missed", *dates)
        .annotate(number=Count("pk"))
    )
    counted: dict[Any, Tally] = {}
    for row in rows:
        word = standing(
            _Group(*(row[name] for name in dates)),
            state=row["state"],
            late=row["late"],
            given_back=row["given_back"],
            at=at,
            missed=row["missed"],
        )
        counted.setdefault(tuple(row[name] for name in by), Tally()).add(word, row["number"])
    return counted


def total(counted: Sequence[Tally]) -> Tally:
    whole = Tally()
    for one in counted:
        whole.plus(one)
    return whole


def missing_reports(key: str, months: Sequence[str], at: datetime) -> dict[int, int]:
    """Organisation id → how many of the months' reports under a duty it has let pass without handing them in."""
    found = DutyPeriod.objects.filter(Q(unit__duty__key=key) | Q(unit__duty__key__startswith=f"{key}/"))
    passed = Q(state__in=[ReportState.EXPECTED, ReportState.DRAFT], late_until__lte=at, reopened_until__isnull=True)
    rows = found.filter(passed | Q(missed=True), period__in=months, unit__active=True)
    counted = rows.order_by().values("unit__organisation_id").annotate(number=Count("period", distinct=True))
    return {row["unit__organisation_id"]: row["number"] for row in counted}
