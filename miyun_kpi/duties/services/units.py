"""Which units owe a duty: open lists extended, units that leave, hand-over between organisations."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.db.models import Q

from miyun_kpi.acts.acting import acting, lock_all, locked, record
from miyun_kpi.db.finding import one_of
from miyun_kpi.duties.access import require_keeper, require_office
from miyun_kpi.duties.enums import WRITABLE, PhraseKind, ReportState, UnitRole
from miyun_kpi.duties.models import Duty, DutyPeriod, DutyPhrase, DutyUnit
from miyun_kpi.duties.queries.reports import laid_down
from miyun_kpi.duties.rules.cadence import SHANGHAI
from miyun_kpi.duties.services.lines import begun, lay_down, take_back, take_up
from miyun_kpi.duties.services.upkeep import lock_duty, reason_of
from miyun_kpi.lib.actors import Actor
from miyun_kpi.lib.errors import Conflict, Refused
from miyun_kpi.organisations.models import Organisation
from miyun_kpi.organisations.queries import in_place_of
from miyun_kpi.organisations.registry import Reorganised


@dataclass
class Moved:
    """`leads`: in how many duties the target leads now and did not lead before. `went`: how each place went, as `_Went`."""

    periods: int = 0
    leads: int = 0
    went: list[list[Any]] = field(default_factory=list)

    @property
    def led(self) -> dict[str, int]:
        return {"leads": self.leads} if self.leads else {}


def extend_list(
    *, actor: Actor, phrase_id: int, version: int, codes: Sequence[str], reason: str, at: datetime
) -> list[DutyUnit]:
    """Name the units an open phrase (等有关部门, 区政府各部门) means, by the lead unit or, without one, the office."""
    said = reason_of(reason, "增补单位")
    if not codes:
        raise Refused("nothing-selected", "没有选中任何单位，没有增补。请先选单位。")
    with acting(actor, at) as act:
        phrase = one_of(DutyPhrase.objects.filter(pk=phrase_id))
        duty = lock_duty(phrase.duty_id, version, lambda duty: require_keeper(actor, duty))
        if phrase.kind != PhraseKind.OPEN:
            raise Refused("list-is-closed", f"“{phrase.text}”的单位原文已定，不能增补。")
        if duty.withdrawn_on is not None:
            raise Conflict("already-disabled", "这项任务已经停用，没有增补。")
        wanted = list(Organisation.objects.filter(code__in=codes, valid_to__isnull=True))
        if len(wanted) != len(set(codes)):
            raise Refused("unknown-organisation", "选中的单位有的不存在或已撤并，没有增补。请刷新后重选。")
        present = {unit.organisation_id: unit for unit in DutyUnit.objects.filter(duty=duty)}
        twice = [row.name for row in wanted if row.pk in present and present[row.pk].active]
        if twice:
            raise Refused("unit-twice", f"{'、'.join(twice[:5])}已在这项任务的名单里，没有增补。请去掉后再试。")
        today = at.astimezone().date()
        made = []
        for row in wanted:
            unit = present.get(row.pk) or DutyUnit(duty=duty, organisation=row)
            unit.role, unit.phrase, unit.active = phrase.role, phrase, True
            unit.added_by, unit.added_reason, unit.since = actor.label, said, today
            unit.ended_on, unit.ended_reason = None, ""
            unit.save()
            made.append(unit)
        # What it owes anew as long as it can be reported; nobody owes it in its place any more.
        take_up(lock_all(DutyPeriod.objects.filter(laid_down(), unit__in=made, late_until__gt=at)))
        _touched(duty)
        data = {"phrase": phrase.text, "units": [row.code for row in wanted], "reason": said}
        act.record("duties.list.extended", f"duty:{duty.key}", **data)
    return made


def _held(unit: DutyUnit) -> DutyUnit:
    """The place as it is by now, held: a merger moves it and leaves the duty's version as it was."""
    return locked(DutyUnit.objects.select_related("duty", "organisation"), unit.pk)


