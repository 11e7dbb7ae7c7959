"""A column or a filled workbook written into a sheet in one act, and taken back in one act: all of it while nobody has changed
it since, else the cells that are as it left them."""

from collections.abc import Sequence
from datetime import datetime

from evaluation.sheets.access import require_sheet_write, visible_sheet
from evaluation.sheets.models.trail import WorkbookUpload
from evaluation.sheets.queries.sheet_facts import ranked_marks
from evaluation.sheets.queries.uploads import ACCEPTED, PASTED, TEXTS, State, as_written, states_of
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
        before = states_of(sheet.pk)
        save_marks(actor=actor, sheet_id=sheet_id, rows=rows, at=at, confirmed=confirmed)
        noted = {} if file_name else {"way": ACCEPTED if all(row.accepts for row in rows) else PASTED}
        changed = [
            {"organisation": code, "version": now["version"], "before": before[code]["state"], "after": now["state"]}
            | noted
            for code, now in states_of(sheet.pk).items()
            if before[code]["version"] != now["version"]
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

    A cell whose mark is another since: Conflict, which says how many others there are. `untouched`: those alone, the changed
    ones stay. What was typed since into 存在问题 and 改进建议 stays in any case.
    """
    visible_sheet(actor, sheet_id)
    with acting(actor, at) as act:
        sheet = locked_sheet(sheet_id)
        require_sheet_write(actor, sheet)
        upload = one_of(WorkbookUpload.objects.filter(sheet=sheet, pk=upload_id))
        if upload.undone_at:
            return upload
        require_open(sheet, at)
        marks, states = {m.organisation.code: m for m in ranked_marks(sheet)}, states_of(sheet.pk)
        rest = [
            row for row in upload.rows if row["organisation"] in marks and as_written(row, states[row["organisation"]])
        ]
        since = [row for row in upload.rows if row not in rest]
        if since and not (untouched and rest):
            names = "、".join(m.organisation.name for row in since[:5] if (m := marks.get(row["organisation"])))
            other = f"可以只撤销其余 {len(rest)} 格，改过的不动。" if rest else "请逐格改回。"
            raise Conflict("changed-since", f"写入以后{names}等 {len(since)} 格又改过，不能整批撤销，没有执行。{other}")
        rows = [_row_before(row, states[row["organisation"]]) for row in rest]
        save_marks(actor=actor, sheet_id=sheet_id, rows=rows, at=at, confirmed=frozenset({LOOKS_LIKE_POINTS, OWN_RULE}))
        upload.undone_at, upload.undone_by = at, actor.label
        upload.rows = [row | {"undone": row in rest} for row in upload.rows]
        upload.save()
        told = [row["organisation"] for row in rest]
        if upload.file_name:
            act.record("evaluation.workbook.revoked", f"mark-sheet:{sheet.pk}", file=upload.file_name, rows=told)
        else:
            act.record("evaluation.column.revoked", f"mark-sheet:{sheet.pk}", rows=told)
    return upload


def _row_before(row: State, now: State) -> RowInput:
    before, after = row["before"], row.get("after") or now["state"]
    deductions = tuple(
        DeductionInput(one["line"], one["points"], one["reason"], tuple(one.get("sets", ())))
        for one in before["deductions"]
    )
    texts = {name: (before if now["state"][name] == after[name] else now["state"])[name] for name in TEXTS}
    return RowInput(
        row["organisation"],
        now["version"],
        value=None if deductions else before["value"],
        not_applicable=before["not_applicable"],
        reason=before["reason"],
        **texts,
        deductions=deductions,
        replaces=True,
    )
