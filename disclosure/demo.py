"""政务公开 of the demonstration: a few invented items in several stages."""

from datetime import datetime, timedelta

from disclosure.enums import APP
from disclosure.models import Application
from miyun_kpi.accounts.enums import Role
from miyun_kpi.accounts.registry import DemoAccount, DemoPart, DemoWindow
from miyun_kpi.organisations.queries import resolve
from miyun_kpi.registers.services.records import load_demo_record

ACCOUNTS = (
    DemoAccount(
        "minzhengfuze",
        "民政负责人（演示）",
        (("区民政局", Role.UNIT_HEAD, "分管负责人"),),
        "审核本单位公开信息，批准延期答复",
    ),
)
COMMON = {"unit": "区民政局", "channel": "site", "agencies": "no", "third": "no", "body": "（演示）"}
WELFARE = COMMON | {"year": "2020", "low_income_money": "1000.50", "destitute": "10", "destitute_money": "200"}
ROWS = (
    ("welfare", WELFARE | {"title": "（演示）2020年7月低保特困", "month": "07", "low_income": "100"}, "submitted"),
    ("welfare", WELFARE | {"title": "（演示）2020年8月低保特困", "month": "08", "low_income": "101"}, "draft"),
    (
        "relief",
        COMMON | {"title": "（演示）二季度临时救助", "year": "2020", "quarter": "Q2", "people": "3", "money": "900"},
        "reviewed",
    ),
    (
        "meetings",
        {
            "topic": "（演示）镇长办公会开放",
            "unit": "北庄镇",
            "held_on": "2020-08-20",
            "meeting": "town",
            "citizens": "5",
            "suggested": "3",
            "adopted": "2",
            "live": "none",
        },
        "",
    ),
    (
        "inquiries",
        {
            "question": "（演示）咨询救助办理",
            "unit": "区民政局",
            "way": "hotline",
            "received_on": "2020-09-01",
            "first": "演示",
        },
        "taken",
    ),
    (
        "policies",
        {
            "title": "（演示）内部工作规程",
            "unit": "区民政局",
            "number": "演示1号",
            "made_on": "2020-03-01",
            "reason": "（演示）内部事务信息",
        },
        "",
    ),
    (
        "policies",
        {
            "title": "（演示）救助办法",
            "unit": "区民政局",
            "number": "演示2号",
            "made_on": "2020-05-01",
            "opened_on": "2020-05-10",
        },
        "",
    ),
)


def load(at: datetime, window: DemoWindow) -> None:
    for kind, typed, stage in ROWS:
        load_demo_record(app=APP, kind=kind, typed=typed, at=at, stage=stage)
    organ = resolve("区民政局")
    assert organ is not None
    for number, days in ((1, 40), (2, 5)):
        Application.objects.create(
            number=number,
            organisation=organ,
            received_on=(at - timedelta(days=days)).date(),
            way="net",
            applicant_kind="natural",
            applicant="（演示）某人",
            content="（演示）临时救助的办理标准",
            created_at=at,
            created_by="演示数据",
            changed_at=at,
            changed_by="演示数据",
        )


PART = DemoPart(ACCOUNTS, load)
