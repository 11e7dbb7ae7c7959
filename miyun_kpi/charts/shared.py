"""Rows of dots, bands and means on one shared scale."""

from collections.abc import Sequence
from dataclasses import dataclass

from miyun_kpi.charts.scale import Number, scale, text_width


@dataclass(frozen=True)
class Row:
    """One row: dots of a zone, a band from `least` to `most`, a mean, one's own value; leave out what there is not."""

    label: str
    dots: tuple[Number, ...] = ()
    least: Number | None = None
    most: Number | None = None
    mean: Number | None = None
    own: Number | None = None
    zone: str = ""
    end: str = ""


@dataclass(frozen=True)
class DrawnRow:
    row: Row
    y: float
    text_y: float
    dots: tuple[float, ...]
    band: tuple[float, float] | None
    mean: float | None
    own: float | None


@dataclass(frozen=True)
class RowsChart:
    width: int
    height: int
    left: int
    right: int
    axis_y: int
    rows: tuple[DrawnRow, ...]
    ticks: tuple[tuple[float, str], ...]


def rows(
    given: Sequence[Row], *, low: Number, high: Number, ticks: Sequence[Number], width: int = 300, label_width: int = 84
) -> RowsChart:
    """Labels at the left, plot, one line of words at the right end; rows 24 apart, the axis below."""
    ends = max((text_width(row.end) for row in given), default=0)
    left, right = label_width, width - (ends + 8 if ends else 8)
    plot = right - left

    def place(value: Number) -> float:
        return round(left + scale(value, low, high, plot), 1)

    drawn = []
    for index, row in enumerate(given):
        y = 14 + 24 * index
        band = None
        if row.least is not None and row.most is not None:
            start = place(row.least)
            band = (start, round(max(place(row.most) - start, 1.0), 1))
        drawn.append(
            DrawnRow(
                row=row,
                y=y,
                text_y=y + 4,
                dots=tuple(place(value) for value in row.dots),
                band=band,
                mean=None if row.mean is None else place(row.mean),
                own=None if row.own is None else place(row.own),
            )
        )
    axis = 14 + 24 * len(given)
    labelled = tuple((place(tick), f"{float(tick):g}") for tick in ticks)
    return RowsChart(width, axis + 16, left, right, axis, tuple(drawn), labelled)
