"""第九条（三）: what was agreed as the reward of each transfer, beside the agreed fee, and what moved of both."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import QuerySet

from farmland.enums import MoneyKind
from farmland.models import Transfer
from farmland.queries.money import standing, total
from miyun_kpi.lib.decimals import half_up

ZERO = Decimal("0.00")


@dataclass(frozen=True)
class TransferLine:
    """`received`: of the agreed fee; `rewarded`: of the agreed reward; both in 元, without what was 冲正. `towns` whose lots went."""

    row: Transfer
    received: Decimal
    rewarded: Decimal
    towns: Sequence[str]

    @property
    def left(self) -> Decimal:
        """Of the agreed reward; of a transfer that was taken back nothing is to be paid any more."""
        return ZERO if self.row.reversed_at else max((self.row.reward or ZERO) - self.rewarded, ZERO)

    @property
    def per_mu(self) -> Decimal | None:
        """元/亩 that the agreed sum comes to: told, never reckoned with."""
        return None if self.row.reward is None else half_up(self.row.reward / self.row.area, 2)


def newest(found: QuerySet[Transfer]) -> QuerySet[Transfer]:
    """With what `line_of` reads, in a fixed number of queries."""
    return found.order_by("-number").prefetch_related("payments", "entries__lot__town")


def line_of(row: Transfer) -> TransferLine:
    kept = standing(row.payments.all())
    received, rewarded = total(kept, MoneyKind.IN_TRANSFER), total(kept, MoneyKind.OUT_REWARD_TRANSFER)
    return TransferLine(row, received, rewarded, sorted({one.lot.town.name for one in row.entries.all()}))
