"""贴息 with its money: the list, what waits, and the vouchers by month."""

from collections.abc import Sequence
from decimal import Decimal

from django.db.models import F, Q, QuerySet, Sum

from finance_policy.enums import SubsidyLineKind
from finance_policy.models import Subsidy, SubsidyCheck, SubsidyLine, SubsidyRate
from miyun_kpi.acts.reconciling import MonthList, Voucher, by_month
from miyun_kpi.routes import to

STATES = (("", "全部"), ("waiting", "待拨付、待补"), ("owed", "待追回"), ("settled", "已拨付"), ("revoked", "已撤销"))
_BACK = (SubsidyLineKind.RECOVERED, SubsidyLineKind.REVERSED)


def found(state: str) -> QuerySet[Subsidy]:
    """By what is left to do; with anything else as `state` all of them."""
    rows = Subsidy.objects.select_related("record", "rate")
    chosen = {
        "waiting": Q(due__gt=F("paid")),
        "owed": Q(due__lt=F("paid")),
        "settled": Q(due=F("paid"), state="released"),
        "revoked": Q(state="revoked"),
    }.get(state)
    return rows if chosen is None else rows.filter(chosen)


def sums(rows: QuerySet[Subsidy]) -> tuple[Decimal, Decimal]:
    """(due, paid) of all of them."""
    made = rows.aggregate(due=Sum("due"), paid=Sum("paid"))
    return made["due"] or Decimal(0), made["paid"] or Decimal(0)


def vouchers() -> list[Voucher]:
    """Every line of money; what a reversal takes back stands with the other sign on its own day."""
    lines = SubsidyLine.objects.exclude(kind=SubsidyLineKind.CHANGED).select_related("subsidy", "reverses")
    return [_voucher(one) for one in lines.order_by("pk")]


def _voucher(line: SubsidyLine) -> Voucher:
    back = line.kind in _BACK and not (line.reverses and line.reverses.kind == SubsidyLineKind.RECOVERED)
    words = f"{line.subsidy} {line.get_kind_display()} {line.payee or line.subsidy.payee}"
    amount = -line.amount if back else line.amount
    address, reverses = to("finance_policy:subsidy", line.subsidy_id), line.kind == SubsidyLineKind.REVERSED
    return Voucher(line.pk, line.on, words, amount, line.proof, address, reverses=reverses)


def months() -> list[MonthList]:
    return by_month(vouchers(), SubsidyCheck.objects.all())


def resting_on_rate(rate: SubsidyRate) -> Sequence[Subsidy]:
    return list(rate.subsidies.filter(state="released").order_by("number"))
