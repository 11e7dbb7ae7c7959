"""A column or a filled workbook written into a sheet in one act, and taken back in one act: all of it while nobody has changed
it since, else the cells that are as it left them."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from evaluation.sheets.access import require_sheet_write, visible_sheet
from evaluation.sheets.models.marks import DeductionLine, Mark
from evaluation.sheets.models.trail import WorkbookUpload
from evaluation.sheets.queries.sheet_facts import ranked_marks
from evaluation.sheets.services.accepting import OWN_RULE
from evaluation.sheets.services.marks import (
    LOOKS_LIKE_POINTS,
    DeductionInput,
    RowInput,
    locked_sheet,
    require_open,
    save_marks,
)
from miyun_kpi.acts.acting import acting
from miyun_kpi.db.finding import one_of
from miyun_kpi.lib.actors import Actor
from miyun_kpi.lib.decimals import plain
from miyun_kpi.lib.errors import Conflict


def write_workbook(
    *,
    actor: Actor,
    sheet_id: int,
    rows: Sequence[RowInput],
    at: datetime,
    file_name: str = "",
    digest: str = "",
    confirmed: frozenset[str] = frozenset(),
) -> WorkbookUpload | None:
    """Save the rows through `save_marks`, all or nothing, and keep what stood there before. None: nothing changed.

    Without `file_name` no workbook: a column that was pasted, or what the own 细则 gave and was accepted.
    """
    visible_sheet(actor, sheet_id)
    with acting(actor, at) as act:
        sheet = locked_sheet(sheet_id)
        before = {state["organisation"]: state for state in _states(sheet.pk)}
        marks = save_marks(actor=actor, sheet_id=sheet_id, rows=rows, at=at, confirmed=confirmed)
        changed = [
            {"organisation": state["organisation"], "version": mark.version, "before": state["before"]}
            for mark in marks
            if (state := before[mark.organisation.code])["version"] != mark.version
        ]
        if not changed:
            return None
        upload = WorkbookUpload.objects.create(
            sheet=sheet,
            file_name=file_name,
            digest=digest,
            rows=changed,
            written_at=at,
            written_by_id=actor.user_id,
            written_by=actor.label,
        )
        if file_name:
            act.record(
                "evaluation.workbook.written",
                f"mark-sheet:{sheet.pk}",
                file=file_name,
                digest=digest,
                rows=[row["organisation"] for row in changed],
            )
    return upload


def undo_workbook(
    *, actor: Actor, sheet_id: int, upload_id: int, at: datetime, untouched: bool = False
) -> WorkbookUpload:
    """Put back what stood before as a new save. A second press does nothing more.

    A cell changed since: Conflict, which says how many others there are. `untouched`: those alone, the changed ones stay.
    """
    visible_sheet(actor, sheet_id)
    with acting(actor, at) as act:
        sheet = locked_sheet(sheet_id)
        require_sheet_write(actor, sheet)
        upload = one_of(WorkbookUpload.objects.filter(sheet=sheet, pk=upload_id))
        if upload.undone_at:
            return upload
        require_open(sheet, at)
        marks = {m.organisation.code: m for m in ranked_marks(sheet)}
        since = [row for row in upload.rows if _version(marks, row) != row["version"]]
        rest = [row for row in upload.rows if row not in since]
        if since and not (untouched and rest):
            names = "、".join(m.organisation.name for row in since[:5] if (m := marks.get(row["organisation"])))
            other = f"可以只撤销其余 {len(rest)} 格，改过的不动。" if rest else "请逐格改回。"
            raise Conflict("changed-since", f"写入以后{names}等 {len(since)} 格又改过，不能整批撤销，没有执行。{other}")
        rows = [_row_before(row["organisation"], row["version"], row["before"]) for row in rest]
        save_marks(actor=actor, sheet_id=sheet_id, rows=rows, at=at, confirmed=frozenset({LOOKS_LIKE_POINTS, OWN_RULE}))
        upload.undone_at, upload.undone_by = at, actor.label
        upload.save()
        told = [row["organisation"] for row in rest]
        if upload.file_name:
            act.record("evaluation.workbook.revoked", f"mark-sheet:{sheet.pk}", file=upload.file_name, rows=told)
        else:
            act.record("evaluation.column.revoked", f"mark-sheet:{sheet.pk}", rows=told)
    return upload


def _version(marks: dict[str, Mark], row: dict[str, Any]) -> int:
    mark = marks.get(row["organisation"])
    return -1 if mark is None else mark.version


def _states(sheet_id: int) -> list[dict[str, Any]]:
    lines: dict[int, list[dict[str, Any]]] = {}
    for line in DeductionLine.objects.filter(mark__sheet_id=sheet_id).prefetch_related("sets").order_by("pk"):
        sets = {"sets": sorted(one.pk for one in line.sets.all())} if line.accepted else {}
        lines.setdefault(line.mark_id, []).append(
            {"line": line.line_id, "points": plain(line.points), "reason": line.reason} | sets
        )
    return [
        {
            "organisation": mark.organisation.code,
            "version": mark.version,
            "before": {
                "value": None if mark.value is None else plain(mark.value),
                "not_applicable": bool(mark.not_applicable),
                "reason": mark.reason,
                "problems": mark.problems,
                "suggestions": mark.suggestions,
                "deductions": lines.get(mark.pk, []),
            },
        }
        for mark in Mark.objects.filter(sheet_id=sheet_id).select_related("organisation")
    ]


def _row_before(organisation: str, version: int, before: dict[str, Any]) -> RowInput:
    deductions = tuple(
        DeductionInput(one["line"], one["points"], one["reason"], tuple(one.get("sets", ())))
        for one in before["deductions"]
    )
    return RowInput(
        organisation,
        version,
        value=None if deductions else before["value"],
        not_applicable=before["not_applicable"],
        reason=before["reason"],
        problems=before["problems"],
        suggestions=before["suggestions"],
        deductions=deductions,
        replaces=True,
    )
