"""年度进度: the steps of the year that 13号 四、五 print, and the day each is planned for. Pure.

Printed are the stages (2020年3月-4月, 5月-11月, 2020年12月-2021年1月), no day: the days below are 推定, moved by the office. Each
lies inside its printed stage and before what the text lets follow from it; within that there is no printed basis.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from miyun_kpi.lib import workdays


@dataclass(frozen=True)
class Step:
    """`stage`: printed (months from January of the year, first and last); `day`: the default (month, day) of the 推定."""

    code: str
    name: str
    clause: str
    quote: str
    stage: tuple[int, int]
    day: tuple[int, int]


@dataclass(frozen=True)
class Standing:
    """What the data say of a step: `done` of `wanted`, and in words."""

    done: int
    wanted: int
    words: str

    @property
    def finished(self) -> bool:
        return self.wanted > 0 and self.done >= self.wanted


# Months count on: 13 is January of the next year.
_AIM, _PROCESS, _END = (3, 4), (5, 11), (12, 13)
STEPS: tuple[Step, ...] = (
    Step("scheme", "印发考评方案", "四（一）", "报区政府常务会审定后印发实施", _AIM, (4, 30)),
    Step("months", "月跟踪", "四（二）", "每月跟踪绩效任务进展情况", _PROCESS, (12, 5)),
    Step(
        "quarters",
        "季反馈（打分排名、通报）",
        "四（二）",
        "每季度组织考评部门对重点任务落实情况进行打分排名、通报整改",
        _PROCESS,
        (11, 30),
    ),
    Step("self-report", "年终自评", "四（三）1", "撰写年度自查报告", _END, (12, 20)),
    Step("visits", "现场考评", "五（二）", "避免扎堆到基层考核", _END, (13, 10)),
    Step("special", "专项考评", "四（三）2", "撰写专项考评反馈报告", _END, (13, 20)),
    Step("effect", "效果评价", "四（三）3", "评价结果报区委办汇总", _END, (13, 20)),
    Step("deliberation", "结果审议", "四（三）4", "报区政府党组会研究审议", _END, (13, 25)),
    Step("committee", "报区委", "四（三）4", "对考评对象全面履职考评情况进行汇总", _END, (13, 29)),
    Step("rectification", "绩效整改", "四（三）5", "抓好整改落实，推动效能提升", _END, (13, 29)),
)
BY_CODE: Mapping[str, Step] = {step.code: step for step in STEPS}


def day_of(year: int, month_day: tuple[int, int]) -> date:
    month, day = month_day
    return date(year + (month - 1) // 12, (month - 1) % 12 + 1, day)


def default_day(step: Step, year: int) -> date:
    """On a working day (推定): a step is an act of an office, which is closed on the others."""
    return workdays.on_or_after(day_of(year, step.day))


def stage_words(step: Step, year: int) -> str:
    """The stage as 13号 prints it for its own year."""
    (first, last) = step.stage
    ends = f"{year + 1}年{last - 12}月" if last > 12 else f"{last}月"
    return f"{year}年{first}月-{ends}"


def outside_stage(step: Step, year: int, day: date) -> bool:
    first, last = day_of(year, (step.stage[0], 1)), day_of(year, (step.stage[1] + 1, 1))
    return not first <= day < last


def state_of(standing: Standing, planned: date, today: date) -> tuple[str, str]:
    """A word of the status vocabulary: finished, overdue from the day after, running or not begun."""
    if standing.finished:
        return "done", "完成"
    if today > planned:
        return "overdue", "已过计划日期"
    return ("running", "进行中") if standing.done else ("not_started", "未开始")


@dataclass(frozen=True)
class Mark:
    """Where a step stands in the strip: thousandths of the year's span (March to the end of January)."""

    code: str
    name: str
    at: int
    state: str


def places(year: int, days: Sequence[date]) -> list[int]:
    first, last = date(year, 3, 1), date(year + 1, 2, 1)
    span = (last - first).days
    return [min(1000, max(0, 1000 * (day - first).days // span)) for day in days]
