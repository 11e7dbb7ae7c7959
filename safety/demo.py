"""城市安全 of the demonstration: a count table, a risk, a 重大隐患 under way. Everything is invented and says so."""

from datetime import datetime, timedelta

from miyun_kpi.accounts.enums import Role
from miyun_kpi.accounts.registry import DemoAccount, DemoPart, DemoWindow
from miyun_kpi.lib.citations import document_label
from miyun_kpi.registers.services.records import load_demo_record
from safety.enums import DOCUMENT

ACCOUNTS = (
    DemoAccount(
        "anwei2",
        "安委会办公室乙（演示）",
        (("区安委会办公室", Role.REGISTER_OFFICE, "综合科"),),
        f"{document_label(DOCUMENT)}的第二个人：验收、列入",
    ),
)


def load(at: datetime, window: DemoWindow) -> None:
    day = at.astimezone().date()

    def add(code: str, stage: str = "", /, **typed: str) -> None:
        load_demo_record(app="safety", kind=code, typed=typed, at=at, stage=stage)

    for name, small, hydrants in (("北庄镇", "1", "12"), ("溪翁庄镇", "2", "20"), ("太师屯镇", "1", "17")):
        add("fire-stations", unit=name, town=name, as_of=day.isoformat(), small=small, micro="6", hydrants=hydrants)
    add(
        "risks",
        title="（演示）旅游旺季景区大客流",
        industry="文化旅游",
        level="橙",
        department="区文旅局",
        town="古北口镇",
        measures="（演示）限流、监测、疏导",
        assessed_on=(day - timedelta(days=40)).isoformat(),
    )
    add(
        "hazards",
        "working",
        title="（演示）液化气站储罐区消防通道被占",
        place="（演示）某液化气站",
        town="北庄镇",
        unit="北庄镇",
        listed_by="区安委会办公室",
        number="（演示）1号",
        requirement="（演示）清除占道物，恢复通道",
        due_on=(day + timedelta(days=6)).isoformat(),
    )
    add(
        "drills",
        title="（演示）尾矿库溃坝应急演练",
        unit="区应急局",
        kind="应急演练",
        held_on=day.isoformat(),
        people="60",
        findings="（演示）集结用时超过预案",
    )


PART = DemoPart(ACCOUNTS, load)
