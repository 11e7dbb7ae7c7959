"""人事任免 of the demonstration: two people of 人事 and one draft. The acts of the gazette are real and stay."""

from datetime import datetime

from miyun_kpi.accounts.demo import Timeline
from miyun_kpi.accounts.enums import Role
from miyun_kpi.accounts.registry import DemoAccount, DemoPart, DemoWindow
from personnel.telling import Paper, appoints, tell

ACCOUNTS = (
    DemoAccount(
        "renshi", "人事甲（演示）", (("区委组织部", Role.REGISTER_OFFICE, "干部科"),), "拟任免通知，登记试用期满决定"
    ),
    DemoAccount(
        "renshi2", "人事乙（演示）", (("区委组织部", Role.REGISTER_OFFICE, "干部科"),), "任免通知的第二个人：印发"
    ),
)


def load(at: datetime, window: DemoWindow) -> None:
    timeline = Timeline(at)
    people = (("演示甲", "副局长"), ("演示乙", "科长"))
    Paper(timeline, 0, "（演示）区政府某次常务会议", *(appoints(name, title, 12) for name, title in people))
    timeline.tell()


PART = DemoPart(ACCOUNTS, load, tell)
