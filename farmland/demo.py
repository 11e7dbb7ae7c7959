"""耕地占补 of the demonstration: invented lots, projects in several stages, a transfer. Everything says so and can be removed."""

from datetime import date, datetime
from decimal import Decimal
from functools import partial
from typing import Any

from farmland.enums import DOCUMENT
from farmland.services import lots, transfers
from farmland.services.ledger import check_ledger
from farmland.telling import POOL, PURSE, Use, decided, tell
from miyun_kpi.accounts.demo import Timeline
from miyun_kpi.accounts.enums import Role
from miyun_kpi.accounts.registry import DemoAccount, DemoPart, DemoWindow
from miyun_kpi.acts.days import IN_TIME
from miyun_kpi.lib.citations import document_label
from miyun_kpi.registers.demo import Book

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
    DemoAccount(
        "guizifuhe",
        "规自耕地复核（演示）",
        (("区规自分局", Role.REGISTER_OFFICE, "耕地科"),),
        f"{document_label(DOCUMENT)}：核销、收回、转让、冲正的第二人",
    ),
    DemoAccount(
        "caizhengfuhe",
        "财政农业复核（演示）",
        (("区财政局", Role.REGISTER_OFFICE, "农业科"),),
        f"{document_label(DOCUMENT)}：核费、减免、付款、追回、对账的第二人",
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


def load(at: datetime, window: DemoWindow) -> None:
    timeline = Timeline(at)
    timeline.on(330, lambda at: _tables(timeline, at))
    for place, lot in enumerate(LOTS):
        timeline.on(320 - place, partial(_lot, timeline, lot))
    timeline.on(300, lambda at: _transfer(timeline, at))
    for number, project in enumerate(PROJECTS, start=1):
        _project(timeline, 290 - 10 * number, number, project)
    plan = {
        "year": str(timeline.today.year),
        "town": "北庄镇",
        "supply": "20",
        "use": "5",
        "number": "（演示）密政发",
        "issued_on": f"{timeline.today.year}-01-10",
    }
    Book(timeline, "farmland").record("plans", "guizi", 0, plan)
    timeline.on(0, lambda at: check_ledger(actor=timeline.actor("guizi"), at=at))
    timeline.tell()


def _lot(timeline: Timeline, lot: tuple[str, str, str, bool, str, date], at: datetime) -> None:
    name, town, builder, mining, area, day = lot
    cost = Decimal("1000000.00") if builder == "soe" else None
    lots.accept_lot(
        actor=timeline.actor("guizi"),
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


def _transfer(timeline: Timeline, at: datetime) -> None:
    area, price, day = Decimal("6.0000"), Decimal("300000"), at.astimezone().date()
    deal = transfers.Deal("（演示）某区", area, price, "（演示）协议", "（演示）密政批7号", day)
    decided(timeline, POOL, "farmland-transfer", at, deal=deal, on=None, late=IN_TIME, asked_on=day)


def _tables(timeline: Timeline, at: datetime) -> None:
    """An invented price, and an invented successor of the rule, since the trial has run out."""
    first, later = date(2020, 5, 1), date(2022, 4, 22)
    period = {"starts_on": later, "ends_on": date(2099, 12, 31), "basis": "（演示）虚构的后续办法"}
    decided(timeline, PURSE, "farmland-period", at, **period)
    for kind, value, start in (
        ("compensation", "200000", first),
        ("reclamation", "15000", later),
        ("reward_first", "50000", later),
        ("reward_second", "100000", later),
        ("maintenance", "3000", later),
        ("profit_cap", "20", later),
    ):
        row = {"kind": kind, "value": Decimal(value), "starts_on": start, "ends_on": None, "basis": "（演示）虚构"}
        decided(timeline, PURSE, "farmland-rate", at, **row)


def _project(timeline: Timeline, ago: int, number: int, project: tuple[Any, ...]) -> None:
    name, town, area, investor, commercial, district, public, stage = project
    nature = {"investor": investor, "commercial": commercial, "district_pays": district, "public": public}
    use = Use(timeline, ago, name, town, area, approval=f"（演示）密政批{number}号", **nature)
    if stage != "registered":
        use.act(ago - 1, "reserve")
    if stage == "posted":
        use.charged(ago - 2, ticket=f"（演示）票{number}").decided(ago - 3, "farmland-post")


PART = DemoPart(ACCOUNTS, load, tell)
