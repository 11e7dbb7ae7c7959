"""Money of an application (第二十、二十一、二十四（三）、二十六、二十七条): append-only lines, a mistake is reversed by a line."""

from datetime import date, datetime
from decimal import Decimal

from miyun_kpi.accounts.apart import First
from miyun_kpi.accounts.apart import require_apart as require_apart_
from miyun_kpi.acts.acting import acting, lock_only, refuse_same_hand, unless_taken
from miyun_kpi.acts.days import IN_TIME, Late, day_of_act, late_words
from miyun_kpi.acts.vouchers import voucher_key
from miyun_kpi.db.finding import one_of
from miyun_kpi.lib.actors import Actor
from miyun_kpi.lib.citations import cite
from miyun_kpi.lib.errors import Conflict, NotAllowed, Refused
from postdoc import access
from postdoc.enums import DOCUMENT, TO_PERSONS, Clawback, Entry, Phase
from postdoc.models import Application, Arrangement, BudgetYear, LedgerLine
from postdoc.rules.money import Balance, Line, balance, line_problem
from postdoc.services._common import note, require_reason
from postdoc.services.applications import event, locked, save
from postdoc.services.holding import TAKEN, months_asked, occupy, require_grounds, require_months_as_asked

BY_TREASURY = frozenset({Entry.PAID, Entry.FAILED, Entry.RECOVERED})
NO_TAX = Refused(
    "no-tax",
    "还没有登记代缴个人所得税，没有保存。先登记代缴的税款；没有税的，在说明里写明依据（4 字以上）。",
    clause=cite(DOCUMENT, "第二十条"),
)
OWN = "您审核过这份申报，不能再拨付它，换岗位也不能，没有执行。请由区财政局没有审核过它的同事办理。"
BY_STATION = frozenset({Entry.TAX, Entry.HANDED})
# Of 区财政局's own books; a unit numbers its papers as it likes.
VOUCHERS = frozenset({Entry.PAID, Entry.RECOVERED})
VOUCHER = Conflict("voucher-taken", "这个凭证号已经用过，没有登记。请核对凭证号；登记错了的，先冲正原来的一笔。")


def lines_of(row: Application) -> list[Line]:
    return [
        Line(one.kind, one.amount, one.on, hasattr(one, "reversal"))
        for one in row.lines.select_related("reversal").order_by("pk")
    ]


def require_writer(actor: Actor, row: Application, kind: str) -> None:
    if kind in BY_STATION:
        access.require_enter(actor, row.station)
    elif kind in BY_TREASURY:
        access.require_treasury(actor, f"登记“{Entry(kind).label}”")
    elif not (access.is_handler(actor) or access.is_treasury(actor)):
        raise NotAllowed("not-the-office", "追回由区人社局、区财政局决定，没有执行。请由其主管岗位办理。")


def require_apart(actor: Actor, row: Application, today: date) -> dict[str, str]:
    """第二十四条: 区人社局 reviews, 区财政局 pays; where one body does both by now, two persons of it. For trail and audit.

    Whoever reviewed does not pay, whatever post he stands in by then.
    """
    if row.reviewed_office_id is None or row.reviewed_on is None:
        return {}
    first = First(row.reviewed_office_id, row.reviewed_by_id, row.reviewed_on)
    said = require_apart_(actor, first, access.APART, "审核和拨付", cite(DOCUMENT, "第二十四条"), today)
    if row.reviewed_by_id is not None and actor.user_id == row.reviewed_by_id:
        refuse_same_hand(actor, row.reviewed_by_id, OWN)
    return {"apart": said} if said else {}


