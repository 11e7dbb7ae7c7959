"""From 专项考评, quarters and 加减分 to the year's total (engine 16), and why a year may stay a trial.

Results are percentages of what was examined: of a quarter the value printed in its bulletin, of 专项考评 the exact one. The base stays
an exact fraction; decided points are thousandths.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from fractions import Fraction

from miyun_kpi.lib.decimals import plain, read_decimal
from miyun_kpi.lib.errors import FieldError, Refused

CLAUSE = "四（三）4"


@dataclass(frozen=True)
class Closing:
    """What closes a period's totals. `weights` by period code, None outside the year; `own` is the period computed here.

    `results[code][unit]` is another period's percentage, None while missing. `points[unit]` are decided 加减分.
    """

    own: str
    weights: Mapping[str, Fraction] | None
    results: Mapping[str, Mapping[str, Fraction | None]]
    points: Mapping[str, Sequence[int]]

    def close(self, unit: str, percent: Fraction | None) -> tuple[Fraction | None, int]:
        """(base, thousandths of a point added): Σ weight × percentage, exact, and the decided points, never converted."""
        base = percent
        if self.weights is not None:
            base = method_total(
                (weight, percent if code == self.own else self.results.get(code, {}).get(unit))
                for code, weight in sorted(self.weights.items())
                if weight
            )
        return base, sum(self.points.get(unit, ()))


def method_total(parts: Iterable[tuple[Fraction, Fraction | None]]) -> Fraction | None:
    """Exact; None while a part that weighs something is missing."""
    total = Fraction(0)
    for weight, value in parts:
        if value is None:
            return None
        total += weight * value
    return total


def read_weights(typed: Mapping[str, str], *, year: str) -> dict[str, Decimal]:
    """Weights as typed, by period code; a blank quarter weighs 0. They sum to 1 and 专项考评 weighs something.

    Source: 13号四（三）2 asks for 专项考评; the weights themselves are printed nowhere and rest on the basis entered.
    """
    found: dict[str, Decimal] = {}
    problems = []
    for code, text in typed.items():
        if not text.strip() and code != year:
            found[code] = Decimal(0)
            continue
        try:
            found[code] = read_decimal(text, places=3, what="权重")
        except Refused as refusal:
            problems.append(FieldError(refusal.message, refusal.code, field=code))
            continue
        if found[code] > 1:
            problems.append(FieldError(f"权重 {plain(found[code])} 大于 1。", "bad-weight", field=code))
    if not problems and not found.get(year):
        problems.append(FieldError("专项考评的权重须大于 0。", "bad-weight", field=year))
    if not problems and sum(found.values()) != 1:
        problems.append(FieldError(f"权重之和为 {plain(sum(found.values(), Decimal(0)))}，须为 1。", "bad-sum"))
    if problems:
        raise Refused(
            "bad-weights", "各期权重须在 0 与 1 之间、合计为 1，没有保存。请按提示改正。", CLAUSE, errors=problems
        )
    return found


def in_time(locked_at: datetime | None, first_quarter: datetime | None) -> bool:
    """Locked before the first quarter opened: only such a method makes the year official (engine 16)."""
    return locked_at is not None and (first_quarter is None or locked_at < first_quarter)


def too_late_to_replace(locked_at: datetime | None, first_quarter: datetime | None) -> str:
    """Why a method locked in time is not replaced any more, "" while it may be (engine 26)."""
    if locked_at is None or first_quarter is None or not in_time(locked_at, first_quarter):
        return ""
    return f"年度计算办法已于 {_stamp(locked_at)} 锁定，第一个季度已于 {_stamp(first_quarter)} 开启，不能再换"


def method_problem(locked_at: datetime | None, *, waiting: bool, first_quarter: datetime | None) -> str:
    """Why the year is only a trial as far as its method goes, "" when it was locked before the first quarter opened."""
    if locked_at is None:
        # 四（三）2 asks for 专项考评 over the whole scheme and prints no weight for a quarter: the trial adds nothing of its own.
        known = "年度计算办法待第二人确认，没有锁定" if waiting else "年度计算办法没有拟定"
        return f"{known}，暂按专项考评 1、各季度 0 计（推定）"
    if first_quarter is not None and not in_time(locked_at, first_quarter):
        return f"年度计算办法 {_stamp(locked_at)} 才锁定，晚于第一个季度开启（{_stamp(first_quarter)}），只能试算"
    return ""


def _stamp(moment: datetime) -> str:
    return f"{moment.astimezone():%Y-%m-%d %H:%M}"


def tie_groups(totals: Mapping[str, int]) -> list[tuple[int, tuple[str, ...]]]:
    """Equal totals of more than one unit, the highest first: (total, codes in order)."""
    groups: dict[int, list[str]] = {}
    for code in sorted(totals):
        groups.setdefault(totals[code], []).append(code)
    return [(total, tuple(codes)) for total, codes in sorted(groups.items(), reverse=True) if len(codes) > 1]
