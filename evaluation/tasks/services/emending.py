"""勘正 of a 督办 item that was closed (销号): its number, its days, what it asked for."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from evaluation.enums import SupervisionState
from evaluation.tasks.access.supervision import keeps_register, visible_item
from evaluation.tasks.models.supervision import SupervisionItem
from evaluation.tasks.rules.supervision import CLAUSE, ItemInput, check_item
from miyun_kpi.emendations.columns import Ended, moved
from miyun_kpi.emendations.registry import Facts, Place, Rest
from miyun_kpi.lib.errors import FieldError
from miyun_kpi.routes import to

DAYS = ("registered_on", "due_on", "finished_on")


def rests(row: SupervisionItem, wanted: Facts, today: date) -> Sequence[Rest]:
    """The days late are counted from the two days, and stand beside the mark of 督查督办."""
    if not moved(row, wanted, DAYS):
        return []
    before, after = _late(row.due_on, row.finished_on), _late(*(_day(wanted[name]) for name in DAYS[1:]))
    return [
        Rest("逾期天数", f"由 {before} 天变为 {after} 天" if before != after else f"不变，{before} 天"),
        Rest("督查督办的打分", "已报送的分数不会自己改；受影响的，请在核对或复核中按新的天数办理"),
    ]


def _late(due: date | None, finished: date | None) -> int:
    return max((finished - due).days, 0) if due and finished else 0


def _day(text: str) -> date | None:
    return date.fromisoformat(text) if text else None


def check(row: SupervisionItem) -> list[FieldError]:
    """What an item must say when it is entered; the text of a 批示 is not let in by a 勘正 either."""
    names = ("number", "source", "title", "content", "registered_on", "due_on")
    item = ItemInput(**{name: getattr(row, name) for name in names}, lead_id=0)
    found = check_item(item, instruction_text=row.indicator.scheme.instruction_text)
    if row.finished_on is not None and row.finished_on < row.registered_on:
        said = f"办结日期 {row.finished_on} 早于立项日期 {row.registered_on}。"
        found.append(FieldError(said, "days-reversed", field="finished_on"))
    return found


def place(row: SupervisionItem) -> Place:
    return Place("evaluation", row.indicator.scheme.document_id or "", CLAUSE)


def may(actor: Any, row: SupervisionItem) -> bool:
    return keeps_register(actor, row.indicator)


ITEM = Ended(
    model=SupervisionItem,
    code="supervision",
    word="督办",
    columns=("number", "source", "title", "content", *DAYS),
    ahead=("due_on",),
    action="evaluation.supervision.emended",
    place=place,
    find=visible_item,
    may=may,
    name=lambda row: f"督办 {row.number}",
    address=lambda row: to("evaluation:supervision-item", row.pk),
    ended=lambda row: row.state == SupervisionState.CLOSED,
    rests=rests,
    check=check,
)
