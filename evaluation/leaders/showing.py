"""The stored data of 领导首页 as its template takes it, live or frozen."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.contrib.staticfiles import finders

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


# Pictures are drawn by themselves in a PDF: no style sheet of the page reaches into them.
STROKES = {
    'class="c-base"': 'stroke="#999" fill="none"',
    'class="c-tick"': 'stroke="#555" fill="none"',
    'class="c-mean"': 'stroke="#000" stroke-width="2" fill="none"',
}


def drawn(html: str) -> str:
    for styled, stroked in STROKES.items():
        html = html.replace(styled, stroked)
    return html


def leader_css() -> list[str]:
    """The style sheets of the page, for a paper that takes nothing from outside."""
    return [Path(str(finders.find(f"kpi/{name}.css"))).read_text() for name in ("tokens", "leader", "leader-paper")]
