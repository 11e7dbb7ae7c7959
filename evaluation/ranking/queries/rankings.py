"""Rankings for pages, print and workbook: one cut of the frozen document by what the viewer may see (engine 18)."""

import json
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction
from functools import cached_property, partial
from itertools import pairwise
from typing import Any

from evaluation.engine.models.ranking import Ranking
from evaluation.engine.queries.frozen import document_of
from evaluation.engine.rules.documents import limited_document, limited_row
from evaluation.engine.rules.receipts import percent_of_examined
from miyun_kpi.lib.decimals import half_up
from miyun_kpi.lib.lists import ordered
from miyun_kpi.organisations.enums import Category, Track, Zone

Json = Mapping[str, Any]

GROUP_SHORT: dict[str, str] = {Category.AGENCY: "机关", Category.VERTICAL: "垂管", Category.INSTITUTION: "事业"}


@dataclass(frozen=True)
class Viewer:
    """`scope` is "whole" or the 公开范围 that cuts other organisations' rows; `own` the codes of the viewer's own rows.

    Several are joined with "+": a unit that took over another has two.
    """

    scope: str
    own: str

    @property
    def whole(self) -> bool:
        return self.scope == "whole"

    def owns(self, code: str) -> bool:
        return code in self.own.split("+")

    def cut(self, row: Json) -> Json:
        return row if self.whole or self.owns(row["organisation"]) else limited_row(row, self.scope)


@dataclass(frozen=True)
class DimensionCell:
    """`rate` in per cent of the unit's own full, `mean` that of its group; `score` None while nothing of it is marked."""

    score: str | None
    full: str
    rate: float | None
    mean: float | None


@dataclass(frozen=True)
class Row:
    """One organisation as shown; empty where the viewer may not see it or there is nothing."""

    code: str
    name: str
    zone: str
    category: str
    rank: int | None
    previous: int | None
    group_rank: int | None
    group_size: int
    total: Decimal | None
    printed: str | None
    gap: Decimal | None
    gap_four: bool
    dimensions: tuple[DimensionCell | None, ...]
    own: bool
    opens: bool
    partial_total: str | None
    partial_weight: str | None
    partial_rate: Decimal | None
    examined: str
    sum: str | None
    group_mean: float | None = None
    added: Decimal | None = None

    @property
    def group(self) -> str:
        return self.zone or self.category

    @property
    def group_short(self) -> str:
        return GROUP_SHORT.get(self.category, "")


@dataclass(frozen=True)
class DimensionHead:
    code: str
    name: str
    fulls: str


@dataclass(frozen=True)
class Group:
    """`dots` are totals of its organisations where the viewer may see them."""

    code: str
    label: str
    size: int
    zone: str
    dots: tuple[float, ...]
    mean: float | None


def _dimension(place: int, row: Row) -> Decimal | None:
    cell = row.dimensions[place] if place < len(row.dimensions) else None
    return Decimal(cell.score) if cell is not None and cell.score else None


@dataclass(frozen=True)
class Page:
    """A ranking as one viewer sees it. `low`–`high` is the scale of totals, `rate_low` that of dimension rates (to 100)."""

    document: Json
    viewer: Viewer
    heads: tuple[DimensionHead, ...]
    rows: tuple[Row, ...]
    waiting: tuple[Row, ...]
    groups: tuple[Group, ...]
    size: int
    low: int
    high: int
    ticks: tuple[int, ...]
    rate_low: int
    first: bool
    partly_examined: bool
    shows_movement: bool
    shows_dimensions: bool
    ties: int
    closed: bool = False

    def by(self, sort: str) -> "Page":
        """In another order than that of the ranks; what is not ranked yet stays below."""
        keys: dict[str, Callable[[Row], Any]] = {
            "rank": lambda row: row.rank,
            "moved": lambda row: None if row.rank is None or row.previous is None else row.previous - row.rank,
            "group": lambda row: (row.group, row.group_rank or 0),
            "total": lambda row: row.total,
        }
        for place, head in enumerate(self.heads):
            keys[head.code] = partial(_dimension, place)
        return replace(self, rows=tuple(ordered(self.rows, sort, keys)))

    def filtered(self, group: str) -> "Page":
        """Only one zone or category; ranks, gaps and scales stay those of the whole track."""
        if not group:
            return self
        return replace(
            self,
            rows=tuple(row for row in self.rows if row.group == group),
            waiting=tuple(row for row in self.waiting if row.group == group),
        )


