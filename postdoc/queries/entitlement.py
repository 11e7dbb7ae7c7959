"""A person's whole entitlement, what can be asked for now, and what an application rests on. Never a personal datum."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db.models import QuerySet

from postdoc.enums import LIVE, Grant, Ground, Leaving
from postdoc.models import Application, Award, Person, Station, Stay
from postdoc.rules import entitlement as rules
from postdoc.rules.entitlement import MONTH_STATES, Contract, Finding, Month
from postdoc.rules.figures import Figures

# Who got in by false papers, or never came to work, was never “进入工作站工作” (第二十条, 推定): the
# two grounds of 退站 that say so of the beginning; with every other ground there was work, and its months stay paid.
VOID: dict[str, str] = {
    Ground.FALSE_PAPERS: "提供虚假材料获得进站资格的",
    Ground.NOT_ARRIVED: "未按照有关协议约定到岗开展工作的",
}
# What nobody asked for yet can be asked for; every other month is called as the rule calls it.
WORDS = dict(MONTH_STATES) | {"due": "可申报"}


def name_of(stay: Stay) -> str:
    return f"在站第 {stay.number} 号"


def stays_of(person: Person, *, worked: Stay | None = None) -> list[rules.Stay]:
    """`worked`: a stay as it is about to be, in place of what is stored, and as one of which no ground voids anything."""
    return [
        rules.Stay(worked.pk, worked.entered_on, worked.left_on, name_of(worked))
        if worked is not None and one.pk == worked.pk
        else rules.Stay(one.pk, one.entered_on, one.left_on, name_of(one), VOID.get(one.ground, ""))
        for one in person.stays.all()
    ]


def months_of(person: Person, table: Figures, on: date) -> list[Month]:
    return rules.living_months(stays_of(person), table, on)


def contract_of(stay: Stay) -> Contract | None:
    """The last contract in 密云, else the last of all."""
    found = sorted(stay.employments.all(), key=lambda one: (one.in_miyun, one.from_day))
    if not found:
        return None
    return Contract(found[-1].in_miyun, found[-1].from_day, found[-1].until, found[-1].ended_on)


def finding_of(
    grant: str, station: Station, stay: Stay | None, award: Award | None, table: Figures, on: date
) -> Finding:
    """Of a once-only grant."""
    if grant == Grant.STATION:
        return rules.station_grant(station.approved_on, [one.entered_on for one in station.stays.all()], table, on)
    if award is not None:
        return rules.award(Grant(grant), award.get_level_display(), award.awarded_on, table, on)
    assert stay is not None
    left = stay.left_on if stay.left_on and stay.left_on <= on else None
    leaving = stay.leaving if left else ""
    if grant == Grant.LEAVING:
        return rules.leaving_grant(leaving, stay.as_completed, contract_of(stay), table, on)
    return rules.conversion(leaving, stay.as_completed, left, contract_of(stay), stay.converted_on, table, on)


def once_key(grant: str, station: Station, stay: Stay | None, award: Award | None, each: bool) -> str | None:
    """Who may have it once: a station, a person, by level of the award where each counts (推定): “国家、北京市” are two honours."""
    if grant == Grant.LIVING:
        return None
    owner = f"station:{station.pk}" if stay is None else f"person:{stay.person_id}"
    level = f":{award.level}" if award is not None and each else ""
    return f"{grant}:{owner}{level}"


def standing(owner: Station | Stay) -> list[Award]:
    """Its awards that count, from those that were fetched with it."""
    return [one for one in owner.awards.all() if one.struck_at is None]


@dataclass(frozen=True)
class MonthLine:
    """A month with what became of it. `word`: claimed under which application, or what can be done."""

    month: Month
    stay: Stay
    application: Application | None

    @property
    def word(self) -> str:
        if self.application is not None:
            return self.application.progress[1]
        return WORDS[self.month.state]


@dataclass(frozen=True)
class Once:
    finding: Finding
    stay: Stay
    application: Application | None


@dataclass(frozen=True)
class Whole:
    """Everything of one person on a day."""

    person: Person
    on: date
    months: Sequence[MonthLine]
    once: Sequence[Once]

    @property
    def due(self) -> Decimal:
        return sum((one.month.amount for one in self.months if one.month.entitled), Decimal(0))

    @property
    def claimed(self) -> Decimal:
        return sum((one.month.amount for one in self.months if one.application is not None), Decimal(0))

    @property
    def counted(self) -> int:
        return sum(one.month.entitled for one in self.months)


def people(found: QuerySet[Person]) -> QuerySet[Person]:
    """With everything `whole_of` reads."""
    return found.prefetch_related(
        "stays__employments", "stays__awards", "stays__station", "claimed__application", "stays__applications"
    )


def whole_of(person: Person, table: Figures, on: date) -> Whole:
    stays = {one.pk: one for one in person.stays.all()}
    claimed = {one.month: one.application for one in person.claimed.all()}
    months = [
        MonthLine(one, stays[one.stay], claimed.get(one.month) if one.state in ("due", "future") else None)
        for one in months_of(person, table, on)
    ]
    live = {one.once_key: one for row in stays.values() for one in row.applications.all() if one.phase in LIVE}
    each = table.on("award_each", on)
    once = []
    for row in stays.values():
        wanted: list[tuple[str, Award | None]] = [(Grant.EXCELLENT, award) for award in standing(row)]
        if row.leaving in (Leaving.COMPLETED, Leaving.EARLY, Leaving.WITHDRAWN):
            wanted += [(Grant.LEAVING, None), (Grant.CONVERSION, None)]
        for grant, award in wanted:
            key = once_key(grant, row.station, row, award, each)
            once.append(Once(finding_of(grant, row.station, row, award, table, on), row, live.get(key)))
    return Whole(person, on, months, once)


@dataclass(frozen=True)
class Offer:
    """Something a station may ask for now."""

    grant: Grant
    station: Station
    amount: Decimal
    stay: Stay | None = None
    award: Award | None = None
    first: str = ""
    last: str = ""


def offers(stations: Iterable[Station], table: Figures, on: date) -> list[Offer]:
    """Every grant of these stations that is due and not yet asked for."""
    found: list[Offer] = []
    held = set(Application.objects.filter(phase__in=LIVE).exclude(once_key=None).values_list("once_key", flat=True))
    each = table.on("award_each", on)

    def add(grant: Grant, station: Station, stay: Stay | None = None, award: Award | None = None) -> None:
        key = once_key(grant, station, stay, award, each)
        finding = finding_of(grant, station, stay, award, table, on)
        if finding.entitled and key not in held:
            found.append(Offer(grant, station, finding.amount, stay, award))

    for station in stations:
        add(Grant.STATION, station)
        for award in standing(station):
            add(Grant.STATION_AWARD, station, award=award)
        for stay in station.stays.select_related("person").prefetch_related("employments", "awards"):
            found += _living(station, stay, table, on)
            for award in standing(stay):
                add(Grant.EXCELLENT, station, stay, award)
            if stay.left_on is not None:
                add(Grant.LEAVING, station, stay)
                add(Grant.CONVERSION, station, stay)
    return found


def unclaimed(stay: Stay, table: Figures, on: date) -> list[Month]:
    """Months of this stay that are due and nobody has asked for."""
    taken = set(stay.person.claimed.values_list("month", flat=True))
    months = months_of(stay.person, table, on)
    return [one for one in months if one.stay == stay.pk and one.entitled and one.month not in taken]


def _living(station: Station, stay: Stay, table: Figures, on: date) -> list[Offer]:
    months = unclaimed(stay, table, on)
    if not months:
        return []
    return [Offer(Grant.LIVING, station, rules.total(months), stay, None, months[0].month, months[-1].month)]
