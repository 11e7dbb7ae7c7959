"""Quarterly returns of a bank (三（三）8): opened, saved, submitted, accepted or given back."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from django.db import IntegrityError

from finance_policy import access
from finance_policy.enums import DOCUMENT, WRITABLE, ReturnState
from finance_policy.models import Bank, BankReturn, ReturnEvent
from finance_policy.queries.returns import NAMES, bases_of, figures_of, to_text
from finance_policy.rules.conditions import WORDS, doubts
from finance_policy.rules.quarters import read_quarter
from miyun_kpi.acts.acting import acting, locked, require_other_hand
from miyun_kpi.lib.actors import Actor
from miyun_kpi.lib.citations import cite
from miyun_kpi.lib.errors import Conflict, FieldError, NotAllowed, Refused
from miyun_kpi.lib.periods import PeriodCode, label_of
from miyun_kpi.lib.reading import read_reason

CLAUSE = cite(DOCUMENT, "三（三）8")
NOW = ("loans", "green", "increment", "customers")


def _event(row: BankReturn, act: str, actor: Actor, at: datetime, note: str = "") -> None:
    ReturnEvent.objects.create(
        bank_return=row,
        act=act,
        at=at,
        by=actor.label,
        by_id=actor.user_id,
        note=note,
        figures=to_text(figures_of(row)),
    )


def open_return(*, actor: Actor, period: str, at: datetime) -> BankReturn:
    """A draft of the own bank with the bases of a year before filled in; the same quarter again is the same return."""
    bank = access.require_bank(actor, "季报")
    code = read_quarter(period)
    if code.first_day > at.astimezone().date():
        raise Refused("future-quarter", f"{code.label}还没有开始，没有保存。请选已经开始的季度。", clause=CLAUSE)
    with acting(actor, at) as act:
        locked(Bank.objects.all(), bank.pk)
        row = BankReturn.objects.filter(bank=bank, period=str(code)).first()
        if row is None:
            row = BankReturn.objects.create(
                bank=bank,
                period=str(code),
                saved_at=at,
                saved_by=actor.label,
                **bases_of(bank, str(code)),
            )
            _event(row, "新建", actor, at)
            act.record("finance.return.saved", f"return:{row.pk}", period=row.period)
    return row


def _locked(actor: Actor, return_id: int, version: int) -> BankReturn:
    access.visible_return(actor, return_id)
    row = locked(BankReturn.objects.select_related("bank"), return_id)
    if row.version != version:
        current = {"value": to_text(figures_of(row)), "version": row.version}
        raise Conflict(
            "stale",
            f"这份季报刚被{row.saved_by}改过，没有保存。请核对下面的现存数以后再存。",
            errors=[FieldError("刚被改过。", "stale", current=current)],
        )
    return row


def _require_writable(actor: Actor, row: BankReturn) -> None:
    if not access.fills(actor, row.bank_id):
        raise NotAllowed("not-your-bank", "季报由该行的填报人填写，没有保存。区金融办只审核。")
    if row.state not in WRITABLE:
        raise Conflict("not-writable", f"季报现在是“{row.get_state_display()}”，不能改，没有保存。要改请区金融办退回。")


def _fill(row: BankReturn, figures: Mapping[str, Any], note: str) -> None:
    unknown = set(figures) - set(NAMES)
    if unknown:
        raise Refused("unknown-figure", f"没有“{'、'.join(sorted(unknown))[:40]}”这一栏，没有保存。请照模板填写。")
    for name, value in figures.items():
        setattr(row, name, value)
    row.note = note.strip()[:500]


def save_return(
    *, actor: Actor, return_id: int, version: int, figures: Mapping[str, Any], note: str, at: datetime
) -> BankReturn:
    """Any part of it; what cannot be is only refused when it is submitted."""
    with acting(actor, at) as act:
        row = _locked(actor, return_id, version)
        _require_writable(actor, row)
        _fill(row, figures, note)
        _store(row, actor, at)
        _event(row, "保存", actor, at)
        act.record("finance.return.saved", f"return:{row.pk}", version=row.version)
    return row


def _store(row: BankReturn, actor: Actor, at: datetime) -> None:
    row.version, row.saved_at, row.saved_by = row.version + 1, at, actor.label
    row.save()


def submit_return(*, actor: Actor, return_id: int, version: int, at: datetime) -> BankReturn:
    with acting(actor, at) as act:
        row = _locked(actor, return_id, version)
        _require_writable(actor, row)
        lacking = [WORDS[name] for name in NOW if getattr(row, name) is None]
        if lacking:
            raise Refused("not-filled", f"还没有填{'、'.join(lacking)}，没有报送。请填好保存后再报。", clause=CLAUSE)
        wrong = doubts(figures_of(row))
        if wrong:
            raise Refused("part-above-whole", f"{''.join(wrong)}没有报送，请核对后再报。", clause=CLAUSE)
        period = PeriodCode.parse(row.period)
        if period.last_day >= at.astimezone().date():
            raise Refused("too-early", f"{period.label}还没有结束，没有报送。请在 {period.last_day} 以后报送季末数。")
        row.state, row.submitted_by_id, row.opinion = ReturnState.FILED, actor.user_id, ""
        _store(row, actor, at)
        _event(row, "报送", actor, at)
        act.record("finance.return.filed", f"return:{row.pk}", period=row.period)
    return row


def decide_return(
    *, actor: Actor, return_id: int, version: int, accept: bool, opinion: str, at: datetime
) -> BankReturn:
    """By 区金融办. An accepted return may still be given back, with the reason; the sums given out stay as they are."""
    with acting(actor, at) as act:
        row = _locked(actor, return_id, version)
        access.require_office(actor, "季报的审核")
        said = opinion.strip()
        sources = (ReturnState.FILED,) if accept else (ReturnState.FILED, ReturnState.ACCEPTED)
        if row.state not in sources:
            raise Conflict(
                "wrong-state", f"季报现在是“{row.get_state_display()}”，不能这样办理，没有执行。请刷新后再看。"
            )
        said = read_reason(said, "退回要写意见", required=not accept)
        require_other_hand(actor, row.submitted_by_id, "报送的人不能自己审核，没有执行。请换一个人。", at)
        row.state, row.opinion = (ReturnState.ACCEPTED if accept else ReturnState.RETURNED), said[:500]
        _store(row, actor, at)
        _event(row, "接受" if accept else "退回", actor, at, said[:500])
        data = {"accepted": accept, "opinion": said}
        act.record("finance.return.decided", f"return:{row.pk}", **data)
    return row


def import_returns(*, actor: Actor, rows: list[tuple[str, str, dict[str, Any]]], at: datetime) -> int:
    """History before go-live, as accepted returns: (bank's code or name, quarter, figures). All or nothing."""
    access.require_office(actor, "季报历史的导入")
    banks = {key: bank for bank in Bank.objects.all() for key in (bank.code, bank.name)}
    problems, made = [], []
    with acting(actor, at) as act:
        for place, (name, period, figures) in enumerate(rows, start=1):
            bank = banks.get(name)
            if bank is None:
                problems.append(
                    FieldError(f"第 {place} 条：没有叫“{name[:30]}”的银行，请先在银行名单里登记。", "unknown-bank")
                )
                continue
            row = BankReturn(
                bank=bank,
                period=period,
                state=ReturnState.ACCEPTED,
                imported=True,
                note="期初导入",
                saved_at=at,
                saved_by=actor.label,
                **figures,
            )
            wrong = doubts(replace(figures_of(row)))
            if wrong:
                problems.append(FieldError(f"第 {place} 条：{''.join(wrong)}", "part-above-whole"))
            elif BankReturn.objects.filter(bank=bank, period=period).exists():
                problems.append(FieldError(f"第 {place} 条：{bank.name}{label_of(period)}已经有季报。", "twice"))
            else:
                made.append(row)
                try:
                    with acting(actor, at):
                        row.save()
                except IntegrityError:
                    problems.append(FieldError(f"第 {place} 条：与前面的重复或有小于 0 的余额。", "refused-by-store"))
                    continue
                _event(row, "期初导入", actor, at)
        if problems:
            said = problems[0].message if len(problems) == 1 else f"有 {len(problems)} 处要改。"
            raise Refused("rows-refused", f"{said}全部没有导入，请改好后再上传。", errors=problems)
        act.record("finance.returns.imported", "returns", rows=len(made))
    return len(made)
