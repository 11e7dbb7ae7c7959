"""What a mark may be (engine 5, "Arithmetic"): at most three decimals, 0 ≤ mark ≤ full, never rounded."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from miyun_kpi.lib.decimals import plain, read_decimal
from miyun_kpi.lib.errors import Refused

DECIMALS = 3


def read_mark(text: str, *, full_mark: Decimal) -> Decimal:
    """Read a typed mark. Full-width digits are normalised; everything else that is no plain number is refused."""
    value = read_decimal(text, places=DECIMALS, what="得分")
    if value > full_mark:
        raise Refused(
            "over-full", f"{plain(value)} 超过本表满分 {plain(full_mark)}，没有保存。请改为 0 至 {plain(full_mark)}。"
        )
    return value


@dataclass(frozen=True)
class Deduction:
    """One line of 扣分明细: a rule line of the evaluator's 考评细则, points and the reason.

    `sets`: the imported months that the declared method of the line computed it from; empty where a person deducts.
    """

    line_id: int
    points: Decimal
    reason: str
    sets: tuple[int, ...] = ()


def mark_after_deductions(full_mark: Decimal, deductions: Sequence[Deduction]) -> Decimal:
    """full mark − Σ deductions (engine 5). Refuses a line without reason, and a sum above the full mark."""
    for deduction in deductions:
        if not deduction.reason.strip():
            raise Refused("reason-missing", "每条扣分都要写理由，没有保存。请补上理由。")
        if deduction.points <= 0 and not deduction.sets:
            raise Refused("bad-points", "每条扣分须大于 0，没有保存。不扣分的请删去这一条。")
    lost = sum((deduction.points for deduction in deductions), Decimal(0))
    if lost > full_mark:
        raise Refused("over-full", f"扣分合计 {plain(lost)} 超过满分 {plain(full_mark)}，没有保存。请核对各条扣分。")
    return full_mark - lost


def looks_like_points(values: Sequence[Decimal], *, weights: Sequence[Decimal], full_mark: Decimal) -> bool:
    """A column whose values all lie at or under the weights although the sheet is out of more: 疑似按分值打分."""
    pairs = list(zip(values, weights, strict=True))
    return len(pairs) >= 3 and all(value <= weight < full_mark for value, weight in pairs) and any(values)
