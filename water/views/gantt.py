"""Geometry of the 进度图: one bar of the plan and one of what happened for each stage, milestones as diamonds, today as a line."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from miyun_kpi.charts import scale
from water.queries.projects import PhaseView, ProjectView
from water.rules.phases import extent

LEFT, RIGHT, ROW = 232, 912, 34


@dataclass(frozen=True)
class Bar:
    """`plan` and `act` are (x, width) in pixels; `act` runs to today while the stage is open."""

    view: PhaseView
    y: int
    plan: tuple[float, float]
    act: tuple[float, float] | None
    sentence: str


@dataclass(frozen=True)
class Drawn:
    project: ProjectView
    y: int
    bars: Sequence[Bar]
    marks: Sequence[tuple[float, str, str]]


@dataclass(frozen=True)
class Gantt:
    height: int
    axis: int
    today: float | None
    months: Sequence[tuple[float, str]]
    projects: Sequence[Drawn]


def gantt(given: Sequence[ProjectView], on: date) -> Gantt | None:
    if not given:
        return None
    first, last = extent(
        [view.dates for one in given for view in one.phases], [mark.day for one in given for mark in one.milestones], on
    )
    whole = (last - first).days

    def x(day: date) -> float:
        return round(LEFT + scale((day - first).days, 0, whole, RIGHT - LEFT), 1)

    def span(start: date, end: date) -> tuple[float, float]:
        return x(start), round(max(x(end) - x(start), 2.0), 1)

    y, drawn = 26, []
    for one in given:
        head, bars = y, []
        y += ROW
        for view in one.phases:
            dates = view.dates
            act = span(dates.actual_from, dates.actual_to or max(on, dates.actual_from)) if dates.actual_from else None
            bars.append(Bar(view, y, span(dates.planned_from, dates.planned_to), act, _sentence(view)))
            y += ROW
        marks = [(x(mark.day), mark.clause, f"{mark.clause} {mark.words}：{mark.when}") for mark in one.milestones]
        drawn.append(Drawn(one, head, bars, marks))
    quarters = [
        (x(date(year, month, 1)), f"{year}" if month == 1 else f"{month}月")
        for year in range(first.year, last.year + 1)
        for month in (1, 7)
    ]
    return Gantt(y + 8, y, x(on) if first <= on <= last else None, quarters, drawn)


def _sentence(view: PhaseView) -> str:
    dates = view.dates
    said = f"{view.phase.name}：计划 {dates.planned_from} 至 {dates.planned_to}"
    if dates.actual_from:
        said += f"，实际 {dates.actual_from} 至 {dates.actual_to or '今'}"
    return said + (f"，滞后 {view.slip} 天" if view.slip else "")
