"""博士后 of the demonstration: a station of the park with two people. Everything is invented and says so."""

from datetime import datetime

from miyun_kpi.accounts.demo import Timeline
from miyun_kpi.accounts.enums import Role
from miyun_kpi.accounts.registry import DemoAccount, DemoPart, DemoWindow
from miyun_kpi.lib.citations import document_label
from miyun_kpi.registers.demo import Book
from postdoc.enums import APP, DOCUMENT, Entry, Grant
from postdoc.telling import tell
from postdoc.telling_acts import Claim, Life, Post, budget

NAMED = document_label(DOCUMENT)
ACCOUNTS = (
    DemoAccount(
        "renshe",
        "人社博管（演示）",
        (("区人社保局", Role.REGISTER_OFFICE, "博士后工作"),),
        f"{NAMED}：登记工作站，审核申报",
    ),
    DemoAccount(
        "renshe2",
        "人社博管乙（演示）",
        (("区人社保局", Role.REGISTER_OFFICE, "博士后工作"),),
        f"{NAMED}：第二个人，确认标准和追回",
    ),
    DemoAccount(
        "caizheng", "财政拨付（演示）", (("区财政局", Role.REGISTER_OFFICE, "社保科"),), f"{NAMED}：预算和拨付"
    ),
    DemoAccount(
        "caizheng2",
        "财政拨付乙（演示）",
        (("区财政局", Role.REGISTER_OFFICE, "社保科"),),
        f"{NAMED}：第二个人，确认预算、冲正和对账",
    ),
    DemoAccount(
        "yuanqu2",
        "密云园博士后专员乙（演示）",
        (("中关村密云园", Role.REPORTER, "人才"),),
        f"{NAMED}：单位的第二个人，确认冲正",
    ),
    DemoAccount(
        "yuanqu", "密云园博士后专员（演示）", (("中关村密云园", Role.REPORTER, "人才"),), f"{NAMED}：登记进站，报送申报"
    ),
)


def load(at: datetime, window: DemoWindow) -> None:
    timeline = Timeline(at)
    budget(timeline, 20, timeline.day(9).year, "1000000", "（演示）预算下达（虚构）")
    park = Post(timeline, 40, "（演示）某生物公司园区分站", "park-branch", "（演示）某生物公司", "（演示）1号")
    first = Life(park, 14, "王某（演示）", ("passport", "DEMO9001"), days=3)
    Life(park, 4, "李某（演示）", ("passport", "DEMO9002"), days=3, degree_on=None)
    # One waits for its review, one was paid to the unit and is not yet passed on.
    Claim(park, 1, Grant.STATION)
    Claim(park, 12, Grant.LIVING, first, months=(0, 5)).decided(9, "approve").moved(5, Entry.PAID)
    book = Book(timeline, APP)
    for unit in ("区人社保局", "区财政局", "区教委"):
        book.record("members", "renshe", 0, {"unit": unit, "post": "（演示）分管负责人", "from_day": "2020-06-05"})
    timeline.tell()


PART = DemoPart(ACCOUNTS, load, tell)