def end_unit(*, actor: Actor, unit_id: int, version: int, reason: str, at: datetime) -> DutyUnit:
    """A unit that a person added leaves again; a printed one stays (the office withdraws or hands over instead)."""
    said = reason_of(reason, "移出单位")
    with acting(actor, at) as act:
        unit = one_of(DutyUnit.objects.select_related("duty", "phrase", "organisation").filter(pk=unit_id))
        duty = lock_duty(unit.duty_id, version, lambda duty: require_keeper(actor, duty))
        unit = _held(unit)
        if not unit.added_by:
            raise Refused("printed-unit", f"{unit.organisation.name}是原文所列单位，不能移出。机构变动请用移交。")
        if not unit.active:
            raise Conflict("already-ended", "这个单位已经移出。")
        _end(unit, at.astimezone().date(), said)
        taken_back = take_back(DutyPeriod.objects.filter(unit=unit, due_at__gt=at), said, actor.label, at)
        _touched(duty)
        data = {"unit": unit.organisation.code, "reason": said, "periods": len(taken_back)}
        act.record("duties.unit.ended", f"duty:{duty.key}", **data)
    return unit


def hand_over(*, actor: Actor, unit_id: int, version: int, to_code: str, reason: str, at: datetime) -> DutyUnit:
    """One duty goes from one organisation to another (分设、职能划转), by the office of the document."""
    said = reason_of(reason, "移交任务")
    with acting(actor, at) as act:
        unit = one_of(DutyUnit.objects.select_related("duty", "organisation").filter(pk=unit_id))
        duty = lock_duty(unit.duty_id, version, lambda duty: require_office(actor, duty.document))
        unit = _held(unit)
        target = Organisation.objects.filter(code=to_code, valid_to__isnull=True).first()
        if target is None or target.pk == unit.organisation_id:
            raise Refused("unknown-organisation", "请选一个现有的、另外的单位来接手，没有移交。")
        if not unit.active:
            raise Conflict("already-ended", f"{unit.organisation.name}已不在名单里，没有移交。")
        moved = _move([unit], target, at.astimezone().date(), said, actor.label, at)
        _touched(duty)
        data = {
            "from": unit.organisation.code,
            "to": target.code,
            "reason": said,
            "periods": moved.periods,
            **moved.led,
        }
        act.record("duties.unit.handed-over", f"duty:{duty.key}", **data)
    return DutyUnit.objects.get(duty=duty, organisation=target)


def move_on_merge(done: Reorganised) -> int:
    """For organisations.registry: what an ended unit still owes goes to the one that goes on, or that it is dealt out to."""
    found = done.of_these(DutyUnit.objects.filter(organisation=done.source, active=True))
    units = list(found.select_related("duty").order_by("pk"))
    if not units:
        return 0
    if done.back:
        moved = _give_back(units, done)
    else:
        moved = _move(units, done.target, done.on, done.how(), done.actor.label, done.at)
        done.went(moved.went)
    data = {"from": done.source.code, "to": done.target.code, "duties": len(units), **moved.led}
    subject = f"duty-units:{done.source.code}"
    record(actor=done.actor, action="duties.units.moved", subject=subject, data=data, at=done.at)
    return len(units)


def hold_lines(several: Sequence[Reorganised]) -> None:
    """For organisations.registry: the lines of all places that will be asked, before the first of them is moved."""
    sources, targets = ([getattr(one, side).pk for one in several] for side in ("source", "target"))
    duties = DutyUnit.objects.filter(organisation__in=sources).values("duty_id")
    bodies = Q(unit__organisation__in=[*sources, *targets], unit__duty__in=duties)
    lock_all(DutyPeriod.objects.filter(bodies, Q(state__in=WRITABLE) | laid_down()))


