"""What stands beside the records of the evaluation and begins and ends by itself: signings, tasks, uploads, 延期, 不适用."""

from datetime import datetime, timedelta
from typing import Any

from django.db import models

from evaluation.enums import ExtensionState, RankingState
from evaluation.models import (
    Mark,
    MarkCondition,
    MarkSheet,
    RecordLine,
    Signing,
    SupervisionEntry,
    SupervisionItem,
    Task,
    WorkbookUpload,
)
from evaluation.ranking.signing import withdraw_signing
from evaluation.sheets.services import conditions, marks, record, sheets, workbooks
from evaluation.tasks.services import supervision_course, task_list
from miyun_kpi.db.finding import one_of
from miyun_kpi.lib.actors import Actor
from tests.doors.standings import NEWEST, Standing, by_column, filled
from tests.doors.table import EVALUATOR, OFFICE, REPORTER, WHY, Act, Maker, asked, plain


def signing_of(row: Signing, at: datetime) -> str:
    """What was published on it keeps it."""
    if row.void_at is not None:
        return "void"
    return "published" if row.ranking.state == RankingState.PUBLISHED else "standing"


def upload_of(row: WorkbookUpload, at: datetime) -> dict[str, Any]:
    return {"sheet_id": row.sheet_id, "upload_id": row.pk}


def extension(row: SupervisionEntry, at: datetime) -> dict[str, Any]:
    return {"item_id": row.item_id, "version": row.item.version, "answer": WHY}


def answered(yes: bool) -> Act:
    return asked(
        supervision_course.decide_extension,
        "",
        lambda row, at: extension(row, at) | {"approve": yes},
        name=f"decide_extension: {'yes' if yes else 'no'}",
    )


def cell(row: Mark, at: datetime) -> dict[str, Any]:
    given = {"sheet_id": row.sheet_id, "organisation": row.organisation.code, "version": row.version}
    return given | {"note": WHY}


def judged(yes: bool) -> Act:
    return asked(
        sheets.decide_not_applicable,
        OFFICE,
        lambda row, at: cell(row, at) | {"approve": yes},
        name=f"decide_not_applicable: {'yes' if yes else 'no'}",
    )


def written(na: bool) -> Act:
    """The cell said otherwise: a value, or 不适用 with its reason."""

    def call(row: Mark, actor: Actor, at: datetime) -> Any:
        code = row.organisation.code
        value = None if na else "0" if row.value else "1"
        one = marks.RowInput(code, row.version, value, na, WHY if na else "", problems=WHY, suggestions=WHY)
        return marks.save_marks(actor=actor, sheet_id=row.sheet_id, rows=[one], at=at, confirmed=[code])

    return Act(f"save_marks: {'不适用' if na else 'value'}", EVALUATOR, call)


def cells(model: type[models.Model]) -> list[Mark]:
    """Of sheets that are open first, and every one that is not a plain value."""
    found = Mark.objects.filter(sheet__indicator__offline_only=False).select_related("organisation", "sheet")
    found = found.order_by("-sheet__state", "-pk")
    return [*found.exclude(not_applicable="")[:NEWEST], *found.filter(not_applicable="", sheet__state="open")[:8]]


def extensions(model: type[models.Model]) -> list[SupervisionEntry]:
    found = SupervisionEntry.objects.select_related("item").order_by("-pk")
    return list(found.exclude(extension="")[:NEWEST])


ACTS: dict[type[models.Model], list[Act]] = {
    Signing: [plain(withdraw_signing, OFFICE, "signing_id", versioned=False, reason=WHY)],
    RecordLine: [plain(record.withdraw_line, OFFICE, "line_id", reason=WHY)],
    MarkCondition: [
        plain(conditions.try_condition, OFFICE, "condition_id"),
        plain(conditions.activate_condition, OFFICE, "condition_id"),
        plain(conditions.withdraw_condition, OFFICE, "condition_id", reason=WHY),
    ],
    Task: [plain(task_list.withdraw_task, "", "task_id", reason=WHY)],
    WorkbookUpload: [asked(workbooks.undo_workbook, EVALUATOR, upload_of)],
    SupervisionEntry: [answered(False), answered(True)],
    Mark: [written(True), judged(False), judged(True), written(False)],
}
STANDINGS: dict[type[models.Model], Standing] = {
    Signing: Standing(("standing", "published", "void"), signing_of),
    RecordLine: filled("withdrawn_at", "standing", "withdrawn"),
    MarkCondition: by_column(MarkCondition),
    Task: filled("withdrawn_at", "standing", "withdrawn"),
    WorkbookUpload: filled("undone_at", "written", "undone"),
    SupervisionEntry: Standing(tuple(ExtensionState.values), lambda row, at: str(row.extension), extensions),
    Mark: Standing(("value", "proposed", "approved"), lambda row, at: str(row.not_applicable) or "value", cells),
}


def a_record_line(actor: Actor, at: datetime, source: str = "water.outfall") -> RecordLine:
    share = MarkSheet.objects.filter(scheme__track="township").order_by("-pk")[0].share_figure_id
    given = {"figure_id": share, "provider": "registers", "source": source, "basis": WHY, "assumed": True}
    return record.add_line(actor=actor, at=at, **given)


def a_condition(actor: Actor, at: datetime) -> MarkCondition:
    scheme = MarkSheet.objects.filter(scheme__track="township").order_by("-pk")[0].scheme_id
    given = {"scheme_id": scheme, "kind": "overdue", "threshold": "90", "basis": WHY, "assumed": True}
    return conditions.add_condition(actor=actor, at=at, **given)


def an_upload(actor: Actor, at: datetime) -> WorkbookUpload:
    sheet = one_of(MarkSheet.objects.filter(evaluator_id=actor.organisation_id, state="open").order_by("-pk"))
    mark = sheet.marks.select_related("organisation").order_by("order")[0]
    one = marks.RowInput(
        mark.organisation.code, mark.version, "0" if mark.value else "1", problems=WHY, suggestions=WHY
    )
    made = workbooks.write_workbook(
        actor=actor, sheet_id=sheet.pk, rows=[one], file_name="a.xlsx", digest="0" * 64, at=at
    )
    assert made is not None
    return made


def a_request(actor: Actor, at: datetime) -> SupervisionEntry:
    own = SupervisionItem.objects.filter(state="running", parts__organisation_id=actor.organisation_id)
    item = one_of(own.order_by("pk"))
    supervision_course.ask_extension(
        actor=actor,
        item_id=item.pk,
        version=item.version,
        new_due_on=item.due_on + timedelta(days=20),
        reason=WHY,
        at=at,
    )
    return SupervisionEntry.objects.get(item=item, extension=ExtensionState.WAITING)


MAKERS: dict[type[models.Model], list[Maker]] = {
    WorkbookUpload: [(EVALUATOR, an_upload)],
    SupervisionEntry: [(REPORTER, a_request)],
    RecordLine: [(OFFICE, a_record_line)],
    MarkCondition: [(OFFICE, a_condition)],
}
