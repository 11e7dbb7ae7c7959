"""The year's end on the desk: 加减分 to check as a second person, entries given back."""

from collections.abc import Sequence
from datetime import datetime

from django.db.models import Q
from django.urls import reverse

from evaluation.access_adjustments import adjustments_visible_to, is_proposer, may_check
from evaluation.enums import AdjustmentState
from evaluation.models import Adjustment
from evaluation.queries.adjustments import signed
from miyun_kpi.accounts.enums import Verb
from miyun_kpi.inbox.registry import DeskItem
from miyun_kpi.lib.actors import Actor


def year_end_items(actor: Actor, at: datetime) -> Sequence[DeskItem]:
    if not actor.may(Verb.PROPOSE_ADJUSTMENTS):
        return []
    wanted = Q(state=AdjustmentState.RETURNED)
    if actor.may(Verb.CHECK_ADJUSTMENTS):
        wanted |= Q(state=AdjustmentState.PROPOSED) & ~Q(entered_by_id=actor.user_id or 0)
    found = adjustments_visible_to(actor).filter(wanted).order_by("entered_at", "pk")
    items = []
    for one in found:
        if one.state == AdjustmentState.RETURNED:
            if is_proposer(actor, one):
                items.append(_item(one, "returned", "returned", "加减分退回补正", "补正"))
        elif may_check(actor, one):
            items.append(_item(one, "to-check", "to_certify", "加减分待核对", "核对"))
    return items


def _item(one: Adjustment, group: str, state: str, title: str, action: str) -> DeskItem:
    return DeskItem(
        group=group,
        subject="evaluation",
        state=state,
        title=f"{title}：{one.work}",
        context=f"{one.organisation.name} · {one.get_ground_display()} · {signed(one.points)} 分"
        + (f" · 意见：{one.note}" if state == "returned" else f" · {one.entered_by}"),
        url=reverse("evaluation:adjustment", kwargs={"adjustment_id": one.pk}),
        action=action,
        document="13",
        clause="四（三）4",
    )
