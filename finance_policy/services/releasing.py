"""The district's quarter (三（三）8): sums of the banks that have reported, with those that have not by name; corrections by number.

A correction that takes in a late bank tells whoever kept the sums before it that bank's figure. It is given all the same: the
office answers for the quarter. Everybody but the office reads the newest sums alone.
"""

from datetime import datetime
from typing import Any

from finance_policy import access
from finance_policy.enums import DOCUMENT
from finance_policy.models import Bank, BankReading, Release
from finance_policy.queries.returns import BASES, Quarter, figures_of, quarter_of, to_text
from finance_policy.queries.subsidy import settings_of
from finance_policy.rules.conditions import summed
from finance_policy.rules.quarters import read_quarter, year_before
from miyun_kpi.acts.acting import acting, lock_all, unless_taken
from miyun_kpi.acts.proof import require_proof
from miyun_kpi.db.finding import one_of
from miyun_kpi.lib.actors import Actor
from miyun_kpi.lib.citations import cite
from miyun_kpi.lib.errors import Conflict, Refused
from miyun_kpi.lib.periods import PeriodCode, label_of
from miyun_kpi.lib.reading import read_reason

CLAUSE = cite(DOCUMENT, "三（三）8")


def release(*, actor: Actor, period: str, reason: str = "", at: datetime) -> Release:
    """The sums as the accepted returns give them now; a bank that is silent stands beside them as 未报.

    Once given they stay: another press is a correction with a number of its own, and needs a reason and a change.
    """
    access.require_office(actor, "季度汇总")
    code = str(read_quarter(period))
    with acting(actor, at) as act:
        if PeriodCode.parse(code).last_day >= act.today:
            raise Refused("too-early", f"{label_of(code)}还没有结束，没有汇总。请在季末以后汇总。", clause=CLAUSE)
        lock_all(Bank.objects.all())
        found = quarter_of(code)
        _require_enough(found)
        figures = to_text(summed([figures_of(row) for row in found.rows]))
        if _others_a_year_away(year_before(code), found.codes):
            figures |= dict.fromkeys(BASES, "")
        earlier = Release.objects.filter(period=code).order_by("-number").first()
        said = _reason(earlier, found, figures, reason)
        row = Release.objects.create(
            period=code,
            number=(earlier.number if earlier else 0) + 1,
            bank_codes=found.codes,
            silent=found.silent,
            figures=figures,
            reason=said,
            released_at=at,
            released_by=actor.label,
        )
        data: dict[str, Any] = {"period": code, "number": row.number, "reason": row.reason}
        without = {"silent": "、".join(found.silent)} if found.silent else {}
        act.record("finance.returns.released", f"release:{row.pk}", **data, **without)
    return row


def _require_enough(found: Quarter) -> None:
    least = settings_of(found.period).fewest_banks
    if len(found.rows) < least:
        lacking = f"；{'、'.join(found.silent)}还没有接受的季报" if found.silent else ""
        said = f"{label_of(found.period)}只有 {len(found.rows)} 家银行，少于 {least} 家，从合计能推出单家{lacking}，没有汇总。"
        raise Refused("too-few-banks", f"{said}请等更多银行报齐。", clause=CLAUSE)


def _others_a_year_away(period: str, codes: list[str]) -> bool:
    """Whether the sums of that quarter were given out over other banks."""
    found = Release.objects.filter(period=period).order_by("-number").first()
    return found is not None and found.bank_codes != codes


def _reason(earlier: Release | None, found: Quarter, figures: dict[str, str], reason: str) -> str:
    if earlier is None:
        return ""
    same = (earlier.bank_codes, earlier.silent, earlier.figures) == (found.codes, found.silent, figures)
    if same:
        raise Conflict("unchanged", "银行和各家的数都没有变，没有再汇总。")
    return read_reason(reason, "更正汇总要写理由", most=300)


def open_bank(*, actor: Actor, bank_id: int, period: str, reason: str, at: datetime) -> BankReading:
    """区领导 may read one bank's return of one quarter, by a recorded decision of two persons of 区金融办."""
    access.require_office(actor, "单家银行季报的查看决定")
    require_proof(actor, at)
    code, said = str(read_quarter(period)), read_reason(reason, "查看单家银行季报要写理由", most=300)
    bank = one_of(Bank.objects.filter(pk=bank_id))
    with acting(actor, at) as act:
        taken = Conflict("already-open", f"{bank.name}{label_of(code)}的季报已经可以查看，没有再决定。")
        with unless_taken(taken):
            row = BankReading.objects.create(bank=bank, period=code, reason=said, **act.signed(BankReading, "opened"))
        act.record("finance.reading.opened", row, bank=bank.code, period=code, reason=said)
    return row


def close_bank(*, actor: Actor, reading_id: int, version: int, at: datetime) -> BankReading:
    """No longer needed: nobody but the bank and the office reads it from now on."""
    access.require_office(actor, "单家银行季报的查看决定")
    with acting(actor, at) as act:
        row = act.lock(BankReading.objects.select_related("bank"), reading_id, version)
        if row.closed_at is not None:
            raise Conflict("closed", "这项查看决定已经收回，没有再执行。")
        act.sign(row, "closed")
        act.save(row)
        act.record("finance.reading.closed", row, bank=row.bank.code, period=row.period)
    return row
