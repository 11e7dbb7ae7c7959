"""The largest figures and the first day that can be right. Pure."""

from datetime import date
from decimal import Decimal

from miyun_kpi.lib.decimals import narrow, read_decimal
from miyun_kpi.lib.errors import Refused
from miyun_kpi.registers.rules.texts import read_measure

# A spreadsheet keeps fifteen significant digits.
LARGEST_AREA, LARGEST_MONEY = Decimal("9999999.9999"), Decimal("9999999999999.99")
LARGEST_RATE = Decimal("99999999.99")
# 推定: 占补平衡 stands in the law since the 土地管理法 in force from this day; nothing was accepted for it earlier:
# an older date is a slip of the pen, and would put the lot before all others in the order of use.
FIRST_ACCEPTANCE = date(1999, 1, 1)
LONGEST = 30
AREA_PLACES = 4


def read_exact(text: str, *, places: int, largest: Decimal, what: str) -> Decimal:
    """A typed figure, as the pages print it; one of more digits than are read is too large, not unreadable."""
    said = narrow(text)
    if set(",，元亩") & set(said):
        said = text = read_measure(text, what=what, unit="亩" if places == AREA_PLACES else "元", places=places)
    whole, _, rest = said.partition(".")
    if len(said) > LONGEST and said.isascii() and (whole + rest).isdigit() and Decimal(whole or "0") > largest:
        raise Refused("too-large", f"{what}太大，没有保存。最多 {largest:,}，请核对位数。")
    return read_decimal(text, places=places, what=what)


def require_area(area: Decimal, what: str, done: str = "没有保存") -> None:
    if area <= 0:
        raise Refused("bad-area", f"{what}须大于 0 亩，{done}。请核对面积。")
    if area > LARGEST_AREA:
        raise Refused("bad-area", f"{what}太大，{done}。最多 {LARGEST_AREA:,} 亩，请核对位数。")


def require_not_too_large(
    value: Decimal, what: str, largest: Decimal = LARGEST_MONEY, unit: str = "元", done: str = "没有保存"
) -> None:
    if value > largest:
        raise Refused("bad-money", f"{what}太大，{done}。最多 {largest:,} {unit}，请核对位数。")


def require_acceptance_day(day: date) -> None:
    if day < FIRST_ACCEPTANCE:
        raise Refused(
            "too-early",
            f"验收日期 {day} 早于 {FIRST_ACCEPTANCE}（土地管理法规定占补平衡的起始日，推定），没有保存。请核对年份。",
            "21·第五条",
        )


def require_not_below_paid(amount: Decimal, paid: Decimal, what: str, clause: str) -> None:
    """What money went out for is not taken from under it: the voucher is 冲正 first."""
    if amount < paid:
        raise Refused(
            "below-paid",
            f"{what}已付 {paid:,.2f} 元，不能改为 {amount:,.2f} 元，没有保存。请先冲正凭证。",
            clause,
        )
