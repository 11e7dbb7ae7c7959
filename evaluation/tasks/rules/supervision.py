"""The 督办台账 beside 附件2第10项 (13号): what an item must say, and when it is overdue. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from evaluation.enums import SupervisionSource, SupervisionState
from miyun_kpi.lib.errors import FieldError

REF = "附件2·10"
CLAUSE = REF
# Words of the printed item that has the register: it keeps it under whatever number a later scheme gives.
ITEM_WORDS = "重点督办事项"
LONGEST = {"number": 40, "title": 200, "content": 1000}


@dataclass(frozen=True)
class ItemInput:
    """An item as typed; `lead_id` and `co_ids` are organisations."""

    number: str
    source: str
    title: str
    content: str
    registered_on: date | None
    due_on: date | None
    lead_id: int | None
    co_ids: Sequence[int] = ()


def check_item(item: ItemInput, *, instruction_text: bool) -> list[FieldError]:
    """All that is wrong. The text of a 批示 is not kept online unless the scheme's setting allows it."""
    problems = []
    for field, label in (("number", "编号"), ("title", "事项"), ("content", "内容和要求")):
        said = getattr(item, field)
        if len(said) > LONGEST[field]:
            problems.append(FieldError(f"{label}超过 {LONGEST[field]} 字，请精简。", "too-long", field=field))
        if "\x00" in said:
            problems.append(FieldError(f"{label}含有读不出的字符，请重写。", "bad-character", field=field))
    if not item.number:
        problems.append(FieldError("请写编号，一件一号。", "number-missing", field="number"))
    if len(item.title) < 2:
        problems.append(FieldError("请写事项（2 至 200 字）。", "title-missing", field="title"))
    if item.source not in SupervisionSource.values:
        problems.append(FieldError("请选来源。", "source-missing", field="source"))
    if item.source == SupervisionSource.INSTRUCTION and item.content and not instruction_text:
        problems.append(
            FieldError(
                "领导批示的原文和内容不在网上存，请把“内容和要求”清空，只留编号和事项名称；确需录入由区政府办改方案设置。",
                "instruction-text",
                field="content",
            )
        )
    if item.registered_on is None:
        problems.append(FieldError("请写立项日期，例如 2020-05-06。", "day-missing", field="registered_on"))
    if item.due_on is None:
        problems.append(FieldError("请写时限，例如 2020-09-30。", "day-missing", field="due_on"))
    if item.registered_on and item.due_on and item.due_on < item.registered_on:
        problems.append(FieldError("时限不能早于立项日期。", "bad-due", field="due_on"))
    if item.lead_id is None:
        problems.append(FieldError("请选主办单位，只有一家。", "lead-missing", field="lead"))
    if item.lead_id is not None and item.lead_id in item.co_ids:
        problems.append(FieldError("主办单位不能同时是协办单位。", "doubled-unit", field="co"))
    if len(set(item.co_ids)) != len(item.co_ids):
        problems.append(FieldError("协办单位有重复，请只写一次。", "doubled-unit", field="co"))
    return problems


def course_word(state: str, due_on: date, finished_on: date | None, today: date) -> tuple[str, str]:
    """A word of the status vocabulary and what to show. The day of the limit is still in time."""
    if state == SupervisionState.CLOSED:
        return "done", "已销号" if finished_on is None or finished_on <= due_on else "已销号（逾期办结）"
    if state == SupervisionState.FINISHED:
        return "submitted", "办结，待销号"
    if today > due_on:
        return "overdue", f"逾期 {(today - due_on).days} 天"
    return "running", "在办"
