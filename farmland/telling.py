"""耕地占补 of the whole scene: quota released, taken back and reversed, an opening, every movement of money, every reading chosen."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from farmland.enums import CHOICE_DEFAULTS, REWARD_OF, EntryKind, MoneyKind
from farmland.models import Application, Entry, Lot, Transfer, Warrant
from farmland.services import applications, ledger, lots, opening
from farmland.services.money import Movement, record_money
from farmland.services.warrants import record_voucher
from miyun_kpi.accounts.demo import Timeline
from miyun_kpi.accounts.registry import DemoWindow
from miyun_kpi.acts.days import IN_TIME
from miyun_kpi.proposals.services import by_two
from miyun_kpi.registers.demo import Book, Said, Typed

POOL, PURSE, TOWN = "guizi", "caizhengnong", "beizhuang"
SECOND = {POOL: "guizifuhe", PURSE: "caizhengfuhe"}
TICKETS = {"reclamation": MoneyKind.IN_RECLAMATION, "compensation": MoneyKind.IN_COMPENSATION}


def tell(at: datetime, window: DemoWindow) -> None:
    timeline = Timeline(at)
    _land_projects(Book(timeline, "farmland"))
    _opening(timeline)
    _reversed_lot(timeline)
    _choices(timeline)
    _uses(timeline)
    _money(timeline)
    timeline.on(0, lambda at: ledger.check_ledger(actor=timeline.actor(POOL), at=at))
    timeline.tell()


def decided(timeline: Timeline, first: str, code: str, at: datetime, **given: Any) -> None:
    """What one of the office proposes and the other confirms, in one breath."""
    by_two(first=timeline.actor(first), second=timeline.actor(SECOND[first]), code=code, at=at, **given)


def _land_projects(book: Book) -> None:
    """土地整治项目 of a town, from its application to the lot in the pool."""
    approve = Said(POOL, "approve", typed={"approval": "（演示）密政批21号"})
    put = Said(POOL, "put-on-record", typed={"record_number": "（演示）备案-21"})
    refuse = Said(POOL, "refuse", "（演示）与生态保护红线重叠（虚构）")
    lives = ((), (approve,), (approve, put), (approve, put, Said(POOL, "accept")), (refuse,), ())
    for number, steps in enumerate(lives, start=1):
        typed: Typed = {
            "town": "北庄镇",
            "name": f"（演示）整治项目之{number}（虚构）",
            "area": f"{number * 3}.5000",
            "applied_on": 0,
            "reserve": "（演示）虚构的后备资源",
        }
        book.record("projects", TOWN, 20 if not steps else 90, typed, steps, gap=15)
    for town, number in (("太师屯镇", 22), ("高岭镇", 23)):
        typed = {
            "year": str(book.timeline.today.year),
            "town": town,
            "supply": "18",
            "use": "4",
            "transfer": "2",
            "number": f"（演示）密政发{number}号",
            "issued_on": 0,
        }
        book.record("plans", POOL, 220, typed)


def _opening(timeline: Timeline) -> None:
    def brought_in(at: datetime) -> None:
        row = opening.OpeningRow(
            number=1,
            record_number="（演示）期初-01",
            name="期初-01",
            town="大城子镇",
            builder="town",
            builder_name="",
            mining=False,
            area=Decimal("18.0000"),
            accepted_on=date(2016, 5, 20),
            acceptance_number="（演示）期初验收",
            used=Decimal("6.0000"),
            transferred=Decimal("2.0000"),
            cost=None,
            profit=None,
            quality="（演示）10等",
            paddy=None,
            capacity="",
            coordination="",
        )
        decided(timeline, POOL, opening.CODE, at, rows=[row])

    timeline.on(225, brought_in)


def _reversed_lot(timeline: Timeline) -> None:
    def twice(at: datetime) -> None:
        actor = timeline.actor(POOL)
        new = lots.NewLot(
            record_number="（演示）录重-01",
            name="录重-01",
            town="大城子镇",
            builder="town",
            mining=False,
            area=Decimal("4.0000"),
            accepted_on=date(2019, 5, 20),
            acceptance_number="（演示）市规自委验收",
        )
        lot = lots.accept_lot(actor=actor, new=new, at=at)
        number = Entry.objects.values_list("act", flat=True).get(lot=lot)
        decided(timeline, POOL, "farmland-reverse-entry", at, number=number, reason="（演示）同一批次录了两次")

    timeline.on(215, twice)


def _choices(timeline: Timeline) -> None:
    def chosen(at: datetime) -> None:
        for place, (key, value) in enumerate(CHOICE_DEFAULTS.items()):
            row = {
                "key": key,
                "value": value,
                "starts_on": at.astimezone().date(),
                "basis": "（演示）两局协调会（虚构）",
            }
            decided(timeline, (POOL, PURSE)[place % 2], "farmland-choose", at, **row)

    timeline.on(210, chosen)


class Use:
    """One 指标使用, act after act."""

    def __init__(
        self, timeline: Timeline, ago: int, name: str, town: str, area: str, *, approval: str = "", **nature: Any
    ) -> None:
        self.timeline, self.name, self.pk = timeline, name, 0
        facts: dict[str, Any] = {"investor": "social", "commercial": True, "district_pays": False, "public": False}
        facts |= nature

        def register(at: datetime) -> None:
            project = applications.Project(
                name=name,
                applicant="（演示）建设单位",
                town=town,
                area=Decimal(area),
                approval_number=approval or f"{name}（密政批）",
                approval_on=at.astimezone().date(),
                **facts,
            )
            self.pk = applications.register_application(actor=timeline.actor(POOL), project=project, at=at).pk

        timeline.on(ago, register)

    @property
    def row(self) -> Application:
        return Application.objects.get(pk=self.pk)

    def act(self, ago: int, name: str, **more: Any) -> "Use":
        def deed(at: datetime) -> None:
            given = {"application_id": self.pk, "version": self.row.version, "at": at, **more}
            getattr(applications, name)(actor=self.timeline.actor(POOL), **given)

        self.timeline.on(ago, deed)
        return self

    def decided(self, ago: int, code: str, **more: Any) -> "Use":
        def deed(at: datetime) -> None:
            given = {"application_id": self.pk, "version": self.row.version, **more}
            if code != "farmland-waive":
                given = {"on": None, "late": IN_TIME, "asked_on": at.astimezone().date()} | given
            decided(self.timeline, POOL, code, at, **given)

        self.timeline.on(ago, deed)
        return self

    def charged(self, ago: int, *, waived: str = "", ticket: str = "") -> "Use":
        """Fees assessed, part of one waived where that was approved, the rest paid with a ticket."""

        def deed(at: datetime) -> None:
            actor, day = self.timeline.actor(PURSE), at.astimezone().date()
            own: dict[str, Any] = {"application_id": self.pk}
            dated = {"on": day, "late": IN_TIME, "asked_on": day}
            decided(self.timeline, PURSE, "farmland-assess", at, version=self.row.version, **dated, **own)
            if waived:
                approved = {"approval_number": "（演示）密政批减免", "approval_on": day, "amount": Decimal(waived)}
                decided(self.timeline, PURSE, "farmland-waive", at, version=self.row.version, **approved, **own)
            for fee in self.row.fees.all():
                if fee.owed:
                    number = ticket or f"{self.name}票据"
                    paid = Movement(TICKETS[fee.kind], fee.owed, day, number, application_id=self.pk)
                    record_money(actor=actor, movement=paid, at=at)

        self.timeline.on(ago, deed)
        return self


def _uses(timeline: Timeline) -> None:
    released = Use(
        timeline, 200, "（演示）项目戊", "太师屯镇", "8.0000", investor="national", commercial=False, public=True
    )
    released.act(198, "reserve").decided(190, "farmland-release", reason="（演示）选址调整，撤回预留")
    released.act(185, "strike_application", reason="（演示）项目不再建设（虚构）")
    back = Use(timeline, 180, "（演示）项目己", "高岭镇", "10.0000").act(178, "reserve").charged(175)
    back.decided(172, "farmland-post").decided(
        60,
        "farmland-reclaim",
        approval_number="（演示）密政批收回",
        approval_on=timeline.day(61),
        force_majeure=False,
        coordination="",
    )
    for ago, name, town, area, waived in (
        (30, "（演示）项目庚", "太师屯镇", "6.0000", ""),
        (26, "（演示）项目辛", "西田各庄镇", "4.0000", "100000"),
        (22, "（演示）项目壬", "太师屯镇", "5.5000", ""),
    ):
        Use(timeline, ago, name, town, area).act(ago - 2, "reserve").charged(ago - 5, waived=waived)
    Use(timeline, 12, "（演示）项目癸", "太师屯镇", "3.0000").act(10, "reserve")


def _money(timeline: Timeline) -> None:
    """Every kind of movement, some of it a part of what is due; one taken back."""
    purse = timeline.actor(PURSE)

    def moved(at: datetime, kind: MoneyKind, amount: str, **of: Any) -> int:
        movement = Movement(kind, Decimal(amount), at.astimezone().date(), f"（演示）凭证{kind}", **of)
        return record_money(actor=purse, movement=movement, at=at).number

    def transfer(at: datetime) -> None:
        row = Transfer.objects.get(number=1)
        agreed = {"reward": Decimal("600000"), "reward_number": "（演示）密政议7号"}
        decided(timeline, PURSE, "farmland-agree-reward", at, transfer_id=row.pk, version=row.version, **agreed)
        moved(at, MoneyKind.IN_TRANSFER, "1200000", transfer_id=row.pk)
        _paid(timeline, at, MoneyKind.OUT_REWARD_TRANSFER, "600000", transfer_id=row.pk, town="河南寨镇")

    def built(at: datetime) -> None:
        lot = Lot.objects.get(name="太师屯-01")
        for kind, amount in (
            (MoneyKind.OUT_SOE_COST, "800000"),
            (MoneyKind.OUT_SOE_PROFIT, "150000"),
            (MoneyKind.OUT_MAINTENANCE, "100000"),
        ):
            _paid(timeline, at, kind, amount, lot_id=lot.pk)

    def rewards(at: datetime) -> None:
        for name, first, second in (("（演示）项目乙", "300000", "500000"), ("（演示）项目己", "400000", "600000")):
            entry = _use(name)
            for kind, amount in ((MoneyKind.OUT_REWARD_FIRST, first), (MoneyKind.OUT_REWARD_SECOND, second)):
                _paid(timeline, at, kind, amount, entry_id=entry.pk)

    def spent(at: datetime) -> None:
        for kind in (MoneyKind.USE_FARMLAND, MoneyKind.USE_AGRICULTURE, MoneyKind.USE_CITY, MoneyKind.USE_ECOLOGY):
            moved(at, kind, "50000")
        town = _use("（演示）项目乙").lot.town.name
        for kind in (
            MoneyKind.TOWN_RECULTIVATION,
            MoneyKind.TOWN_AGRICULTURE,
            MoneyKind.TOWN_PUBLIC,
            MoneyKind.TOWN_ECOLOGY,
        ):
            moved(at, kind, "40000", town=town)

    def wrong(at: datetime) -> None:
        movement = Movement(
            MoneyKind.USE_CITY, Decimal("7000"), at.astimezone().date(), "（演示）凭证录错", note="（演示）虚构"
        )
        number = record_money(actor=purse, movement=movement, at=at).number
        decided(timeline, PURSE, "farmland-reverse-money", at, number=number, reason="（演示）金额录错，冲正")

    def taken_back(at: datetime) -> None:
        entry = _use("（演示）项目己")
        _paid(timeline, at, MoneyKind.IN_BACK_FIRST, "400000", entry_id=entry.pk)
        _paid(timeline, at, MoneyKind.IN_BACK_SECOND, "200000", entry_id=entry.pk)

    for ago, deed in ((165, transfer), (160, built), (150, rewards), (100, spent), (95, wrong), (40, taken_back)):
        timeline.on(ago, deed)


def _use(name: str) -> Entry:
    """The first lot that a project used."""
    return Entry.objects.filter(application__name=name, kind=EntryKind.POST).order_by("number")[0]


def _paid(timeline: Timeline, at: datetime, kind: MoneyKind, amount: str, **of: Any) -> None:
    """Decided by two, then paid by the voucher of one."""
    ids: dict[str, Any] = {"entry_id": None, "lot_id": None, "transfer_id": None, "fee_id": None, "town": ""}
    code = "farmland-claim" if kind in REWARD_OF else "farmland-pay"
    decided(timeline, PURSE, code, at, **ids | of, kind=kind.value, amount=Decimal(amount), note="（演示）虚构")
    row = Warrant.objects.order_by("-pk")[0]
    ticket = f"（演示）凭证{row.pk}"
    record_voucher(actor=timeline.actor(PURSE), warrant_id=row.pk, ticket=ticket, day=at.astimezone().date(), at=at)
