"""第七、八条: what a project pays. Pure. A figure that the gazette does not print comes from a dated table or not at all."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from farmland.enums import FeeKind, Investor, RateKind
from farmland.rules.limits import LARGEST_MONEY
from miyun_kpi.lib.decimals import half_up
from miyun_kpi.lib.errors import Refused

# 第十六条: two years from 2020-04-21; the last day counts (推定): the corresponding day, as 民法总则 201、202 end a term of years.
FIRST_DAY, LAST_DAY = date(2020, 4, 21), date(2022, 4, 21)
ZERO = Decimal("0.00")


@dataclass(frozen=True)
class Nature:
    """The four facts of a project."""

    investor: str
    commercial: bool
    district_pays: bool
    public: bool


@dataclass(frozen=True)
class Coordination:
    """第十四条, as 区规自分局 and 区财政局 wrote it down. `compensation` None: they did not decide on the fee."""

    number: str = ""
    compensation: bool | None = None


@dataclass(frozen=True)
class Span:
    """Days in which fee rules are in force, both inclusive."""

    first: date
    last: date
    basis: str


@dataclass(frozen=True)
class DatedRate:
    kind: str
    value: Decimal
    first: date
    last: date | None
    basis: str


Rates = Mapping[str, DatedRate]


def rates_on(rates: Sequence[DatedRate], day: date) -> Rates:
    """The entry of each table for the day; of several the one that starts last."""
    held = [one for one in rates if one.first <= day and (one.last is None or day <= one.last)]
    return {one.kind: one for one in sorted(held, key=lambda one: one.first)}


def span_on(spans: Sequence[Span], day: date) -> Span | None:
    return next((one for one in spans if one.first <= day <= one.last), None)


def not_yet(day: date) -> str:
    return f"{day} 本办法还没有施行（自 {FIRST_DAY} 施行），没有计算。请核对日期。"


def require_span(spans: Sequence[Span], day: date) -> Span:
    """第十六条: outside the days of a rule nothing is charged or paid on."""
    found = span_on(spans, day)
    if found is None and day < FIRST_DAY:
        raise Refused("no-rule", not_yet(day), "21·第十六条")
    if found is None:
        raise Refused(
            "no-rule",
            f"{day} 没有适用的费用规则：试行期至 {LAST_DAY}（含当日，推定），届满后相关费用制度终止，没有计算。"
            "请在“规则期限表”录入后续办法的起止日期和文号。",
            "21·第十六条",
        )
    return found


def require_rate(rates: Rates, kind: str, day: date) -> DatedRate:
    found = rates.get(kind)
    if found is None:
        table = RateKind(kind).label
        raise Refused(
            "no-rate", f"没有 {day} 适用的单价，没有计算。请在“{table}”录入起用日期、单价和依据。", "21·第八条（一）"
        )
    return found


@dataclass(frozen=True)
class Duty:
    """Whether a fee is due; `due` None: the text does not say."""

    kind: str
    due: bool | None
    reason: str
    clause: str


def compensation_duty(nature: Nature, coordination: Coordination) -> Duty:
    """第八条（一）. 区政府承担 comes first: “凡是由区政府承担…的项目，免交”."""
    kind = FeeKind.COMPENSATION
    if nature.district_pays:
        return Duty(kind, False, "由区政府承担耕地占补平衡费用，免交", "21·第八条（一）")
    if nature.investor in (Investor.NATIONAL, Investor.CITY):
        return Duty(kind, True, f"{Investor(nature.investor).label}项目", "21·第八条（一）")
    if nature.commercial:
        return Duty(kind, True, "经营性项目", "21·第八条（一）")
    if coordination.number.strip() and coordination.compensation is not None:
        said = "应缴" if coordination.compensation else "不缴"
        return Duty(kind, coordination.compensation, f"协调意见 {coordination.number}：{said}", "21·第十四条")
    return Duty(kind, None, "不是国家、市级投资，不是经营性，费用也不由区政府承担，办法没有写明", "21·第十四条")


def reclamation_duty() -> Duty:
    """第七条: every use is paid for, and the first part is 开垦费; 第八条（四）: paid as its own rules say."""
    return Duty(FeeKind.RECLAMATION, True, "所有指标均有偿使用", "21·第七条")


@dataclass(frozen=True)
class FeeLine:
    """`problem`: why there is no amount."""

    duty: Duty
    area: Decimal
    rate: Decimal | None
    amount: Decimal | None
    reason: str
    problem: Refused | None = None

    @property
    def words(self) -> str:
        return str(FeeKind(self.duty.kind).label)


def fee_lines(
    nature: Nature,
    coordination: Coordination,
    area: Decimal,
    day: date,
    rates: Sequence[DatedRate],
    spans: Sequence[Span],
) -> list[FeeLine]:
    """Both parts of 第七条, each with its sum or with what is lacking."""
    held = rates_on(rates, day)
    return [
        _line(duty, area, day, held, spans) for duty in (reclamation_duty(), compensation_duty(nature, coordination))
    ]


def _line(duty: Duty, area: Decimal, day: date, held: Rates, spans: Sequence[Span]) -> FeeLine:
    if duty.due is False:
        return FeeLine(duty, area, None, ZERO, duty.reason)
    try:
        require_span(spans, day)
        if duty.due is None:
            raise Refused(
                "not-settled",
                f"这个项目要不要缴耕地保护补偿费，办法没有写明（{duty.reason}），没有计算。"
                "请由区规自分局、区财政局协调（第十四条），登记协调意见后再算。",
                "21·第十四条",
            )
        rate = require_rate(held, duty.kind, day)
    except Refused as refusal:
        return FeeLine(duty, area, None, None, duty.reason, refusal)
    amount = half_up(area * rate.value, 2)
    if amount > LARGEST_MONEY:
        big = Refused("too-much", f"费用超过 {LARGEST_MONEY:,.2f} 元，没有计算。请核对面积和单价。", "21·第八条（一）")
        return FeeLine(duty, area, rate.value, None, duty.reason, big)
    return FeeLine(
        duty, area, rate.value, amount, f"{duty.reason}：{area:.4f} 亩 × {rate.value:,.2f} 元/亩（{rate.basis}）"
    )


def require_computed(lines: Sequence[FeeLine]) -> None:
    for line in lines:
        if line.problem is not None:
            raise line.problem


def waived_amount(amount: Decimal, waived: Decimal, approval_number: str) -> Decimal:
    """第八条（二）: the compensation fee may be reduced or waived with 区政府's approval; returns what is left."""
    if not approval_number.strip():
        raise Refused(
            "no-approval", "没有区政府批准文号，没有减免。减免须经区政府批准，请填批准文号和日期。", "21·第八条（二）"
        )
    if not ZERO < waived <= amount:
        raise Refused(
            "bad-waiver", f"减免须大于 0、不超过应缴 {amount:,.2f} 元，没有保存。请改减免金额。", "21·第八条（二）"
        )
    return amount - waived


