"""What a task of the 绩效任务清单 must say (13号 四（一）)."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from miyun_kpi.lib.decimals import read_decimal
from miyun_kpi.lib.errors import FieldError, Refused

CLAUSE = "四（三）"


TARGET_PLACES = 4


LONGEST = {
    "name": 200,
    "target": 300,
    "unit": 20,
    "definition": 300,
    "data_source": 200,
    "department": 100,
}


# In the order of the columns of the workbook.
LABELS = {
    "name": "任务名称",
    "target": "目标值",
    "unit": "计量单位",
    "due_on": "完成时限",
    "sub_indicator": "分指标",
    "definition": "口径",
    "data_source": "数据来源",
    "department": "责任部门",
}


@dataclass(frozen=True)
class TaskInput:
    """A task as typed. `target` is a number (then with `unit`) or words; `sub_indicator` the name of one or ""."""

    name: str
    target: str
    unit: str
    due_on: date | None
    sub_indicator: str = ""
    definition: str = ""
    data_source: str = ""
    department: str = ""


@dataclass(frozen=True)
class Target:
    value: Decimal | None
    unit: str
    text: str


def read_target(target: str, unit: str) -> Target:
    """A number with its unit, or words. Raises Refused for a number without a unit, or words with one."""
    try:
        value = read_decimal(target, places=TARGET_PLACES, what="目标值")
    except Refused as refusal:
        if refusal.code == "too-many-decimals":
            raise
        if unit:
            raise Refused(
                "not-a-number", "写了计量单位，目标值就须是数字；目标是文字的，请把单位也写进目标里。"
            ) from None
        return Target(None, "", target)
    if not unit:
        raise Refused("unit-missing", f"目标值“{target}”是数字，请写计量单位，例如 万元、%、个。")
    if value >= 10**11:
        raise Refused("too-large", "目标值超过一千亿，请换大一级的单位。")
    return Target(value, unit, "")


def check_task(task: TaskInput, *, year: int, sub_indicators: list[str]) -> list[FieldError]:
    """All that is wrong with a task. Its day lies in the year of the scheme or in the January of 年终考评 (四（三）)."""
    problems = []
    for field, longest in LONGEST.items():
        said = getattr(task, field)
        if len(said) > longest:
            problems.append(FieldError(f"{LABELS[field]}超过 {longest} 字，请精简。", "too-long", field=field))
        if "\x00" in said:
            problems.append(FieldError(f"{LABELS[field]}含有读不出的字符，请重写。", "bad-character", field=field))
    if len(task.name) < 2:
        problems.append(FieldError("请写任务名称（2 至 200 字）。", "name-missing", field="name"))
    if not task.target:
        problems.append(FieldError("请写目标值：数字带单位，或一句话。", "target-missing", field="target"))
    else:
        try:
            read_target(task.target, task.unit)
        except Refused as refusal:
            problems.append(FieldError(refusal.message.replace("，没有保存", ""), refusal.code, field="target"))
    if task.due_on is None:
        problems.append(FieldError("请写完成时限，例如 2020-10-31。", "due-missing", field="due_on"))
    elif not date(year, 1, 1) <= task.due_on <= date(year + 1, 1, 31):
        problems.append(
            FieldError(f"完成时限须在 {year} 年内，最迟到年终考评结束的 {year + 1}-01-31。", "bad-due", field="due_on")
        )
    if task.sub_indicator and task.sub_indicator not in sub_indicators:
        known = "、".join(sub_indicators) or "这一项没有分指标，请留空"
        problems.append(
            FieldError(
                f"没有叫“{task.sub_indicator[:30]}”的分指标（{known[:200]}）。", "unknown-part", field="sub_indicator"
            )
        )
    return problems
