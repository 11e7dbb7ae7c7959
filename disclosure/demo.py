"""政务公开 of the demonstration: a few invented items in several stages."""

from datetime import datetime

from disclosure.enums import APP
from disclosure.telling import Case, passed, tell
from miyun_kpi.accounts.demo import Timeline
from miyun_kpi.accounts.enums import Role
from miyun_kpi.accounts.registry import DemoAccount, DemoPart, DemoWindow
from miyun_kpi.registers.demo import Book, Said

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
# Kind, what is typed, who registers it.
ROWS = (
    ("welfare", WELFARE | {"title": "（演示）2020年7月低保特困", "month": "07", "low_income": "100"}, "minzheng"),
    ("welfare", WELFARE | {"title": "（演示）2020年8月低保特困", "month": "08", "low_income": "101"}, "minzheng"),
    (
        "relief",
        COMMON | {"title": "（演示）二季度临时救助", "year": "2020", "quarter": "Q2", "people": "3", "money": "900"},
        "minzheng",
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
        "beizhuang",
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
        "minzheng",
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
        "minzheng",
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
        "minzheng",
    ),
)
# Place among the rows → acts that follow its registration: the first waits, the third has been reviewed.
ONWARD = {0: (Said("minzheng", "submitted"),), 2: (Said("minzheng", "submitted"), passed("minzhengfuze"))}


def load(at: datetime, window: DemoWindow) -> None:
    timeline = Timeline(at)
    book = Book(timeline, APP)
    for place, (kind, typed, by) in enumerate(ROWS):
        book.record(kind, by, 2, typed, ONWARD.get(place, ()), gap=1)
    for ago in (40, 5):
        Case(timeline, ago, "（演示）临时救助的办理标准")
    timeline.tell()


PART = DemoPart(ACCOUNTS, load, tell)
