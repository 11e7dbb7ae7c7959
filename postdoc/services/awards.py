"""国家、北京市 naming a station (第十九条) or somebody in one (第二十条): registered, put right and struck by 区人社局."""

from datetime import date, datetime

from django.db import IntegrityError

from miyun_kpi.acts.acting import acting, lock_one, locked, require_version
from miyun_kpi.lib.actors import Actor
from miyun_kpi.lib.errors import Conflict, Refused
from postdoc import access
from postdoc.enums import Level
from postdoc.models import Application, Award, Person, Station, Stay
from postdoc.services._common import note, require_past, require_reason
from postdoc.services.course import FIRST
from postdoc.services.holding import resting


def add_award(
    *,
    actor: Actor,
    level: str,
    awarded_on: date,
    document: str,
    at: datetime,
    station_id: int | None = None,
    stay_id: int | None = None,
) -> Award:
    """Of a station (第十九条) or of somebody in it (第二十条)."""
    owner: Station | Stay
    if station_id is not None:
        owner = access.visible_station(actor, station_id)
    else:
        owner = access.visible_stay(actor, stay_id or 0)
    access.require_handler(actor, "登记表彰")
    _require_facts(owner, level, awarded_on, document, at)
    try:
        with acting(actor, at):
            row = Award.objects.create(
                station_id=station_id,
                stay_id=stay_id,
                level=level,
                awarded_on=awarded_on,
                document=document.strip(),
                by=actor.label,
                at=at,
            )
            note(actor, "award.added", owner, {"level": level, "day": str(awarded_on)}, at)
    except IntegrityError:
        raise Conflict("already-registered", "这项表彰已经登记，没有再登记。") from None
    return row


def change_award(
    *,
    actor: Actor,
    award_id: int,
    version: int,
    level: str,
    awarded_on: date,
    document: str,
    reason: str,
    at: datetime,
) -> Award:
    """What was typed wrongly, put right. Level and day only while no money rests on them; the paper's name at any time."""
    said = require_reason(reason, "更正表彰")
    try:
        with acting(actor, at):
            row, owner = _held(actor, award_id, version, "更正表彰")
            _require_facts(owner, level, awarded_on, document, at)
            before = (row.level, row.awarded_on)
            if before != (level, awarded_on):
                _require_unclaimed(row, "更正级别和日期")
            if (*before, row.document) == (level, awarded_on, document.strip()):
                raise Refused("nothing-changed", "没有一栏与现在存的不同，没有保存。请改正有误的那一栏。")
            row.level, row.awarded_on, row.document = level, awarded_on, document.strip()
            row.version, row.changed_by = row.version + 1, actor.label
            row.save()
            was = {"old_level": before[0], "old_day": str(before[1])}
            data = {**was, "level": level, "day": str(awarded_on), "reason": said}
            note(actor, "award.changed", owner, data, at)
    except IntegrityError:
        raise Conflict("already-registered", "这项表彰已经登记，没有保存。请核对级别和日期。") from None
    return row


def strike_award(*, actor: Actor, award_id: int, version: int, reason: str, at: datetime) -> Award:
    """Registered by mistake: it stays to be read, struck, and gives nothing any more."""
    said = require_reason(reason, "撤销表彰登记")
    with acting(actor, at):
        row, owner = _held(actor, award_id, version, "撤销表彰登记")
        _require_unclaimed(row, "撤销")
        row.version += 1
        row.struck_at, row.struck_by, row.struck_reason = at, actor.label, said
        row.save()
        data = {"level": row.level, "day": str(row.awarded_on), "reason": said}
        note(actor, "award.revoked", owner, data, at)
    return row


def _held(actor: Actor, award_id: int, version: int, what: str) -> tuple[Award, Station | Stay]:
    """The award and whose it is, locked in the order in which an application holds them."""
    seen = access.visible_award(actor, award_id)
    access.require_handler(actor, what)
    if seen.stay is not None:
        lock_one(Person.objects.filter(pk=seen.stay.person_id))
    row = locked(Award.objects.all(), award_id)
    require_version(row, version)
    if row.struck_at is not None:
        raise Conflict("revoked", f"这项表彰已由{row.struck_by}撤销，没有执行。请刷新后再看。")
    owner = seen.stay or seen.station
    assert owner is not None
    return row, owner


def _require_unclaimed(row: Award, what: str) -> None:
    if resting(Application.objects.filter(award=row)):
        raise Conflict("claimed", f"已按这项表彰申报经费，不能{what}，没有执行。{FIRST}")


def _require_facts(owner: Station | Stay, level: str, awarded_on: date, document: str, at: datetime) -> None:
    require_past(awarded_on, at, "表彰日期")
    if level not in Level.values or not document.strip():
        raise Refused("not-filled", "请填级别、表彰日期和文件，没有保存。")
    if isinstance(owner, Stay) and awarded_on < owner.entered_on:
        raise Refused("too-early", "评选日期早于进站日，没有保存。请核对日期。")
