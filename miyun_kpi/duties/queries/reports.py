"""Reads over duties of all documents: what a unit owes, and months × organisations."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet, Sum, Value
from django.db.models.functions import Concat, Substr

from miyun_kpi.audit.verifying import Fault
from miyun_kpi.db.asked import asked
from miyun_kpi.duties.enums import WRITABLE, Course, ReportState, StatementState
from miyun_kpi.duties.models import DutyPeriod, DutyTally, DutyUnit, Statement
from miyun_kpi.duties.rules.standing import Tally, phase, settled_as, standing
from miyun_kpi.organisations.queries import stands_for

# What a settled period stands as.
KEPT = ("on_time", "late", "missing", "exempt", "opening")
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


def laid_down() -> Q:
    """Of periods: 免报 because another body reports it (0141), and not by a 书面说明 that was taken."""
    taken = Statement.objects.filter(duty_period=OuterRef("pk"), state=StatementState.ACCEPTED)
    return Q(state=ReportState.EXEMPT) & ~Q(Exists(taken))


def is_laid_down(duty_period: DutyPeriod) -> bool:
    """`laid_down` of one; reads its statement only where it is 免报."""
    if duty_period.state != ReportState.EXEMPT:
        return False
    statement: Statement | None = getattr(duty_period, "statement", None)
    return statement is None or statement.state != StatementState.ACCEPTED


def owed_by(organisation_id: int, at: datetime) -> QuerySet[DutyPeriod]:
    """What a unit owes now over all documents, and what those left that ended into it; the most urgent first."""
    return (
        DutyPeriod.objects.filter(unit__organisation__in=stands_for(organisation_id))
        .filter(state__in=WRITABLE, starts_at__lte=at)
        .filter(settled=False)
        .filter(Q(late_until__gt=at) | Q(reopened_until__gt=at))
        .select_related("unit__duty", "unit__organisation")
        .order_by("due_at", "unit__duty__key")
    )


def left_beside(duty_period: DutyPeriod, organisation_id: int | None) -> QuerySet[DutyPeriod]:
    """What other bodies for which the unit acts have of the same duty and period: those that ended into it, and itself."""
    found = DutyPeriod.objects.filter(unit__duty=duty_period.unit.duty_id, period=duty_period.period)
    own = found.filter(unit__organisation__in=stands_for(organisation_id)).exclude(pk=duty_period.pk)
    return own.select_related("unit__organisation").order_by("unit__organisation__order", "pk")


def waiting_for_review(found: QuerySet[DutyPeriod]) -> QuerySet[DutyPeriod]:
    return found.filter(state=ReportState.FILED, settled=False)


@dataclass(frozen=True)
class _Group:
    starts_at: datetime
    due_at: datetime
    late_until: datetime
    locks_at: datetime


def tallies(found: QuerySet[DutyPeriod], at: datetime) -> dict[tuple[int, str], Tally]:
    """(organisation id, period) → how its reports stand, in one query whatever the number of rows."""
    return _counted(found, at, ("unit__organisation_id", "period"))


def tallies_by_document(units: QuerySet[DutyUnit], at: datetime) -> dict[str, Tally]:
    """Document → how the reports of the units stand: what is open, and the kept tallies of the rest. Two queries."""
    own = units.order_by().values("pk")
    found = DutyPeriod.objects.filter(unit__in=own, settled=False)
    counted: dict[str, Tally] = {key[0]: tally for key, tally in _counted(found, at, ("unit__duty__document",)).items()}
    kept: QuerySet[Any, Any] = DutyTally.objects.filter(unit__in=own).order_by().values("unit__duty__document")
    for row in kept.annotate(**{f"sum_{name}": Sum(name) for name in KEPT}):
        tally = counted.setdefault(row["unit__duty__document"], Tally())
        for name in KEPT:
            tally.add(name, row[f"sum_{name}"])
    return {document: tally for document, tally in counted.items() if tally != Tally()}


def settled_tallies() -> dict[int, Tally]:
    """Key of the unit → how its settled periods stand, counted from the periods themselves."""
    rows = DutyPeriod.objects.filter(settled=True).order_by().values_list("unit", "state", "late", "missed")
    counted: dict[int, Tally] = {}
    for unit_id, state, late, missed, number in rows.annotate(Count("pk")):
        counted.setdefault(unit_id, Tally()).add(settled_as(state=state, late=late, missed=missed), number)
    return counted


def tally_faults() -> Iterator[Fault]:
    """Kept tallies against the settled periods themselves."""
    counted = settled_tallies()
    for kept in DutyTally.objects.select_related("unit__duty", "unit__organisation").order_by("unit"):
        stored = Tally(**{name: getattr(kept, name) for name in KEPT})
        if stored != counted.pop(kept.unit_id, Tally()):
            yield Fault("任务期合计", f"{kept.unit.organisation.name}“{kept.unit.duty.title}”的合计与各期不符")
    if counted:
        yield Fault("任务期合计", f"有 {len(counted)} 个任务单位的各期没有合计")


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


def while_it_stood() -> Q:
    """Periods whose time was over while their place stood: those of one that stands, of one that ended those before its day (0141)."""
    return Q(unit__active=True) | Q(late_until__date__lt=F("unit__ended_on"))


def missing_reports(key: str, months: Sequence[str], at: datetime) -> dict[int, int]:
    """Organisation id → how many of the months' reports under a duty it has let pass without handing them in.

    Of a place that ended, those that it let pass while it stood (0141).
    """
    below = f"{key}/"
    return dict(_missing(below, len(below), list(months), at))


@asked
def _missing(below: str, length: int, months: list[str], at: datetime) -> QuerySet[DutyPeriod, tuple[int, int]]:
    """Of the duty itself and of those below it, whose keys go on after a stroke."""
    found = DutyPeriod.objects.alias(within=Substr(Concat("unit__duty__key", Value("/")), 1, length))
    found = found.filter(within=below)
    passed = Q(state__in=[ReportState.EXPECTED, ReportState.DRAFT], late_until__lte=at, reopened_until__isnull=True)
    rows = found.filter(passed | Q(missed=True), while_it_stood(), period__in=months).order_by()
    return rows.values_list("unit__organisation_id").annotate(number=Count("period", distinct=True))
