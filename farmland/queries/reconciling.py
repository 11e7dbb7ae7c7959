"""The money of 21号 by month, as it is reconciled."""

from farmland.enums import MoneyKind
from farmland.models import Money, MoneyCheck
from miyun_kpi.acts.reconciling import MonthList, Voucher, by_month
from miyun_kpi.routes import to


def vouchers() -> list[Voucher]:
    """Every line on its own day: out positive, in negative, a reversal with the other sign."""
    return [_voucher(one) for one in Money.objects.order_by("number")]


def _voucher(line: Money) -> Voucher:
    kind = str(MoneyKind(line.kind).label)
    words = f"第 {line.number} 笔　{kind}" + (f"（冲正第 {line.reverses} 笔）" if line.reverses else "")
    out = line.kind.startswith("in_") == bool(line.reverses)
    amount = line.amount if out else -line.amount
    return Voucher(line.pk, line.day, words, amount, line.ticket, to("farmland:money"), kind)


def months() -> list[MonthList]:
    return by_month(vouchers(), MoneyCheck.objects.all())
