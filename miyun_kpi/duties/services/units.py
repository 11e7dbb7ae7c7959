"""Which units owe a duty: open lists extended, units that leave, hand-over between organisations."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

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
from miyun_kpi.lib.actors import SYSTEM, Actor
from miyun_kpi.lib.errors import Conflict, Refused
from miyun_kpi.organisations.models import Organisation
from miyun_kpi.organisations.queries import change_between, how_it_went


@dataclass
class Moved:
    """`leads`: in how many duties the target leads now and did not lead before."""

    periods: int = 0
    leads: int = 0

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


def move_on_merge(actor: Actor, source: Organisation, target: Organisation, on: date, at: datetime) -> int:
    """For organisations.registry: what an ended unit still owes goes to the one that goes on, or that it is dealt out to."""
    units = list(DutyUnit.objects.filter(organisation=source, active=True).select_related("duty").order_by("pk"))
    if not units:
        return 0
    went = how_it_went(source, target, change_between(source, target))
    moved = _move(units, target, on, went, (actor or SYSTEM).label, at)
    data = {"from": source.code, "to": target.code, "duties": len(units), **moved.led}
    record(actor=actor, action="duties.units.moved", subject=f"duty-units:{source.code}", data=data, at=at)
    return len(units)


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
        place, leads = _placed(unit, existing.get(unit.duty_id), target, on, reason, who)
        moved.leads += leads
        left = [row for row in by_unit.get(unit.pk, []) if not _let_pass(row, on)]
        there = by_unit.get(place.pk, [])
        take_up([row for row in there if row.state == ReportState.EXEMPT and _owed(row, left)])
        parted = _part(left, there, place, already, on)
        DutyPeriod.objects.filter(pk__in=parted.drops).delete()
        moved.periods += DutyPeriod.objects.filter(pk__in=parted.goes).update(unit=place)
        # What was given back is put right where it stands.
        lay_down([row for row in parted.stays if row.reopened_until is None], reason, who, at)
        _end(unit, on, reason)
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
        place.active, place.since, place.ended_on, place.ended_reason = True, on, None, ""
        place.added_by, place.added_reason = who, reason
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
