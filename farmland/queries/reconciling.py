"""The money of 21号 by month, as it is reconciled."""

from farmland.enums import MoneyKind
from farmland.models import Money, MoneyCheck
from miyun_kpi.acts.reconciling import Months, Voucher
from miyun_kpi.routes import to


def _voucher(line: Money) -> Voucher:
    """Every line on its own day: out positive, in negative, a reversal with the other sign."""
    kind = str(MoneyKind(line.kind).label)
    words = f"第 {line.number} 笔　{kind}" + (f"（冲正第 {line.reverses} 笔）" if line.reverses else "")
    out = line.kind.startswith("in_") == bool(line.reverses)
    amount = line.amount if out else -line.amount
    return Voucher(line.pk, line.day, words, amount, line.ticket, to("farmland:money"), kind)


def months() -> Months:
    return Months(Money.objects.order_by("number"), "day", _voucher, MoneyCheck.objects.all())
