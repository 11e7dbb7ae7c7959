"""Geometry of the pictures: numbers in, positions in pixels (or per cent for the countdown) out. Nothing is drawn here."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from fractions import Fraction

Number = Decimal | Fraction | int | float

WEEKDAYS = "一二三四五六日"
DESIGN_WIDTH = 640  # pixels of the countdown bar at the design width; labels are kept apart at this width


def scale(value: Number, low: Number, high: Number, width: float) -> float:
    """Position of `value` between low (0) and high (`width`), kept inside, to a tenth of a pixel."""
    if high == low:
        return round(width / 2, 1)
    share = (float(value) - float(low)) / (float(high) - float(low))
    return round(min(max(share, 0.0), 1.0) * width, 1)


# ── countdown of a filing window ─────────────────────────────────────────────────────────────────


@dataclass(frozen=True)
class Label:
    """`x` in per cent of the bar; `anchor` is the SVG text-anchor."""

    text: str
    x: float
    anchor: str


@dataclass(frozen=True)
class Word:
    """Name of a segment under the bar; `kind` is open, late or shut."""

    text: str
    x: float
    kind: str


@dataclass(frozen=True)
class Window:
    """Positions in per cent. `now` is None outside the bar; `phase` is before, open, late, shut or locked."""

    due: float
    late: float
    now: float | None
    past: float
    phase: str
    remaining: str
    heading: str
    consequence: str
    labels: tuple[Label, ...]
    now_label: Label | None
    words: tuple[Word, ...]
    target: datetime


def duration(span: timedelta) -> str:
    """1 天 7 小时 36 分; below a day 7 小时 36 分; it changes by the minute."""
    minutes = max(int(span.total_seconds()) // 60, 0)
    days, rest = divmod(minutes, 1440)
    hours, minutes = divmod(rest, 60)
    if days:
        return f"{days} 天 {hours} 小时 {minutes} 分"
    return f"{hours} 小时 {minutes} 分" if hours else f"{minutes} 分"


def text_width(text: str) -> int:
    """Pixels of a 12 px label: a Chinese character is 12 wide, the rest about 7."""
    return sum(12 if ord(ch) > 0x2E80 else 7 for ch in text)


def _short(moment: datetime, *, weekday: bool = True) -> str:
    shown = f"{moment:%m-%d}" + (f" 周{WEEKDAYS[moment.weekday()]}" if weekday else "")
    return shown if (moment.hour, moment.minute) == (0, 0) else f"{shown} {moment:%H:%M}"


def keep_apart(wanted: Sequence[float], widths: Sequence[float], total: float, gap: float = 10) -> list[float]:
    """Left edges near the wanted ones, in order, without overlap, inside 0..total (the last ones yield to the left)."""
    edges: list[float] = []
    for left in wanted:
        floor = edges[-1] + widths[len(edges) - 1] + gap if edges else 0.0
        edges.append(max(left, floor))
    limit = total
    for index in range(len(edges) - 1, -1, -1):
        edges[index] = max(min(edges[index], limit - widths[index]), 0.0)
        limit = edges[index] - gap
    return edges


def _span(label: Label) -> tuple[float, float]:
    """From where to where a label beside the pointer reaches, in per cent at the design width."""
    wide = (text_width(label.text) + 14) / DESIGN_WIDTH * 100
    return (label.x - wide, label.x + 1) if label.anchor == "end" else (label.x - 1, label.x + wide)


def _word(text: str, start: float, end: float, kind: str, *, taken: tuple[float, float]) -> Word | None:
    """A segment's name in the middle of what the pointer's words leave free of it; None where there is no room."""
    pieces = (
        [(start, min(end, taken[0])), (max(start, taken[1]), end)]
        if taken[0] < end and taken[1] > start
        else [(start, end)]
    )
    left, right = max(pieces, key=lambda piece: piece[1] - piece[0])
    if right - left < text_width(text) / DESIGN_WIDTH * 100:
        return None
    return Word(text, round((left + right) / 2, 2), kind)


def _phase(moments: Sequence[datetime], now: datetime, until: datetime | None) -> tuple[str, str, str, datetime]:
    """Where `now` stands: name, heading of what is left, what follows from it, and until when."""
    if until and now < until:
        return "open", f"重开至 {_short(until)}，还剩", "只对这一张表", until
    phases = (
        ("before", "距填报开始", "开始前可以看，不能填。"),
        ("open", "距报送截止", "逾期可补报，计迟报"),
        ("late", "距补报截止", "现在报送计为迟报"),
        ("shut", "距锁定", "只能申请开锁"),
    )
    for moment, phase in zip(moments, phases, strict=True):
        if now < moment:
            return *phase, moment
    return "locked", "已锁定", "改动须申请开锁", moments[-1]


def window(
    starts_at: datetime,
    due_at: datetime,
    late_until: datetime,
    locks_at: datetime,
    *,
    now: datetime,
    until: datetime | None = None,
) -> Window:
    """The bar from 填报开始 to 锁定; `until`: 重开至. All moments aware and in one time zone; intervals are half-open."""
    whole = (locks_at - starts_at) / timedelta(minutes=1) or 1

    def place(moment: datetime) -> float:
        return round(min(max((moment - starts_at) / timedelta(minutes=1) / whole, 0.0), 1.0) * 100, 2)

    marks = [("填报开始", starts_at), ("报送截止", due_at), ("补报截止", late_until), ("锁定", locks_at)]
    phase, heading, consequence, target = _phase([moment for _, moment in marks], now, until)
    texts = [f"{word} {_short(moment)}" for word, moment in marks]
    if sum(map(text_width, texts)) + 30 > DESIGN_WIDTH:
        texts = [f"{word} {_short(moment, weekday=word == '报送截止')}" for word, moment in marks]
    widths = [text_width(text) for text in texts]
    ticks = [place(moment) / 100 * DESIGN_WIDTH for _, moment in marks]
    wanted = [ticks[0], ticks[1] - widths[1], ticks[2] - widths[2] / 2, ticks[3] - widths[3]]
    edges = keep_apart(wanted, widths, DESIGN_WIDTH)
    labels = []
    for index, (text, edge, wide) in enumerate(zip(texts, edges, widths, strict=True)):
        anchor = ("start", "end", "middle", "end")[index]
        shift = {"start": 0.0, "middle": wide / 2, "end": float(wide)}[anchor]
        labels.append(Label(text, round((edge + shift) / DESIGN_WIDTH * 100, 2), anchor))
    inside = starts_at <= now < locks_at
    here = place(now)
    now_label = Label(f"现在 {_short(now)}", here, "end" if here > 30 else "start") if inside else None
    segments = (
        ("按时", 0.0, place(due_at), "open"),
        ("计为迟报", place(due_at), place(late_until), "late"),
        ("只能申请开锁", place(late_until), 100.0, "shut"),
    )
    taken = _span(now_label) if now_label else (0.0, 0.0)
    words = tuple(word for word in (_word(*segment, taken=taken) for segment in segments) if word)
    return Window(
        due=place(due_at),
        late=place(late_until),
        now=here if inside else None,
        past=min(here, place(due_at)),
        phase=phase,
        remaining=duration(target - now) if phase != "locked" else "已锁定",
        heading=heading,
        consequence=consequence,
        labels=tuple(labels),
        now_label=now_label,
        words=words,
        target=target,
    )


# ── dot strip of a table cell ────────────────────────────────────────────────────────────────────


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


# ── rows on a shared scale ───────────────────────────────────────────────────────────────────────


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


# ── a few periods ────────────────────────────────────────────────────────────────────────────────


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
