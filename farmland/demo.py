"""耕地占补 of the demonstration: invented lots, projects in several stages, a transfer. Everything says so."""

from datetime import date, datetime
from decimal import Decimal

from farmland.enums import DOCUMENT, MONEY_OFFICE, POOL_OFFICE
from farmland.services import applications, fees, ledger, lots, transfers
from farmland.services.money import Movement, record_money
from miyun_kpi.accounts.access import verbs_of
from miyun_kpi.accounts.enums import Role
from miyun_kpi.accounts.registry import DemoAccount, DemoPart, DemoWindow
from miyun_kpi.lib.actors import Actor
from miyun_kpi.lib.citations import document_label
from miyun_kpi.organisations.models import Organisation
from miyun_kpi.registers.services.records import load_demo_record

ACCOUNTS = (
    DemoAccount(
        "guizi",
        "规自耕地科（演示）",
        (("区规自分局", Role.REGISTER_OFFICE, "耕地科"),),
        f"{document_label(DOCUMENT)}：指标库、预留、核销",
    ),
    DemoAccount(
        "caizhengnong",
        "财政农业科（演示）",
        (("区财政局", Role.REGISTER_OFFICE, "农业科"),),
        f"{document_label(DOCUMENT)}：核费、票据、奖励、单价",
    ),
)
LOTS = (
    ("河南寨-01", "河南寨镇", "town", False, "32.4000", date(2018, 11, 20)),
    ("太师屯-01", "太师屯镇", "soe", True, "58.2600", date(2019, 3, 15)),
    ("十里堡-01", "十里堡镇", "town", False, "12.8400", date(2019, 6, 28)),
    ("巨各庄-01", "巨各庄镇", "town", False, "41.0050", date(2019, 9, 10)),
    ("高岭-01", "高岭镇", "soe", False, "27.3000", date(2019, 12, 18)),
    ("十里堡-02", "十里堡镇", "town", False, "9.6600", date(2020, 5, 22)),
    ("西田各庄-01", "西田各庄镇", "town", False, "36.0000", date(2020, 8, 6)),
)
# Name, town, area, investor, commercial, district pays, public, how far.
PROJECTS = (
    ("（演示）项目乙", "河南寨镇", "20.0000", "social", True, False, False, "posted"),
    ("（演示）项目丙", "巨各庄镇", "30.0000", "city", False, False, True, "posted"),
    ("（演示）项目丁", "西田各庄镇", "15.0000", "district", False, True, True, "reserved"),
    ("（演示）项目甲", "十里堡镇", "36.5000", "social", True, False, False, "registered"),
)
TICKETS = {"reclamation": "in_reclamation", "compensation": "in_compensation"}


def _actor(code: str, label: str) -> Actor:
    office = Organisation.objects.get(code=code)
    return Actor(label, organisation_id=office.pk, role=Role.REGISTER_OFFICE, verbs=verbs_of(Role.REGISTER_OFFICE))


def load(at: datetime, window: DemoWindow) -> None:
    pool, purse = _actor(POOL_OFFICE, "演示数据（区规自分局）"), _actor(MONEY_OFFICE, "演示数据（区财政局）")
    today = at.astimezone().date()
    _tables(purse, at)
    for name, town, builder, mining, area, day in LOTS:
        cost = Decimal("1000000.00") if builder == "soe" else None
        lots.accept_lot(
            actor=pool,
            at=at,
            new=lots.NewLot(
                record_number=f"（演示）{name}",
                name=name,
                town=town,
                builder=builder,
                mining=mining,
                area=Decimal(area),
                accepted_on=day,
                acceptance_number="（演示）市规自委验收",
                cost=cost,
                builder_name="（演示）区管国企" if cost else "",
                profit=cost / 5 if cost else None,
            ),
        )
    transfers.transfer_out(
        actor=pool,
        at=at,
        deal=transfers.Deal(
            "（演示）某区", Decimal("6.0000"), Decimal("300000"), "（演示）协议", "（演示）密政批7号", today
        ),
    )
    for number, project in enumerate(PROJECTS, start=1):
        _project(pool, purse, number, project, today, at)
    ledger.check_ledger(actor=pool, at=at)
    load_demo_record(
        app="farmland",
        kind="plans",
        at=at,
        typed={
            "year": str(today.year),
            "town": "北庄镇",
            "supply": "20",
            "use": "5",
            "number": "（演示）密政发",
            "issued_on": f"{today.year}-01-10",
        },
    )


def _tables(purse: Actor, at: datetime) -> None:
    """An invented price, and an invented successor of the rule, since the trial has run out."""
    first, later = date(2020, 5, 1), date(2022, 4, 22)
    fees.enter_period(actor=purse, starts_on=later, ends_on=date(2099, 12, 31), basis="（演示）虚构的后续办法", at=at)
    for kind, value, start in (
        ("compensation", "200000", first),
        ("reclamation", "15000", later),
        ("reward_first", "50000", later),
        ("reward_second", "100000", later),
        ("maintenance", "3000", later),
        ("profit_cap", "20", later),
    ):
        fees.enter_rate(
            actor=purse, kind=kind, value=Decimal(value), starts_on=start, ends_on=None, basis="（演示）虚构", at=at
        )


def _project(pool: Actor, purse: Actor, number: int, project: tuple[object, ...], today: date, at: datetime) -> None:
    name, town, area, investor, commercial, district, public, stage = project
    row = applications.register_application(
        actor=pool,
        at=at,
        project=applications.Project(
            name=str(name),
            applicant="（演示）建设单位",
            investor=str(investor),
            commercial=bool(commercial),
            district_pays=bool(district),
            public=bool(public),
            town=str(town),
            area=Decimal(str(area)),
            approval_number=f"（演示）密政批{number}号",
            approval_on=today,
        ),
    )
    if stage == "registered":
        return
    applications.reserve(actor=pool, application_id=row.pk, version=row.version, at=at)
    if stage == "reserved":
        return
    for fee in fees.assess_fees(actor=purse, application_id=row.pk, version=row.version + 1, on=today, at=at):
        if fee.amount:
            movement = Movement(TICKETS[fee.kind], fee.amount, today, f"（演示）票{row.number}", application_id=row.pk)
            record_money(actor=purse, movement=movement, at=at)
    applications.post(actor=pool, application_id=row.pk, version=row.version + 2, at=at)


PART = DemoPart(ACCOUNTS, load)
