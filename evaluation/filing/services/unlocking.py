"""Exceptions from the window of filing: asked for by the evaluator (申请开锁), or given by the office to a whole unit.

An exception is for one sheet or one evaluator, has a reason and an end, and opens nothing else.
"""

from datetime import datetime

from django.db import IntegrityError

from evaluation.enums import RequestState, SheetState
from evaluation.periods.models import Period
from evaluation.scheme.access.office import office_ids, require_office
from evaluation.sheets.access import sheets_visible_to, visible_sheet
from evaluation.sheets.models.filing import UnlockRequest
from evaluation.sheets.models.marks import MarkSheet
from evaluation.sheets.services.marks import locked_sheet, require_open
from evaluation.sheets.services.sheets import reopen_sheet
from miyun_kpi.accounts.access import require
from miyun_kpi.accounts.enums import Role, Verb
from miyun_kpi.acts.acting import Act, acting, locked, refuse_same_hand, tell
from miyun_kpi.acts.proof import require_proof
from miyun_kpi.db.finding import one_of
from miyun_kpi.inbox.services import Message
from miyun_kpi.lib.actors import Actor
from miyun_kpi.lib.errors import Conflict, NotAllowed, NotFound, Refused
from miyun_kpi.lib.reading import read_reason
from miyun_kpi.organisations.models import Organisation
from miyun_kpi.organisations.queries import acts_for
from miyun_kpi.routes import to

CLAUSE = "四（二）"


def may_ask_unlock(actor: Actor, sheet: MarkSheet) -> bool:
    return actor.may(Verb.FILE_SHEETS) and acts_for(actor.organisation_id, sheet.evaluator_id)


def ask_unlock(*, actor: Actor, sheet_id: int, reason: str, at: datetime) -> UnlockRequest:
    """Ask the office to open a sheet that takes no marks any more. One request at a time; it changes nothing by itself."""
    visible_sheet(actor, sheet_id)
    reason = reason.strip()
    with acting(actor, at) as act:
        sheet = locked_sheet(sheet_id)
        require(actor, Verb.FILE_SHEETS)
        if not may_ask_unlock(actor, sheet):
            raise NotAllowed("not-your-sheet", "这张打分表不由您的单位打分，没有提出申请。请由考评部门的经办人办理。")
        _require_locked(sheet, at)
        reason = read_reason(reason, "申请开锁要写理由")
        try:
            with acting(actor, at):
                asked = UnlockRequest.objects.create(
                    sheet=sheet, reason=reason, asked_at=at, asked_by=actor.label, asked_by_id=actor.user_id
                )
        except IntegrityError as error:
            raise Conflict(
                "unlock-waiting", "这张表已有一件开锁申请在等区政府办答复，没有再提。答复会通知您的单位。"
            ) from error
        _tell_office(asked, at)
        _note(act, asked, "asked")
    return asked


def _require_locked(sheet: MarkSheet, at: datetime) -> None:
    """Only what is filed or closed is asked for; a sheet before its start or with the certifier has another way."""
    try:
        require_open(sheet, at)
    except Conflict as refusal:
        if refusal.code in ("sheet-filed", "sheet-closed"):
            return
        raise Conflict(refusal.code, refusal.message.replace("没有保存", "不用申请开锁"), refusal.clause) from refusal
    raise Conflict("sheet-open", "这张表现在就可以打分和报送，不用申请开锁。")


