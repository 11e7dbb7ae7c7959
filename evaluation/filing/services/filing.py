"""缺表处理决定 (engine 10): recorded by one person of the office, confirmed by another, and only then carried out."""

from datetime import date, datetime

from django.db import IntegrityError

from evaluation.enums import DecisionKind, DecisionState, SheetState
from evaluation.periods.services import inputs_moved
from evaluation.scheme.access.office import require_office
from evaluation.sheets.access import visible_sheet
from evaluation.sheets.models.filing import SheetDecision
from evaluation.sheets.models.marks import MarkSheet
from evaluation.sheets.services.marks import locked_sheet, require_open
from evaluation.sheets.services.sheets import reopen_sheet, start_paper_entry
from miyun_kpi.accounts.enums import Role, Verb
from miyun_kpi.acts.acting import Act, acting, locked, require_other_hand, tell
from miyun_kpi.acts.days import day_of_act
from miyun_kpi.db.finding import one_of
from miyun_kpi.inbox.services import Message
from miyun_kpi.lib.actors import Actor
from miyun_kpi.lib.errors import Conflict, Refused
from miyun_kpi.lib.reading import read_reason, require_past
from miyun_kpi.routes import to

CLAUSE = "四（二）"


def record_decision(
    *,
    actor: Actor,
    sheet_id: int,
    kind: DecisionKind,
    reason: str,
    signer: str,
    signed_on: date,
    at: datetime,
    until: datetime | None = None,
    paper_number: str = "",
    received_on: date | None = None,
) -> SheetDecision:
    """Record what was decided about a sheet that is not filed: 延期, 本期不计并折算 or 代录. Nothing happens before a
    second person confirms it.

    Refuses "sheet-filed", "still-open" (a sheet that can still be filed is not left out) and incomplete forms.
    """
    visible_sheet(actor, sheet_id)
    reason, signer, paper_number = reason.strip(), signer.strip(), paper_number.strip()
    with acting(actor, at) as act:
        sheet = locked_sheet(sheet_id)
        require_office(actor, Verb.DECIDE_FILING, track=sheet.scheme.track)
        _require_words(reason, signer, signed_on, at)
        if kind == DecisionKind.LEAVE_OUT:
            until, paper_number = None, ""
        _require_terms(kind, until, paper_number, at)
        if received_on is not None:
            require_past(received_on, at.astimezone().date(), "收件日期")
        _require_possible(sheet, kind, at)
        decision = SheetDecision(
            sheet=sheet,
            kind=kind,
            reason=reason,
            signer=signer,
            signed_on=signed_on,
            until=until,
            paper_number=paper_number if kind == DecisionKind.PAPER else "",
            received_on=day_of_act(received_on, at) if kind == DecisionKind.PAPER else None,
            recorded_at=at,
            recorded_by=actor.label,
            recorded_by_id=actor.user_id,
        )
        try:
            with acting(actor, at):
                decision.save()
        except IntegrityError as error:
            raise Conflict(
                "decision-waiting", "这张表已有一件处理决定待第二人确认，没有再登记。请先确认或退回那一件。"
            ) from error
        _note(act, decision, "recorded")
    return decision


def _require_words(reason: str, signer: str, signed_on: date, at: datetime) -> None:
    reason = read_reason(reason, "处理决定要写理由")
    if not 1 <= len(signer) <= 60:
        raise Refused("signer-missing", "请写明签批人（1 至 60 字），没有登记。")
    if signed_on > at.astimezone().date():
        raise Refused("bad-date", "签批日期不能晚于今天，没有登记。")


def _require_terms(kind: DecisionKind, until: datetime | None, paper_number: str, at: datetime) -> None:
    if kind == DecisionKind.LEAVE_OUT:
        return
    if until is None or until <= at:
        raise Refused("bad-until", f"{kind.label}要写可报至何时，并须晚于现在，没有登记。请改一个时间。")
    if kind == DecisionKind.PAPER and not 1 <= len(paper_number) <= 60:
        raise Refused("paper-number-missing", "代录要写盖章纸质报送表的编号（1 至 60 字），没有登记。")


