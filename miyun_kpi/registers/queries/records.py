"""Lists of records with filters, sort, counts by town and stage, and one record as a page shows it."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import BigIntegerField, Count, DecimalField, F, QuerySet, Sum, Value
from django.db.models.fields.json import KT
from django.db.models.functions import Cast, NullIf, Round

from miyun_kpi.attachments.models import Attachment
from miyun_kpi.attachments.queries import attached
from miyun_kpi.db.sealed import Sealed, prefix_of
from miyun_kpi.lib.decimals import plain
from miyun_kpi.lib.reading import read_whole
from miyun_kpi.organisations.models import Organisation
from miyun_kpi.registers.enums import EVIDENCE
from miyun_kpi.registers.models import Doubt, Record, RecordEvent
from miyun_kpi.registers.rules.kinds import Field, FieldType, Kind
from miyun_kpi.registers.rules.stored import unique_key, weighs

FIXED_SORTS = {
    "number": "number",
    "stage": "stage",
    "town": "town__order",
    "owner": "owner__order",
    "changed": "changed_at",
}


@dataclass(frozen=True)
class Filters:
    """`values`: field → code for choices, truth values and organisations. `sort`: a column, "-" first for descending.

    `sought`: findable field → its whole text, of a keeper alone.
    """

    words: str = ""
    stage: str = ""
    town: str = ""
    owner: str = ""
    values: tuple[tuple[str, str], ...] = ()
    sought: tuple[tuple[str, str], ...] = ()
    sort: str = ""
    revoked: bool = False
    doubtful: bool = False


def filtered(kind: Kind, found: QuerySet[Record], filters: Filters) -> QuerySet[Record]:
    if not filters.revoked:
        found = found.filter(struck_at__isnull=True)
    if filters.doubtful:
        found = found.filter(pk__in=Doubt.objects.values("record"))
    if filters.words:
        for word in filters.words.split():
            found = found.filter(words__icontains=word)
    if filters.stage:
        found = found.filter(stage=filters.stage)
    if filters.town:
        found = found.filter(town__code=filters.town)
    if filters.owner:
        found = found.filter(owner__code=filters.owner)
    for name, value in filters.values:
        found = found.filter(**{f"values__{name}": value})
    for name, text in filters.sought:
        found = found.filter(**{f"values__{name}__startswith": prefix_of(text)})
    return _sorted(kind, found, filters.sort)


def _sorted(kind: Kind, found: QuerySet[Record], sort: str) -> QuerySet[Record]:
    key: Any
    name, down = sort.removeprefix("-"), sort.startswith("-")
    if name in FIXED_SORTS:
        key = F(FIXED_SORTS[name])
    elif any(one.name == name and not one.secret for one in kind.fields):
        text = NullIf(KT(f"values__{name}"), Value(""))
        key = Cast(text, DecimalField(max_digits=20, decimal_places=4)) if kind.field(name).numeric else text
    else:
        return found.order_by("number")
    return found.order_by(key.desc(nulls_last=True) if down else key.asc(nulls_last=True), "number")


@dataclass(frozen=True)
class Shown:
    """One value on a page: its field, the words, and for a hidden secret a mask. `doubt`: why its writing is to be checked."""

    field: Field
    value: str
    words: str
    doubt: str = ""

    @property
    def numeric(self) -> bool:
        return self.field.numeric

    @property
    def place(self) -> bool:
        """The code of an organisation that is known by its name."""
        return self.field.type in PLACES and self.words not in ("", self.value, MASK)


PLACES = (FieldType.ORGANISATION, FieldType.TOWN)
MASK = "＊＊＊"


def in_list(one: Field) -> bool:
    """A column of the list. What only few may read has none: headed and empty it would say nothing to anybody."""
    return one.listed and not one.secret


def shown(
    kind: Kind,
    record: Record,
    names: Mapping[str, str],
    *,
    secrets: bool,
    listed: bool = False,
    doubts: Mapping[str, str] | None = None,
    opened: bool = False,
) -> list[Shown]:
    """`names`: organisation code → name, for every organisation that occurs. `doubts`: field → why; `opened`: what is sealed too."""
    cells, doubts = [], doubts or {}
    for one in kind.fields:
        if listed and not in_list(one):
            continue
        value = record.values.get(one.name, "")
        if one.secret and not secrets:
            cells.append(Shown(one, "", MASK if value else ""))
            continue
        if one.sealed:
            cells.append(Shown(one, "", (Sealed(value).open() if opened else MASK) if value else ""))
            continue
        said = names.get(value, value) if one.type in PLACES else one.words(value)
        cells.append(Shown(one, value, said, doubts.get(one.name, "")))
    return cells


def names_of(kind: Kind, records: Sequence[Record]) -> dict[str, str]:
    """Names of the organisations named in the records, in one query."""
    places = [one.name for one in kind.fields if one.type in (FieldType.ORGANISATION, FieldType.TOWN)]
    codes = {row.values.get(name, "") for row in records for name in places} - {""}
    return dict(Organisation.objects.filter(code__in=codes).values_list("code", "name"))


def doubted(kind: Kind) -> frozenset[int]:
    """Records of the register whose figure, period or unique text is in doubt: no sum counts them."""
    rows = Doubt.objects.filter(record__kind=kind.key, record__struck_at__isnull=True)
    known = {one.name for one in kind.fields}
    return frozenset(pk for pk, name in rows.values_list("record", "field") if name in known and weighs(kind, name))


def sums_of(kind: Kind, found: QuerySet[Record]) -> dict[str, Decimal]:
    """Exact sums of the summed fields over every record found, made by the database; without what is in doubt."""
    sums = _sums(kind)
    if not sums:
        return {}
    names = [one.name for one in kind.summed]
    row = found.order_by().exclude(pk__in=doubted(kind)).aggregate(**sums)
    return {name: _exact(kind, name, row[f"sum_{name}"]) for name in names if row[f"sum_{name}"] is not None}


def _sums(kind: Kind) -> dict[str, Sum]:
    """In whole numbers of the last decimal, which neither database rounds: a figure has fifteen digits at most. Blanks count as nothing."""
    return {f"sum_{one.name}": Sum(_scaled(one)) for one in kind.summed}


def _scaled(field: Field) -> Any:
    text = NullIf(KT(f"values__{field.name}"), Value(""))
    number = Cast(text, DecimalField(max_digits=20, decimal_places=field.places))
    return Cast(Round(number * 10**field.places), BigIntegerField())


def _exact(kind: Kind, name: str, scaled: int) -> Decimal:
    """As it would be written: without trailing zeros."""
    return Decimal(plain(Decimal(scaled).scaleb(-kind.field(name).places)))


def uncounted(kind: Kind, found: QuerySet[Record]) -> int:
    """How many of the records found stand apart from the sums."""
    if not kind.summed:
        return 0
    return found.order_by().filter(pk__in=doubted(kind), struck_at__isnull=True).count()


@dataclass(frozen=True)
class TownCount:
    """A town's records: how many, by stage, and exact sums of the summed fields; `apart`: how many are in doubt, not summed."""

    code: str
    name: str
    number: int
    stages: Sequence[int]
    sums: Mapping[str, Decimal]
    apart: int = 0


