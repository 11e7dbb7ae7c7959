"""预算、标准、另行通知 (第二十二、二十三条): dated lines that are added to, never overwritten."""

from datetime import date, datetime
from decimal import Decimal

from django.db import IntegrityError, transaction

from miyun_kpi.lib.actors import Actor
from miyun_kpi.lib.errors import Conflict, Refused
from postdoc import access
from postdoc.models import Arrangement, BudgetChange, BudgetYear, Figure
from postdoc.rules.figures import IN_FORCE, LABELS, SETTINGS
from postdoc.services._common import note, require_past


def change_budget(*, actor: Actor, year: int, amount: Decimal, document: str, on: date, at: datetime) -> BudgetChange:
    """The budget of a year, a supplement, or a cut (negative), which never goes below what was approved."""
    access.require_treasury(actor, "录入预算")
    require_past(on, at, "日期")
    if amount == 0 or not document.strip():
        raise Refused("not-filled", "请填金额（不为 0）和依据，没有保存。")
    with transaction.atomic():
        BudgetYear.objects.get_or_create(year=year, defaults={"total": Decimal(0), "used": Decimal(0)})
        row = BudgetYear.objects.select_for_update(no_key=True).get(year=year)
        if row.total + amount < row.used:
            raise Refused(
                "below-used",
                f"{year} 年度已核定 {row.used} 元，预算不能减到 {row.total + amount} 元，没有保存。",
                clause="27号 第二十二条",
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
    if code in SETTINGS and value not in (0, 1):
        raise Refused("bad-setting", f"“{LABELS[code][0]}”只能是：{LABELS[code][1]}，没有保存。")
    if LABELS[code][1] != "元" and value != value.to_integral_value():
        raise Refused("bad-setting", f"“{LABELS[code][0]}”要写整数，没有保存。")
    if starts_on < IN_FORCE:
        raise Refused("too-early", f"不能早于本办法施行之日 {IN_FORCE}，没有保存。", clause="27号 第三十二条")
    try:
        with transaction.atomic():
            row = Figure.objects.create(
                code=code, value=value, starts_on=starts_on, document=document.strip(), by=actor.label, at=at
            )
            note(actor, "figure.entered", row, {"code": code, "value": str(value), "from": str(starts_on)}, at)
    except IntegrityError:
        raise Conflict("already-registered", "这一项自这一天起的标准已经录入，没有再录入。") from None
    return row


def enter_arrangement(
    *, actor: Actor, title: str, issued_on: date, instalments: bool, note_text: str, at: datetime
) -> Arrangement:
    """“具体安排另行通知” (第二十三条)."""
    access.require_handler(actor, "登记经费安排通知")
    require_past(issued_on, at, "印发日期")
    with transaction.atomic():
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
