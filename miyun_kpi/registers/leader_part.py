"""What the registers say for 领导首页: open records past their day, by register and unit; of protected ones the number alone."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from functools import cache

from django.db.models import Count, F, Q, Value, Window
from django.db.models.functions import Coalesce, RowNumber

from miyun_kpi.organisations.leader_parts import Overdue as Late
from miyun_kpi.organisations.leader_parts import Reading
from miyun_kpi.registers.models import Record
from miyun_kpi.registers.queries.overview import overdue as past_their_day
from miyun_kpi.registers.queries.overview import title_of
from miyun_kpi.registers.registry import Keeper, all_kinds, record_address


def overdue(reading: Reading) -> Sequence[Late]:
    asked: dict[Keeper, Keeper] = {}
    scope, kinds = Q(pk__in=[]), {}
    for kind, rights in all_kinds():
        if kind.due:
            rights = replace(rights, keeper=asked.setdefault(rights.keeper, cache(rights.keeper)))
            scope |= Q(rights.sees(reading.actor), kind=kind.key)
            kinds[kind.key] = kind
    seen = Record.objects.filter(scope, struck_at__isnull=True)
    if reading.units is not None:
        seen = seen.filter(Q(owner__in=reading.units) | Q(town__in=reading.units))
    group = [F("kind"), F("unit")]
    oldest = Window(RowNumber(), partition_by=group, order_by=[F("due_text").asc(), F("pk").asc()])
    found = past_their_day(seen.annotate(unit=Coalesce("owner", "town")), list(kinds.values()), reading.at)
    made, hidden = [], dict.fromkeys((key for key, kind in kinds.items() if kind.protected), 0)
    if reading.each:
        rows = found.annotate(held=Value(1)).order_by(F("due_text").asc(), F("pk").asc())
    else:
        rows = found.annotate(place=oldest, held=Window(Count("pk"), partition_by=group)).filter(place=1)
    for row in rows:
        kind = kinds[row.kind]
        if kind.protected:
            hidden[row.kind] += row.held
            continue
        unit = row.owner or row.town
        made.append(
            Late(
                document=kind.document,
                what=kind.title,
                number=row.held,
                unit_id=unit.pk if unit else None,
                unit=unit.name if unit else "",
                title=title_of(kind, row),
                due=date.fromisoformat(vars(row)["due_text"]),
                address=record_address(kind, row.pk),
            )
        )
    return made + [Late(kinds[key].document, kinds[key].title, number) for key, number in hidden.items() if number]
