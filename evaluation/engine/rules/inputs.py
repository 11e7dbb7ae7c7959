"""What a total follows from, as flat cells that can be laid beside one another (engine 14, 22).

Lists of two forms are read: that of 1.0.0, with names, states of sheets and standings inside, and that of arithmetic 2 on, which
holds only what moves a total. Laid flat they are alike, so that nothing computed before falls by the new form.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

Json = Mapping[str, Any]
MISSING = "空白"
NOT_APPLICABLE = "不适用"


@dataclass(frozen=True)
class Cell:
    """One input: what it is (`kind`), which one, and before and after as people write them."""

    kind: str
    key: str
    before: str
    after: str


def flat(listed: Json) -> dict[tuple[str, str], str]:
    """Every input by (kind, key) as text. Marks nobody could carry and figures of nobody ranked are no inputs."""
    units = listed["zones"]
    found: dict[tuple[str, str], str] = {}
    figures = {key: value[0] for key, value in listed["figures"].items() if _counts(key, units)}
    found |= {("figure", key): value for key, value in figures.items()}
    found |= {("unit", code): "·".join(part for part in group if part) or "在列" for code, group in units.items()}
    found |= {
        ("mark", key): _mark(cell)
        for key, cell in listed["marks"].items()
        if _carried(key, figures) and (cell[0] is not None or len(cell) > 2)
    }
    for decision in listed.get("decisions", ()):
        if decision["kind"] == "leave_out":
            found["left-out", decision["share"]] = "本期不计"
    for one in listed.get("adjustments", ()):
        found["adjustment", f"{one['id']}@{one['organisation']}"] = one["points"]
    for period, weight in listed.get("year_method", {}).get("weights", {}).items():
        found["weight", period] = weight
    for period, quarter in listed.get("quarters", {}).items():
        found |= {("quarter", f"{period}@{code}"): total or MISSING for code, total in quarter["results"].items()}
    for code, kind in listed.get("year_units", {}).items():
        found["year-unit", code] = kind
    if "rank_precision" in listed:
        found["precision", ""] = str(listed["rank_precision"])
    return found


def _counts(key: str, units: Json) -> bool:
    """Readings of rows move nothing; what a unit carries moves something only while it is ranked."""
    if key.startswith("row"):
        return False
    return not key.startswith("carried/") or key.rpartition("/")[2] in units


def _carried(key: str, figures: Mapping[str, str]) -> bool:
    share, _, code = key.partition("@")
    return figures.get(f"carried/{share.split('/')[1]}/{code}") == "yes"


def _mark(cell: list[str | None]) -> str:
    """By points the full mark is part of what a mark means."""
    if len(cell) > 2:
        return NOT_APPLICABLE
    return str(cell[0]) if cell[1] == "100" else f"{cell[0]}/{cell[1]}"


def changed_cells(before: Json, after: Json) -> list[Cell]:
    """Where the two differ, in the order of their keys. What only one form of the list knows is no difference, nor is a
    cell that came and says 不承担: without it the unit took the average as well."""
    old, new = flat(before), flat(after)
    if ("precision", "") not in old:
        new.pop(("precision", ""), None)
    keys: Iterable[tuple[str, str]] = sorted(set(old) | set(new))
    return [
        Cell(kind, key, old.get((kind, key), MISSING), new.get((kind, key), MISSING))
        for kind, key in keys
        if old.get((kind, key)) != new.get((kind, key)) and not _came_blank(kind, key, old, new)
    ]


def _came_blank(kind: str, key: str, old: Mapping[tuple[str, str], str], new: Mapping[tuple[str, str], str]) -> bool:
    return kind == "figure" and key.startswith("carried/") and (kind, key) not in old and new[kind, key] == "no"


def without_adjustments(cells: Iterable[Cell]) -> list[Cell]:
    """A meeting decides 加减分 itself: what it lay over before is not changed by what it said."""
    return [cell for cell in cells if cell.kind != "adjustment"]
