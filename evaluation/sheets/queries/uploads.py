"""The column or workbook that can still be taken back: what stood before it, what it left, and what stands."""

from typing import Any

from evaluation.sheets.models.marks import DeductionLine, Mark, MarkSheet
from evaluation.sheets.models.trail import WorkbookUpload
from evaluation.sheets.queries.sheets import SheetPage
from miyun_kpi.lib.decimals import plain

# What a writing is about; 存在问题 and 改进建议 may be typed on top of it.
MARK = ("value", "not_applicable", "reason", "deductions")
TEXTS = ("problems", "suggestions")
State = dict[str, Any]


def last_upload(sheet: MarkSheet) -> WorkbookUpload | None:
    return WorkbookUpload.objects.filter(sheet=sheet).first()


def to_take_back(upload: WorkbookUpload, page: SheetPage) -> int:
    """How many of the cells it wrote stand as it left them."""
    versions = {row.organisation.code: row.mark.version for row in page.rows}
    if all(versions.get(row["organisation"]) == row["version"] for row in upload.rows):
        return len(upload.rows)
    states = states_of(upload.sheet_id)
    return sum(as_written(row, states.get(row["organisation"])) for row in upload.rows)


def taken_back(upload: WorkbookUpload) -> int:
    """How many cells the undoing put back."""
    return sum(row.get("undone", False) for row in upload.rows)


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
