"""Years of records for measuring (lib.years): in every register whose fields can be invented, nearly all of them settled."""

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from itertools import islice

from django.db.models import Max

from miyun_kpi.lib.years import Years
from miyun_kpi.organisations.enums import Category
from miyun_kpi.organisations.models import Organisation
from miyun_kpi.registers.enums import Act, FieldType
from miyun_kpi.registers.models import Record, RecordEvent
from miyun_kpi.registers.registry import all_kinds
from miyun_kpi.registers.rules.kinds import Field, Kind
from miyun_kpi.registers.rules.reading import read_values
from miyun_kpi.registers.rules.stored import search_words
from miyun_kpi.registers.services.records import organisation_resolver

YEARLY = 5_000
BATCH = 2_000
BY = "虚构"
# Of so many records the last is still in its first stage.
OPEN = 100


def fill(years: Years) -> int:
    towns = list(Organisation.objects.filter(category=Category.TOWNSHIP, valid_to__isnull=True).order_by("pk"))
    kinds = [kind for kind, _ in all_kinds() if _can_be_invented(kind, towns[0], years.last_day)]
    numbers = dict(Record.objects.order_by().values_list("kind").annotate(Max("number")))
    rows, number = _records(years, kinds, towns, numbers), 0
    while batch := list(islice(rows, BATCH)):
        made = Record.objects.bulk_create(batch)
        number += len(made)
        RecordEvent.objects.bulk_create(
            [RecordEvent(record=row, act=Act.CREATED, at=row.created_at, by=BY) for row in made]
        )
    return number


def _can_be_invented(kind: Kind, town: Organisation, today: date) -> bool:
    """Without points that are kept apart, and whose rules find nothing wrong with what is invented."""
    if kind.protected or kind.unique or kind.stage_of or kind.limit or any(one.sealed for one in kind.fields):
        return False
    _, problems = read_values(kind, _typed(kind, town, today, 0), organisation_resolver(), today)
    return not problems


def _records(
    years: Years, kinds: Sequence[Kind], towns: Sequence[Organisation], numbers: dict[str, int]
) -> Iterator[Record]:
    resolve = organisation_resolver()
    for place, at in enumerate(years.moments(YEARLY)):
        kind, town = kinds[place % len(kinds)], towns[place // len(kinds) % len(towns)]
        day = at.astimezone().date()
        values, _ = read_values(kind, _typed(kind, town, day, place), resolve, years.last_day)
        numbers[kind.key] = numbers.get(kind.key, 0) + 1
        fields = {one.name for one in kind.fields if one.type in (FieldType.TOWN, FieldType.ORGANISATION)}
        yield Record(
            kind=kind.key,
            number=numbers[kind.key],
            owner=town if kind.owner in fields else None,
            town=town if kind.town in fields else None,
            stage=_stage(kind, place),
            values=values,
            words=search_words(kind, values, [town.name] if fields else []),
            created_at=at,
            created_by=BY,
            changed_at=at,
            hand=BY,
            version=1,
        )


def _stage(kind: Kind, place: int) -> str:
    closed = [one.code for one in kind.stages if one.closed]
    return kind.first_stage if not closed or place % OPEN == OPEN - 1 else closed[0]


def _typed(kind: Kind, town: Organisation, day: date, place: int) -> dict[str, str]:
    return {one.name: _text(one, town, day, place) for one in kind.fields}


def _text(field: Field, town: Organisation, day: date, place: int) -> str:
    if field.numeric:
        least, most = field.least or 0, field.most
        number = int(least) + 1 + place % 97
        return str(number if most is None or number <= most else most)
    return {
        FieldType.DATE: (day - timedelta(days=1)).isoformat(),
        FieldType.CHOICE: field.choices[place % len(field.choices)][0] if field.choices else "",
        FieldType.BOOL: "是",
        FieldType.TOWN: town.name,
        FieldType.ORGANISATION: town.name,
        FieldType.PERSON: "虚构",
        FieldType.PERIOD: str(day.year),
    }.get(field.type, f"虚构{place + 1}" if field.type in (FieldType.TEXT, FieldType.LONG, FieldType.PLACE) else "")