@dataclass(frozen=True)
class _Frame:
    """What the rows of one page share: who looks, how rows are grouped, and figures over all of them."""

    viewer: Viewer
    by_zone: bool
    group_of: Mapping[str, str]
    rate_means: Mapping[tuple[str, str], float | None]
    total_means: Mapping[str, float]
    gaps: Mapping[str, Decimal]

    @cached_property
    def sizes(self) -> Counter[str]:
        return Counter(self.group_of.values())

    def row(self, full: Json, row: Json) -> Row:
        code, group = row["organisation"], self.group_of[row["organisation"]]
        total = None if row["total"] is None else Decimal(row["total"])
        own, gap = self.viewer.owns(code), self.gaps.get(code)
        return Row(
            code=code,
            name=row["name"],
            zone=row["zone"] or "",
            category=row["category"],
            rank=row["rank"],
            previous=row["previous_rank"],
            group_rank=row["zone_rank"] if self.by_zone else row["category_rank"],
            group_size=self.sizes[group],
            total=total,
            printed=row["total"],
            gap=gap,
            gap_four=gap is not None and half_up(gap, 2) == 0,
            dimensions=_cells(row, self.rate_means, group, complete=full["total"] is not None),
            own=own,
            opens=self.viewer.whole or own,
            partial_total=row["partial_total"] if row["partial_weight"] not in (None, "0") else None,
            partial_weight=row["partial_weight"],
            partial_rate=percent_of_examined(row["partial_total"], row["partial_weight"] or "0"),
            examined=row["examined_weight"],
            sum=row["sum"],
            group_mean=self.total_means.get(group),
            added=Decimal(row["closing"]["added"]) if row.get("closing") else None,
        )


def ranking_page(ranking: Ranking, viewer: Viewer) -> Page:
    """No query: everything stands in the frozen document."""
    document: Json = document_of(ranking)
    full_rows: Sequence[Json] = document["rows"]
    seen = full_rows if viewer.whole else limited_document(document, scope=viewer.scope, own=viewer.own)["rows"]
    totals_seen = viewer.scope != "rank"
    by_zone = ranking.scheme.track == Track.TOWNSHIP
    group_of = {row["organisation"]: row["zone"] if by_zone else row["category"] for row in full_rows}
    # A mean over rows that the viewer may not see would give them away in a small group.
    rate_means = _rate_means(full_rows, group_of) if viewer.scope in ("whole", "dimensions") else {}
    total_means = _total_means(full_rows, group_of) if totals_seen else {}
    gaps = _gaps(full_rows) if totals_seen else {}
    frame = _Frame(viewer, by_zone, group_of, rate_means, total_means, gaps)
    rows = [frame.row(full, row) for full, row in zip(full_rows, seen, strict=True)]
    values = [float(row.total) for row in rows if row.total is not None]
    low, high, ticks = _scale(values)
    rates = [cell.rate for row in rows for cell in row.dimensions if cell and cell.rate is not None]
    rates += [value for value in rate_means.values() if value is not None]
    return Page(
        document=document,
        viewer=viewer,
        heads=_heads(full_rows),
        rows=tuple(row for row in rows if row.rank is not None),
        waiting=tuple(row for row in rows if row.rank is None),
        groups=_groups(rows, group_of, total_means),
        size=len(rows),
        low=low,
        high=high,
        ticks=ticks,
        rate_low=int(min(rates, default=50)) // 5 * 5,
        first=bool(document["first"]),
        partly_examined=any(row.examined != "100" for row in rows),
        shows_movement=bool(document["previous"]),
        # One's own stand in the 得分明细; four columns of dashes for all others say nothing.
        shows_dimensions=any(row["dimensions"] for row in seen if not viewer.owns(row["organisation"]) or viewer.whole),
        closed=any(row.get("closing") for row in full_rows),
        ties=sum(count - 1 for count in Counter(row.rank for row in rows if row.rank).values()),
    )


