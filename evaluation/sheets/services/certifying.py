"""Maker and certifier: a submitted sheet counts once a second person of the same organisation has certified it."""

from datetime import datetime

from evaluation.enums import SheetEventKind, SheetState
from evaluation.periods.services import inputs_moved
from evaluation.sheets.access import visible_sheet
from evaluation.sheets.models.marks import Mark, MarkSheet
from evaluation.sheets.services.giving_back import add_event
from evaluation.sheets.services.marks import bump, locked_sheet
from evaluation.sheets.services.sheets import REASON, receipt_number
from miyun_kpi.accounts.access import require
from miyun_kpi.accounts.enums import Role, Verb
from miyun_kpi.acts.acting import acting, is_hand_of, require_version, tell
from miyun_kpi.acts.proof import require_proof
from miyun_kpi.inbox.services import Message
from miyun_kpi.lib.actors import Actor
from miyun_kpi.lib.errors import Conflict, NotAllowed, Refused
from miyun_kpi.routes import to


def certify_sheet(*, actor: Actor, sheet_id: int, version: int, at: datetime, note: str = "") -> MarkSheet:
    """The submitted sheet is filed from this moment, which also decides whether it is late."""
    visible_sheet(actor, sheet_id)
    note = _note(note, required=False)
    with acting(actor, at) as act:
        require(actor, Verb.CERTIFY_SHEETS)
        require_proof(actor, at)
        sheet = _submitted(actor, sheet_id, version)
        _require_second_person(actor, sheet)
        _require_in_time(sheet, at)
        bump(sheet, SheetState.FILED)
        sheet.filed_at, sheet.late = at, sheet.late or (at >= sheet.period.due_at and not sheet.reopened_until)
        sheet.reopened_until, sheet.receipt_number = None, receipt_number(sheet)
        sheet.save()
        add_event(sheet, SheetEventKind.CERTIFIED, actor, at, note=note)
        inputs_moved(sheet.scheme_id, [sheet.period_id])
        data = {"receipt": sheet.receipt_number, "late": sheet.late, "note": note}
        act.record("evaluation.sheet.certified", f"mark-sheet:{sheet.pk}", **data)
        _tell_maker(sheet, at, "审核通过，已报送", f"回执号 {sheet.receipt_number}。")
    return sheet


def return_sheet(*, actor: Actor, sheet_id: int, version: int, note: str, at: datetime) -> MarkSheet:
    """Back to its maker with an observation; to be corrected and submitted again within the window."""
    visible_sheet(actor, sheet_id)
    with acting(actor, at) as act:
        require(actor, Verb.CERTIFY_SHEETS)
        sheet = _submitted(actor, sheet_id, version)
        _require_second_person(actor, sheet)
        note = _note(note, required=True)
        bump(sheet, SheetState.RETURNED)
        sheet.reopen_reason = note
        sheet.save()
        add_event(sheet, SheetEventKind.RETURNED, actor, at, note=note)
        data = {"note": note}
        act.record("evaluation.sheet.returned", f"mark-sheet:{sheet.pk}", **data)
        _tell_maker(sheet, at, "审核退回", f"意见：{note}。改好后请重新送审。")
    return sheet


def withdraw_sheet(*, actor: Actor, sheet_id: int, version: int, at: datetime) -> MarkSheet:
    """Its maker takes a submitted sheet back before anybody has certified it."""
    visible_sheet(actor, sheet_id)
    with acting(actor, at) as act:
        require(actor, Verb.FILE_SHEETS)
        sheet = _submitted(actor, sheet_id, version)
        if not _is_maker(actor, sheet):
            raise NotAllowed("not-the-maker", f"这张表由{sheet.filed_by}送审，只有本人能撤回，没有执行。")
        bump(sheet, SheetState.OPEN)
        sheet.save()
        add_event(sheet, SheetEventKind.WITHDRAWN, actor, at)
        act.record("evaluation.sheet.withdrawn", f"mark-sheet:{sheet.pk}")
    return sheet


def _submitted(actor: Actor, sheet_id: int, version: int) -> MarkSheet:
    sheet = locked_sheet(sheet_id)
    if actor.organisation_id != sheet.evaluator_id:
        raise NotAllowed("not-your-sheet", "这张打分表不由您的单位打分，没有执行。请由考评部门的审核人办理。")
    if sheet.state != SheetState.SUBMITTED:
        raise Conflict("not-submitted", "这张表现在不在待审核，没有执行。请刷新后看它的经过。")
    require_version(sheet, version)
    return sheet


def _is_maker(actor: Actor, sheet: MarkSheet) -> bool:
    if sheet.filed_by_id is None or actor.user_id is None:
        return sheet.filed_by == actor.label
    return is_hand_of(actor, (sheet.filed_by_id,))


def _require_second_person(actor: Actor, sheet: MarkSheet) -> None:
    if _is_maker(actor, sheet):
        raise NotAllowed("second-person", "送审人不能审核自己送审的打分表，没有执行。请由本单位的另一个审核人办理。")
    if is_hand_of(actor, set(Mark.objects.filter(sheet=sheet).values_list("saved_by_id", flat=True))):
        raise NotAllowed("second-person", "您给这张表打过分，不能再来审核，没有执行。请由本单位的另一个审核人办理。")


def _require_in_time(sheet: MarkSheet, at: datetime) -> None:
    if sheet.reopened_until and at < sheet.reopened_until:
        return
    if sheet.period.window.phase(at) in ("closed", "locked"):
        raise Conflict(
            "sheet-closed",
            "已过补报截止，没有审核通过，仍在待审核。请向区政府办申请重开，并写明理由。",
            clause=sheet.scheme.cite("四（二）"),
        )


def _note(note: str, *, required: bool) -> str:
    note = note.strip()
    if (required or note) and not REASON[0] <= len(note) <= REASON[1]:
        raise Refused("reason-missing", "审核意见要写 4 至 500 字，没有执行。意见会通知送审人，并留在这张表的经过里。")
    return note


def _tell_maker(sheet: MarkSheet, at: datetime, what: str, body: str) -> None:
    message = Message(
        key=f"sheet-{sheet.state}/{sheet.pk}/{sheet.version}",
        organisation_id=sheet.evaluator_id,
        role=Role.EVALUATOR,
        title=f"“{sheet.indicator.short_name}”打分表{what}",
        body=body,
        url=to("evaluation:sheet", sheet.pk),
    )
    tell([message], at=at)