def _give_back(units: Sequence[DutyUnit], done: Reorganised) -> Moved:
    """Of places that are the source's: one that the change made goes back whole, with what can still be reported. Where the source
    had a place of its own, or others have come into it since, it keeps that, and the other begins again beside it, with the lines
    that had come from it. The caller holds the places of both (`held_beside`)."""
    went = {one[0]: _Went(*one) for one in done.rows}
    come = {unit.pk: _come_since(unit, went[unit.pk], done) for unit in units}
    own = [unit for unit in units if went[unit.pk].role or come[unit.pk]]
    whole = [unit for unit in units if unit not in own]
    places = DutyUnit.objects.in_bulk([one.ended for one in went.values()])
    lines = Q(unit__in=units, state__in=WRITABLE) | Q(unit__in=places) & laid_down()
    held = {row.pk for row in lock_all(DutyPeriod.objects.filter(lines)) if not _let_pass(row, done.on)}
    moved = _move(whole, done.target, done.on, done.how(), done.actor.label, done.at)
    for unit in own:
        there = went[unit.pk]
        place = places[there.ended]
        place.active, place.ended_on, place.ended_reason = True, None, ""
        place.save(update_fields=["active", "ended_on", "ended_reason"])
        # It led for the one that goes back; who has been given the lead since keeps it.
        led = place.role == unit.role == UnitRole.LEAD and unit.phrase_id == place.phrase_id
        roles = [(there.role, there.phrase)] if there.role else [(one.role, one.phrase_id) for one in come[unit.pk]]
        if led and UnitRole.LEAD not in [role for role, _ in roles]:
            unit.role, unit.phrase_id = roles[0]
            unit.save(update_fields=["role", "phrase"])
        beside = {row.period: row for row in DutyPeriod.objects.filter(unit=unit)}
        back = [pk for pk in there.periods if pk in held]
        moved.periods += DutyPeriod.objects.filter(pk__in=back).update(unit=place)
        # Not what fell due while the body was taken for ended: nobody is late who could not report.
        _open_again(
            place, there.own_gone, {period: row for period, row in beside.items() if row.due_at > done.at}, done.at
        )
        # Into a place the change made others have come with lines of their own, which made way for those that go.
        theirs = there.their_gone if there.role else [period for period, row in beside.items() if row.pk in back]
        _open_again(unit, theirs, beside, done.at)
        take_up(DutyPeriod.objects.filter(laid_down(), unit=place, pk__in=held))
    return moved


def _come_since(unit: DutyUnit, there: "_Went", done: Reorganised) -> list[DutyUnit]:
    """Places of bodies that have rightly gone into this one, which it holds for them too."""
    gone = DutyUnit.objects.filter(duty=unit.duty_id, active=False, organisation__in=in_place_of(done.source.pk))
    since = gone.exclude(pk=there.ended).filter(ended_on__gte=unit.since) if unit.since else gone.none()
    return list(since.order_by("pk"))


def _open_again(place: DutyUnit, periods: Sequence[str], beside: Mapping[str, DutyPeriod], at: datetime) -> None:
    """The blank lines that were dropped, in the window of the line beside them: the clock opens each period once and has gone by."""
    known = [(period, beside[period]) for period in periods if period in beside]
    made = [
        DutyPeriod(
            unit=place,
            period=period,
            starts_at=row.starts_at,
            due_at=row.due_at,
            late_until=row.late_until,
            locks_at=row.locks_at,
        )
        for period, row in known
        if row.late_until > at
    ]
    DutyPeriod.objects.bulk_create(made, ignore_conflicts=True)


@dataclass(frozen=True)
class _Went:
    """How a place went over into another (`place`): its own key, what that was before ("" where the change made or woke it), the
    lines that went along, and the periods of which the blank line of the one or of the other was dropped."""

    place: int
    ended: int
    role: str
    phrase: int | None
    periods: list[int]
    own_gone: list[str]
    their_gone: list[str]


def held_beside(rows: Sequence[Any]) -> list[int]:
    """For organisations.registry: the places that had ended."""
    return [row.ended for row in (_Went(*one) for one in rows)]


