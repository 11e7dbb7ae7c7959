"""第九、十条: what 区政府 pays towns and 区管国企. Pure.

第九条（一） and （二） are read as adding up (推定, a setting); the other reading, in which the 10万 stand instead of the 5万, is
always worked out beside it. Adding up, because （一） pays for area that comes to be and （二） for its use: two events, two
sums, and neither is said to stand for the other.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from farmland.enums import Builder, Choice, Investor, RateKind, RewardPart
from farmland.rules.fees import FIRST_DAY, DatedRate, Nature, not_yet, rates_on
from miyun_kpi.lib.decimals import half_up
from miyun_kpi.lib.errors import Refused

ZERO = Decimal("0.00")
WAITING = "待使用：指标经建设项目使用或有偿转让后才奖补"


@dataclass(frozen=True)
class Use:
    """Area of one lot used by one project, or transferred to another district (`nature` None).

    `compensation`: how far the fee is: "paid", "owed", "exempt", "waived" (in full) or "none".
    """

    lot: int
    lot_name: str
    town: str
    builder: str
    accepted_on: date
    area: Decimal
    on: date
    what: str
    nature: Nature | None = None
    compensation: str = "none"
    application: int = 0


@dataclass(frozen=True)
class RewardLine:
    """`first` and `second`: sums of （一） and （二）; `applied` is what the setting gives, `other` the other reading.

    `rates`: of both parts, where the day has them; `adds_up`: the reading that `applied` follows.
    """

    use: Use
    first: Decimal
    second: Decimal
    applied: Decimal
    other: Decimal
    reason: str
    problem: str = ""
    rates: tuple[Decimal | None, Decimal | None] = (None, None)
    adds_up: bool = True

    @property
    def parts(self) -> "dict[str, Part] | None":
        """What is fixed when it falls due; None where a rate is lacking: then nothing is fixed yet."""
        if self.problem:
            return None
        first = self.applied - self.second
        return {
            RewardPart.FIRST: Part(self.rates[0], self.first, first, self.reason, self.adds_up),
            RewardPart.SECOND: Part(self.rates[1], self.second, self.second, self.reason, self.adds_up),
        }


@dataclass(frozen=True)
class Part:
    """`whole`: by the rate alone; `amount`: what the reading of “两项累计” leaves of it."""

    rate: Decimal | None
    whole: Decimal
    amount: Decimal
    reason: str
    adds_up: bool


def qualifies_second(nature: Nature | None) -> bool:
    """第九条（二）: “由国家、市级投资及其他社会投资经营性项目使用”."""
    if nature is None:
        return False
    return nature.investor in (Investor.NATIONAL, Investor.CITY) or (
        nature.investor == Investor.SOCIAL and nature.commercial
    )


def reward_of(use: Use, rates: Sequence[DatedRate], choices: Mapping[str, bool]) -> RewardLine:
    """第九条. A transfer has its reward agreed by itself （三）; a rate that is lacking for the day is named."""
    if use.nature is None:
        return RewardLine(use, ZERO, ZERO, ZERO, ZERO, "转让外区：奖励由区政府单独议定（第九条（三））")
    if use.builder == Builder.SOE and not choices[Choice.SOE_LOTS_REWARDED]:
        return RewardLine(use, ZERO, ZERO, ZERO, ZERO, "国企实施的批次不给属地镇奖励（设置，推定）")
    if use.accepted_on < FIRST_DAY and not choices[Choice.OLD_LOTS_REWARDED]:
        return RewardLine(use, ZERO, ZERO, ZERO, ZERO, f"{FIRST_DAY} 以前验收的批次不给奖励（设置，推定）")
    held = rates_on(rates, use.on)
    missing = [RateKind(kind).label for kind in (RateKind.REWARD_FIRST, RateKind.REWARD_SECOND) if kind not in held]
    if missing:
        problem = (
            not_yet(use.on)
            if use.on < FIRST_DAY
            else f"没有 {use.on} 适用的单价，不能计算。请在“{'、'.join(missing)}”录入。"
        )
        return RewardLine(use, ZERO, ZERO, ZERO, ZERO, "", problem)
    first = half_up(use.area * held[RateKind.REWARD_FIRST].value, 2)
    second, why = _second(use, held[RateKind.REWARD_SECOND].value, choices)
    added, instead = first + second, second or first
    adds = choices[Choice.REWARDS_ADD_UP]
    pair = (held[RateKind.REWARD_FIRST].value, held[RateKind.REWARD_SECOND].value)
    applied, other = (added, instead) if adds else (instead, added)
    return RewardLine(use, first, second, applied, other, why, rates=pair, adds_up=adds)


def _second(use: Use, rate: Decimal, choices: Mapping[str, bool]) -> tuple[Decimal, str]:
    if not qualifies_second(use.nature):
        return ZERO, "不是国家、市级投资或其他社会投资经营性项目，没有第九条（二）奖励"
    if use.compensation == "paid" or (use.compensation == "waived" and choices[Choice.SECOND_AFTER_WAIVER]):
        return half_up(use.area * rate, 2), "已缴纳耕地保护补偿费，第九条（二）成立"
    words = {
        "waived": "补偿费全额减免，没有缴纳，没有第九条（二）奖励（设置，推定）",
        "exempt": "免交补偿费，没有第九条（二）奖励",
        "owed": "补偿费还没有缴清，第九条（二）待缴费",
    }
    return ZERO, words.get(use.compensation, "没有缴纳补偿费，没有第九条（二）奖励")


def over_note(amount: Decimal) -> str:
    """第十四条: the text prints no way to take a reward back."""
    return f"多付 {amount:,.2f} 元，待追回（办法没有写明，请按第十四条协调）"


def paid_note(parts: Sequence[tuple[str, Decimal]], act: str = "收回") -> str:
    """What whoever takes quota back has to know: rewards of it that towns were paid. "" for none."""
    if not parts:
        return ""
    whole = sum((amount for _, amount in parts), ZERO)
    said = "、".join(f"{town} {amount:,.2f} 元" for town, amount in parts)
    return f"这批指标的奖励已付 {whole:,.2f} 元（{said}），{act}后为多付，待追回（办法没有写明，请按第十四条协调）。"


def require_profit(cost: Decimal, profit: Decimal, cap: Decimal) -> None:
    """第十条: cost and a profit of not more than 20 % of it; exactly 20 % is allowed."""
    if profit * 100 > cost * cap:
        most = Decimal(int(cost * cap)) / 100
        raise Refused(
            "profit-too-high",
            f"利润 {profit:,.2f} 元超过成本 {cost:,.2f} 元的 {cap.normalize():f}%，没有保存。至多 {most:,.2f} 元，请改利润。",
            "21·第十条",
        )


def maintenance_of(builder: str, mining: bool, area: Decimal, rate: Decimal) -> Decimal:
    """第十条: 3000元/亩 for lots of 区管国企 within a mining area, once (推定, a setting).

    The sentence names a sum and no year; paid yearly it would have no end, and none is printed.
    """
    return half_up(area * rate, 2) if builder == Builder.SOE and mining else ZERO
