"""追回 (第二十六条): decided by two persons of 区人社局 or 区财政局, whole where the ground is deceit or misuse."""

from datetime import datetime
from decimal import Decimal

from miyun_kpi.acts.acting import acting
from miyun_kpi.lib.actors import Actor
from miyun_kpi.lib.citations import cite
from miyun_kpi.lib.errors import Conflict, NotAllowed, Refused
from postdoc import access
from postdoc.enums import DOCUMENT, Clawback, Entry, Phase
from postdoc.models import LedgerLine
from postdoc.rules.money import balance, line_problem
from postdoc.services._common import note, require_reason, today_of
from postdoc.services.applications import event, locked
from postdoc.services.ledger import lines_of, settle

BY_DECISION = (Clawback.FRAUD, Clawback.WRONG)


def require_deciding(actor: Actor) -> None:
    if not (access.is_handler(actor) or access.is_treasury(actor)):
        raise NotAllowed("not-the-office", "追回由区人社局、区财政局决定，没有执行。请由其主管岗位办理。")


def claw_back(
    *,
    actor: Actor,
    application_id: int,
    version: int,
    ground: str,
    amount: Decimal | None,
    proof: str,
    note_text: str,
    at: datetime,
) -> LedgerLine:
    """`amount` None, and always where the ground is deceit or misuse: the whole that was paid and not yet taken back.

    `proof`: number of the decision. Of who has left late the computed 追回 opens by itself and is not decided here.
    """
    access.visible_application(actor, application_id)
    require_deciding(actor)
    if ground not in BY_DECISION:
        raise Refused("not-filled", "请选追回原因，没有保存。离站后多领的随离站登记自动算出，不在这里登记。")
    if not proof.strip():
        raise Refused("not-filled", "请填追回决定的文号，没有保存。")
    said = require_reason(note_text, "决定追回")
    with acting(actor, at):
        row = locked(application_id, version)
        if row.phase != Phase.APPROVED:
            raise Conflict("wrong-state", f"现在是“{row.get_phase_display()}”，没有核定，不能登记资金，没有保存。")
        now = balance(lines_of(row))
        whole = now.received - now.clawback
        wanted = whole if amount is None else amount
        if ground == Clawback.FRAUD and wanted != whole:
            raise Refused(
                "not-whole",
                f"弄虚作假、挤占挪用的追回全部，应为 {whole:,.2f} 元，没有保存。请不填金额，或改金额。",
                clause=cite(DOCUMENT, "第二十六条"),
            )
        if problem := line_problem(Entry.CLAWBACK, wanted, now, row.amount, instalments=False):
            raise Refused("bad-amount", f"{problem}，没有保存。请改金额。", clause=cite(DOCUMENT, "第二十六条"))
        made = LedgerLine.objects.create(
            application=row,
            kind=Entry.CLAWBACK,
            amount=wanted,
            on=today_of(at),
            proof=proof.strip(),
            note=said,
            ground=ground,
            by=actor.label,
            by_id=actor.user_id,
            at=at,
        )
        settle(actor, row)
        event(actor, row, made.get_kind_display(), f"{wanted:,.2f} 元", at)
        note(actor, "money.written", row, {"kind": made.kind, "amount": str(wanted), "line": made.pk}, at)
    return made