def _move(units: Sequence[DutyUnit], target: Organisation, on: date, reason: str, who: str, at: datetime) -> Moved:
    """End the old places, make or wake those of the target, and take along what can still be reported and is not."""
    existing = {
        unit.duty_id: unit for unit in DutyUnit.objects.filter(organisation=target, duty__in=[u.duty_id for u in units])
    }
    # Of both sides, in the order of their keys, as those who report take them.
    open_rows = Q(unit__in=[*units, *existing.values()], state__in=WRITABLE)
    held = lock_all(DutyPeriod.objects.filter(open_rows | Q(unit__in=existing.values()) & laid_down()))
    already = begun([row.pk for row in held])
    by_unit: dict[int, list[DutyPeriod]] = {}
    for row in held:
        by_unit.setdefault(row.unit_id, []).append(row)
    moved = Moved()
    for unit in units:
        before = existing.get(unit.duty_id)
        was = (before.role, before.phrase_id) if before and before.active else ("", None)
        place, leads = _placed(unit, before, target, on, reason, who)
        moved.leads += leads
        left = [row for row in by_unit.get(unit.pk, []) if not _let_pass(row, on)]
        there = by_unit.get(place.pk, [])
        take_up([row for row in there if row.state == ReportState.EXEMPT and _owed(row, left)])
        parted = _part(left, there, place, already, on)
        drops = set(parted.drops)
        gone = [[row.period for row in rows if row.pk in drops] for rows in (left, there)]
        DutyPeriod.objects.filter(pk__in=drops).delete()
        moved.periods += DutyPeriod.objects.filter(pk__in=parted.goes).update(unit=place)
        # What was given back is put right where it stands.
        lay_down([row for row in parted.stays if row.reopened_until is None], reason, who, at)
        _end(unit, on, reason)
        moved.went.append([place.pk, unit.pk, *was, parted.goes, *gone])
    return moved


def _placed(
    unit: DutyUnit, place: DutyUnit | None, target: Organisation, on: date, reason: str, who: str
) -> tuple[DutyUnit, bool]:
    """The place of the target, made or woken with the part of the one that goes over, and whether it leads from now on.

    Where both have a part, it leads if either did.
    """
    place = place or DutyUnit(duty_id=unit.duty_id, organisation=target, active=False)
    led = place.active and place.role == UnitRole.LEAD
    leads = unit.role == UnitRole.LEAD and not led
    if place.active and not leads:
        return place, False
    place.role, place.phrase_id = unit.role, unit.phrase_id
    if not place.active:
        # What the text names it goes on naming, though the task was elsewhere for a time.
        printed = place.pk is not None and not place.added_by
        place.active, place.since, place.ended_on, place.ended_reason = True, on, None, ""
        place.added_by, place.added_reason = "" if printed else who, reason
    place.save()
    return place, leads


@dataclass(frozen=True)
class _Parted:
    goes: list[int]
    drops: list[int]
    stays: list[DutyPeriod]


def _let_pass(row: DutyPeriod, on: date) -> bool:
    """Whether its time was over before the day: what a body let pass while it stood is its own 逾期, and charged to nobody else."""
    return row.missed or (row.reopened_until or row.late_until).astimezone(SHANGHAI).date() < on


def _part(
    left: Sequence[DutyPeriod], there: Sequence[DutyPeriod], place: DutyUnit, already: set[int], on: date
) -> _Parted:
    """Each period is owed once: what was begun goes before what is blank, and where both have begun each keeps its own.

    What was given back was reported: it takes no line's place, with its shorter time and its 迟报, and stays beside it.
    """
    taken = set(DutyPeriod.objects.filter(unit=place).values_list("period", flat=True))
    blank = {
        row.period: row.pk
        for row in there
        if row.pk not in already
        and row.reopened_until is None
        and row.state == ReportState.EXPECTED
        and not _let_pass(row, on)
    }
    parted = _Parted([], [], [])
    for row in left:
        if row.period not in taken:
            parted.goes.append(row.pk)
        elif row.reopened_until is not None:
            parted.stays.append(row)
        elif row.pk not in already:
            parted.drops.append(row.pk)
        elif row.period in blank:
            parted.goes.append(row.pk)
            parted.drops.append(blank[row.period])
        else:
            parted.stays.append(row)
    return parted


def _owed(laid: DutyPeriod, left: Sequence[DutyPeriod]) -> bool:
    """Whether the one that hands over still owes the period; what it has reported, or was given back, stays its own."""
    return any(row.period == laid.period and row.reopened_until is None for row in left)


def _end(unit: DutyUnit, on: date, reason: str) -> None:
    unit.active, unit.ended_on, unit.ended_reason = False, on, reason
    unit.save(update_fields=["active", "ended_on", "ended_reason"])


def _touched(duty: Duty) -> None:
    duty.version += 1
    duty.save(update_fields=["version"])
