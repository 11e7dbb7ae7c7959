"""What a draft changes against the scheme it continues, item by item."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from miyun_kpi.lib.decimals import plain


@dataclass(frozen=True)
class Compared:
    """An indicator as it is compared. `weights` by the zone's name, `carriers` names; `evaluators` in words."""

    number: int
    short_name: str
    name: str
    basis: str
    dimension: str
    scope: str
    weights: Mapping[str, Decimal]
    evaluators: Sequence[str]
    carriers: frozenset[str]


@dataclass(frozen=True)
class Change:
    """`kind`: added, removed, renamed, weight, evaluators, carriers, scope, dimension, basis, rule or total."""

    kind: str
    subject: str
    old: str
    new: str


KIND_WORDS = {
    "added": "新增",
    "removed": "删去",
    "renamed": "改名",
    "number": "改序号",
    "dimension": "换维度",
    "weight": "分值",
    "evaluators": "考评部门",
    "carriers": "承担单位",
    "scope": "考评范围",
    "basis": "考评依据",
    "total": "维度合计",
    "rule": "打分办法",
}


def compare(pairs: Sequence[tuple[Compared | None, Compared | None]]) -> list[Change]:
    """`pairs`: last year's indicator and this year's; None where there is no other."""
    found: list[Change] = []
    for old, new in pairs:
        if old is None and new is not None:
            found.append(Change("added", f"{new.number} {new.short_name}", "", _whole(new)))
        elif new is None and old is not None:
            found.append(Change("removed", f"{old.number} {old.short_name}", _whole(old), ""))
        elif old is not None and new is not None:
            found += _differences(old, new)
    return found


def _whole(one: Compared) -> str:
    weights = "、".join(f"{zone}{plain(value)}" for zone, value in one.weights.items())
    return f"{one.dimension}；分值 {weights}；{'、'.join(one.evaluators)}；承担 {len(one.carriers)} 家"


def _differences(old: Compared, new: Compared) -> list[Change]:
    subject = f"{new.number} {new.short_name}"
    found: list[Change] = []

    def differs(kind: str, before: str, after: str, about: str = "") -> None:
        if before != after:
            found.append(Change(kind, f"{subject}{about}", before, after))

    differs("number", str(old.number), str(new.number))
    differs("renamed", old.short_name, new.short_name)
    differs("renamed", old.name, new.name, " · 考评内容全称")
    differs("dimension", old.dimension, new.dimension)
    for zone in dict.fromkeys((*old.weights, *new.weights)):
        before, after = old.weights.get(zone), new.weights.get(zone)
        about = f" · {zone}" if zone else ""
        differs("weight", "" if before is None else plain(before), "" if after is None else plain(after), about)
    differs("evaluators", "、".join(old.evaluators), "、".join(new.evaluators))
    differs("scope", old.scope, new.scope)
    differs("basis", old.basis, new.basis)
    gone, come = sorted(old.carriers - new.carriers), sorted(new.carriers - old.carriers)
    if gone or come:
        found.append(
            Change(
                "carriers", subject, f"减 {'、'.join(gone)}" if gone else "", f"增 {'、'.join(come)}" if come else ""
            )
        )
    return found
