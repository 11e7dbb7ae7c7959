"""What 水环境 adds to “my desk”: small water bodies of the own township whose next 五无 check is near or gone by."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from miyun_kpi.accounts.enums import Verb
from miyun_kpi.inbox.registry import DeskItem, end_of_day
from miyun_kpi.lib import workdays
from miyun_kpi.lib.actors import Actor
from miyun_kpi.organisations.queries import stands_for
from miyun_kpi.registers.models import Record
from miyun_kpi.routes import to
from water.enums import DOCUMENT

DAYS = 14
SOON_DAYS = 3


def desk_items(actor: Actor, at: datetime) -> Sequence[DeskItem]:
    if actor.organisation_id is None or not actor.may(Verb.REPORT_PROGRESS):
        return []
    today = at.astimezone().date()
    near = {"values__next_on__gt": "", "values__next_on__lte": (today + timedelta(days=DAYS)).isoformat()}
    found = Record.objects.filter(
        kind="water.body", owner_id__in=stands_for(actor.organisation_id), struck_at__isnull=True, **near
    ).order_by("number")
    return [_item(body, today) for body in found]


def _item(body: Record, today: date) -> DeskItem:
    next_on = date.fromisoformat(body.values["next_on"])
    late = next_on < today
    soon = workdays.working_days_between(today, next_on) <= SOON_DAYS
    return DeskItem(
        group="late" if late else "due-soon" if soon else "later",
        subject="water",
        state="overdue" if late else "due",
        title=f"五无核查：{body.values['name']}"[:60],
        context=f"下次核查不晚于 {next_on}",
        url=to("water:rounds", body.pk),
        action="核查",
        document=DOCUMENT,
        clause="三（二）",
        due_at=end_of_day(next_on),
    )
