"""Years of 耕地占补 for measuring (lib.years): lots that are used up by projects, with their fees, money and rewards.

The ledger is one that the rules would have written: lots are taken in the order of 第九条, balances stand beside every entry.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from django.db.models import Max

from farmland.enums import (
    OUT_OF_PART,
    Builder,
    EntryKind,
    FeeKind,
    Investor,
    MoneyKind,
    RewardCause,
    RewardPart,
    State,
)
from farmland.models import Application, Entry, Fee, Lot, LotUse, Money, MoneyCheck, Pool, Reward, Warrant
from farmland.queries import reconciling
from farmland.rules.allocation import LotFacts, allocate
from farmland.rules.ledger import Buckets
from farmland.rules.places import is_town
from miyun_kpi.acts.reconciling import columns_of
from miyun_kpi.lib.years import Years
from miyun_kpi.organisations.enums import Category
from miyun_kpi.organisations.models import Organisation

LOTS, PROJECTS = 24, 240
BY = "虚构"
BATCH = 2_000
ZERO, RATE = Decimal("0.0000"), Decimal("10000.00")
FEES = ((FeeKind.RECLAMATION, MoneyKind.IN_RECLAMATION), (FeeKind.COMPENSATION, MoneyKind.IN_COMPENSATION))
# The last so many projects are still reserved; of so many one was given back before it was posted, and reserved again.
OPEN, GIVEN_BACK = 10, 20


def fill(years: Years) -> int:
    return _Ledger(years).write()


@dataclass
class _Kept:
    """What is written at the end, in this order."""

    lots: list[Lot] = field(default_factory=list)
    applications: list[Application] = field(default_factory=list)
    entries: list[Entry] = field(default_factory=list)
    uses: list[LotUse] = field(default_factory=list)
    fees: list[Fee] = field(default_factory=list)
    money: list[Money] = field(default_factory=list)
    rewards: list[Reward] = field(default_factory=list)
    warrants: list[Warrant] = field(default_factory=list)

    def write(self) -> int:
        number = 0
        every: Sequence[Sequence[Any]] = (self.lots, self.applications, self.entries, self.uses)
        for rows in (*every, self.fees, self.money, self.rewards, self.warrants):
            if rows:
                type(rows[0])._default_manager.bulk_create(rows, batch_size=BATCH)
            number += len(rows)
        return number


class _Ledger:
    def __init__(self, years: Years) -> None:
        self.years = years
        self.towns = [
            one
            for one in Organisation.objects.filter(category=Category.TOWNSHIP, valid_to__isnull=True).order_by("pk")
            if is_town(one.name)
        ]
        self.pool, _ = Pool.objects.get_or_create(pk=Pool.ONLY)
        self.standing = list(Lot.objects.filter(struck_at__isnull=True).select_related("town").order_by("pk"))
        self.balances = {id(lot): lot.buckets for lot in self.standing}
        self.old = list(self.standing)
        self.free = sum((lot.free for lot in self.standing), ZERO)
        self.projects = Application.objects.aggregate(last=Max("number"))["last"] or 0
        self.kept = _Kept()

    def write(self) -> int:
        moments = list(self.years.moments(PROJECTS))
        for place, at in enumerate(moments):
            if place % (PROJECTS // LOTS) == 0:
                self._lot(place, at)
            self._project(place, at, is_open=place >= len(moments) - OPEN)
        for lot in self.standing:
            own = self.balances[id(lot)]
            lot.accepted, lot.reserved, lot.used, lot.transferred = (
                own.accepted,
                own.reserved,
                own.used,
                own.transferred,
            )
        Lot.objects.bulk_update(self.old, ["accepted", "reserved", "used", "transferred"])
        self.pool.save(update_fields=["last_number", "last_money"])
        number = self.kept.write()
        today = self.years.last_day.isoformat()[:7]
        checked = [
            MoneyCheck(**columns_of(month), at=self.years.at, by=BY)
            for month in reconciling.months()
            if month.open and month.month < today
        ]
        MoneyCheck.objects.bulk_create(checked, batch_size=BATCH)
        return number + len(checked)

    def _lot(self, place: int, at: datetime) -> None:
        town, number = self.towns[place % len(self.towns)], place // (PROJECTS // LOTS) + 1
        area = Decimal(15 + place % 21) + Decimal("0.0005") * (place % 7)
        lot = Lot(
            record_number=f"虚构-{number:05}",
            name=f"虚构{number:05}",
            town=town,
            builder=Builder.TOWN,
            mining=False,
            area=area,
            accepted_on=at.astimezone().date(),
            acceptance_number="（虚构）",
            created_at=at,
            created_by=BY,
            changed_at=at,
            changed_by=BY,
        )
        self.standing.append(lot)
        self.balances[id(lot)] = Buckets()
        self.kept.lots.append(lot)
        self._move([(lot, area)], EntryKind.ACCEPT, at)

    def _move(
        self, parts: Iterable[tuple[Lot, Decimal]], kind: str, at: datetime, application: Application | None = None
    ) -> list[Entry]:
        act, made = self.pool.last_number + 1, []
        for lot, area in parts:
            before = self.balances[id(lot)]
            after = before.moved(kind, area)
            self.balances[id(lot)] = after
            self.free += after.free - before.free
            self.pool.last_number += 1
            entry = Entry(
                number=self.pool.last_number,
                act=act,
                lot=lot,
                application=application,
                kind=kind,
                area=area,
                change=after.free - before.free,
                lot_free=after.free,
                pool_free=self.free,
                reason="（虚构）",
                clause="第七条",
                done_on=at.astimezone().date(),
                at=at,
                by=BY,
            )
            made.append(entry)
        self.kept.entries += made
        return made

    def _project(self, place: int, at: datetime, *, is_open: bool) -> None:
        town = self.towns[place * 7 % len(self.towns)]
        area = Decimal(1 + place % 4) + Decimal("0.0125") * (place % 9)
        named = dict(enumerate(lot for lot in self.standing if self.balances[id(lot)].free > 0))
        facts = [
            LotFacts(key, lot.name, lot.town.code, lot.town.name, lot.accepted_on, self.balances[id(lot)].free)
            for key, lot in named.items()
        ]
        found = allocate(area, town.code, town.name, facts)
        if found.short:
            return
        self.projects += 1
        row = self._application(town, area, at, State.RESERVED if is_open else State.POSTED)
        parts = [(named[step.lot.lot_id], step.taken) for step in found.steps]
        self._move(parts, EntryKind.RESERVE, at, row)
        if place % GIVEN_BACK == 0:
            self._move(parts, EntryKind.RELEASE, at, row)
            self._move(parts, EntryKind.RESERVE, at, row)
        columns = ("reserved",) if is_open else ("used",)
        self.kept.uses += [LotUse(lot=lot, application=row, **dict.fromkeys(columns, area)) for lot, area in parts]
        if not is_open:
            self._paid(row, self._move(parts, EntryKind.POST, at + timedelta(hours=1), row), at)

    def _application(self, town: Organisation, area: Decimal, at: datetime, state: str) -> Application:
        day = at.astimezone().date()
        row = Application(
            number=self.projects,
            name=f"（虚构）项目{self.projects}",
            applicant="（虚构）建设单位",
            investor=Investor.SOCIAL,
            commercial=True,
            district_pays=False,
            public=False,
            town=town,
            area=area,
            approval_number="（虚构）密政批",
            approval_on=day,
            request_number="（虚构）请示",
            request_on=day,
            state=state,
            created_at=at,
            created_by=BY,
            changed_at=at,
            changed_by=BY,
        )
        self.kept.applications.append(row)
        return row

    def _paid(self, row: Application, uses: Sequence[Entry], at: datetime) -> None:
        day = at.astimezone().date()
        for kind, paid in FEES:
            fee = Fee(
                application=row,
                kind=kind,
                area=row.area,
                rate=RATE,
                amount=(RATE * row.area).quantize(Decimal("0.01")),
                reason="（虚构）",
                clause="第八条",
                assessed_on=day,
                at=at,
                by=BY,
            )
            self.kept.fees.append(fee)
            self._money(paid, fee.amount, at, fee=fee, application=row)
        for use in uses:
            for part in RewardPart.values:
                self._reward(use, part, at)

    def _reward(self, use: Entry, part: str, at: datetime) -> None:
        amount = (RATE * use.area).quantize(Decimal("0.01"))
        self.kept.rewards.append(
            Reward(
                entry=use,
                part=part,
                cause=RewardCause.DUE,
                on=use.done_on,
                rate=RATE,
                adds_up=True,
                whole=amount,
                amount=amount,
                reason="（虚构）",
                at=at,
                by=BY,
            )
        )
        kind, town = OUT_OF_PART[part], use.lot.town
        money = self._money(kind, amount, at, town=town)
        self.kept.warrants.append(
            Warrant(kind=kind, amount=amount, payee=town.name, entry=use, town=town, money=money, at=at, by=BY)
        )

    def _money(self, kind: str, amount: Decimal, at: datetime, **of: Any) -> Money:
        self.pool.last_money += 1
        number, day = self.pool.last_money, at.astimezone().date()
        row = Money(number=number, kind=kind, amount=amount, day=day, ticket=f"虚构{number}", at=at, by=BY, **of)
        self.kept.money.append(row)
        return row
