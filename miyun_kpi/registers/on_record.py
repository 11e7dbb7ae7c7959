"""What stands on record of units in the registers of all documents: how many records, how they stand; never what they say.

A record belongs to the period in which its limit lies; where its register has none, that of which it tells, its date, or the day
on which it was registered. Protected registers are no source.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime, time, timedelta

from django.db.models import Case, F, Q, TextField, Value, When
from django.db.models.fields.json import KT
from django.db.models.functions import Coalesce

from miyun_kpi.lib.periods import PeriodCode
from miyun_kpi.organisations.on_record import Fact, Provider, Source, Span, Thing, counted
from miyun_kpi.registers.enums import FieldType
from miyun_kpi.registers.models import Record
from miyun_kpi.registers.registry import all_kinds
from miyun_kpi.registers.rules.kinds import Kind


def _kinds() -> dict[str, Kind]:
    """Those that may be a source: open to count, and of somebody."""
    return {kind.key: kind for kind, _ in all_kinds() if not kind.protected and (kind.owner or kind.town)}


def _sources() -> Sequence[Source]:
    return [Source(kind.key, kind.title, kind.document, kind.clause) for kind in _kinds().values()]


def _field(kind: Kind, type_: FieldType) -> str:
    return next((one.name for one in kind.fields if one.type == type_ and not one.secret), "")


def _period_field(kind: Kind) -> str:
    return "" if kind.due else _field(kind, FieldType.PERIOD)


def _day_field(kind: Kind) -> str:
    return kind.due or _field(kind, FieldType.DATE)


def _text(kinds: Mapping[str, Kind], field: Callable[[Kind], str]) -> Coalesce:
    """The value that the register of each row keeps in the field, "" where it has none: of no other field is anything read."""
    cases = [When(kind=key, then=KT(f"values__{field(kind)}")) for key, kind in kinds.items() if field(kind)]
    return Coalesce(Case(*cases, default=Value(""), output_field=TextField()), Value(""), output_field=TextField())


def _codes(first: date, last: date) -> dict[str, date]:
    """Month, quarter, half-year, school-year and year that end in the days → their last day."""
    found, day = {}, first
    while day <= last:
        for code in (PeriodCode.month_of(day), PeriodCode.quarter_of(day), PeriodCode(day.year)):
            found[str(code)] = code.last_day
        found |= {f"{day.year}H1": date(day.year, 6, 30), f"{day.year}H2": date(day.year, 12, 31)}
        found[f"{day.year - 1}S"] = date(day.year, 8, 31)
        day = PeriodCode.month_of(day).last_day + timedelta(days=1)
    return {code: end for code, end in found.items() if first <= end <= last}


def facts(span: Span, sources: Sequence[str]) -> Sequence[Fact]:
    kinds = {key: kind for key, kind in _kinds().items() if key in sources}
    codes, zone = _codes(span.first_day, span.last_day), span.at.astimezone().tzinfo
    dated = [key for key, kind in kinds.items() if not _period_field(kind)]
    lies = Q(kind__in=dated, day_text__gte=span.first_day.isoformat(), day_text__lte=span.last_day.isoformat())
    lies |= Q(period_text__in=list(codes))
    since, until = (datetime.combine(day, time(0), zone) for day in (span.first_day, span.last_day + timedelta(days=1)))
    lies |= Q(day_text="", period_text="", created_at__gte=since, created_at__lt=until)
    if span.unended:
        for kind in kinds.values():
            lies |= Q(kind=kind.key, stage__in=[one.code for one in kind.stages if not one.closed], done_text="")
    units = {one.pk for one in span.organisations}
    rows = (
        Record.objects.filter(kind__in=list(kinds), struck_at__isnull=True)
        .filter(Q(owner__in=units) | Q(town__in=units))
        .order_by()
        .annotate(period_text=_text(kinds, _period_field), due_text=_text(kinds, lambda kind: kind.due))
        .annotate(
            day_text=Case(
                When(period_text="", then=_text(kinds, _day_field)), default=Value(""), output_field=TextField()
            ),
            done_text=_text(kinds, lambda kind: kind.done),
            saved=F("created_at"),
        )
        .filter(lies)
        .values_list("owner", "town", "kind", "stage", "period_text", "day_text", "due_text", "done_text", "saved")
    )
    today = span.at.astimezone().date()
    things = []
    for owner, town, key, stage, period, day, due, done, saved in rows:
        kind = kinds[key]
        on = codes.get(period) or _end_of(period) or _read(day) or saved.astimezone(zone).date()
        if on > span.last_day:
            continue
        state, word = how_of(kind, stage, due, done, today)
        found = kind.stage(stage)
        running = found is not None and not found.closed and not done
        for unit in units & {owner, town}:
            earlier = on < span.first_day
            things.append(Thing(unit, key, state, on, kind.document, kind.clause, word, running, earlier))
    return counted(things)


def _end_of(period: str) -> date | None:
    """The last day of a code that ends outside the span."""
    if not period[:4].isdigit():
        return None
    year = int(period[:4])
    return _codes(date(year, 1, 1), date(year + 1, 12, 31)).get(period)


def _read(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def how_of(kind: Kind, stage: str, due: str, done: str, today: date) -> tuple[str, str]:
    """A word of the status vocabulary and what the register calls it; finished after its limit is 迟."""
    values = {name: text for name, text in ((kind.due, due), (kind.done, done)) if name}
    if kind.is_overdue(stage, values, today) and not done:
        return "overdue", ""
    if due and done and done > due:
        return "late", "逾期完成"
    found = kind.stage(stage)
    return (found.status, found.label) if found else ("filed", "已登记")


PROVIDER = Provider("registers", "登记簿", 20, sources=_sources, facts=facts)
