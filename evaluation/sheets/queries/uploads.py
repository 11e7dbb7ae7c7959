"""Columns and workbooks that can still be taken back: what stood before each, what it left, and what stands."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from evaluation.sheets.models.marks import DeductionLine, Mark, MarkSheet
from evaluation.sheets.models.trail import WorkbookUpload
from evaluation.sheets.queries.sheets import SheetPage
from miyun_kpi.lib.decimals import plain
from miyun_kpi.lib.lists import First, first

# What a writing is about; 存在问题 and 改进建议 may be typed on top of it.
MARK = ("value", "not_applicable", "reason", "deductions")
TEXTS = ("problems", "suggestions")
State = dict[str, Any]
PASTED, ACCEPTED = "pasted", "accepted"
WAYS = {PASTED: "粘贴一列", ACCEPTED: "采纳细则算出的得分"}


@dataclass(frozen=True)
class Written:
    """One writing of many cells at once. `standing`: the codes of those that are as it left them; `names`: of the units of the
    sheet by code, in its order."""

    upload: WorkbookUpload
    standing: frozenset[str] = frozenset()
    names: Mapping[str, str] = field(default_factory=dict)

    @property
    def stands(self) -> int:
        return len(self.standing)

    @property
    def as_left(self) -> list[str]:
        """Whose cells are as it left them."""
        return [name for code, name in self.names.items() if code in self.standing]

    @property
    def changed(self) -> list[str]:
        """Whose cells are others since."""
        written = {row["organisation"] for row in self.upload.rows} - self.standing
        return [name for code, name in self.names.items() if code in written]

    @property
    def way(self) -> str:
        """How it came in, in words."""
        if self.upload.file_name:
            return f"工作簿“{self.upload.file_name}”"
        # Written by an earlier version: a column, and nobody noted whether it was pasted or accepted.
        ways = {row.get("way", "") for row in self.upload.rows}
        return WAYS.get(ways.pop(), "整列") if len(ways) == 1 else "整列"

    @property
    def cells(self) -> int:
        return len(self.upload.rows)

    @property
    def whole(self) -> bool:
        return self.stands == self.cells

    @property
    def undone(self) -> int:
        """How many cells its undoing put back."""
        return sum(row.get("undone", False) for row in self.upload.rows)


@dataclass(frozen=True)
class TakingBack:
    """`offered`: the newest writing of which something stands. `stuck`: newer ones, all of whose marks are others since;
    with nothing offered the newest of them. `undone`: what was taken back last, unless something was written after that.
    """

    offered: Written | None
    stuck: First[Written]
    undone: Written | None


def taking_back(sheet: MarkSheet, page: SheetPage) -> TakingBack:
    """From the last writing to the first, by what stands: after one was taken back the one before it is next."""
    # The cells of a writing are read where it is looked at: as a rule of one.
    uploads = list(WorkbookUpload.objects.filter(sheet=sheet).defer("rows"))
    standing = [one for one in uploads if one.undone_at is None]
    names = {row.organisation.code: row.organisation.name for row in page.rows}
    stuck: list[Written] = []
    offered: Written | None = None
    for one in standing:
        seen = Written(one, _standing(one, page), names)
        if seen.stands:
            offered = seen
            break
        stuck.append(seen)
    taken = [(one.undone_at, one.pk, one) for one in uploads if one.undone_at]
    undone = max(taken)[2] if taken else None
    if undone and undone.undone_at and standing and standing[0].written_at > undone.undone_at:
        undone = None
    told = Written(undone) if undone else None
    return TakingBack(offered, first(stuck, 3 if offered else 1), told if told and told.undone else None)


def _standing(upload: WorkbookUpload, page: SheetPage) -> frozenset[str]:
    versions = {row.organisation.code: row.mark.version for row in page.rows}
    if all(versions.get(row["organisation"]) == row["version"] for row in upload.rows):
        return frozenset(row["organisation"] for row in upload.rows)
    states = states_of(upload.sheet_id)
    return frozenset(row["organisation"] for row in upload.rows if as_written(row, states.get(row["organisation"])))


def as_written(row: State, now: State | None) -> bool:
    """Whether the mark is as the writing left it, whatever was typed and taken back in between. `row` of an upload."""
    if now is None:
        return False
    # Written by an earlier version: it kept no more than the number of the save.
    after = row.get("after")
    return now["version"] == row["version"] or bool(after and all(after[one] == now["state"][one] for one in MARK))


def states_of(sheet_id: int) -> dict[str, State]:
    """By the code of the unit: {"version", "state": {"value", "not_applicable", "reason", "problems", "suggestions",
    "deductions": [{"line", "points", "reason", "sets"}]}}."""
    lines: dict[int, list[State]] = {}
    for line in DeductionLine.objects.filter(mark__sheet_id=sheet_id).prefetch_related("sets").order_by("pk"):
        sets = {"sets": sorted(one.pk for one in line.sets.all())} if line.accepted else {}
        lines.setdefault(line.mark_id, []).append(
            {"line": line.line_id, "points": plain(line.points), "reason": line.reason} | sets
        )
    return {
        mark.organisation.code: {
            "version": mark.version,
            "state": {
                "value": None if mark.value is None else plain(mark.value),
                "not_applicable": bool(mark.not_applicable),
                "reason": mark.reason,
                "problems": mark.problems,
                "suggestions": mark.suggestions,
                "deductions": lines.get(mark.pk, []),
            },
        }
        for mark in Mark.objects.filter(sheet_id=sheet_id).select_related("organisation")
    }
