"""What a person drew of months that the facts do not give: a 离站 that is reported late (第十六、二十条, A1).

The fact is never refused. What is not yet approved is cut, what is approved and unpaid is taken out of the approval and
its budget, and of what was paid the 追回 opens by itself; the months are free. An undone 离站 takes its 追回 back.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from miyun_kpi.acts.acting import lock_all, lock_only, tell
from miyun_kpi.inbox.services import Message
from miyun_kpi.lib.actors import Actor
from miyun_kpi.lib.citations import cite
from miyun_kpi.lib.errors import Conflict, Refused
from miyun_kpi.organisations.models import Organisation
from miyun_kpi.organisations.queries import heirs
from miyun_kpi.routes import to
from postdoc.access import HANDLER
from postdoc.enums import DOCUMENT, LIVE, Clawback, Entry, Grant, Phase
from postdoc.models import Application, BudgetYear, LedgerLine, Stay
from postdoc.queries.entitlement import stays_of
from postdoc.queries.figures import figures
from postdoc.rules.entitlement import living_months
from postdoc.rules.money import Asked, balance
from postdoc.services._common import note, today_of
from postdoc.services.applications import event, save
from postdoc.services.holding import months_asked, occupy
from postdoc.services.ledger import claim_left, lines_of, settle


@dataclass(frozen=True)
class Over:
    """What one application claimed beyond the facts: the months, and by how much."""

    row: Application
    months: Sequence[Asked]
    amount: Decimal

    @property
    def words(self) -> str:
        names = [one.month for one in self.months]
        span = names[0] if len(names) == 1 else f"{names[0]} 至 {names[-1]}"
        return f"{span}（{len(names)} 个月）"


def beyond(stay: Stay, on: date, *, lock: bool = False) -> list[Over]:
    """By application in the order of their keys, against the stay as it is given (its day of leaving need not be saved)."""
    found = Application.objects.filter(stay=stay, grant=Grant.LIVING, phase__in=LIVE)
    rows = lock_all(found) if lock else list(found.order_by("pk"))
    # What a ground of 退站 makes void from the beginning is taken back by a decision (第二十六条), not by this.
    stays = stays_of(stay.person, worked=stay)
    due = {one.month: one.amount for one in living_months(stays, figures(), on) if one.state in ("due", "future")}
    over = []
    for row in rows:
        months = [one for one in months_asked(row) if due.get(one.month, Decimal(0)) < one.amount]
        if months:
            over.append(Over(row, months, sum((one.amount for one in months), Decimal(0))))
    return over


def settle_leaving(actor: Actor, stay: Stay, at: datetime) -> list[str]:
    """Within the act that registers the 离站: every application by itself. Returns what was done, for the trail."""
    said = []
    for one in beyond(stay, today_of(at), lock=True):
        said.append(
            _not_approved(actor, one, at) if one.row.phase != Phase.APPROVED else _approved(actor, stay, one, at)
        )
    return said


def _cut(one: Over, cut: Decimal) -> None:
    """The last months go for good, as far as the cut covers them whole; the others are only off while the 离站 stands."""
    left = cut
    for month in reversed(one.months):
        if month.amount > left:
            break
        left -= month.amount
        one.row.asked = [each for each in one.row.asked if each[0] != month.month]
    one.row.gone = sorted({*one.row.gone, *(month.month for month in one.months)})


def _not_approved(actor: Actor, one: Over, at: datetime) -> str:
    row = one.row
    if row.amount > one.amount:
        _cut(one, one.amount)
        row.amount -= one.amount
        done = f"去掉 {one.words}，改为 {row.amount:,.2f} 元"
    else:
        row.phase = Phase.WITHDRAWN
        done = f"{one.words}都在离站以后，撤回"
    occupy(row)
    save(actor, row)
    event(actor, row, "因离站调整", done, at)
    note(actor, "application.adjusted", row, {"amount": str(row.amount)}, at)
    return f"申报 {row.number} 号{done}"


def _approved(actor: Actor, stay: Stay, one: Over, at: datetime) -> str:
    row, now = one.row, balance(lines_of(one.row))
    unpaid = row.amount - now.received
    cut, rest = min(one.amount, unpaid), one.amount - min(one.amount, unpaid)
    rest = min(rest, now.received - now.clawback)
    if cut:
        _take_out(row, cut)
    if rest:
        claim_left(row, rest, f"{stay.left_on} 离站，多领 {one.words}", f"系统计算（{actor.label}登记离站）", at)
    _cut(one, cut)
    settle(actor, row)
    parts = [f"核减 {cut:,.2f} 元" if cut else "", f"追回 {rest:,.2f} 元" if rest else ""]
    done = f"{one.words}：{'，'.join(part for part in parts if part) or '已决定追回'}"
    if rest:
        _tell_handler(row, rest, stay, at)
    event(actor, row, "离站后多领", done, at)
    asked = {"clawback": str(rest)} if rest else {}
    note(actor, "application.adjusted", row, {"amount": str(row.amount), **asked}, at)
    return f"申报 {row.number} 号{done}"


def _tell_handler(row: Application, rest: Decimal, stay: Stay, at: datetime) -> None:
    """区人社局 hears of a 追回 that nobody decided."""
    offices = list(Organisation.objects.filter(code=HANDLER))
    said = Message(
        key=f"postdoc-left:{row.pk}:{row.version}",
        organisation_id=heirs(offices)[offices[0].pk].pk if offices else 0,
        title=f"离站后多领，自动追回 {rest:,.2f} 元：{row}",
        body=f"在站第 {stay.number} 号 {stay.left_on} 离站；请通知单位退回，区财政局登记到账。",
        url=to("postdoc:application", row.pk),
        clause=cite(DOCUMENT, "第二十六条"),
    )
    if offices:
        tell([said], at=at)


def require_leaving_day(stay: Stay, left_on: date, today: date, what: str = "离站日") -> None:
    """The same for what is only looked at and for what is registered."""
    if left_on > today:
        raise Refused("future-day", f"{what}不能晚于今天，没有保存。请核对日期。")
    if left_on < stay.entered_on:
        raise Refused("too-early", f"{what} {left_on} 早于进站日 {stay.entered_on}，没有保存。请核对日期。")


def effects_of(stay: Stay, left_on: date, on: date) -> list[tuple[str, str]]:
    """Beforehand: what the day of leaving would do to money, as (application, what becomes of it). Nothing is stored."""
    require_leaving_day(stay, left_on, on)
    stay.left_on = left_on
    said = []
    for one in beyond(stay, on):
        now = balance(lines_of(one.row))
        unpaid = max(one.row.amount - now.received, Decimal(0)) if one.row.phase == Phase.APPROVED else one.amount
        cut = min(one.amount, unpaid)
        rest = min(one.amount - cut, now.received - now.clawback)
        parts = [f"{one.words}不再计"]
        parts += [f"{'核减' if one.row.phase == Phase.APPROVED else '申报减少'} {cut:,.2f} 元"] if cut else []
        parts += [f"自动追回 {rest:,.2f} 元"] if rest > 0 else []
        said.append((f"{one.row}（{one.row.progress[1]}，已拨付 {now.received:,.2f} 元）", "，".join(parts)))
    return said


def _take_out(row: Application, cut: Decimal) -> None:
    """Of the approval, and of the budget it was approved out of; an approval with nothing left is taken back whole."""
    if row.budget_year is not None:  # None of what was imported as paid before
        year = lock_only(BudgetYear.objects.filter(year=row.budget_year))
        year.used -= cut
        year.save()
    if cut < row.amount:
        row.amount -= cut
    else:
        row.phase, row.budget_year = Phase.WITHDRAWN, None


def unsettle_leaving(actor: Actor, stay: Stay, at: datetime) -> list[str]:
    """The 离站 was no fact: its 追回 are reversed and the months it took off stand again, whatever else was asked back of them
    meanwhile. Money that came back is given back first.
    """
    said = []
    for row in lock_all(Application.objects.filter(stay=stay, grant=Grant.LIVING)):
        lines = list(row.lines.filter(ground=Clawback.LEFT, reversal__isnull=True))
        if not lines and not row.gone:
            continue
        row.gone = []
        said += [_no_clawback(actor, row, line, at) for line in lines]
        settle(actor, row)
    return said


def _no_clawback(actor: Actor, row: Application, line: LedgerLine, at: datetime) -> str:
    now = balance(lines_of(row))
    if now.clawback - line.amount < now.recovered:
        raise Conflict(
            "recovered",
            f"{row}按这次离站追回的款项已经到账，没有撤销。请区财政局先冲正那笔“追回到账”，再撤销离站登记。",
        )
    LedgerLine.objects.create(
        application=row,
        kind=Entry.REVERSED,
        amount=line.amount,
        on=today_of(at),
        proof=line.proof,
        note="撤销离站登记",
        reverses=line,
        by=actor.label,
        by_id=actor.user_id,
        at=at,
    )
    event(actor, row, "冲正", f"撤销离站登记，追回 {line.amount:,.2f} 元不再追", at)
    note(actor, "money.reversed", row, {"line": line.pk, "reason": "撤销离站登记"}, at)
    return f"申报 {row.number} 号的追回 {line.amount:,.2f} 元冲正"
