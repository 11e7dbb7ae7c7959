"""A changed 完成时限 of a dated task reaches the lines of those who have not reported; what was reported stays as it was."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime

from django.db.models import Q, QuerySet

from miyun_kpi.acts.acting import Act, lock_all, lock_only
from miyun_kpi.duties.enums import WRITABLE, ReportState
from miyun_kpi.duties.models import Duty, DutyDocument, DutyPeriod, DutyUnit
from miyun_kpi.duties.queries.going_over import answered_for, came_from
from miyun_kpi.duties.queries.owing import days_of
from miyun_kpi.duties.queries.reports import laid_down
from miyun_kpi.duties.rules.cadence import ONCE, window_once
from miyun_kpi.duties.services.lines import take_back, take_up
from miyun_kpi.inbox.services import Message
from miyun_kpi.lib.citations import cite
from miyun_kpi.lib.errors import Refused
from miyun_kpi.organisations.queries import told_for
from miyun_kpi.routes import to


def lock_document(duty_id: int) -> DutyDocument:
    """Before the duty: the clock opens lines under this lock, none of a limit that is just being changed."""
    return lock_only(DutyDocument.objects.filter(document__in=Duty.objects.filter(pk=duty_id).values("document")))


def move_limit(act: Act, duty: Duty, document: DutyDocument, before: date | None, reason: str) -> int:
    """For a duty that is held with its document, its new limit set. Returns how many lines it reached; their units are told.

    A line that a place let pass before it went over goes by the new day too. Where that can still be reported, it goes to the
    place which has the task now, and is owed there alone; else it stays with the one that let it pass.
    """
    if duty.due_on == before or duty.withdrawn_on is not None:
        return 0
    went = _went_into(duty)
    found = DutyPeriod.objects.filter(Q(unit__active=True) | Q(unit__in=went), unit__duty=duty, period=ONCE)
    if duty.due_on is None:
        # Whoever can still report is not asked any more; what was let pass before stays as it was.
        back = take_back(found.filter(late_until__gt=act.at), reason, act.actor.label, act.at)
        places = DutyUnit.objects.filter(pk__in={row.unit_id for row in back}).values_list("organisation", flat=True)
        act.tell(_told(duty, ((unit, to("duties:duty", duty.pk)) for unit in places)))
        return len(back)
    # Given back, a report has a time of its own.
    open_rows = Q(state__in=WRITABLE, reopened_until__isnull=True)
    held = lock_all(found.filter(open_rows | laid_down() if before is None else open_rows))
    rows = _asked_again(duty, held)
    window = window_once(document.starts_on, duty.due_on, days_of(document))
    _require_time(rows, window.due_at, act.at)
    changed = DutyPeriod.objects.filter(pk__in=[row.pk for row in rows])
    # Who has time again has let nothing pass.
    changed.update(**window.__dict__, **({"missed": False} if window.late_until > act.at else {}))
    if window.late_until > act.at:
        _hand_on(rows, went)
    act.tell(_told(duty, ((row.unit.organisation_id, to("duties:period", row.pk)) for row in _with_units(rows))))
    return len(rows)


def _went_into(duty: Duty) -> dict[int, int]:
    """Places that went over into one that stands, with that one."""
    standing = DutyUnit.objects.filter(duty=duty, active=True).values_list("pk", flat=True)
    before = came_from(duty.document)
    return {pk: place for place in standing for pk in before.get(place, ())}


def _hand_on(rows: Sequence[DutyPeriod], went: Mapping[int, int]) -> None:
    """Each period is owed once (0141): of several that went into one place the first line is asked for there."""
    has = set(DutyPeriod.objects.filter(unit__in=went.values(), period=ONCE).values_list("unit", flat=True))
    for row in rows:
        place = went.get(row.unit_id)
        if place is not None and place not in has:
            DutyPeriod.objects.filter(pk=row.pk).update(unit=place)
            has.add(place)


def _asked_again(duty: Duty, held: Sequence[DutyPeriod]) -> list[DutyPeriod]:
    """What was laid down when the duty lost its limit is owed again, and nothing that another place has reported."""
    laid = [row for row in held if row.state == ReportState.EXEMPT]
    if laid:
        active = set(DutyUnit.objects.filter(duty=duty, active=True).values_list("pk", flat=True))
        done = answered_for(duty.document)
        laid = [row for row in laid if row.unit_id in active and (row.unit_id, row.period) not in done]
        take_up(laid)
    return [row for row in held if row.state in WRITABLE]


def _require_time(rows: Sequence[DutyPeriod], due_at: datetime, at: datetime) -> None:
    """Nobody who still has time is made late by a day that is over."""
    number = sum(row.due_at > at for row in rows)
    if due_at <= at and number:
        raise Refused(
            "limit-is-over",
            f"完成时限 {due_at.astimezone():%Y-%m-%d %H:%M} 已过，{number} 家照现在的时限还来得及报，没有保存。"
            "请定一个还没有过的时限；不再要报的请停用任务。",
        )


def _with_units(rows: Sequence[DutyPeriod]) -> QuerySet[DutyPeriod]:
    return DutyPeriod.objects.filter(pk__in=[row.pk for row in rows]).select_related("unit").order_by("pk")


def _told(duty: Duty, lines: Iterable[tuple[int, str]]) -> list[Message]:
    """Each unit once; of a body that ended whoever goes on."""
    addresses = dict(lines)
    day = f"完成时限改为 {duty.due_on}" if duty.due_on else "没有时限了，不再要报"
    goes_to = told_for(addresses)
    by_heir = {pk: url for unit, url in addresses.items() for pk in goes_to[unit]}
    return [
        Message(
            key=f"duty-limit:{duty.pk}:{duty.version}:{organisation_id}",
            organisation_id=organisation_id,
            title=f"{day}：{duty.title}"[:120],
            body="没有报的按新时限报，已报的不变。" if duty.due_on else "已写的留着可看，不算未报。",
            url=url,
            clause=cite(duty.document, duty.clause),
        )
        for organisation_id, url in sorted(by_heir.items())
    ]
