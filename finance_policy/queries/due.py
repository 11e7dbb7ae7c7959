"""Records of 19号 whose day comes near or has gone by: reviews of the library, checks of 洗绿, policies that end."""

from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Q

from finance_policy.enums import APP
from miyun_kpi.registers.models import Record
from miyun_kpi.registers.registry import kinds_of, record_address
from miyun_kpi.registers.rules.kinds import Kind

AHEAD = timedelta(days=14)


@dataclass(frozen=True)
class Due:
    kind: Kind
    record: Record
    day: date

    @property
    def url(self) -> str:
        return record_address(self.kind, self.record.pk)

    @property
    def title(self) -> str:
        return f"{self.kind.name}：{self.record.values.get(self.kind.fields[0].name, '')}"[:60]


def due_records(on: date) -> list[Due]:
    """Of registers that belong to no organisation of the list; one query."""
    kinds = {kind.key: kind for kind in kinds_of(APP) if kind.due and not kind.owner}
    wanted = Q(pk__in=[])
    for kind in kinds.values():
        near = {f"values__{kind.due}__lte": (on + AHEAD).isoformat(), f"values__{kind.due}__gt": ""}
        wanted |= Q(kind=kind.key, stage__in=kind.open_stages, **near)
    rows = Record.objects.filter(wanted, struck_at__isnull=True).order_by("pk")
    made = [Due(kinds[row.kind], row, date.fromisoformat(row.values[kinds[row.kind].due])) for row in rows]
    return sorted(made, key=lambda one: (one.day, one.record.pk))
