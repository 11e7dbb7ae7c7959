"""Sheets that are not filed, on the desk of the office: decisions to confirm as a second person."""

from collections.abc import Sequence
from datetime import datetime

from django.urls import reverse

from evaluation.access import sheets_visible_to
from evaluation.enums import DecisionState
from evaluation.models import SheetDecision
from miyun_kpi.accounts.enums import Verb
from miyun_kpi.inbox.registry import DeskItem
from miyun_kpi.lib.actors import Actor


def filing_items(actor: Actor, at: datetime) -> Sequence[DeskItem]:
    if not actor.may(Verb.DECIDE_FILING):
        return []
    return _decisions(actor)


def _decisions(actor: Actor) -> list[DeskItem]:
    waiting = (
        SheetDecision.objects.filter(state=DecisionState.RECORDED, sheet__in=sheets_visible_to(actor))
        .exclude(recorded_by_id=actor.user_id or 0)
        .select_related("sheet__indicator", "sheet__evaluator", "sheet__period", "sheet__scheme")
        .order_by("recorded_at", "pk")
    )
    return [
        DeskItem(
            group="to-check",
            subject="evaluation",
            state="to_confirm",
            title=f"缺表处理决定：{decision.sheet.indicator.short_name}，{decision.get_kind_display()}",
            context=f"{decision.sheet.evaluator.name} · {decision.sheet.period.label} · {decision.recorded_by}登记",
            url=reverse("evaluation:sheet-decision", kwargs={"sheet_id": decision.sheet_id}),
            action="第二人确认",
            document=decision.sheet.scheme.document,
            clause="四（二）",
        )
        for decision in waiting
    ]
