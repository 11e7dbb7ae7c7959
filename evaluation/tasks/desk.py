"""What the 督办台账 puts on “my desk”: a unit's open items, the keeper's extensions, items to strike off and overdue ones."""

from collections.abc import Sequence
from datetime import datetime

from evaluation.enums import DOCUMENT, ExtensionState, SupervisionState
from evaluation.periods.rules.calendar import SHANGHAI
from evaluation.tasks.access.supervision import items_visible_to, kept_register
from evaluation.tasks.models.supervision import SupervisionItem
from evaluation.tasks.rules.supervision import REF
from miyun_kpi.accounts.enums import Verb
from miyun_kpi.inbox.enums import ItemKind
from miyun_kpi.inbox.registry import DeskItem, end_of_day
from miyun_kpi.lib import workdays
from miyun_kpi.lib.actors import Actor
from miyun_kpi.routes import to


def supervision_items(actor: Actor, at: datetime) -> Sequence[DeskItem]:
    if actor.organisation_id is None:
        return []
    if actor.may(Verb.REPORT_PROGRESS):
        running = items_visible_to(actor).filter(state=SupervisionState.RUNNING)
        return [_of_unit(item, at) for item in running.order_by("due_on", "number")]
    if actor.may(Verb.KEEP_SUPERVISION) and kept_register(actor) is not None:
        return _of_keeper(actor, at)
    return []


def _item(group: str, state: str, item: SupervisionItem, title: str, context: str, action: str) -> DeskItem:
    return DeskItem(
        group=group,
        subject="evaluation",
        state=state,
        title=title,
        context=context,
        url=to("evaluation:supervision-item", item.pk),
        action=action,
        document=DOCUMENT,
        clause=REF,
        due_at=end_of_day(item.due_on),
        kind=ItemKind.REVIEW if group == "to-check" else ItemKind.TERM,
    )


def _of_unit(item: SupervisionItem, at: datetime) -> DeskItem:
    day = at.astimezone(SHANGHAI).date()
    if day > item.due_on:
        group, state = "late", "overdue"
    else:
        soon = workdays.working_days_between(day, item.due_on) <= 3
        group, state = ("due-soon", "due") if soon else ("later", "running")
    return _item(group, state, item, f"督办：{item.title}", f"{item.number} · {item.get_source_display()}", "反馈")


def _of_keeper(actor: Actor, at: datetime) -> list[DeskItem]:
    found = items_visible_to(actor).exclude(state=SupervisionState.CLOSED)
    asked = found.filter(entries__extension=ExtensionState.WAITING).distinct()
    rows = [_item("to-check", "submitted", one, f"督办延期待答复：{one.title}", one.number, "答复") for one in asked]
    finished = found.filter(state=SupervisionState.FINISHED).exclude(finished_by_id=actor.user_id)
    rows += [_item("to-check", "submitted", one, f"督办待销号：{one.title}", one.number, "销号") for one in finished]
    late = found.filter(state=SupervisionState.RUNNING, due_on__lt=at.astimezone(SHANGHAI).date())
    rows += [_item("late", "overdue", one, f"督办逾期：{one.title}", one.number, "催办") for one in late]
    return rows
