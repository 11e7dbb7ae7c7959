"""人事任免 of the demonstration: two people of 人事 and one draft. The acts of the gazette are real and stay."""

from datetime import datetime

from miyun_kpi.accounts.enums import Role
from miyun_kpi.accounts.registry import DemoAccount, DemoPart, DemoWindow
from miyun_kpi.organisations.queries import resolve
from personnel.enums import ActKind
from personnel.models import Act, Notice, Person, Position

ACCOUNTS = (
    DemoAccount(
        "renshi", "人事甲（演示）", (("区委组织部", Role.REGISTER_OFFICE, "干部科"),), "拟任免通知，登记试用期满决定"
    ),
    DemoAccount(
        "renshi2", "人事乙（演示）", (("区委组织部", Role.REGISTER_OFFICE, "干部科"),), "任免通知的第二个人：印发"
    ),
)


def load(at: datetime, window: DemoWindow) -> None:
    organisation = resolve("区体育局")
    assert organisation is not None
    row = Notice.objects.create(meeting="（演示）区政府某次常务会议", created_at=at, created_by="演示数据")
    for order, (name, title) in enumerate((("演示甲", "副局长（演示）"), ("演示乙", "科长（演示）")), start=1):
        person, _ = Person.objects.get_or_create(name=name, note="演示")
        position, _ = Position.objects.get_or_create(organisation=organisation, title=title)
        Act.objects.create(
            notice=row,
            order=order,
            kind=ActKind.APPOINT,
            person=person,
            position=position,
            printed=str(position),
            probation_months=12,
        )


PART = DemoPart(ACCOUNTS, load)
