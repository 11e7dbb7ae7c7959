"""The money of 21号 by month, as it is reconciled."""

from decimal import Decimal

from django.db.models import Q, QuerySet, Sum

from farmland.enums import MoneyKind
from farmland.models import Money, MoneyCheck
from farmland.queries.money import TOWN_OUT
from miyun_kpi.acts.reconciling import Months, Voucher
from miyun_kpi.routes import to

# 推定: a town spends its reward from its own account (第十二条), after 区财政局 has paid it.
_ASIDE = frozenset(str(kind) for kind in TOWN_OUT)
_IN, _BACK = Q(kind__startswith="in_"), Q(reverses__isnull=False)


def _voucher(line: Money) -> Voucher:
    """Every line on its own day: out positive, in negative, a reversal with the other sign."""
    kind = str(MoneyKind(line.kind).label)
    words = f"第 {line.number} 笔　{kind}" + (f"（冲正第 {line.reverses} 笔）" if line.reverses else "")
    out = line.kind.startswith("in_") == bool(line.reverses)
    amount = line.amount if out else -line.amount
    address, aside = to("farmland:money-line", line.number), line.kind in _ASIDE
    back = line.reverses is not None
    return Voucher(line.pk, line.day, words, amount, line.ticket, address, kind, back, aside, line.late)


def voucher_of(line: Money) -> Voucher:
    """As it stands in the list of its month."""
    return _voucher(line)


def net(found: QuerySet[Money]) -> Decimal:
    """Received less paid, summed by the database."""
    own = found.exclude(kind__in=_ASIDE)
    sums = own.aggregate(
        more=Sum("amount", filter=_IN & ~_BACK | ~_IN & _BACK), less=Sum("amount", filter=_IN & _BACK | ~_IN & ~_BACK)
    )
    return (sums["more"] or Decimal("0.00")) - (sums["less"] or Decimal("0.00"))


def months() -> Months:
    return Months(Money.objects.order_by("number"), "day", _voucher, MoneyCheck.objects.all(), net)
