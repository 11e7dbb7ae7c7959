"""Two results of the same units side by side: who moved, by how much, in which items, and who passed whom."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any

from miyun_kpi.lib.decimals import half_up

Json = Mapping[str, Any]


@dataclass(frozen=True)
class Difference:
    """`moved` > 0 is towards the top. Totals are None where the reader may not see them or they are missing."""

    organisation: str
    name: str
    zone: str
    rank_before: int | None
    rank_after: int | None
    total_before: Decimal | None
    total_after: Decimal | None
    items: tuple[str, ...] = ()

    @property
    def moved(self) -> int | None:
        return None if self.rank_before is None or self.rank_after is None else self.rank_before - self.rank_after

    @property
    def delta(self) -> Decimal | None:
        if self.total_before is None or self.total_after is None:
            return None
        return self.total_after - self.total_before

    @property
    def changed(self) -> bool:
        return bool(self.rank_before != self.rank_after or self.total_before != self.total_after or self.items)


def differences(before: Json, after: Json, items: Mapping[str, Sequence[str]] | None = None) -> list[Difference]:
    """In the order of `after`, then units that are only in `before`. Both documents cut as the reader may see them."""
    items = items or {}
    earlier = {row["organisation"]: row for row in before["rows"]}
    found = []
    for row in after["rows"]:
        old = earlier.pop(row["organisation"], None)
        found.append(_difference(old, row, items))
    found.extend(_difference(old, None, items) for old in earlier.values())
    return found


def _difference(old: Json | None, new: Json | None, items: Mapping[str, Sequence[str]]) -> Difference:
    one = new or old
    assert one is not None
    return Difference(
        organisation=one["organisation"],
        name=one["name"],
        zone=one["zone"] or "",
        rank_before=old["rank"] if old else None,
        rank_after=new["rank"] if new else None,
        total_before=_decimal(old["total"]) if old else None,
        total_after=_decimal(new["total"]) if new else None,
        items=tuple(items.get(one["organisation"], ())),
    )


def _decimal(text: str | None) -> Decimal | None:
    return None if text is None else Decimal(text)


def changed_items(before: Json, after: Json) -> list[str]:
    """Of two 得分明细 of one unit the items whose score differs: 第 4 项 河长制 9.8000 → 9.9500."""
    earlier = {item["indicator"]["number"]: item for item in before["items"]}
    found = []
    for item in after["items"]:
        number, name = item["indicator"]["number"], item["indicator"]["name"]
        old = earlier.get(number)
        old_score = old["score"] if old else None
        if old_score != item["score"]:
            found.append(f"第 {number} 项 {name} {old_score or '–'} → {item['score'] or '–'}")
    return found


def as_json(found: Sequence[Difference]) -> list[dict[str, Any]]:
    return [
        {
            "organisation": one.organisation,
            "name": one.name,
            "rank_before": one.rank_before,
            "rank_after": one.rank_after,
            "total_before": None if one.total_before is None else f"{one.total_before:.4f}",
            "total_after": None if one.total_after is None else f"{one.total_after:.4f}",
            "items": list(one.items),
        }
        for one in found
    ]


@dataclass(frozen=True)
class Passing:
    """A unit that stands ahead of `own` now and did not before (`over`), or stood ahead and does no longer.

    `level`: caught up with, not passed. Totals and the dimension that moved most in that direction, of the unit against `own`, are None where not to be seen.
    """

    organisation: str
    name: str
    zone: str
    over: bool
    rank_before: int | None
    rank_after: int | None
    total_before: Decimal | None
    total_after: Decimal | None
    dimension: str | None
    gained: Decimal | None
    level: bool


def passings(before: Json, after: Json, own: str) -> list[Passing]:
    """Those that came ahead, then those that fell back, by their place now: as many of them as `own` lost or won places.

    Both documents cut as the reader may see them. Nobody where `own` has no place in one of them.
    """
    then = {row["organisation"]: row for row in before["rows"]}
    now = {row["organisation"]: row for row in after["rows"]}
    mine = (then[own], now[own])
    if mine[0]["rank"] is None or mine[1]["rank"] is None:
        return []
    found = []
    for code in sorted({*then, *now} - {own}):
        theirs = (then.get(code), now.get(code))
        ahead = [
            bool(row and row["rank"] and row["rank"] < own_row["rank"])
            for row, own_row in zip(theirs, mine, strict=True)
        ]
        if ahead[0] != ahead[1]:
            found.append(_passing(theirs, mine, over=ahead[1]))
    return sorted(found, key=lambda one: (not one.over, one.rank_after or 0, one.rank_before or 0, one.organisation))


def _passing(theirs: tuple[Json | None, Json | None], mine: tuple[Json, Json], *, over: bool) -> Passing:
    old, new = theirs
    one = new or old
    assert one is not None
    moved = _gap_moved(theirs, mine) if old and new else {}
    dimension = (max if over else min)(moved, key=lambda name: moved[name]) if moved else None
    return Passing(
        organisation=one["organisation"],
        name=one["name"],
        zone=one["zone"] or "",
        over=over,
        rank_before=old["rank"] if old else None,
        rank_after=new["rank"] if new else None,
        total_before=_decimal(old["total"]) if old else None,
        total_after=_decimal(new["total"]) if new else None,
        dimension=dimension,
        gained=half_up(moved[dimension], 4) if dimension else None,
        level=bool(new and new["rank"] == mine[1]["rank"]),
    )


def _gap_moved(theirs: Sequence[Json | None], mine: Sequence[Json]) -> dict[str, Fraction]:
    """By dimension, in points of a hundred: what they gained on us. Empty where a row shows no dimensions."""
    parts = [[_by_dimension(row) for row in side] for side in (theirs, mine)]
    (their_old, their_new), (my_old, my_new) = parts
    if not all((their_old, their_new, my_old, my_new)):
        return {}
    names = {**their_new, **their_old}
    zero = Fraction(0)
    return {
        name: their_new.get(name, zero) - my_new.get(name, zero) - their_old.get(name, zero) + my_old.get(name, zero)
        for name in names
    }


def _by_dimension(row: Json | None) -> dict[str, Fraction]:
    """Of the total: the four dimensions as percentages, what a year adds from its quarters, and 加减分."""
    if row is None or not row["dimensions"] or row["total"] is None:
        return {}
    scale = 100 / Fraction(row["examined_weight"])
    found = {one["name"]: Fraction(one["score"]) * scale for one in row["dimensions"]}
    if closing := row.get("closing"):
        found["各季度"] = Fraction(closing["base"]) - Fraction(closing["own_percent"])
        found["加减分"] = Fraction(closing["added"])
    return found
