"""绿色信贷风险补偿基金 (三（二）4): append-only, never below zero, put right by a reversal."""

from datetime import date, datetime
from decimal import Decimal

from django.db import IntegrityError

from finance_policy import access
from finance_policy.enums import DOCUMENT, INWARD, OUTWARD, EntryKind
from finance_policy.models import FundEntry
from miyun_kpi.acts.acting import acting, lock_one, locked
from miyun_kpi.acts.acting import record as audit
from miyun_kpi.acts.days import IN_TIME, Late, late_words
from miyun_kpi.lib.actors import Actor
from miyun_kpi.lib.citations import cite
from miyun_kpi.lib.errors import Conflict, Refused
from miyun_kpi.lib.reading import read_reason

CLAUSE = cite(DOCUMENT, "三（二）4")


def _last() -> tuple[int, Decimal]:
    """Number and balance of the newest entry, locked: the next one waits for it."""
    newest = FundEntry.objects.order_by("-number").values("pk")[:1]
    row = lock_one(FundEntry.objects.filter(pk__in=newest))
    return (row.number, row.balance) if row else (0, Decimal(0))


def _append(
    *,
    actor: Actor,
    kind: str,
    amount: Decimal,
    on: date,
    party: str,
    basis: str,
    reverses: FundEntry | None = None,
    late: str = "",
    at: datetime,
) -> FundEntry:
    number, balance = _last()
    if balance + amount < 0:
        said = f"基金余额 {balance:,.2f} 元，支出 {-amount:,.2f} 元后小于 0，没有记账。请先注资，或核对金额。"
        raise Refused("below-zero", said, clause=CLAUSE)
    try:
        with acting(actor, at):
            row = FundEntry.objects.create(
                number=number + 1,
                kind=kind,
                amount=amount,
                balance=balance + amount,
                on=on,
                late=late,
                party=party,
                basis=basis,
                reverses=reverses,
                entered_at=at,
                entered_by=actor.label,
                entered_by_id=actor.user_id,
            )
    except IntegrityError as error:
        raise Conflict("busy", "同一时刻有别人在记账，没有保存。请再按一次。") from error
    data = {"number": row.number, "kind": kind, "amount": str(amount), "on": str(on)} | ({"late": late} if late else {})
    audit(actor=actor, action="finance.fund.entered", subject=f"fund:{row.pk}", data=data, at=at)
    return row


def enter(
    *,
    actor: Actor,
    kind: str,
    amount: Decimal,
    on: date,
    party: str,
    basis: str,
    late: Late = IN_TIME,
    asked_on: date | None = None,
    at: datetime,
) -> FundEntry:
    """`amount` is typed without a sign; what goes out is kept negative. Number and balance follow the order of registration."""
    access.require_fund(actor)
    if kind not in INWARD | OUTWARD:
        raise Refused("bad-kind", "事项只能是注资、追回、补偿绿色信贷损失、分担绿色债券违约，没有记账。请选一个。")
    if amount <= 0:
        raise Refused("bad-amount", "金额须大于 0，没有记账。请核对。")
    if not party.strip() or len(basis.strip()) < 2:
        raise Refused("not-filled", "请填对方和依据，没有记账。")
    words = late_words(on, at, late or IN_TIME, clause=CLAUSE, asked_on=asked_on)
    with acting(actor, at):
        signed = amount if kind in INWARD else -amount
        _last()
        same = FundEntry.objects.filter(
            kind=kind,
            amount=str(signed),
            on=on,
            party=party.strip(),
            basis=basis.strip(),
            reversed_by__isnull=True,
        ).first()
        if same is not None:
            said = f"同样的一笔已经记过（第 {same.number} 笔），没有再记。确实是另一笔的，请在依据里写明。"
            raise Conflict("already-entered", said, clause=CLAUSE)
        named: dict[str, str] = {"party": party.strip(), "basis": basis.strip()}
        return _append(actor=actor, kind=kind, amount=signed, on=on, late=words, at=at, reverses=None, **named)


def reverse(*, actor: Actor, entry_id: int, reason: str, at: datetime) -> FundEntry:
    access.require_fund(actor)
    said = read_reason(reason, "冲正要写理由", most=280)
    with acting(actor, at):
        wrong = locked(FundEntry.objects.all(), entry_id)
        if wrong.kind == EntryKind.REVERSED or FundEntry.objects.filter(reverses=wrong).exists():
            raise Conflict("reversed", f"第 {wrong.number} 笔已经冲正，或本身是冲正，没有执行。请重新记一笔。")
        return _append(
            actor=actor,
            kind=EntryKind.REVERSED,
            amount=-wrong.amount,
            on=at.astimezone().date(),
            party=wrong.party,
            basis=f"冲正第 {wrong.number} 笔：{said}",
            reverses=wrong,
            at=at,
        )
