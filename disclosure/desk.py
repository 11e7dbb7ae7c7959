"""What waits on “my desk”: items to review, organs asked to confirm."""

from collections.abc import Sequence
from datetime import datetime

from django.db.models import Count, Q

from disclosure.access import is_office, may_handle
from disclosure.enums import APP, DOCUMENT, Stage
from disclosure.models import Application, Consultation
from disclosure.queries.applications import line_of
from disclosure.rules.kinds import PUBLISHED
from disclosure.services.reviews import without_hand_of
from miyun_kpi.accounts.enums import Verb
from miyun_kpi.inbox.enums import ItemKind
from miyun_kpi.inbox.registry import DeskItem, end_of_day
from miyun_kpi.lib.actors import Actor
from miyun_kpi.organisations.queries import stands_for
from miyun_kpi.registers.models import Record
from miyun_kpi.routes import to

DECIDE = "批准延期"


def desk_items(actor: Actor, at: datetime) -> Sequence[DeskItem]:
    if actor.organisation_id is None:
        return []
    return [*_reviews(actor), *_consultations(actor), *_applications(actor, at)]


def _reviews(actor: Actor) -> list[DeskItem]:
    if not actor.may(Verb.REVIEW_DISCLOSURE):
        return []
    kinds = [f"{APP}.{code}" for code in PUBLISHED]
    found = Record.objects.filter(kind__in=kinds, stage=Stage.SUBMITTED, struck_at__isnull=True)
    if not is_office(actor):
        found = found.filter(owner_id__in=stands_for(actor.organisation_id))
    number = without_hand_of(actor, found).count() if actor.user_id else 0
    if not number:
        return []
    return [
        DeskItem(
            group="to-check",
            subject=APP,
            state="submitted",
            title=f"公开信息待审核 {number} 条",
            context="先审后发：逐条把关",
            url=to("disclosure:reviews"),
            action="审核",
            document=DOCUMENT,
            clause="二（六）",
            kind=ItemKind.CHECK,
        )
    ]


def _consultations(actor: Actor) -> list[DeskItem]:
    if not (actor.may(Verb.REPORT_PROGRESS) or actor.may(Verb.KEEP_REGISTERS)):
        return []
    open_ = Q(record__stage__in=[Stage.DRAFT, Stage.SUBMITTED], record__struck_at__isnull=True)
    own = stands_for(actor.organisation_id)
    found = Consultation.objects.filter(open_, organisation_id__in=own, confirmed_on__isnull=True)
    rows = found.values("record_id", "record__values__title", "record__owner__name").annotate(n=Count("pk"))
    return [
        DeskItem(
            group="to-check",
            subject=APP,
            state="to_confirm",
            title=f"协商确认：{row['record__values__title']}"[:60],
            context=row["record__owner__name"] or "",
            url=to("disclosure:review", row["record_id"]),
            action="确认",
            document=DOCUMENT,
            clause="二（六）",
            kind=ItemKind.SIGN,
        )
        for row in rows
    ]


def _applications(actor: Actor, at: datetime) -> list[DeskItem]:
    """Own applications that come near their day or are past it, and extensions to decide."""
    items: list[DeskItem] = []
    today = at.astimezone().date()
    own = stands_for(actor.organisation_id)
    open_ = Application.objects.filter(organisation_id__in=own, answered_on__isnull=True)
    decides, handles = actor.may(Verb.REVIEW_DISCLOSURE), may_handle(actor, actor.organisation_id)
    if not decides and not handles:
        return items
    for row in open_.prefetch_related("holds", "extensions"):
        line = line_of(row, today)
        asked = [one for one in row.extensions.all() if one.approved is None and one.asked_by_id != actor.user_id]
        if decides and asked:
            group, state, action = "to-check", "to_confirm", DECIDE
        elif handles and line.clock.state in ("due", "overdue"):
            group = "late" if line.clock.state == "overdue" else "due-soon"
            state, action = line.status, "答复"
        else:
            continue
        items.append(
            DeskItem(
                group=group,
                subject=APP,
                state=state,
                title=f"依申请公开第 {row.number} 号",
                context=f"答复期限 {line.clock.due_on}" if line.clock.due_on else "等补正",
                url=to("disclosure:application", row.pk),
                action=action,
                document=DOCUMENT,
                clause="五（一）",
                due_at=end_of_day(line.clock.due_on) if line.clock.due_on else None,
                kind=ItemKind.CHECK if action == DECIDE else ItemKind.TERM if line.clock.due_on else ItemKind.TURN,
            )
        )
    return items
