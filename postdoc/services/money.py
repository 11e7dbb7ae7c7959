"""预算、标准、另行通知 (第二十二、二十三条): dated lines that are added to, never overwritten."""

from datetime import date, datetime
from decimal import Decimal

from django.db import IntegrityError

from miyun_kpi.acts.acting import acting, lock_all, lock_only, locked, unless_taken
from miyun_kpi.acts.reconciling import columns_of, month_in, require_digest
from miyun_kpi.lib.actors import Actor
from miyun_kpi.lib.citations import cite
from miyun_kpi.lib.errors import Conflict, Refused
from miyun_kpi.lib.numbering import document_key, require_plain
from miyun_kpi.lib.periods import label_of
from postdoc import access
from postdoc.enums import DOCUMENT, Phase
from postdoc.models import Application, Arrangement, BudgetChange, BudgetYear, Figure, LedgerCheck
from postdoc.queries.figures import resting_on
from postdoc.queries.money import months
from postdoc.rules.figures import IN_FORCE, LABELS, RESTS, value_problem
from postdoc.services._common import note, require_past, require_reason, today_of

SHORTEST = 4  # letters of a document that can be found again


def change_budget(*, actor: Actor, year: int, amount: Decimal, document: str, on: date, at: datetime) -> BudgetChange:
    """The budget of a year, a supplement, or a cut (negative), which never goes below what was approved."""
    access.require_treasury(actor, "录入预算")
    require_past(on, at, "日期")
    if amount == 0 or not document.strip():
        raise Refused("not-filled", "请填金额（不为 0）和依据，没有保存。")
    require_plain(document, "依据")
    with acting(actor, at):
        BudgetYear.objects.get_or_create(year=year, defaults={"total": Decimal(0), "used": Decimal(0)})
        row = lock_only(BudgetYear.objects.filter(year=year))
        key = document_key(document)
        if any(one.amount == amount and document_key(one.document) == key for one in row.changes.all()):
            raise Conflict(
                "budget-taken",
                f"同样的一笔预算已经录入（{year} 年度 {amount:,.2f} 元，依据相同），没有再录入。确有另一笔的，请写它自己的文号。",
            )
        if row.total + amount < row.used:
            raise Refused(
                "below-used",
                f"{year} 年度已核定 {row.used:,.2f} 元，预算不能减到 {row.total + amount:,.2f} 元，没有保存。",
                clause=cite(DOCUMENT, "第二十二条"),
            )
        row.total += amount
        row.save()
        made = BudgetChange.objects.create(
            budget=row, amount=amount, document=document.strip(), on=on, by=actor.label, at=at
        )
        note(actor, "budget.changed", row, {"year": year, "amount": str(amount)}, at)
    return made


def enter_figure(*, actor: Actor, code: str, value: Decimal, starts_on: date, document: str, at: datetime) -> Figure:
    """A later amount, or a setting decided otherwise; what was before stays for its days."""
    access.require_handler(actor, "录入标准")
    if code not in LABELS or not document.strip():
        raise Refused("not-filled", "请选标准并写明依据，没有保存。")
    problem = value_problem(code, value)
    if problem:
        raise Refused("bad-setting", f"{problem}，没有保存。请核对数值。")
    if len(document.strip()) < SHORTEST:
        raise Refused("no-document", f"依据要写文号或会议（至少 {SHORTEST} 字），没有保存。请补写依据。")
    if starts_on < IN_FORCE:
        raise Refused(
            "too-early", f"不能早于本办法施行之日 {IN_FORCE}，没有保存。", clause=cite(DOCUMENT, "第三十二条")
        )
    try:
        with acting(actor, at):
            _require_free(code, starts_on, "没有保存。请另定起用日期，已核定的不追溯")
            row = Figure.objects.create(
                code=code,
                value=value,
                starts_on=starts_on,
                document=document.strip(),
                by=actor.label,
                by_id=actor.user_id,
                at=at,
            )
            note(actor, "figure.entered", row, {"code": code, "value": str(value), "from": str(starts_on)}, at)
    except IntegrityError:
        raise Conflict("already-registered", "这一项自这一天起的标准已经录入，没有再录入。") from None
    return row


def _require_free(code: str, starts_on: date, end: str) -> None:
    """Nothing asked for, approved or paid is reached back to. An approval under way ends first, or sees what is done here."""
    lock_all(Application.objects.filter(phase=Phase.FILED, grant__in=RESTS[code]))
    found = resting_on(code, starts_on)
    if found is not None:
        months = f"，月份到{label_of(found.last_month)}" if found.last_month else ""
        raise Refused(
            "already-claimed",
            f"{starts_on} 以后已有申报按原来的标准计算（{found}，{found.get_grant_display()}{months}），{end}。",
        )


def strike_figure(*, actor: Actor, figure_id: int, reason: str, at: datetime) -> Figure:
    """A line entered by mistake, as long as nothing rests on it; it stays readable. Two handlers decide it, as they entered it."""
    access.require_handler(actor, "撤销标准")
    said = require_reason(reason, "撤销标准")
    with acting(actor, at):
        row = locked(Figure.objects.all(), figure_id)
        if row.struck_at is not None:
            raise Conflict("revoked", f"这一行已由{row.struck_by}撤销，没有再执行。")
        _require_free(row.code, row.starts_on, "没有撤销。请自以后的一天起录入新的标准")
        row.struck_at, row.struck_by, row.struck_by_id, row.struck_reason = at, actor.label, actor.user_id, said
        row.save(update_fields=["struck_at", "struck_by", "struck_by_id", "struck_reason"])
        data = {"code": row.code, "value": str(row.value), "from": str(row.starts_on), "reason": said}
        note(actor, "figure.revoked", row, data, at)
    return row


def enter_arrangement(
    *, actor: Actor, title: str, issued_on: date, instalments: bool, note_text: str, at: datetime
) -> Arrangement:
    """“具体安排另行通知” (第二十三条)."""
    access.require_handler(actor, "登记经费安排通知")
    require_past(issued_on, at, "印发日期")
    with acting(actor, at):
        row = Arrangement.objects.create(
            title=title.strip(),
            issued_on=issued_on,
            instalments=instalments,
            note=note_text.strip(),
            by=actor.label,
            at=at,
        )
        note(actor, "arrangement.entered", row, {"title": row.title, "instalments": instalments}, at)
    return row


def reconcile(*, actor: Actor, month: str, digest: str, at: datetime) -> LedgerCheck:
    """对账 of a month by 区财政局: the list as it was proposed, confirmed as it stands."""
    access.require_treasury(actor, "资金对账")
    with acting(actor, at):
        found = month_in(months(), month, today_of(at))
        require_digest(found, digest)
        with unless_taken(Conflict("reconciled", "这个月刚被对过账，没有再对。请刷新后再看。")):
            row = LedgerCheck.objects.create(**columns_of(found), at=at, by=actor.label)
        note(actor, "ledger.reconciled", row, {"month": month, "count": row.count, "amount": str(row.paid)}, at)
    return row
