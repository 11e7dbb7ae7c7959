"""A record of a register as a bare row, in any stage, without the acts that lead there: for tests of who may do what."""

from collections.abc import Mapping
from datetime import datetime

from miyun_kpi.organisations.models import Organisation
from miyun_kpi.registers.models import Record
from miyun_kpi.registers.registry import kind_by
from miyun_kpi.registers.services.records import checked, day_of

# What a keeper of a register fills in to hand a record over.
HANDED = {"version": 1, "to": "太师屯镇", "from_day": "2020-09-02", "reason": "职责划转给别的单位"}


def bare_record(*, app: str, kind: str, typed: Mapping[str, str], at: datetime, stage: str = "") -> Record:
    declared, _ = kind_by(app, kind)
    values = checked(declared, typed, day_of(at))
    places = {row.code: row for row in Organisation.objects.filter(code__in=values.values())}
    return Record.objects.create(
        kind=declared.key,
        number=Record.objects.filter(kind=declared.key).count() + 1,
        stage=stage or declared.starting_stage(values),
        values=values,
        words=" ".join(values.values()),
        created_at=at,
        created_by="某人",
        changed_at=at,
        hand="某人",
        owner=places.get(values.get(declared.owner, "")) if declared.owner else None,
        town=places.get(values.get(declared.town, "")) if declared.town else None,
    )
