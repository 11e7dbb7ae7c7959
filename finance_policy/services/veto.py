"""环保一票否决 (二（一）1): 区生态环境局 informs, each bank confirms receipt and records what it has decided; the bank decides."""

from datetime import date, datetime

from django.db import IntegrityError

from finance_policy import access
from finance_policy.enums import DOCUMENT
from finance_policy.models import VetoNotice, VetoReceipt
from finance_policy.services.halting import follow, lock_firm
from miyun_kpi.acts.acting import acting, lock_one, locked
from miyun_kpi.lib.actors import Actor
from miyun_kpi.lib.citations import cite
from miyun_kpi.lib.credit_code import read_credit_code
from miyun_kpi.lib.errors import Conflict, Refused
from miyun_kpi.lib.reading import read_reason

CLAUSE = cite(DOCUMENT, "二（一）1")


def issue(*, actor: Actor, name: str, code: str, fact: str, basis: str, issued_on: date, at: datetime) -> VetoNotice:
    access.require_environment(actor, "环保一票否决信息的发出")
    try:
        canonical = read_credit_code(code)
    except Refused as refusal:
        raise Refused(refusal.code, f"{refusal.message}没有发出，请改正。", clause=CLAUSE) from None
    if not name.strip() or len(fact.strip()) < 4 or len(basis.strip()) < 2:
        raise Refused("not-filled", "请填企业、事实（4 字以上）和依据，没有发出。")
    if issued_on > at.astimezone().date():
        raise Refused("future-day", f"发出日期 {issued_on} 还没有到，没有发出。请改日期。")
    with acting(actor, at) as act:
        firm = lock_firm(canonical)
        row = VetoNotice.objects.create(
            name=name.strip(),
            code=canonical,
            fact=fact.strip(),
            basis=basis.strip(),
            issued_on=issued_on,
            issued_at=at,
            issued_by=actor.label,
        )
        act.record("finance.veto.issued", f"veto:{row.pk}", code=row.code)
        follow(act, canonical, firm, f"{issued_on} 环保一票否决")
    return row


def lift(*, actor: Actor, notice_id: int, version: int, on: date, reason: str, at: datetime) -> None:
    code = access.visible_notice(actor, notice_id).code
    access.require_environment(actor, "环保一票否决信息的解除")
    said = read_reason(reason, "解除要写理由", most=300)
    with acting(actor, at) as act:
        firm = lock_firm(code)
        row = locked(VetoNotice.objects.all(), notice_id)
        if row.version != version or row.lifted_on is not None:
            raise Conflict("stale", "这条信息刚被改过或已经解除，没有执行。请刷新后再看。")
        if not row.issued_on <= on <= at.astimezone().date():
            raise Refused("bad-day", f"解除日期须在发出日期 {row.issued_on} 至今天之间，没有执行。请改日期。")
        row.lifted_on, row.lifted_reason, row.version = on, said, version + 1
        row.save()
        act.record("finance.veto.lifted", f"veto:{row.pk}", reason=said)
        follow(act, code, firm, f"{on} 解除环保一票否决")


def receive(*, actor: Actor, notice_id: int, at: datetime) -> VetoReceipt:
    """Once a bank; pressing again changes nothing."""
    notice = access.visible_notice(actor, notice_id)
    bank = access.require_bank(actor, "签收")
    found = VetoReceipt.objects.filter(notice=notice, bank=bank).first()
    if found is not None:
        return found
    try:
        with acting(actor, at) as act:
            row = VetoReceipt.objects.create(notice=notice, bank=bank, confirmed_at=at, confirmed_by=actor.label)
            act.record("finance.veto.received", f"veto:{notice.pk}", bank=bank.code)
    except IntegrityError as error:
        raise Conflict("received", "本行的另一个人刚刚签收，没有再登记。请刷新。") from error
    return row


def decide(*, actor: Actor, notice_id: int, decision: str, at: datetime) -> VetoReceipt:
    """What the bank has done with it; a later entry replaces the words, and each stands in the audit."""
    notice = access.visible_notice(actor, notice_id)
    bank = access.require_bank(actor, "处理的登记")
    said = decision.strip()
    if not 4 <= len(said) <= 500:
        raise Refused("not-filled", "请写本行的处理（4 至 500 字），没有保存。")
    with acting(actor, at) as act:
        row = lock_one(VetoReceipt.objects.filter(notice=notice, bank=bank))
        if row is None:
            raise Refused("not-received", "还没有签收，没有保存。请先签收，再登记处理。", clause=CLAUSE)
        row.decision, row.decided_at, row.decided_by = said, at, actor.label
        row.save()
        act.record("finance.veto.decided", f"veto:{notice.pk}", bank=bank.code, decision=said)
    return row
