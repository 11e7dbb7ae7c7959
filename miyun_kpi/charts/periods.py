"""A value over a few periods."""

from collections.abc import Sequence
from dataclasses import dataclass

from miyun_kpi.charts.scale import Number, scale


@dataclass(frozen=True)
class TrendPoint:
    x: float
    y: float
    label: str
    firm: bool


@dataclass(frozen=True)
class Trend:
    points: tuple[TrendPoint, ...]
    firm_line: str
    open_line: str
    mean_y: float | None
    grid: tuple[tuple[float, str], ...]
    labels: tuple[tuple[float, str], ...]


def trend(
    values: Sequence[tuple[str, Number | None, bool]], *, low: Number, high: Number, mean: Number | None = None
) -> Trend:
    """Up to a few periods over 320 × 74; a gap where a period has no value; dashed to a value not yet stored."""
    left, right, top, bottom = 40, 300, 6, 50
    step = (right - left) / max(len(values), 1)

    def height(value: Number) -> float:
        return round(bottom - scale(value, low, high, bottom - top), 1)

    spots: list[TrendPoint | None] = []
    for index, (label, value, firm) in enumerate(values):
        x = round(left + step * (index + 0.5), 1)
        spots.append(None if value is None else TrendPoint(x, height(value), label, firm))
    firm_line = open_line = ""
    for before, after in zip(spots, spots[1:], strict=False):
        if before and after:
            piece = f"M{before.x:g} {before.y:g}L{after.x:g} {after.y:g}"
            firm_line, open_line = (firm_line + piece, open_line) if after.firm else (firm_line, open_line + piece)
    middle = (float(low) + float(high)) / 2
    return Trend(
        points=tuple(spot for spot in spots if spot),
        firm_line=firm_line,
        open_line=open_line,
        mean_y=None if mean is None else height(mean),
        grid=tuple((height(value), f"{float(value):g}") for value in (high, middle, low)),
        labels=tuple((round(left + step * (index + 0.5), 1), label) for index, (label, _, _) in enumerate(values)),
    )
