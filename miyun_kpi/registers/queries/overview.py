"""The first page of a subject: what waits, what is overdue, what changed lately, and only then its registers.

One reading for every app with registers: four queries over their records whatever their number, besides what the scopes
ask and the desk of whoever looks.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from functools import cache

from django.db.models import Case, Count, F, Max, Q, QuerySet, TextField, Value, When
from django.db.models.fields.json import KT

from miyun_kpi.inbox.queries import DeskRow, waiting_in
from miyun_kpi.lib.actors import Actor
from miyun_kpi.lib.lists import First, first
from miyun_kpi.registers.enums import FieldType
from miyun_kpi.registers.models import Record
from miyun_kpi.registers.registry import Keeper, Rights, kind_by, kinds_of, record_address
from miyun_kpi.registers.rules.kinds import Kind

# Rows of each list: who wants more opens the register.
SHOWN = 5
LATELY = timedelta(days=30)
RECORD = re.compile(r"/records/[\w-]+/(\d+)/$")


@dataclass(frozen=True)
class Row:
    """A record as it is named outside its register."""

    kind: Kind
    record: Record
    title: str
    address: str
    due: date | None = None
    days: int = 0


@dataclass(frozen=True)
class Line:
    """A register with how much stands in it; `open` is None where it has no stages, `late` where nothing in it is due."""

    kind: Kind
    number: int
    open: int | None
    late: int | None
    changed_at: datetime | None
    writes: bool


@dataclass(frozen=True)
class Overview:
    waiting: Sequence[DeskRow]
    late: First[Row]
    changed: First[Row]
    lines: Sequence[Line]
    empty: Sequence[Line]

    @property
    def first(self) -> Sequence[DeskRow]:
        return self.waiting[:SHOWN]

    @property
    def rest(self) -> Sequence[DeskRow]:
        return self.waiting[SHOWN:]

    @property
    def to_write(self) -> Sequence[Line]:
        """Where nothing stands yet: the registers this post can begin."""
        return [line for line in self.empty if line.writes]


def overview(actor: Actor, app: str, at: datetime, visible: QuerySet[Record] | None = None) -> Overview:
    """`visible`: the records of the app this actor may see, where it has them in one scope already."""
    declared = _declared(app)
    found = _visible(actor, declared) if visible is None else visible
    found = found.filter(struck_at__isnull=True).order_by()
    counted, changed_at = counted_by_stage(found)
    late, today = overdue(found, [kind for kind, _ in declared], at), at.astimezone().date()
    late_by_kind = dict(late.values_list("kind").annotate(n=Count("pk")).order_by())
    kinds = {kind.key: kind for kind, _ in declared}
    # What is in a protected register is opened one by one, with a reason.
    told = found.exclude(kind__in=[key for key, kind in kinds.items() if kind.protected]).select_related(
        "owner", "town"
    )
    recent = told.filter(changed_at__gte=at - LATELY, changed_at__lte=at).order_by("-changed_at", "-pk")
    waiting = waiting_in(actor, at, next(iter(kinds.values())).subject or app)
    # What waits for the reader stands above already.
    known = [int(named[1]) for row in waiting if (named := RECORD.search(row.item.url))]
    others = late.filter(kind__in=[key for key, kind in kinds.items() if not kind.protected]).exclude(pk__in=known)
    lines = [_line(actor, kind, rights, counted, late_by_kind, changed_at) for kind, rights in declared]
    return Overview(
        waiting=waiting,
        late=_rows(first(others, SHOWN), kinds, today),
        changed=_rows(first(recent, SHOWN), kinds, today),
        lines=[line for line in lines if line.number],
        empty=[line for line in lines if not line.number],
    )


def _declared(app: str) -> list[tuple[Kind, Rights]]:
    """The kinds with rights whose question about the keeper is asked once, however many registers share it."""
    asked: dict[Keeper, Keeper] = {}
    found = []
    for kind in kinds_of(app):
        rights = kind_by(app, kind.code)[1]
        found.append((kind, replace(rights, keeper=asked.setdefault(rights.keeper, cache(rights.keeper)))))
    return found


def _visible(actor: Actor, declared: Sequence[tuple[Kind, Rights]]) -> QuerySet[Record]:
    scope = Q(pk__in=[])
    for kind, rights in declared:
        scope |= Q(rights.sees(actor), kind=kind.key)
    return Record.objects.filter(scope)


def counted_by_stage(found: QuerySet[Record]) -> tuple[Mapping[str, Mapping[str, int]], Mapping[str, datetime]]:
    counted: dict[str, dict[str, int]] = {}
    changed: dict[str, datetime] = {}
    for row in found.values("kind", "stage").annotate(n=Count("pk"), newest=Max("changed_at")):
        counted.setdefault(row["kind"], {})[row["stage"]] = row["n"]
        changed[row["kind"]] = max(row["newest"], changed.get(row["kind"], row["newest"]))
    return counted, changed


def overdue(found: QuerySet[Record], kinds: Sequence[Kind], at: datetime) -> QuerySet[Record]:
    """Open records whose day has gone by, the oldest first; days are text in one form, so that they compare as text."""
    dated = [kind for kind in kinds if kind.due]
    days = [When(kind=kind.key, then=KT(f"values__{kind.due}")) for kind in dated]
    if not days:
        return found.none()
    still = Q(pk__in=[])
    for kind in dated:
        still |= Q(kind=kind.key, stage__in=kind.open_stages) if kind.stages else Q(kind=kind.key)
    due = Case(*days, default=Value(""), output_field=TextField())
    today = at.astimezone().date().isoformat()
    late = found.filter(still).annotate(due_text=due).filter(due_text__gt="", due_text__lt=today)
    return late.select_related("owner", "town").order_by(F("due_text"), "kind", "number")


def _rows(found: First[Record], kinds: Mapping[str, Kind], today: date) -> First[Row]:
    return First([_row(kinds[record.kind], record, today) for record in found], found.number)


def _row(kind: Kind, record: Record, today: date) -> Row:
    text = record.values.get(kind.due, "") if kind.due else ""
    due = date.fromisoformat(text) if text else None
    address = record_address(kind, record.pk)
    return Row(kind, record, title_of(kind, record), address, due, (today - due).days if due else 0)


def title_of(kind: Kind, record: Record) -> str:
    """What a record is called where its columns are not shown: its first field that is nobody's secret, else its number."""
    field = next((one for one in kind.fields if not one.secret), kind.fields[0])
    said = "" if field.secret else field.words(record.values.get(field.name, ""))
    if field.type in (FieldType.ORGANISATION, FieldType.TOWN):
        place = record.owner if field.name == kind.owner else record.town
        said = f"{place.name if place else ''} {record.number}".strip()
    return said or f"{kind.name} {record.number}"


def _line(
    actor: Actor,
    kind: Kind,
    rights: Rights,
    counted: Mapping[str, Mapping[str, int]],
    late: Mapping[str, int],
    changed_at: Mapping[str, datetime],
) -> Line:
    stages = counted.get(kind.key, {})
    return Line(
        kind,
        sum(stages.values()),
        sum(stages.get(code, 0) for code in kind.open_stages) if kind.stages else None,
        late.get(kind.key, 0) if kind.due else None,
        changed_at.get(kind.key),
        rights.adds(actor),
    )
