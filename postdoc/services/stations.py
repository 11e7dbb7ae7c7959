"""工作站 (第五、六条): registered and changed by 区人社局."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import IntegrityError

from miyun_kpi.acts.acting import acting, locked, require_version
from miyun_kpi.lib.actors import Actor
from miyun_kpi.lib.errors import Conflict, Refused
from miyun_kpi.organisations.queries import resolve
from postdoc import access
from postdoc.enums import StationKind
from postdoc.models import Station
from postdoc.services._common import note, require_past

FIELDS = ("name", "kind", "host", "approved_on", "approval", "department", "rules_on")


def _values(given: Mapping[str, Any], at: datetime) -> dict[str, Any]:
    values: dict[str, Any] = {name: given.get(name) for name in FIELDS}
    values["department"] = values["department"] or ""
    if values["kind"] not in StationKind.values or not all(values[name] for name in ("name", "host", "approval")):
        raise Refused("not-filled", "请填工作站名称、类别、设站单位、批准日期和文号，没有保存。")
    require_past(values["approved_on"], at, "批准设立日期")
    keeper = resolve(str(given.get("keeper", "")).strip())
    if keeper is None:
        raise Refused("unknown-organisation", "没有这个填报单位，没有保存。请写机构的名称或别名，例如中关村密云园。")
    return {**values, "keeper": keeper}


def register_station(*, actor: Actor, given: Mapping[str, Any], at: datetime) -> Station:
    access.require_handler(actor, "登记工作站")
    values = _values(given, at)
    try:
        with acting(actor, at):
            row = Station.objects.create(**values, created_at=at, created_by=actor.label, changed_by=actor.label)
            note(actor, "station.registered", row, {"name": row.name}, at)
    except IntegrityError:
        raise Conflict("already-registered", "这个名称的工作站已经登记，没有再登记。请打开原来的修改。") from None
    return row


def change_station(*, actor: Actor, station_id: int, version: int, given: Mapping[str, Any], at: datetime) -> Station:
    access.visible_station(actor, station_id)
    access.require_handler(actor, "修改工作站")
    values = _values(given, at)
    try:
        with acting(actor, at):
            row = locked(Station.objects.all(), station_id)
            require_version(row, version)
            if row.stays.filter(entered_on__lt=values["approved_on"]).exists():
                raise Refused("stays-before", "已有早于这个批准日期的进站，没有保存。请核对批准设立日期。")
            changed = sorted(name for name, value in values.items() if getattr(row, name) != value)
            for name, value in values.items():
                setattr(row, name, value)
            row.version, row.changed_by = row.version + 1, actor.label
            row.save()
            note(actor, "station.changed", row, {"fields": changed}, at)
    except IntegrityError:
        raise Conflict("already-registered", "这个名称的工作站已经登记，没有保存。请换一个名称。") from None
    return row