def _cells(
    row: Json, means: Mapping[tuple[str, str], float | None], group: str, *, complete: bool
) -> tuple[DimensionCell | None, ...]:
    if not row["dimensions"]:
        return (None, None, None, None)
    return tuple(
        DimensionCell(
            d["score"] if complete or Decimal(d["score"]) else None,
            d["full"],
            _rate(d) if complete else None,
            means.get((group, d["code"])) if complete else None,
        )
        for d in row["dimensions"]
    )


def _rate(dimension: Json) -> float:
    return float(Fraction(dimension["score"]) / Fraction(dimension["full"]) * 100)


def _rate_means(rows: Sequence[Json], group_of: Mapping[str, str]) -> dict[tuple[str, str], float | None]:
    """Mean rate of each dimension in each group, over its complete organisations."""
    found: dict[tuple[str, str], list[float]] = {}
    for row in rows:
        for dimension in row["dimensions"]:
            values = found.setdefault((group_of[row["organisation"]], dimension["code"]), [])
            if row["total"] is not None:
                values.append(_rate(dimension))
    return {key: sum(values) / len(values) if values else None for key, values in found.items()}


def _total_means(rows: Sequence[Json], group_of: Mapping[str, str]) -> dict[str, float]:
    found: dict[str, list[float]] = {}
    for row in rows:
        if row["total"] is not None:
            found.setdefault(group_of[row["organisation"]], []).append(float(row["total"]))
    return {group: sum(values) / len(values) for group, values in found.items()}


def _gaps(rows: Sequence[Json]) -> dict[str, Decimal]:
    """Distance to the next better total of the track; none for the first."""
    totals = sorted({Decimal(row["total"]) for row in rows if row["total"] is not None}, reverse=True)
    above = {lower: higher for higher, lower in pairwise(totals)}
    found = {}
    for row in rows:
        if row["total"] is not None and (total := Decimal(row["total"])) in above:
            found[row["organisation"]] = above[total] - total
    return found


def _scale(values: Sequence[float]) -> tuple[int, int, tuple[int, ...]]:
    if not values:
        return 0, 100, (0, 50, 100)
    low, high = int(min(values)), int(max(values)) + 1
    step = max((high - low + 3) // 4, 1)
    ticks = tuple(range(low, high + 1, step))
    return low, high, ticks


def _heads(rows: Sequence[Json]) -> tuple[DimensionHead, ...]:
    heads = []
    for index, first in enumerate(rows[0]["dimensions"]):
        fulls = sorted({Decimal(row["dimensions"][index]["full"]) for row in rows})
        words = f"{fulls[0]:f}" if len(fulls) == 1 else f"{fulls[0]:f}–{fulls[-1]:f}"
        heads.append(DimensionHead(first["code"], first["name"], words))
    return tuple(heads)


def _groups(rows: Sequence[Row], group_of: Mapping[str, str], means: Mapping[str, float]) -> tuple[Group, ...]:
    known = [*Zone.choices, *Category.choices]
    present = Counter(group_of.values())
    return tuple(
        Group(
            code=code,
            label=str(label),
            size=present[code],
            zone=code if code in Zone.values else "",
            dots=tuple(float(row.total) for row in rows if row.group == code and row.total is not None),
            mean=means.get(code),
        )
        for code, label in known
        if present[code]
    )


def engines_said(ranking: Ranking, document: Mapping[str, Any]) -> dict[str, list[str]] | None:
    """What the second engine said, units by name; None for a ranking computed before it was asked."""
    if not ranking.engines:
        return None
    names = {row["organisation"]: row["name"] for row in document["rows"]}
    return {what: [names.get(code, code) for code in codes] for what, codes in json.loads(ranking.engines).items()}


def in_fours(digest: str, groups: int = 4) -> str:
    """The beginning of a digest in groups of four, as people compare it."""
    return "·".join(digest[i : i + 4] for i in range(0, 4 * groups, 4))