def counts_by_stage(kind: Kind, found: QuerySet[Record]) -> dict[str, int]:
    rows = found.order_by().values("stage").annotate(n=Count("pk"))
    counted = {row["stage"]: row["n"] for row in rows}
    return {stage.code: counted.get(stage.code, 0) for stage in kind.stages}


def counts_by_town(kind: Kind, found: QuerySet[Record]) -> list[TownCount]:
    """Every town that has a record, in printed order; a fixed number of queries, none of which reads a record."""
    found = found.order_by()
    stages: dict[str, Counter[str]] = {}
    for code, stage, number in found.values_list("town__code", "stage").annotate(Count("pk")):
        stages.setdefault(code or "", Counter())[stage] += number
    apart = doubted(kind) if kind.summed else frozenset()
    left = Counter(code or "" for code in found.filter(pk__in=apart).values_list("town__code", flat=True))
    sums: dict[str, dict[str, Decimal]] = {}
    summed: QuerySet[Any, Any] = found.exclude(pk__in=apart).values("town__code")
    for row in summed.annotate(**_sums(kind)) if kind.summed else ():
        told = {one.name: row[f"sum_{one.name}"] for one in kind.summed}
        exact = {name: _exact(kind, name, value) for name, value in told.items() if value is not None}
        sums[row["town__code"] or ""] = exact
    order = list(Organisation.objects.filter(code__in=stages).in_printed_order().values_list("code", "name"))
    if "" in stages:
        order.append(("", "没有写镇街"))
    return [
        TownCount(
            code,
            name,
            stages[code].total(),
            [stages[code][one.code] for one in kind.stages],
            sums.get(code, {}),
            left[code],
        )
        for code, name in order
    ]


@dataclass(frozen=True)
class RecordView:
    record: Record
    cells: Sequence[Shown]
    events: Sequence[RecordEvent]
    files: Sequence[Attachment]


def doubts_of(records: Sequence[Record]) -> dict[int, dict[str, str]]:
    """By record and field, why the writing is to be checked."""
    found: dict[int, dict[str, str]] = {}
    for pk, name, why in Doubt.objects.filter(record__in=records).values_list("record", "field", "why"):
        found.setdefault(pk, {})[name] = why
    return found


def in_doubt(found: QuerySet[Record]) -> list[tuple[Record, frozenset[str]]]:
    """Standing records with the fields whose writing is to be checked."""
    rows = found.filter(struck_at__isnull=True, pk__in=Doubt.objects.values("record"))
    doubts = doubts_of(list(rows))
    return [(row, frozenset(doubts[row.pk])) for row in rows]


def view_record(kind: Kind, record: Record, *, secrets: bool, opened: bool = False) -> RecordView:
    doubts = doubts_of([record]).get(record.pk, {})
    return RecordView(
        record,
        shown(kind, record, names_of(kind, [record]), secrets=secrets, doubts=doubts, opened=opened),
        list(record.events.all()),
        attached(EVIDENCE, [record.pk]).get(record.pk, []),
    )


def same_record(kind: Kind, found: QuerySet[Record], values: Mapping[str, str], number: str = "") -> Record | None:
    """The standing record that an imported row means: by the unique fields, where a register has none by its `number`."""
    if not kind.unique:
        whole = read_whole(number)
        return found.filter(number=whole, struck_at__isnull=True).first() if whole is not None else None
    return found.filter(unique_key=unique_key(kind, values), struck_at__isnull=True).first()