def answer_unlock(
    *, actor: Actor, request_id: int, approve: bool, answer: str, at: datetime, until: datetime | None = None
) -> UnlockRequest:
    """The office opens the sheet until a moment, or declines with a reason; either way the evaluator is told."""
    found = one_of(UnlockRequest.objects.filter(pk=request_id))
    visible_sheet(actor, found.sheet_id)
    answer = answer.strip()
    with acting(actor, at) as act:
        sheet = locked_sheet(found.sheet_id)
        require_office(actor, Verb.DECIDE_FILING, track=sheet.scheme.track)
        asked = locked(UnlockRequest.objects.all(), request_id)
        asked.sheet = sheet
        if asked.state != RequestState.WAITING:
            raise Conflict("already-answered", f"这件开锁申请{asked.get_state_display()}，没有再办。请刷新后再看。")
        refuse_same_hand(actor, asked.asked_by_id, "这件申请是您自己提出的，没有执行。请由考评办的另一个人答复。")
        answer = read_reason(answer, "不同意开锁要写理由", required=not approve)
        if approve and until is None:
            raise Refused("bad-until", "同意开锁要写开到什么时候，没有执行。")
        if approve:
            require_proof(actor, at)
        asked.state = RequestState.APPROVED if approve else RequestState.REFUSED
        asked.until, asked.answer = until if approve else None, answer
        asked.answered_at, asked.answered_by = at, actor.label
        asked.save()
        if approve and until is not None:
            # The evaluator is told by the reopening itself.
            reason = f"同意开锁申请：{asked.reason}"[:500]
            reopen_sheet(actor=actor, sheet_id=sheet.pk, version=sheet.version, reason=reason, until=until, at=at)
        else:
            _tell_evaluator(asked, at)
        _note(act, asked, "approved" if approve else "refused")
    return asked


def extend_unit(
    *, actor: Actor, period_id: int, organisation: str, reason: str, until: datetime, at: datetime
) -> list[MarkSheet]:
    """延期 for one evaluator: every sheet of the period it has not filed can be filed until the moment."""
    require(actor, Verb.DECIDE_FILING)
    period = Period.objects.filter(pk=period_id).first()
    evaluator = Organisation.objects.filter(code=organisation).first()
    if period is None or evaluator is None:
        raise NotFound
    unfiled = sheets_visible_to(actor).filter(period=period, evaluator=evaluator).order_by("pk")
    with acting(actor, at) as act:
        # Under review by the unit's own certifier nothing is taken away from it.
        sheets = [s for s in unfiled if s.state not in (SheetState.FILED, SheetState.SUBMITTED) and not s.paper_number]
        if not sheets:
            raise Conflict("nothing-to-extend", f"{evaluator.name}这一期没有待报的打分表，没有延期。")
        extended = [
            reopen_sheet(actor=actor, sheet_id=s.pk, version=s.version, reason=reason, until=until, at=at)
            for s in sheets
        ]
        data = {
            "evaluator": evaluator.code,
            "sheets": [s.pk for s in extended],
            "reason": reason.strip(),
            "until": until.isoformat(),
        }
        act.record("evaluation.filing.unit-extended", f"period:{period.code}", **data)
    return extended


def _tell_office(asked: UnlockRequest, at: datetime) -> None:
    sheet = asked.sheet
    messages = [
        Message(
            key=f"unlock-asked/{asked.pk}/{office}",
            organisation_id=office,
            role=Role.EVALUATION_OFFICE,
            title=f"{sheet.evaluator.name}申请开锁：“{sheet.indicator.short_name}”打分表"[:120],
            body=f"理由：{asked.reason}",
            url=to("evaluation:unlock-sheet", sheet.pk),
            clause=sheet.scheme.cite(CLAUSE),
        )
        for office in office_ids(sheet.scheme.track)
    ]
    tell(messages, at=at)


def _tell_evaluator(asked: UnlockRequest, at: datetime) -> None:
    sheet = asked.sheet
    message = Message(
        key=f"unlock-refused/{asked.pk}",
        organisation_id=sheet.evaluator_id,
        role=Role.EVALUATOR,
        title=f"“{sheet.indicator.short_name}”打分表的开锁申请没有同意"[:120],
        body=f"理由：{asked.answer}",
        url=to("evaluation:unlock-sheet", sheet.pk),
        clause=sheet.scheme.cite(CLAUSE),
    )
    tell([message], at=at)


def _note(act: Act, asked: UnlockRequest, what: str) -> None:
    data = {
        "request": asked.pk,
        "reason": asked.reason,
        "until": asked.until.isoformat() if asked.until else None,
        "answer": asked.answer,
    }
    act.record(f"evaluation.unlock.{what}", f"mark-sheet:{asked.sheet_id}", **data)
