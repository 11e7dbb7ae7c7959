"""Loans of the library, as their contracts say. A released 贴息 follows them by difference."""

from datetime import date, datetime
from decimal import Decimal

from finance_policy import access
from finance_policy.models import Loan
from finance_policy.services.settling import settle
from miyun_kpi.acts.acting import acting, locked, unless_taken
from miyun_kpi.db.finding import one_of
from miyun_kpi.lib.actors import Actor
from miyun_kpi.lib.errors import Conflict, Refused
from miyun_kpi.lib.reading import read_reason, require_past
from miyun_kpi.registers.models import Record

WHAT = "绿色贷款的登记"
LARGEST = Decimal(10) ** 12


def enter_loan(
    *,
    actor: Actor,
    record_id: int,
    lender: str,
    contract: str,
    principal: Decimal,
    drawn_on: date,
    due_on: date,
    at: datetime,
) -> Loan:
    """Of an enterprise or project of the library; a contract of a bank stands once."""
    access.require_subsidies(actor, WHAT)
    seen = access.visible_in_library(actor, record_id)
    bank, number = lender.strip(), contract.strip()
    if not 2 <= len(bank) <= 100 or not 2 <= len(number) <= 60:
        raise Refused("not-filled", "请填贷款银行（2 至 100 字）和贷款合同号（2 至 60 字），没有保存。")
    if not 0 < principal < LARGEST:
        raise Refused("bad-principal", "贷款本金须大于 0、小于 1 万亿元，没有保存。请核对单位（元）。")
    if due_on <= drawn_on:
        raise Refused("date-order", f"到期日期 {due_on} 须在放款日期 {drawn_on} 以后，没有保存。请改日期。")
    with acting(actor, at) as act:
        require_past(drawn_on, act.today, "放款日期")
        locked(Record.objects.all(), seen.pk)
        said = f"{bank}的贷款合同 {number} 已经登记，没有再登记。请核对合同号；登记错了的，先作废原来的。"
        with unless_taken(Conflict("loan-taken", said)):
            row = Loan.objects.create(
                record=seen,
                lender=bank,
                contract=number,
                principal=principal,
                drawn_on=drawn_on,
                due_on=due_on,
                **act.signed(Loan, "entered"),
            )
        act.record("finance.loan.entered", row, amount=str(principal), from_on=str(drawn_on), to_on=str(due_on))
        settle(act, [seen.pk], f"补登贷款 {row}")
    return row


def repay_loan(*, actor: Actor, loan_id: int, version: int, repaid_on: date, at: datetime) -> Loan:
    """Repaid before it was due: interest runs until that day."""
    access.require_subsidies(actor, WHAT)
    record_id = one_of(Loan.objects.filter(pk=loan_id)).record_id
    with acting(actor, at) as act:
        require_past(repaid_on, act.today, "提前还清日期")
        locked(Record.objects.all(), record_id)
        row = act.lock(Loan.objects.all(), loan_id, version)
        _require_standing(row)
        if not row.drawn_on < repaid_on < row.due_on:
            said = f"提前还清日期须在放款 {row.drawn_on} 和到期 {row.due_on} 之间，没有保存。请改日期。"
            raise Refused("bad-day", said)
        row.repaid_on = repaid_on
        act.save(row)
        act.record("finance.loan.repaid", row, on=str(repaid_on))
        settle(act, [record_id], f"贷款 {row} 于 {repaid_on} 提前还清")
    return row


def strike_loan(*, actor: Actor, loan_id: int, version: int, reason: str, at: datetime) -> Loan:
    """Entered by mistake: what rests on it is settled by difference, and the right one may be entered."""
    access.require_subsidies(actor, WHAT)
    said = read_reason(reason, "作废要写理由", most=300)
    record_id = one_of(Loan.objects.filter(pk=loan_id)).record_id
    with acting(actor, at) as act:
        locked(Record.objects.all(), record_id)
        row = act.lock(Loan.objects.all(), loan_id, version)
        _require_standing(row)
        row.struck_reason = said
        act.sign(row, "struck")
        act.save(row)
        act.record("finance.loan.struck", row, reason=said)
        settle(act, [record_id], f"贷款 {row} 作废")
    return row


def _require_standing(row: Loan) -> None:
    if row.struck_at is not None:
        raise Conflict("struck", "这笔贷款已经作废，没有执行。请刷新后再看。")
