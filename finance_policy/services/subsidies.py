"""贴息 (三（一）1): released from the calculation alone, paid by voucher, settled by difference, revoked by decision."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime
from decimal import Decimal

from django.db.models import Max

from finance_policy import access
from finance_policy.enums import DOCUMENT, Level, SubsidyLineKind, SubsidyState
from finance_policy.models import Subsidy, SubsidyCheck, SubsidyLine, SubsidyRate
from finance_policy.queries.granting import barred_of, loans_of
from finance_policy.queries.library import enterprise_by
from finance_policy.queries.subsidies import months
from finance_policy.queries.subsidy import rates, settings_on
from finance_policy.rules.granting import Grant, end_of, first_barred, grant, overlapping, require_span
from finance_policy.services.settling import differ
from miyun_kpi.acts.acting import Act, acting, lock_all, locked, unless_taken
from miyun_kpi.acts.days import IN_TIME, Late, day_of_act, late_words
from miyun_kpi.acts.reconciling import columns_of, month_in, require_digest
from miyun_kpi.acts.vouchers import voucher_key
from miyun_kpi.db.finding import one_of
from miyun_kpi.lib.actors import Actor
from miyun_kpi.lib.citations import cite
from miyun_kpi.lib.errors import Conflict, Refused
from miyun_kpi.lib.reading import read_reason
from miyun_kpi.registers.models import Record

CLAUSE = cite(DOCUMENT, "三（一）1")
TAKEN = Conflict("voucher-taken", "这个凭证号已经用过，没有登记。请核对凭证号；登记错了的，先冲正原来的一笔。")

BUSY = Conflict("busy", "同一时刻有别人在核定贴息，没有核定。请再按一次。")


def reckon(record: Record, from_on: date, to_on: date) -> Grant:
    """What would be released. Raises Refused with the one thing that stands in the way."""
    held, name = settings_on(from_on), record.values["name"]
    met = first_barred(barred_of(record), from_on, end_of(to_on, count_last=held.count_last_day))
    if met is not None:
        said = f"{name}在 {met[0]} {met[1]}，那一天不贴息，没有发放。请改计息起止，或先核对库里的登记。"
        raise Refused("not-supported", said, CLAUSE)
    level = record.values.get("level", "")
    if level not in Level.values:
        raise Refused("no-level", f"{name}在库里没有级次，没有发放。请先在库里补填级次。", CLAUSE)
    found = grant(
        rates(),
        loans_of(record),
        [],
        level=level,
        from_on=from_on,
        to_on=to_on,
        day_basis=held.day_basis,
        count_last=held.count_last_day,
    )
    if found is None:
        said = (
            f"{Level(level).label}在 {from_on} 没有贴息率，没有发放。请区金融办在“贴息率表”录入当天有效的贴息率和依据。"
        )
        raise Refused("no-rate", said, CLAUSE)
    if not found.parts:
        raise Refused("no-loan", f"{name}在 {from_on} 至 {to_on} 没有登记的贷款，没有发放。请先登记贷款合同。", CLAUSE)
    if not found.amount:
        raise Refused("nothing-due", f"算出的贴息额不足 1 分，没有发放。{found.words}。", CLAUSE)
    return found


def tried(*, actor: Actor, record_id: int, from_on: date, to_on: date, today: date) -> tuple[Record, Grant]:
    """What `release` would do now, nothing stored."""
    access.require_subsidies(actor, "贴息的核定")
    record = access.visible_in_library(actor, record_id)
    require_span(from_on, to_on, today, count_last=settings_on(from_on).count_last_day)
    found = reckon(record, from_on, to_on)
    _require_apart(record, from_on, to_on)
    return record, found


def release(*, actor: Actor, record_id: int, from_on: date, to_on: date, at: datetime) -> Subsidy:
    """The amount is the computed one. Spans of one enterprise or project share no day, by the lock on its record."""
    access.require_subsidies(actor, "贴息的核定")
    seen = access.visible_in_library(actor, record_id)
    with acting(actor, at) as act:
        record = locked(Record.objects.all(), seen.pk)
        level = record.values.get("level", "")
        # Who changes the rates of the level or the settings waits, or is waited for: what is read below stays true.
        lock_all(SubsidyRate.objects.filter(level=level, struck_at__isnull=True))
        held = settings_on(from_on)
        require_span(from_on, to_on, act.today, count_last=held.count_last_day)
        found = reckon(record, from_on, to_on)
        _require_apart(record, from_on, to_on)
        rate = SubsidyRate.objects.get(level=level, from_on=found.rate.from_on, struck_at__isnull=True)
        firm = enterprise_by(record.values["code"])
        with unless_taken(BUSY):
            row = Subsidy.objects.create(
                number=1 + (Subsidy.objects.aggregate(top=Max("number"))["top"] or 0),
                record=record,
                name=record.values["name"],
                payee=firm.values["name"] if firm else record.values["name"],
                code=record.values["code"],
                level=level,
                from_on=from_on,
                to_on=to_on,
                rate=rate,
                percent=found.rate.percent,
                day_basis=held.day_basis,
                count_last=held.count_last_day,
                amount=found.amount,
                sum=found.words,
                due=found.amount,
                **act.signed(Subsidy, "released"),
            )
        said = {"amount": str(row.amount), "from_on": str(from_on), "to_on": str(to_on)}
        act.record("finance.subsidy.released", row, **said)
    return row


def _require_apart(record: Record, from_on: date, to_on: date) -> None:
    held = record.subsidies.filter(state=SubsidyState.RELEASED).order_by("from_on")
    spans = [(f"{one}（{one.from_on} 至 {one.to_on}）", one.from_on, one.to_on, one.count_last) for one in held]
    met = overlapping(spans, from_on, to_on, count_last=settings_on(from_on).count_last_day)
    if met is not None:
        raise Conflict("overlap", f"与{met}的计息期重叠，没有发放。同一天不重复贴息，请改计息起止。", clause=CLAUSE)


def pay(
    *,
    actor: Actor,
    subsidy_id: int,
    version: int,
    proof: str,
    on: date | None = None,
    late: Late = IN_TIME,
    at: datetime,
) -> SubsidyLine:
    """Everything that is due and not yet paid, to the firm; neither sum nor payee is typed."""
    with _of(actor, "贴息拨付的登记", subsidy_id, version, at) as (act, row):
        if row.outstanding <= 0:
            raise Conflict("nothing-due", f"{row}没有待拨付的款，没有登记。请刷新后再看。")
        return _voucher(act, row, SubsidyLineKind.PAID, row.outstanding, proof, on, late, word="finance.subsidy.paid")


def recover(
    *,
    actor: Actor,
    subsidy_id: int,
    version: int,
    amount: Decimal,
    proof: str,
    on: date | None = None,
    late: Late = IN_TIME,
    at: datetime,
) -> SubsidyLine:
    """What came back of what is to be given back; it may come in parts."""
    with _of(actor, "贴息追回到账的登记", subsidy_id, version, at) as (act, row):
        if not 0 < amount <= row.back:
            said = f"{row}待追回 {row.back:,.2f} 元，到账金额须大于 0、不超过它，没有登记。请核对金额。"
            raise Refused("bad-amount", said, clause=CLAUSE)
        return _voucher(act, row, SubsidyLineKind.RECOVERED, amount, proof, on, late, word="finance.subsidy.recovered")


@contextmanager
def _of(actor: Actor, what: str, subsidy_id: int, version: int, at: datetime) -> Iterator[tuple[Act, Subsidy]]:
    """The 贴息, locked, for who keeps the clause."""
    access.require_subsidies(actor, what)
    with acting(actor, at) as act:
        yield act, act.lock(Subsidy.objects.all(), subsidy_id, version)


def _voucher(
    act: Act,
    row: Subsidy,
    kind: SubsidyLineKind,
    amount: Decimal,
    proof: str,
    on: date | None,
    late: Late,
    *,
    word: str,
) -> SubsidyLine:
    day, number = day_of_act(on, act.at), proof.strip()
    words = late_words(day, act.at, late, clause=CLAUSE)
    first = row.released_at.astimezone().date()
    if day < first:
        raise Refused("too-early", f"办理日期 {day} 早于核定日期 {first}，没有登记。请核对日期。", clause=CLAUSE)
    if not 2 <= len(number) <= 100 or "\x00" in number:
        raise Refused("no-voucher", "请填凭证号（2 至 100 字），没有登记。", clause=CLAUSE)
    with unless_taken(TAKEN):
        made = SubsidyLine.objects.create(
            subsidy=row,
            kind=kind,
            amount=amount,
            on=day,
            proof=number,
            voucher=voucher_key(number),
            payee=row.payee if kind == SubsidyLineKind.PAID else "",
            late=words,
            by=act.actor.label,
            by_id=act.actor.user_id,
            at=act.at,
        )
    row.paid += amount if kind == SubsidyLineKind.PAID else -amount
    act.save(row)
    said = {"late": words} if words else {}
    act.record(word, row, amount=str(amount), on=str(day), proof=number, **said)
    return made


def reverse_line(
    *, actor: Actor, subsidy_id: int, version: int, line_id: int, reason: str, at: datetime
) -> SubsidyLine:
    """A voucher that was entered wrongly: both lines stay, the number is free."""
    said = read_reason(reason, "冲正要写理由", most=300)
    with _of(actor, "贴息流水的冲正", subsidy_id, version, at) as (act, row):
        wrong = one_of(row.lines.filter(pk=line_id))
        if wrong.voucher is None:
            raise Conflict("reversed", "这一笔已经冲正，或者不是凭证，没有执行。请刷新后再看。")
        sign = -1 if wrong.kind == SubsidyLineKind.PAID else 1
        if row.paid + sign * wrong.amount < 0:
            raise Refused("rests-on-it", "后来的追回到账以这一笔为前提，没有冲正。请先冲正后来的。", clause=CLAUSE)
        wrong.voucher = None
        wrong.save(update_fields=["voucher"])
        made = SubsidyLine.objects.create(
            subsidy=row,
            kind=SubsidyLineKind.REVERSED,
            amount=wrong.amount,
            on=act.today,
            proof=wrong.proof,
            note=said,
            reverses=wrong,
            by=actor.label,
            by_id=actor.user_id,
            at=at,
        )
        row.paid += sign * wrong.amount
        act.save(row)
        act.record("finance.subsidy.reversed", row, amount=str(wrong.amount), proof=wrong.proof, reason=said)
    return made


def revoke(*, actor: Actor, subsidy_id: int, version: int, reason: str, at: datetime) -> Subsidy:
    """The decision was wrong: nothing of it is due, its days are free, what was paid is to be given back."""
    said = read_reason(reason, "撤销要写理由", most=300)
    with _of(actor, "贴息的撤销", subsidy_id, version, at) as (act, row):
        if row.state == SubsidyState.REVOKED:
            raise Conflict("revoked", f"{row}已经撤销，没有执行。请刷新后再看。")
        row.state, row.revoked_reason = SubsidyState.REVOKED, said
        act.sign(row, "revoked")
        if not differ(act, row, Decimal(0), f"撤销：{said}"):
            act.save(row)
        act.record("finance.subsidy.revoked", row, reason=said)
    return row


def reconcile(*, actor: Actor, month: str, digest: str, at: datetime) -> SubsidyCheck:
    """对账 of a month: the list as it was proposed, confirmed as it stands."""
    access.require_subsidies(actor, "贴息的对账")
    with acting(actor, at) as act:
        found = month_in(months(), month, act.today)
        require_digest(found, digest)
        said = Conflict("reconciled", "这个月刚被对过账，没有再对。请刷新后再看。")
        with unless_taken(said):
            row = SubsidyCheck.objects.create(**columns_of(found), at=at, by=actor.label)
        act.record("finance.subsidies.reconciled", row, month=month, count=row.count, amount=str(row.paid))
    return row
