"""单位页: one record of a unit over all documents. Each app serves its part, of what the reader may see of it anyway.

Apps above say theirs with `register_unit_part` in AppConfig.ready(). A tab of which the reader may see nothing is not named.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from miyun_kpi.lib.actors import Actor
from miyun_kpi.organisations.models import Organisation

# Code → word, in the order of the page.
TABS = {
    "overview": "概况",
    "evaluation": "考评",
    "duties": "任务",
    "registers": "登记簿",
    "people": "人员",
    "names": "名称沿革",
}
# Everybody reads the list of organisations.
OPEN_TABS = ("overview", "names")


@dataclass(frozen=True)
class Asked:
    """Who looks at which unit, as of which day; `at` is now: what stands open or overdue is told as it stands now.

    `kept`: what a part has read already for this page.
    """

    actor: Actor
    organisation: Organisation
    on: date
    at: datetime
    kept: dict[str, Any] = field(default_factory=dict, compare=False)


@dataclass(frozen=True)
class Cell:
    """`state`: a word of the status vocabulary."""

    text: object
    address: str = ""
    state: str = ""


@dataclass(frozen=True)
class Block:
    """A table. `heads` as in the template tag: “合计:num”. `more`: words and address of where all of it stands.

    `note`: a sentence above the table, about its first row.
    """

    title: str
    heads: Sequence[str]
    rows: Sequence[Sequence[Cell]]
    end: str = ""
    note: str = ""
    rest: int = 0
    more: tuple[str, str] | None = None
    empty: str = "没有"

    @property
    def columns(self) -> list[tuple[str, str]]:
        return [(name, classes) for name, _, classes in (one.partition(":") for one in self.heads)]

    @property
    def lines(self) -> list[list[tuple[Cell, str, str]]]:
        """Cells with the words and classes of their columns."""
        return [[(cell, *column) for cell, column in zip(row, self.columns, strict=True)] for row in self.rows]


@dataclass(frozen=True)
class Count:
    """How much of a document is open and overdue."""

    document: str
    label: str
    what: str
    open: int
    overdue: int
    address: str


def nothing(asked: Asked) -> Sequence[Block]:
    return ()


@dataclass(frozen=True)
class Part:
    """`present`: whether there is anything for this reader; `blocks` stand on the tab, `summary` and `counts` on 概况."""

    tab: str
    order: int
    present: Callable[[Asked], bool]
    blocks: Callable[[Asked], Sequence[Block]]
    summary: Callable[[Asked], Sequence[Block]] = nothing
    counts: Callable[[Asked], Sequence[Count]] = field(default=lambda asked: ())


_parts: list[Part] = []


def register_unit_part(part: Part) -> None:
    _parts[:] = sorted([*(one for one in _parts if one != part), part], key=lambda one: one.order)


@dataclass(frozen=True)
class UnitRecord:
    """`tabs` are those that are named to the reader; `counts` stand on 概况 alone."""

    tabs: Sequence[tuple[str, str]]
    blocks: Sequence[Block]
    counts: Sequence[Count]


def unit_record(asked: Asked, tab: str) -> UnitRecord | None:
    """None for a tab of which the reader may see nothing."""
    present = [part for part in _parts if part.present(asked)]
    named = {part.tab for part in present} | set(OPEN_TABS)
    if tab not in named:
        return None
    tabs = [(code, label) for code, label in TABS.items() if code in named]
    if tab != "overview":
        return UnitRecord(tabs, [block for part in present if part.tab == tab for block in part.blocks(asked)], [])
    counts = sorted((one for part in present for one in part.counts(asked)), key=lambda one: (one.document, one.what))
    return UnitRecord(tabs, [block for part in present for block in part.summary(asked)], counts)