def write_line(
    *,
    actor: Actor,
    application_id: int,
    version: int,
    kind: str,
    amount: Decimal | None = None,
    on: date | None = None,
    proof: str,
    note_text: str = "",
    late: Late = IN_TIME,
    at: datetime,
) -> LedgerLine:
    """拨付, its failure and what came back by 区财政局, tax and payment to the person by the unit; each by its voucher.

    `amount` None: everything that the approval, the money with the unit or the 追回 leaves for such a line; the payee of
    拨付 is the unit of the approval. 追回 is decided elsewhere, by two (services.clawback).
    """
    seen = access.visible_application(actor, application_id)
    if kind not in BY_TREASURY | BY_STATION:
        raise Refused("not-filled", "请选资金事项，没有保存。")
    require_writer(actor, seen, kind)
    day, number, reason = day_of_act(on, at), proof.strip(), note_text.strip()
    words = late_words(day, at, late, clause=cite(DOCUMENT, "第二十四条（三）"))
    key = voucher_key(number)
    with acting(actor, at):
        row = locked(application_id, version)
        _require_open(row, kind)
        apart = require_apart(actor, row, at.astimezone().date()) if kind == Entry.PAID else {}
        if kind == Entry.PAID and row.came_back:
            require_grounds(row, day)
        now = balance(lines_of(row))
        _require_order(row, kind, day, now)
        sum_ = _taken(kind, row, now) if amount is None else amount
        _require_amount(row, kind, sum_, day, now)
        if kind == Entry.HANDED and not now.tax and len(reason) < 4:
            raise NO_TAX
        with unless_taken(VOUCHER):
            made = LedgerLine.objects.create(
                application=row,
                kind=kind,
                amount=sum_,
                on=day,
                proof=number,
                voucher=key if kind in VOUCHERS else None,
                payee=row.station.host if kind == Entry.PAID else "",
                note=reason,
                late=words,
                by=actor.label,
                by_id=actor.user_id,
                at=at,
            )
        told = "　".join(one for one in (f"{sum_:,.2f} 元", str(day), words, *apart.values()) if one)
        if kind == Entry.RECOVERED:
            told += _returned(row, sum_, day)
        settle(actor, row)
        event(actor, row, made.get_kind_display(), told, at)
        note(actor, "money.written", row, {"kind": kind, "amount": str(sum_), "line": made.pk} | apart, at)
    return made


def _require_open(row: Application, kind: str) -> None:
    """Whether such a line may stand on it at all."""
    if row.phase != Phase.APPROVED:
        raise Conflict("wrong-state", f"现在是“{row.get_phase_display()}”，没有核定，不能登记资金，没有保存。")
    if row.imported is not None:
        said = "这是导入的历史拨付，还没有核对，没有登记。请区财政局先点“核对无误，入账”。"
        raise Conflict("not-confirmed", said)
    if kind in BY_STATION and row.grant not in TO_PERSONS:
        raise Refused(
            "for-the-station",
            "这一项由工作站用于科研工作，不付给个人，没有保存。",
            clause=cite(DOCUMENT, "第十九条"),
        )


def _taken(kind: str, row: Application, now: Balance) -> Decimal:
    """What such a line is when nobody types a sum; the tax alone has to be typed."""
    if kind == Entry.TAX:
        raise Refused("bad-amount", "代缴的税款要填金额，没有保存。请照完税凭证填写。")
    return {
        Entry.PAID: row.amount - now.received,
        Entry.FAILED: now.free,
        Entry.HANDED: now.free,
        Entry.RECOVERED: now.owed,
    }[Entry(kind)]


def _require_amount(row: Application, kind: str, amount: Decimal, on: date, now: Balance) -> None:
    notices = Arrangement.objects.filter(instalments=True, issued_on__lte=on).exists()
    problem = line_problem(kind, amount, now, row.amount, instalments=notices)
    if problem:
        raise Refused("bad-amount", f"{problem}，没有保存。请改金额。", clause=cite(DOCUMENT, "第二十四条（三）"))


def _require_order(row: Application, kind: str, on: date, now: Balance) -> None:
    if kind == Entry.PAID and row.reviewed_on and on < row.reviewed_on:
        raise Refused("too-early", f"拨付日期早于审核日期 {row.reviewed_on}，没有保存。请核对日期。")
    if kind != Entry.PAID and now.last_paid_on and on < now.last_paid_on:
        raise Refused("too-early", f"日期早于拨付日期 {now.last_paid_on}，没有保存。请核对日期。")


