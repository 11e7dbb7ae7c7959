"""What a change of the dated tables does to what was computed by them: fees that were assessed, rewards that were fixed.

Nothing is written here: a 勘正, and a row that is entered anew, shows it to both persons, and then does exactly this.
"""

from collections.abc import Callable, Sequence
from copy import copy
from dataclasses import dataclass
from decimal import Decimal

from farmland.enums import MoneyKind, RateKind, RewardPart, State
from farmland.models import Entry, Fee, Money
from farmland.queries import rewards
from farmland.queries.money import over_of, paid_of, standing
from farmland.rules.fees import FeeLine, fee_lines
from farmland.rules.rewards import reward_of
from farmland.rules.tables import Tables

ZERO = Decimal("0.00")
LIVE = (State.RESERVED, State.POSTED, State.RECLAIMED)
MOST = 100


@dataclass(frozen=True)
class FeeEffect:
    """`after`: the fee as it will stand, not stored yet; `known`: whether the tables had a figure for it before."""

    fee: Fee
    after: Fee
    known: bool

    @property
    def words(self) -> str:
        one, other = self.fee, self.after
        said = f"{one.application.name}{one.get_kind_display()}（{one.assessed_on} 核费）：{one.owed:,.2f} 元"
        said += " → 待重新核费" if other.void else f" → {other.owed:,.2f} 元"
        paid = paid_of(one)
        if not paid:
            return said
        over, short = over_of(other), max(other.owed - paid, ZERO)
        rest = f"，待退 {over:,.2f} 元" if over else f"，待补缴 {short:,.2f} 元" if short else "，不补不退"
        return f"{said}，已缴 {paid:,.2f} 元{rest}"


@dataclass(frozen=True)
class RewardEffect:
    """`before`, `after`: what is due by the tables; None where a rate is lacking."""

    entry: Entry
    part: str
    before: Decimal | None
    after: Decimal | None
    kept: Decimal
    lacking: Sequence[str] = ()

    @property
    def words(self) -> str:
        lot, name = self.entry.lot, self.entry.application.name if self.entry.application else ""
        old, new = self.before or ZERO, self.after or ZERO
        said = f"{name}用{lot.town.name}{lot.name}，奖励{RewardPart(self.part).label}：{old:,.2f} → {new:,.2f} 元"
        if self.after is None:
            # Both parts are fixed together (第九条), so that one price that is lacking leaves both unfixed.
            said += f"（{self.entry.done_on} 没有{'、'.join(self.lacking)}的单价，两项奖励都不能计）"
        if not self.kept:
            return said
        rest = f"，待追回 {self.kept - new:,.2f} 元" if self.kept > new else f"，待补 {new - self.kept:,.2f} 元"
        return f"{said}，已付 {self.kept:,.2f} 元{rest if self.kept != new else '，不补不追'}"


@dataclass(frozen=True)
class Effects:
    fees: Sequence[FeeEffect]
    rewards: Sequence[RewardEffect]

    @property
    def known(self) -> int:
        """How many of them had been computed: what a new row may not move, and a 勘正 settles by difference."""
        return sum(one.known for one in self.fees) + sum(one.before is not None for one in self.rewards)

    @property
    def number(self) -> int:
        """How many are computed anew, or for the first time."""
        return len(self.fees) + len(self.rewards)

    @property
    def words(self) -> list[str]:
        said = [*(one.words for one in self.fees), *(one.words for one in self.rewards)]
        rest = len(said) - MOST
        return [*said[:MOST], *([f"另有 {rest} 项同样重算。"] if rest > 0 else [])]


def effects_of(before: Tables, after: Tables) -> Effects:
    fees = _fees(before, after)
    return Effects(fees, _rewards(before, after, {one.after.pk: one.after for one in fees}))


def _fees(before: Tables, after: Tables) -> list[FeeEffect]:
    found = Fee.objects.filter(application__state__in=LIVE).select_related("application").prefetch_related("payments")
    touched = []
    for fee in found.order_by("application__number", "id"):
        one, other = _line(fee, before), _line(fee, after)
        known = one.problem is None
        if (one.amount, one.rate, known) != (other.amount, other.rate, other.problem is None):
            touched.append(FeeEffect(fee, _assessed(fee, other), known))
    return touched


def _line(fee: Fee, tables: Tables) -> FeeLine:
    row = fee.application
    lines = fee_lines(row.nature, row.decided, fee.area, fee.assessed_on, tables.rates, tables.spans)
    return next(line for line in lines if line.duty.kind == fee.kind)


def _assessed(fee: Fee, line: FeeLine) -> Fee:
    """Without a price or a rule for its day nothing is charged, until it is assessed anew."""
    after = copy(fee)
    after.void = line.problem is not None
    after.rate, after.amount = (None, ZERO) if line.problem else (line.rate, line.amount or ZERO)
    after.waived = min(fee.approved, after.amount)
    said = line.problem.message if line.problem else line.reason
    after.reason = f"{said:.300}"
    return after


def _rewards(before: Tables, after: Tables, fees: dict[int, Fee]) -> list[RewardEffect]:
    rows = [row for row in rewards.uses() if row.application_id]
    alive = rewards.standing(rows)
    rows = [row for row in rows if row.pk in alive]
    paid = rewards.compensation_fees(row.application_id for row in rows if row.application_id)
    held = rewards.held(rows)
    touched = []
    for row in rows:
        fee = paid.get(row.application_id or 0)
        one = reward_of(rewards.use_of(row, fee), before.rates, before.choices_on(row.done_on)).parts
        then = fees.get(fee.pk, fee) if fee else None
        other = reward_of(rewards.use_of(row, then), after.rates, after.choices_on(row.done_on)).parts
        for part in RewardPart.values:
            was, will = one[part] if one else None, other[part] if other else None
            if (was and (was.rate, was.whole, was.amount)) != (will and (will.rate, will.whole, will.amount)):
                kept = held[row.pk, part].kept
                lacking = () if other else _lacking(after, row)
                touched.append(
                    RewardEffect(row, part, was.amount if was else None, will.amount if will else None, kept, lacking)
                )
    return touched


def _lacking(after: Tables, row: Entry) -> list[str]:
    """The tables without a price for the day of the 核销."""
    held = after.rates_on(row.done_on)
    return [str(kind.label) for kind in (RateKind.REWARD_FIRST, RateKind.REWARD_SECOND) if kind not in held]


def beside(touches: Callable[[Money], bool]) -> list[str]:
    """管护费 that was paid by a price: nothing of it is moved, it is named so that the offices settle it."""
    rows = Money.objects.filter(kind=MoneyKind.OUT_MAINTENANCE).select_related("lot")
    return [
        f"第 {row.number} 笔{row.get_kind_display()} {row.amount:,.2f} 元按它办理，不自动改，请两局核对后用冲正和重新核定处理。"
        for row in standing(rows)
        if touches(row)
    ]
