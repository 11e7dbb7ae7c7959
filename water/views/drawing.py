"""Geometry of the pictures of 水环境: bars, a series of shares with its line ahead. Positions in pixels, nothing is decided here."""

from dataclasses import dataclass
from datetime import date

from miyun_kpi.charts import Number, scale
from water.queries.targets import Standing
from water.rules.targets import END

LEFT, RIGHT, TOP, BOTTOM = 44, 700, 14, 190


@dataclass(frozen=True)
class Series:
    """`bound_y` None without a printed bound; `ahead` is the dashed line of the projection, "" without one."""

    points: tuple[tuple[float, float, str], ...]
    line: str
    ahead: str
    # The end of the line ahead, with the height of its words, which keep clear of those of the bound.
    end: tuple[float, float, float] | None
    bound_y: float | None
    grid: tuple[tuple[float, int], ...]
    years: tuple[tuple[float, str], ...]


def series(standing: Standing) -> Series | None:
    if not standing.points:
        return None
    first = min(standing.points[0].measure.day, date(2020, 1, 1))
    last = max(standing.points[-1].measure.day, END)

    def x(day: date) -> float:
        return LEFT + scale((day - first).days, 0, (last - first).days, RIGHT - LEFT)

    def y(value: Number) -> float:
        return round(BOTTOM - scale(value, 0, 100, BOTTOM - TOP), 1)

    points = tuple((x(one.measure.day), y(one.share), f"{one.measure.day} {one.shown}%") for one in standing.points)
    line = "M" + "L".join(f"{px:g} {py:g}" for px, py, _ in points)
    ahead, end = "", None
    if standing.projection:
        end_x, end_y = x(END), y(standing.projection.value)
        ahead = f"M{points[-1][0]:g} {points[-1][1]:g}L{end_x:g} {end_y:g}"
        end = (end_x, end_y, _clear(end_y, None if standing.bound is None else y(standing.bound)))
    years = tuple(
        (x(date(year, 1, 1)), f"{year}") for year in range(first.year, last.year + 1) if date(year, 1, 1) >= first
    )
    bound = None if standing.bound is None else y(standing.bound)
    return Series(points, line, ahead, end, bound, tuple((y(n), n) for n in (0, 25, 50, 75, 100)), years)


def _clear(height: float, bound: float | None) -> float:
    """Words are 14 pixels high: moved away from the bound's when they would touch."""
    if bound is None or abs(height - bound) >= 14:
        return height
    return bound - 14 if height <= bound else bound + 14
