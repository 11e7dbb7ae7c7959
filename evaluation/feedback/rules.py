"""What a unit sees of a ranking before its bulletin: its own part, and nothing that tells of another (engine 18, 19)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any

from evaluation.periods.rules.calendar import SHANGHAI
from miyun_kpi.lib import workdays
from miyun_kpi.lib.decimals import plain

Json = Mapping[str, Any]

_OF_OTHERS = ("rank", "zone_rank", "category_rank", "previous_rank", "gap_above", "gap_below", "ranked")


def due_after(at: datetime, days: int) -> datetime:
    """18:00 on the `days`-th working day after the day of `at`."""
    last: date = workdays.add_working_days(at.astimezone(SHANGHAI).date(), days)
    return datetime.combine(last, time(18), SHANGHAI)


def own_part(receipt: Json) -> dict[str, Any]:
    """A frozen 得分明细 without ranks, distances and the sums behind averages."""
    kept = {key: value for key, value in receipt.items() if key not in _OF_OTHERS}
    kept["items"] = [
        {key: value for key, value in item.items() if key not in ("sum", "divisor", "carriers")}
        | {"shares": [_own_share(share) for share in item["shares"]]}
        for item in receipt["items"]
    ]
    return kept


def _own_share(share: Json) -> dict[str, Any]:
    return {key: value for key, value in share.items() if key not in ("sum", "divisor", "carriers")}


def same_items(one: Json, other: Json) -> bool:
    """Whether two computations give a unit the same in every item, whatever became of the others."""
    return bool(own_part(one)["items"] == own_part(other)["items"])


@dataclass(frozen=True)
class FeedbackLine:
    """One evaluator's part of an item. `lost` = full − mark as typed; the item's `score` only on its `first` line."""

    item: Json
    first: bool
    parts: int
    evaluator: str
    share: str
    basis: str
    value: str | None
    full: str | None
    lost: str | None
    figure_id: int | None
    sheet_id: int | None
    offline: bool
    problems: str
    suggestions: str
    deductions: tuple[Json, ...]
    notable: bool


def is_notable(note: Json) -> bool:
    """Something was found: a problem, a suggestion, or points taken off. A sum that takes nothing off is no finding."""
    taken = any(Decimal(one["points"]) for one in note.get("deductions", ()))
    return bool(note.get("problems") or note.get("suggestions") or taken)


def feedback_lines(receipt: Json, notes: Sequence[Json]) -> list[FeedbackLine]:
    """The items of a unit with what its sheets say beside the marks."""
    by_part = {(note["indicator"], note["evaluator"]): note for note in notes}
    lines = []
    for item in receipt["items"]:
        for position, share in enumerate(item["shares"]):
            note = by_part.get((item["indicator"]["number"], share["evaluator"]["code"]), {})
            marked = share["basis"] == "marked"
            lost = Decimal(share["full_mark"]) - Decimal(share["value"]) if marked else None
            lines.append(
                FeedbackLine(
                    item=item,
                    first=position == 0,
                    parts=len(item["shares"]),
                    evaluator=share["evaluator"]["name"],
                    share=share["share"],
                    basis=share["basis"],
                    value=share["value"] if marked else None,
                    full=share["full_mark"] if marked else None,
                    lost=plain(lost) if lost else None,
                    figure_id=note.get("figure"),
                    sheet_id=note.get("sheet"),
                    offline=bool(note.get("offline")),
                    problems=note.get("problems", ""),
                    suggestions=note.get("suggestions", ""),
                    deductions=tuple(note.get("deductions", ())),
                    notable=is_notable(note),
                )
            )
    return lines