def reverse_line(
    *, actor: Actor, application_id: int, version: int, line_id: int, reason: str, at: datetime
) -> LedgerLine:
    """Take a wrong line back by one of its own; both stay."""
    seen = access.visible_application(actor, application_id)
    said = require_reason(reason, "冲正")
    found = one_of(seen.lines.filter(pk=line_id))
    if found.kind == Entry.REVERSED:
        raise Refused("not-reversible", "冲正本身不能再冲正，没有保存。请重新登记那一笔。")
    if found.ground == Clawback.LEFT:
        raise Refused(
            "follows-the-leaving", "这笔追回随离站日期算出，不单独冲正，没有保存。离站日期登记错的，请撤销离站登记。"
        )
    require_writer(actor, seen, found.kind)
    with acting(actor, at):
        row = locked(application_id, version)
        if row.phase != Phase.APPROVED:
            raise Conflict("wrong-state", f"现在是“{row.get_phase_display()}”，流水不再冲正，没有执行。")
        if LedgerLine.objects.filter(reverses=found).exists():
            raise Conflict("reversed", "这一笔已经冲正，没有再冲正。")
        LedgerLine.objects.filter(pk=found.pk).update(voucher=None)
        made = LedgerLine.objects.create(
            application=row,
            kind=Entry.REVERSED,
            amount=found.amount,
            on=at.astimezone().date(),
            proof=found.proof,
            note=said,
            reverses=found,
            by=actor.label,
            by_id=actor.user_id,
            at=at,
        )
        now = balance(lines_of(row))
        if not now.sound or now.received > row.amount:
            raise Refused("rests-on-it", "以后的流水以这一笔为前提，不能冲正，没有保存。请先冲正以后的。")
        if found.kind == Entry.RECOVERED:
            _returned(row, -found.amount, found.on)
        if found.kind == Entry.CLAWBACK:
            _claim_what_it_stood_for(actor, row, at)
        with unless_taken(TAKEN):
            settle(actor, row)
        event(actor, row, "冲正", f"{found.get_kind_display()} {found.amount:,.2f} 元：{said}", at)
        note(actor, "money.reversed", row, {"line": found.pk, "reason": said}, at)
    return made


def _returned(row: Application, amount: Decimal, on: date) -> str:
    """What comes back within its budget year may be approved anew; later it is 上缴国库. Negative: such a line is reversed."""
    if on.year != row.budget_year:
        return "　上缴国库"
    year = lock_only(BudgetYear.objects.filter(year=on.year))
    if year.used - amount > year.total:
        raise Refused("beyond-budget", f"{on.year} 年度预算已另行核定，冲正后超出，没有保存。请区财政局先调整预算。")
    year.used -= amount
    year.save()
    return f"　退回 {on.year} 年度预算"


def claim_left(row: Application, amount: Decimal, said: str, by: str, at: datetime) -> None:
    """追回 of what was drawn of months after 离站: by itself, signed by nobody."""
    LedgerLine.objects.create(
        application=row,
        kind=Entry.CLAWBACK,
        amount=amount,
        on=at.astimezone().date(),
        proof="离站登记",
        note=said[:300],
        ground=Clawback.LEFT,
        by=f"{by:.200}",
        by_id=None,
        at=at,
    )


def _claim_what_it_stood_for(actor: Actor, row: Application, at: datetime) -> None:
    """A 追回 that goes had left less for the 离站 to ask back: that is asked back now."""
    now = balance(lines_of(row))
    kept = sum((one.amount for one in months_asked(row)), Decimal(0))
    left = row.lines.filter(ground=Clawback.LEFT, reversal__isnull=True).values_list("amount", flat=True)
    lacking = min(now.received - kept - sum(left, Decimal(0)), now.received - now.clawback)
    if row.gone and lacking > 0:
        claim_left(row, lacking, "冲正另一笔追回以后，离站后多领的部分", f"系统计算（{actor.label}冲正追回）", at)


def settle(actor: Actor, row: Application) -> None:
    """The sums of the row follow the lines, so that the database can refuse a wrong one, and what it holds follows the sums."""
    now, free = balance(lines_of(row)), row.came_back
    row.received, row.passed, row.clawback, row.recovered = now.received, now.passed, now.clawback, now.recovered
    if free and not row.came_back:
        require_months_as_asked(row)
    occupy(row)
    save(actor, row)
