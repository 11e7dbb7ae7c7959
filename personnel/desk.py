"""What waits on the desk of 人事: notices to issue, returned drafts, probations that end."""

from collections.abc import Sequence
from datetime import date, datetime, time

from django.db.models import Q
from django.utils.timezone import get_current_timezone

from miyun_kpi.accounts.enums import VERBS_BY_ROLE, Verb
from miyun_kpi.accounts.models import Post
from miyun_kpi.acts.acting import is_hand_of
from miyun_kpi.inbox.enums import ItemKind
from miyun_kpi.inbox.registry import DeskItem
from miyun_kpi.lib.actors import Actor
from miyun_kpi.organisations.models import Organisation
from miyun_kpi.routes import to
from personnel.access import is_office, receives
from personnel.enums import APP, NoticeState
from personnel.models import Notice, Office, Position
from personnel.queries.terms import book, probations


def desk_items(actor: Actor, at: datetime) -> Sequence[DeskItem]:
    if is_office(actor):
        return [*_notices(actor, at.astimezone().date()), *_probations(at)]
    return [_receive()] if receives(actor) else []


def concerns(actor: Actor, organisation: Organisation) -> list[str]:
    """人事 itself, who is to take it over, and an organisation that positions are recorded of."""
    if not (actor.may(Verb.KEEP_REGISTERS) or actor.may(Verb.REPORT_PROGRESS)):
        return []
    keeps = Office.objects.filter(Q(organisation=organisation) | Q(proposed=organisation))
    return [APP] if keeps.exists() or Position.objects.filter(organisation=organisation).exists() else []


def _receive() -> DeskItem:
    return DeskItem(
        group="to-check",
        subject=APP,
        state="to_confirm",
        title="接收人事任免的主管工作",
        context="原主管单位移交",
        url=to("personnel:receive-office"),
        action="接收",
        kind=ItemKind.SIGN,
    )


def _notices(actor: Actor, today: date) -> list[DeskItem]:
    """What came back waits for those who wrote it; for all of 人事 where none of them is there any more."""
    items, there = [], _staff(actor, today)
    for row in Notice.objects.exclude(state=NoticeState.ISSUED):
        hands = {row.submitted_by_id, row.changed_by_id}
        mine = is_hand_of(actor, hands)
        if row.state == NoticeState.SUBMITTED and not mine:
            group, state, action, said = "to-check", "submitted", "印发", f"{row.submitted_by}送审"
            kind = ItemKind.CHECK
        elif row.state == NoticeState.DRAFT and row.returned and (mine or not hands & there):
            group, state, action, said = "returned", "returned", "修改", row.returned
            kind = ItemKind.RETURNED
        else:
            continue
        items.append(
            DeskItem(
                group=group,
                subject=APP,
                state=state,
                title=f"任免通知：{row.meeting or row}"[:60],
                context=said[:60],
                url=to("personnel:notice", row.pk),
                action=action,
                kind=kind,
            )
        )
    return items


def _staff(actor: Actor, today: date) -> set[int]:
    """Who can take up a draft of 人事 today."""
    keepers = [role for role, verbs in VERBS_BY_ROLE.items() if Verb.KEEP_REGISTERS in verbs]
    posts = Post.objects.on(today).filter(organisation=actor.organisation_id, role__in=keepers, user__is_active=True)
    return set(posts.values_list("user_id", flat=True))


def _probations(at: datetime) -> list[DeskItem]:
    items = []
    for one in probations(book(), at.astimezone().date(), office=True):
        if one.state not in ("due", "overdue"):
            break
        act = one.line.began
        items.append(
            DeskItem(
                group="late" if one.state == "overdue" else "due-soon" if one.days_left <= 3 else "later",
                subject=APP,
                state="overdue" if one.state == "overdue" else "due",
                title=f"试用期满：{one.line.person.name}　{one.line.printed}"[:60],
                context=f"试用到 {one.last_day}",
                url=to("personnel:probations"),
                action="登记决定",
                document=act.notice.document if act and act.notice else "",
                clause=act.clause if act else "",
                due_at=datetime.combine(one.last_day, time(23, 59), get_current_timezone()),
            )
        )
    return items
