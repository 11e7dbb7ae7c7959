"""The countdown of a filing window: positions in per cent of its bar."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from miyun_kpi.charts.scale import keep_apart, text_width

WEEKDAYS = "一二三四五六日"
DESIGN_WIDTH = 640  # pixels of the countdown bar at the design width; labels are kept apart at this width


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


def _short(moment: datetime, *, weekday: bool = True) -> str:
    shown = f"{moment:%m-%d}" + (f" 周{WEEKDAYS[moment.weekday()]}" if weekday else "")
    return shown if (moment.hour, moment.minute) == (0, 0) else f"{shown} {moment:%H:%M}"


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