def require_force_majeure(found: bool) -> None:
    """第八条（三）: 无偿收回 gives nothing back; 不可抗力 is excepted, and found by who takes the quota back."""
    if not found:
        raise Refused(
            "not-force-majeure",
            "这件登记的是无偿收回，已缴费用不退，没有保存。经协调属于不可抗力的，请区规自分局先改认定。",
            "21·第八条（三）",
        )


def require_returnable(what: str, amount: Decimal, charged: Decimal) -> None:
    """Of 不可抗力 no more goes back than was charged (第十四条, 推定)."""
    if amount < 0:
        raise Refused("bad-money", f"退还{what}不能小于 0，没有保存。不退的填 0。", "21·第十四条")
    if amount > charged:
        raise Refused(
            "too-much",
            f"{what}应缴 {charged:,.2f} 元，退还 {amount:,.2f} 元超过了它，没有保存。请核对金额。",
            "21·第十四条",
        )


def require_tickets(due: Sequence[tuple[str, Decimal, Decimal]]) -> None:
    """第八条（四）: fees are paid and their tickets handed in before 征地 or 农转用. `due`: (fee, due, paid with tickets)."""
    for name, owed, paid in due:
        if paid < owed:
            raise Refused(
                "no-ticket",
                f"{name}应缴 {owed:,.2f} 元，已登记票据 {paid:,.2f} 元，还差 {owed - paid:,.2f} 元，没有核销。请先由区财政局登记缴费票据。",
                "21·第八条（四）",
            )
