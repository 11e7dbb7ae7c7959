"""The dot strip of a table cell: one's own value among the others."""

from collections.abc import Iterable
from dataclasses import dataclass

from miyun_kpi.charts.scale import Number, scale


@dataclass(frozen=True)
class Strip:
    ticks: str
    own: float | None
    mean: float | None
    sentence: str


def strip(
    values: Iterable[Number | None], *, own: Number | None, low: Number, high: Number, mean: Number | None, width: float
) -> Strip:
    """Others as one path of ticks, own value and mean as positions; missing values have no place, never that of 0."""
    shown = [value for value in values if value is not None]
    ticks = "".join(f"M{scale(value, low, high, width):g} 7v6" for value in shown)
    sentence = "没有得分" if own is None else f"本单位 {float(own):g}"
    if mean is not None:
        sentence += f"，平均 {float(mean):.2f}"
    if shown:
        sentence += f"，其余 {len(shown)} 家在 {float(min(shown)):g} 至 {float(max(shown)):g} 之间"
    return Strip(
        ticks=ticks,
        own=None if own is None else scale(own, low, high, width),
        mean=None if mean is None else scale(mean, low, high, width),
        sentence=sentence,
    )
