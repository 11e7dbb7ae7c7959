"""城市安全 of the demonstration: a count table, a risk, a 重大隐患 under way. Everything is invented and says so."""

from datetime import datetime

from miyun_kpi.accounts.demo import Timeline
from miyun_kpi.accounts.enums import Role
from miyun_kpi.accounts.registry import DemoAccount, DemoPart, DemoWindow
from miyun_kpi.lib.citations import document_label
from miyun_kpi.registers.demo import Book, Said
from safety.enums import DOCUMENT
from safety.telling import tell

ACCOUNTS = (
    DemoAccount(
        "anwei2",
        "安委会办公室乙（演示）",
        (("区安委会办公室", Role.REGISTER_OFFICE, "综合科"),),
        f"{document_label(DOCUMENT)}的第二个人：验收、列入",
    ),
)


def load(at: datetime, window: DemoWindow) -> None:
    timeline = Timeline(at)
    book, day = Book(timeline, "safety"), timeline.day
    for name, small, hydrants in (("北庄镇", "1", "12"), ("溪翁庄镇", "2", "20"), ("太师屯镇", "1", "17")):
        typed = {"unit": name, "town": name, "as_of": day(0), "small": small, "micro": "6", "hydrants": hydrants}
        book.record("fire-stations", "anwei", 0, typed)
    risk = {
        "title": "（演示）旅游旺季景区大客流",
        "industry": "文化旅游",
        "level": "橙",
        "department": "区文旅局",
        "town": "古北口镇",
        "measures": "（演示）限流、监测、疏导",
        "assessed_on": day(40),
    }
    book.record("risks", "anwei", 30, risk)
    hazard = {
        "title": "（演示）液化气站储罐区消防通道被占",
        "place": "（演示）某液化气站",
        "town": "北庄镇",
        "unit": "北庄镇",
        "listed_by": "区安委会办公室",
        "number": "（演示）1号",
        "requirement": "（演示）清除占道物，恢复通道",
        "due_on": day(-6),
    }
    book.record("hazards", "anwei", 14, hazard, [Said("anwei2", "list")])
    drill = {
        "title": "（演示）尾矿库溃坝应急演练",
        "unit": "区应急局",
        "kind": "应急演练",
        "held_on": day(0),
        "people": "60",
        "findings": "（演示）集结用时超过预案",
    }
    book.record("drills", "anwei", 0, drill)
    timeline.tell()


PART = DemoPart(ACCOUNTS, load, tell)
