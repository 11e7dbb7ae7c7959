"""What waits on “my desk”: items to review, organs asked to confirm."""

from collections.abc import Sequence
from datetime import datetime

from django.db.models import Count, Q

from disclosure.access import is_office
from disclosure.enums import APP, DOCUMENT, Stage
from disclosure.models import Consultation
from disclosure.rules.kinds import PUBLISHED
from miyun_kpi.accounts.enums import Verb
from miyun_kpi.inbox.registry import DeskItem
from miyun_kpi.lib.actors import Actor
from miyun_kpi.registers.models import Record


def desk_items(actor: Actor, at: datetime) -> Sequence[DeskItem]:
    if actor.organisation_id is None:
        return []
    return [*_reviews(actor), *_consultations(actor)]


def _reviews(actor: Actor) -> list[DeskItem]:
    if not actor.may(Verb.REVIEW_DISCLOSURE):
        return []
    kinds = [f"{APP}.{code}" for code in PUBLISHED]
    found = Record.objects.filter(kind__in=kinds, stage=Stage.WAITING, struck_at__isnull=True)
    if not is_office(actor):
        found = found.filter(owner_id=actor.organisation_id)
    number = found.exclude(hand_id=actor.user_id).count() if actor.user_id else 0
    if not number:
        return []
    return [
        DeskItem(
            group="to-check", subject=APP, state="submitted", title=f"公开信息待审核 {number} 条",
            context="先审后发：逐条把关", url="/disclosure/reviews/", action="审核", document=DOCUMENT, clause="二（六）",
        )
    ]  # fmt: skip


def _consultations(actor: Actor) -> list[DeskItem]:
    if not (actor.may(Verb.REPORT_PROGRESS) or actor.may(Verb.KEEP_REGISTERS)):
        return []
    open_ = Q(record__stage__in=[Stage.DRAFT, Stage.WAITING], record__struck_at__isnull=True)
    found = Consultation.objects.filter(open_, organisation_id=actor.organisation_id or 0, confirmed_on__isnull=True)
    rows = found.values("record_id", "record__values__title", "record__owner__name").annotate(n=Count("pk"))[:20]
    return [
        DeskItem(
            group="to-check", subject=APP, state="to_confirm", title=f"协商确认：{row['record__values__title']}"[:60],
            context=row["record__owner__name"] or "", url=f"/disclosure/reviews/{row['record_id']}/", action="确认",
            document=DOCUMENT, clause="二（六）",
        )
        for row in rows
    ]  # fmt: skip
