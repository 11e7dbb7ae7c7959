"""The official 任务表: what each sheet of its workbook holds, row by row, with the figure behind every cell.

One lay-out serves the template that goes out and the reader that takes it back.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from evaluation.enums import FigureKind
from evaluation.scheme.models.scheme import Figure
from evaluation.scheme.queries.carriers import lacking_units
from evaluation.scheme.queries.schemes import SchemeView
from miyun_kpi.organisations.enums import Zone

WEIGHTS, SHARES, CARRIERS, RULES = "分值", "考评部门与份额", "承担", "范围与设定"
EVALUATOR = "考评部门"


@dataclass(frozen=True)
class Row:
    """`keys` identify the row (its first columns, as printed); `figures` stand in the further columns."""

    keys: tuple[str, ...]
    figures: Sequence[Figure]


@dataclass(frozen=True)
class Table:
    """`key_titles` head the identifying columns, of which the first `identifying` are compared when it is read back."""

    name: str
    key_titles: tuple[str, ...]
    identifying: int
    titles: tuple[str, ...]
    rows: Sequence[Row]
    hint: str

    @property
    def kind(self) -> str:
        return {WEIGHTS: FigureKind.WEIGHT, SHARES: FigureKind.SHARE, CARRIERS: FigureKind.CARRIED}.get(self.name, "")


def _left_out(view: SchemeView) -> str:
    """Who has no row in the table of carriers, as a sentence; "" where all have."""
    names = "、".join(o.name for o in lacking_units(view))
    return f"没有列出{names}：它列入考评以后还没有承担的格，下一期开启、或提出修订改它的承担时补上。" if names else ""


def tables(view: SchemeView) -> list[Table]:
    zones = view.zones
    items = [(str(iv.indicator.number), iv.indicator.short_name) for iv in view.indicators]
    weights = Table(
        WEIGHTS,
        ("序", "考评内容"),
        1,
        tuple(Zone(zone).label if zone else "分值" for zone in zones),
        [Row(item, [iv.weights[zone] for zone in zones]) for item, iv in zip(items, view.indicators, strict=True)],
        "各分区每个维度的分值之和须与印出的合计相同。",
    )
    shares = Table(
        SHARES,
        ("序", "第几家", "考评内容"),
        2,
        (EVALUATOR, "份额"),
        [
            Row((item[0], str(place), item[1]), [share.figure])
            for item, iv in zip(items, view.indicators, strict=True)
            for place, share in enumerate(iv.shares, start=1)
        ],
        "份额写分数，例如 1/2、3/7，独家写 1；一项各家之和须为 1。格式须为文本，以免被改成日期。",
    )
    carriers = Table(
        CARRIERS,
        ("序", "考评对象"),
        2,
        tuple(f"{number} {name}" for number, name in items),
        [
            Row((str(o.order), o.name), [iv.carried[o.pk] for iv in view.indicators])
            for o in view.organisations
            if all(o.pk in iv.carried for iv in view.indicators)
        ],
        f"每格写“承担”或“不承担”。空白不作“不承担”读，请写明。{_left_out(view)}",
    )
    rules = [*((iv.scope, f"{number} {name}") for (number, name), iv in zip(items, view.indicators, strict=True))]
    rules += [(f, str(f.get_kind_display())) for f in view.settings.values()]
    rules += [(f, f"{f.organisation}整行分值") for f in view.row_readings]
    settings = Table(
        RULES,
        ("项目",),
        1,
        ("取值",),
        [Row((name,), [figure]) for figure, name in rules],
        "考评范围写季考、半年考或年考；其余照现有的写法。",
    )
    return [weights, shares, carriers, settings]
