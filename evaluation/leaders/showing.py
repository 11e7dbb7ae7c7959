"""The stored data of 领导首页 as its template takes it, live or frozen."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

Json = dict[str, Any]


@dataclass(frozen=True)
class UnitHead:
    """Units of one track with the names of its dimensions, those outside the evaluation last."""

    label: str
    dimensions: Sequence[str]
    units: Sequence[Json]


def unit_heads(sheet: Json) -> list[UnitHead]:
    found = []
    for track in sheet["tracks"]:
        units = [one for one in sheet["units"] if one["evaluated"] and one["track"] == track["track"]]
        if units:
            names = [each["name"] for each in units[0]["dimensions"]]
            found.append(UnitHead(f"{track['label']} {len(units)}", names, units))
    rest = [one for one in sheet["units"] if not one["evaluated"]]
    return [*found, *([UnitHead(f"其他 {len(rest)}", ["", "", "", ""], rest)] if rest else [])]
