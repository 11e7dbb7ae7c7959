"""What a figure of a scheme may be, and the sums that printed totals impose (13号三（一）表、三（二）表)."""

import re
from collections.abc import Iterable, Mapping
from decimal import Decimal
from fractions import Fraction

from evaluation.enums import FigureKind, FigureStatus, FullMarkRule, OwnMarkRule, Scope
from miyun_kpi.lib.decimals import narrow, plain, read_decimal
from miyun_kpi.lib.errors import Refused

# How firmly a figure stands, the weakest first; confirmed by two persons it has been settled, but was not printed.
_WEAKEST_FIRST = (
    FigureStatus.UNREADABLE,
    FigureStatus.ASSUMED,
    FigureStatus.DERIVED,
    "confirmed",
    FigureStatus.PRINTED,
)
_SHARE = re.compile(r"(?a:(\d{1,4})(?:/(\d{1,4}))?)")


def draft_key(kind: str, indicator_id: int, rest: str = "") -> str:
    """Key of an indicator's figure while it is a draft: by the indicator itself, for its number still moves."""
    return f"{kind}/~{indicator_id}/{rest}".rstrip("/")


def weakest(standings: Iterable[str]) -> str:
    """What rests on several figures stands as firmly as the weakest of them."""
    return str(min(standings, key=_WEAKEST_FIRST.index))


def read_share(text: str) -> Fraction:
    """A share as people write it: `1`, `3/7`."""
    match = _SHARE.fullmatch(narrow(text).replace("／", "/").replace(" ", ""))
    if not match or int(match[2] or 1) == 0:
        raise Refused("bad-share", f"“{text.strip()[:20]}”不是份额，没有保存。请写分数，例如 1/2、3/7，独家写 1。")
    share = Fraction(int(match[1]), int(match[2] or 1))
    if not 0 < share <= 1:
        raise Refused("bad-share", f"份额 {text.strip()} 不在 0 与 1 之间，没有保存。一项各家份额之和须为 1。")
    return share


def split_share(value: str) -> tuple[str, Fraction]:
    """The value of a share figure, `organisation-code:share`."""
    code, _, share = value.rpartition(":")
    return code, read_share(share)


def normalise(kind: str, text: str) -> str:
    """The canonical form of a figure's value. Refuses what the kind cannot hold, in one sentence."""
    text = text.strip()
    if kind == FigureKind.WEIGHT:
        value = read_decimal(text, places=3, what="分值")
        if not 0 < value <= 100:
            raise Refused("bad-weight", f"分值 {plain(value)} 不在 0 与 100 之间，没有保存。")
        return plain(value)
    if kind == FigureKind.SHARE:
        code, share = split_share(text)
        return f"{code}:{share}"
    if kind == FigureKind.CARRIED:
        known = {"yes": "yes", "no": "no", "承担": "yes", "不承担": "no"}
        if text not in known:
            raise Refused("bad-carried", f"“{text[:20]}”读不成承担或不承担，没有保存。请写“承担”或“不承担”。")
        return known[text]
    choices: Mapping[str, Iterable[str]] = {
        FigureKind.SCOPE: Scope.values,
        FigureKind.FULL_MARK: FullMarkRule.values,
        FigureKind.OWN_MARK: OwnMarkRule.values,
        FigureKind.ROW_READING: ["zone"],
    }
    if text not in choices[kind]:
        raise Refused("bad-choice", f"“{text[:20]}”不是可选的取值，没有保存。请从列出的取值中选一个。")
    return text


def check_dimension_sums(
    weights: Mapping[tuple[str, str], Iterable[Decimal]], totals: Mapping[tuple[str, str], Decimal]
) -> list[str]:
    """Sentences for every (zone, dimension) whose weights do not add up to the printed total."""
    problems = []
    for key, total in totals.items():
        actual = sum(weights.get(key, ()), Decimal(0))
        if actual != total:
            zone, dimension = key
            where = f"{zone}{dimension}" if zone else dimension
            problems.append(f"{where}各项分值之和为 {plain(actual)}，印出的合计是 {plain(total)}。")
    return problems


def check_shares(shares: Mapping[int, Iterable[Fraction]]) -> list[str]:
    """Sentences for every indicator whose shares do not sum to 1."""
    return [
        f"第 {number} 项各考评部门份额之和为 {sum(parts, Fraction(0))}，须为 1。"
        for number, parts in ((n, list(p)) for n, p in shares.items())
        if sum(parts, Fraction(0)) != 1
    ]


def points_full_mark(weight: Decimal, share: Fraction) -> Decimal:
    """Full mark by points: weight × share; refused where that needs more than three decimals (engine 5)."""
    exact = Fraction(weight) * share * 1000
    if exact.denominator != 1:
        raise Refused(
            "points-not-exact",
            f"分值 {plain(weight)} × 份额 {share} 不是三位小数以内的数，不能按分值打分。请改用 100 分制或调整份额。",
        )
    return Decimal(int(exact)).scaleb(-3)


def in_scope(scope: str, *, quarter: int | None) -> bool:
    """Whether an indicator of this 考评范围 is examined in the period (engine 3); the year examines all."""
    if quarter is None:
        return True
    return scope == Scope.QUARTER or (scope == Scope.HALF_YEAR and quarter in (2, 4))
