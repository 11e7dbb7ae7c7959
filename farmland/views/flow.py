"""The flow picture: lots at the left, what became of them at the right, every strip as wide as its area."""

from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import TypeVar

from farmland.models import Lot
from farmland.queries.flow import Part

WIDTH, LEFT, RIGHT, NODE, GAP, LEAST = 660, 170, 430, 8, 18, 1.0
MOST = 24
Key = TypeVar("Key", bound=Hashable)
KINDS = ("used", "past", "out", "held", "free")


@dataclass(frozen=True)
class Node:
    y: float
    height: float
    text_y: float
    name: str
    area: Decimal
    kind: str


@dataclass(frozen=True)
class Link:
    path: str
    kind: str
    words: str


@dataclass(frozen=True)
class Flow:
    """`rows` are the text alternative: lot, goal, area."""

    height: int
    lots: Sequence[Node]
    goals: Sequence[Node]
    links: Sequence[Link]
    rows: Sequence[tuple[str, str, Decimal]]
    sentence: str


def flow(lots: Sequence[Lot], parts: Sequence[Part]) -> Flow | None:
    whole = sum((part.area for part in parts), Decimal(0))
    if not whole:
        return None
    parts = _gathered(parts)
    names = {lot.pk: lot.name for lot in lots}
    goals = sorted({(KINDS.index(part.kind), part.goal, part.kind) for part in parts})
    tall = max(len(names), len(goals))
    scale = max(180.0, 18.0 * tall) / float(whole)

    def high(area: Decimal) -> float:
        return max(float(area) * scale, LEAST)

    by_lot = {pk: [part for part in parts if part.lot == pk] for pk in names}
    left, left_y, end = _stack(
        [(pk, sum((p.area for p in own), Decimal(0)), names[pk], "") for pk, own in by_lot.items()], high
    )
    wanted = [
        ((kind, goal), sum((p.area for p in parts if (p.kind, p.goal) == (kind, goal)), Decimal(0)), goal, kind)
        for _, goal, kind in goals
    ]
    right, right_y, other = _stack(wanted, high)
    links = []
    order = {(kind, goal): place for place, (_, goal, kind) in enumerate(goals)}
    for part in sorted(parts, key=lambda p: (list(names).index(p.lot), order[p.kind, p.goal])):
        width, key = high(part.area), (part.kind, part.goal)
        a, b = left_y[part.lot], right_y[key]
        left_y[part.lot], right_y[key] = a + width, b + width
        words = f"{names[part.lot]} → {part.goal} {part.area:.4f} 亩"
        links.append(Link(_path(a, b, width), part.kind, words))
    rows = [(names[part.lot], part.goal, part.area) for part in parts]
    free = sum((part.area for part in parts if part.kind == "free"), Decimal(0))
    sentence = f"{len(names)} 批共 {whole:.4f} 亩，其中可用 {free:.4f} 亩，逐条见下表"
    return Flow(int(max(end, other)) + 8, left, right, links, rows, sentence)


def _gathered(parts: Sequence[Part]) -> list[Part]:
    """The largest goals by name; what is too small to be told apart goes together."""
    sums: dict[tuple[str, str], Decimal] = {}
    for part in parts:
        sums[part.kind, part.goal] = sums.get((part.kind, part.goal), Decimal(0)) + part.area
    named = set(sorted(sums, key=lambda key: -sums[key])[:MOST])
    found: dict[tuple[int, str, str], Decimal] = {}
    for part in parts:
        other = {"used": "其余项目", "held": "其余预留", "out": "其余转让"}.get(part.kind, part.goal)
        key = (part.lot, part.kind, part.goal if (part.kind, part.goal) in named else other)
        found[key] = found.get(key, Decimal(0)) + part.area
    return [Part(*key, area) for key, area in found.items()]


def _stack(
    wanted: Iterable[tuple[Key, Decimal, str, str]], high: Callable[[Decimal], float]
) -> tuple[list[Node], dict[Key, float], float]:
    nodes: list[Node] = []
    places: dict[Key, float] = {}
    y = 8.0
    for key, area, name, kind in wanted:
        height = round(high(area), 1)
        nodes.append(Node(round(y, 1), height, round(y + height / 2 + 4, 1), name, area, kind))
        places[key] = y
        y += max(height + 4, GAP)
    return nodes, places, y


def _path(a: float, b: float, width: float) -> str:
    start, end, middle = LEFT + NODE, RIGHT, (LEFT + NODE + RIGHT) / 2
    return (
        f"M{start} {a:.1f}C{middle:g} {a:.1f} {middle:g} {b:.1f} {end} {b:.1f}V{b + width:.1f}"
        f"C{middle:g} {b + width:.1f} {middle:g} {a + width:.1f} {start} {a + width:.1f}Z"
    )
