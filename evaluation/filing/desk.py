"""Sheets that are not filed, on the desk of the office: decisions to confirm as a second person, requests to open a sheet again."""

from collections.abc import Sequence
from datetime import datetime

from django.db.models import QuerySet

from evaluation.engine.queries.closing import closed_by
from evaluation.enums import DecisionState, RequestState, UnitChangeState
from evaluation.periods.models import UnitDecision
from evaluation.scheme.access.office import is_ranked_co_office, runs_by_track
from evaluation.sheets.access import sheets_visible_to
from evaluation.sheets.models.filing import SheetDecision, UnlockRequest
from evaluation.sheets.models.marks import MarkSheet
from miyun_kpi.accounts.enums import Verb
from miyun_kpi.inbox.enums import ItemKind
from miyun_kpi.inbox.registry import DeskItem
from miyun_kpi.lib.actors import Actor
from miyun_kpi.organisations.enums import Track
from miyun_kpi.routes import to


def filing_items(actor: Actor, at: datetime) -> Sequence[DeskItem]:
    if not actor.may(Verb.DECIDE_FILING):
        return []
    return [*_unlock_requests(actor), *_decisions(actor), *_unit_decisions(actor)]


def _run_by(actor: Actor) -> QuerySet[MarkSheet]:
    """The sheets whose filing this person decides: of the departments 区发改委 sees its own, and decides nothing."""
    found = sheets_visible_to(actor)
    return found.exclude(scheme__track=Track.DEPARTMENT) if is_ranked_co_office(actor) else found


def _unlock_requests(actor: Actor) -> list[DeskItem]:
    waiting = (
        UnlockRequest.objects.filter(state=RequestState.WAITING, sheet__in=_run_by(actor))
        .select_related("sheet__indicator", "sheet__evaluator", "sheet__period", "sheet__scheme")
        .order_by("asked_at", "pk")
    )
    return [
        DeskItem(
            group="to-check",
            subject="evaluation",
            state="to_confirm",
            title=f"申请开锁：{asked.sheet.indicator.short_name}",
            context=f"{asked.sheet.evaluator.name} · {asked.sheet.period.label} · {asked.reason[:60]}",
            url=to("evaluation:unlock-sheet", asked.sheet_id),
            action="答复",
            document=asked.sheet.scheme.document_id or "",
            clause="四（二）",
            kind=ItemKind.REVIEW,
        )
        for asked in waiting
    ]


def _decisions(actor: Actor) -> list[DeskItem]:
    waiting = (
        SheetDecision.objects.filter(state=DecisionState.PROPOSED, sheet__in=_run_by(actor))
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
            url=to("evaluation:sheet-decision", decision.sheet_id),
            action="第二人确认",
            document=decision.sheet.scheme.document_id or "",
            clause="四（二）",
            kind=ItemKind.CHECK,
        )
        for decision in waiting
    ]


def _unit_decisions(actor: Actor) -> list[DeskItem]:
    """考评对象调整决定; in a closed period as the proposed 更正 it is."""
    if not actor.may(Verb.OPEN_PERIODS):
        return []
    waiting = (
        UnitDecision.objects.filter(state=UnitChangeState.PROPOSED)
        .exclude(recorded_by_id=actor.user_id or 0)
        .select_related("scheme", "period", "organisation")
        .order_by("recorded_at", "pk")
    )
    items, runs = [], runs_by_track(actor)
    for one in waiting:
        if not runs[one.scheme.track]:
            continue
        closed = closed_by(one.scheme, one.period)
        items.append(
            DeskItem(
                group="to-check",
                subject="evaluation",
                state="to_confirm",
                title=f"{'拟更正：' if closed else ''}考评对象调整，{one.organisation.name}{one.get_kind_display()}",
                context=f"{closed.words if closed else one.period.label} · {one.recorded_by}登记",
                url=to("evaluation:population", one.period.code, one.scheme.track),
                action="第二人确认",
                document=one.scheme.document_id or "",
                clause="四（二）",
                kind=ItemKind.CHECK,
            )
        )
    return items
