"""Two results of the same units side by side: who moved, by how much, and in which items."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

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