def _require_possible(sheet: MarkSheet, kind: DecisionKind, at: datetime) -> None:
    if sheet.state == SheetState.FILED:
        raise Conflict("sheet-filed", "这张表已经报送，不用作缺表处理，没有登记。要改请退回重开。")
    if kind != DecisionKind.LEAVE_OUT:
        return
    try:
        require_open(sheet, at)
    except Conflict:
        return
    raise Refused(
        "still-open",
        "这张表现在还可以报送，不能决定本期不计，没有登记。请等补报截止或重开期满以后再办，或先催报。",
        clause=sheet.scheme.cite(CLAUSE),
    )


def decide_decision(*, actor: Actor, decision_id: int, confirm: bool, note: str, at: datetime) -> SheetDecision:
    """A second person confirms (and it takes effect, in place of any earlier one) or gives it back with a reason."""
    found = one_of(SheetDecision.objects.filter(pk=decision_id))
    visible_sheet(actor, found.sheet_id)
    note = note.strip()
    with acting(actor, at) as act:
        sheet = locked_sheet(found.sheet_id)
        require_office(actor, Verb.DECIDE_FILING, track=sheet.scheme.track)
        decision = locked(SheetDecision.objects.all(), decision_id)
        decision.sheet = sheet
        if decision.state != DecisionState.PROPOSED:
            raise Conflict(
                "already-decided", f"这件处理决定现为“{decision.get_state_display()}”，没有执行。请刷新后再看。"
            )
        note = read_reason(note, "退回处理决定要写理由", required=not confirm)
        if confirm:
            said = "处理决定要由登记人以外的另一个人确认，没有执行。请考评办的另一位同事办理。"
            require_other_hand(actor, decision.recorded_by_id, said, at)
            _require_possible(sheet, DecisionKind(decision.kind), at)
            SheetDecision.objects.filter(sheet=sheet, state=DecisionState.CONFIRMED).update(
                state=DecisionState.REPLACED
            )
        decision.state = DecisionState.CONFIRMED if confirm else DecisionState.RETURNED
        decision.decided_at, decision.decided_by, decision.note = at, actor.label, note
        # Who gives back one's own record is no second person; the constraint keeps them apart.
        decision.decided_by_id = actor.user_id if decision.recorded_by_id != actor.user_id else None
        decision.save()
        if confirm:
            _carry_out(actor, decision, at)
            inputs_moved(sheet.scheme_id, [sheet.period_id])
        _note(act, decision, "confirmed" if confirm else "returned")
    return decision


def _carry_out(actor: Actor, decision: SheetDecision, at: datetime) -> None:
    """延期 gives the sheet back until the moment; 代录 does too, for the person who confirmed to enter it from paper."""
    if decision.until is None:
        _tell_evaluator(decision, at)
        return
    sheet, words = decision.sheet, f"{decision.get_kind_display()}：{decision.reason}"[:500]
    opened = reopen_sheet(
        actor=actor, sheet_id=sheet.pk, version=sheet.version, reason=words, until=decision.until, at=at
    )
    if decision.kind == DecisionKind.PAPER:
        start_paper_entry(
            actor=actor,
            sheet_id=sheet.pk,
            version=opened.version,
            paper_number=decision.paper_number,
            received_on=decision.received_on,
            late_reason=decision.reason[:200],
            at=at,
        )


def _tell_evaluator(decision: SheetDecision, at: datetime) -> None:
    """本期不计 opens nothing, so nothing else tells the evaluator of it."""
    sheet = decision.sheet
    message = Message(
        key=f"left-out/{decision.pk}",
        organisation_id=sheet.evaluator_id,
        role=Role.EVALUATOR,
        title=f"“{sheet.indicator.short_name}”打分表本期不计"[:120],
        body=f"{sheet.period.label}没有报送，区政府办决定本期不计并折算。理由：{decision.reason}",
        url=to("evaluation:sheet", sheet.pk),
        clause=sheet.scheme.cite(CLAUSE),
    )
    tell([message], at=at)


def _note(act: Act, decision: SheetDecision, what: str) -> None:
    data = {
        "sheet": decision.sheet_id,
        "kind": decision.kind,
        "reason": decision.reason,
        "signer": decision.signer,
        "signed_on": decision.signed_on.isoformat(),
        "until": decision.until.isoformat() if decision.until else None,
        "paper_number": decision.paper_number,
        "received_on": decision.received_on.isoformat() if decision.received_on else None,
        "note": decision.note,
    }
    act.record(f"evaluation.filing.{what}", f"mark-sheet:{decision.sheet_id}", **data)
