"""Checks before filing (13号 五（三）; the thresholds are 推定, settings of the scheme): what stands out in a column.

Hard checks refuse; soft ones are told and ask for one reason. They judge nothing: a column may be as it is. The text asks
to 客观评价 and for 问题和改进建议 and prints no number: none has a printed basis, but 3.5 is Iglewicz and Hoaglin's own cut.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from miyun_kpi.lib.decimals import half_up, plain

# Fewer marks than this say nothing about spread or outliers.
FEWEST = 5
# Iglewicz and Hoaglin: 0.6745 × distance from the median ÷ MAD; where the MAD is 0, distance ÷ (1.253314 × mean distance).
NORMAL, NORMAL_MEAN = Fraction(6745, 10000), Fraction(1253314, 1000000)


@dataclass(frozen=True)
class Settings:
    """In hundredths of the full mark, but for the z; `reasons`: whether every mark below full says why."""

    problems_below: int = 80
    least_spread: Decimal = Decimal(1)
    far_change: Decimal = Decimal(6)
    outlier_z: Decimal = Decimal("3.5")
    missing_report: int = 90
    reasons: bool = True


@dataclass(frozen=True)
class Marked:
    """One mark as a rate of its full mark in hundredths; `before` that of the last period.

    `missing_months`: how many monthly reports of the period the unit has let pass. `deductions`: lines of 扣分明细.
    """

    code: str
    name: str
    rate: Fraction
    before: Fraction | None = None
    problems: str = ""
    suggestions: str = ""
    missing_months: int = 0
    deductions: int = 0


@dataclass(frozen=True)
class Finding:
    """`code` names the check; `about` the organisations it is about, none where it is about the whole column."""

    code: str
    sentence: str
    about: tuple[str, ...] = ()


def lacking_texts(marked: Sequence[Marked], settings: Settings) -> list[Finding]:
    """Hard: a mark under the threshold says what the problem is and what is suggested (五（三）)."""
    found = []
    for one in marked:
        if one.rate >= settings.problems_below:
            continue
        lacks = [what for what, text in (("存在问题", one.problems), ("改进建议", one.suggestions)) if not text.strip()]
        if lacks:
            sentence = f"{one.name}低于满分的 {settings.problems_below}%，须写{'和'.join(lacks)}。"
            found.append(Finding("texts-missing", sentence, (one.code,)))
    return found


def lacking_reasons(marked: Sequence[Marked], settings: Settings) -> list[Finding]:
    """Hard: a mark below full has a 扣分明细 line or a sentence, for the unit's paper says why it lost what it lost.

    Under the threshold of `lacking_texts` that check asks for more.
    """
    if not settings.reasons:
        return []
    return [
        Finding("reason-missing", f"{one.name}低于满分，须有扣分明细，或写一句扣分原因。", (one.code,))
        for one in marked
        if settings.problems_below <= one.rate < 100 and not one.deductions and not one.problems.strip()
    ]


def lacking_differences(unlike: Sequence[tuple[str, str, str]]) -> list[Finding]:
    """Hard: (code, name, in what) of each mark that does not agree with the record and is not explained (0118)."""
    said: dict[str, tuple[str, list[str]]] = {}
    for code, name, words in unlike:
        said.setdefault(code, (name, []))[1].append(words)
    return [
        Finding("difference-missing", f"{name}与本期记录不符（{'；'.join(words)}），须写差异说明。", (code,))
        for code, (name, words) in said.items()
    ]


def soft_findings(marked: Sequence[Marked], settings: Settings) -> list[Finding]:
    found = [*_all_full(marked), *_narrow(marked, settings), *_jumps(marked, settings)]
    return [*found, *_outliers(marked, settings), *_unreported(marked, settings)]


def _all_full(marked: Sequence[Marked]) -> list[Finding]:
    if len(marked) < 2 or any(one.rate != 100 for one in marked):
        return []
    return [Finding("all-full", f"{len(marked)} 家全部是满分。")]


def _narrow(marked: Sequence[Marked], settings: Settings) -> list[Finding]:
    if len(marked) < FEWEST or all(one.rate == 100 for one in marked):
        return []
    rates = [one.rate for one in marked]
    spread = max(rates) - min(rates)
    if spread >= Fraction(settings.least_spread):
        return []
    return [
        Finding(
            "narrow-spread",
            f"{len(marked)} 家最高与最低只差 {_short(spread)} 分（少于 {plain(settings.least_spread)} 分）。",
        )
    ]


def _jumps(marked: Sequence[Marked], settings: Settings) -> list[Finding]:
    far = [
        (one, one.rate - one.before)
        for one in marked
        if one.before is not None and abs(one.rate - one.before) >= Fraction(settings.far_change)
    ]
    if not far:
        return []
    words = "、".join(f"{one.name} {'+' if change > 0 else '−'}{_short(abs(change))}" for one, change in far[:6])
    more = f" 等 {len(far)} 家" if len(far) > 6 else ""
    sentence = f"较上期变动达到 {plain(settings.far_change)} 分的：{words}{more}。"
    return [Finding("jump", sentence, tuple(one.code for one, _ in far))]


def _outliers(marked: Sequence[Marked], settings: Settings) -> list[Finding]:
    scores = modified_z([one.rate for one in marked])
    odd = [one for one, z in zip(marked, scores, strict=True) if abs(z) > Fraction(settings.outlier_z)]
    if not odd:
        return []
    words = "、".join(f"{one.name} {_short(one.rate)}" for one in odd[:6]) + (
        f"等 {len(odd)} 家" if len(odd) > 6 else ""
    )
    sentence = f"离其他单位很远的（修正 z 值超过 {plain(settings.outlier_z)}）：{words}。"
    return [Finding("outlier", sentence, tuple(one.code for one in odd))]


def _unreported(marked: Sequence[Marked], settings: Settings) -> list[Finding]:
    high = [one for one in marked if one.missing_months and one.rate >= settings.missing_report]
    if not high:
        return []
    words = "、".join(f"{one.name}（缺 {one.missing_months} 次）" for one in high[:6])
    more = f"等 {len(high)} 家" if len(high) > 6 else ""
    sentence = f"本期缺月报而得分在满分 {settings.missing_report}% 以上的：{words}{more}。"
    return [Finding("high-without-report", sentence, tuple(one.code for one in high))]


def own_rule_findings(moved: Sequence[tuple[str, str]], withdrawn: Sequence[tuple[str, str]]) -> list[Finding]:
    """Soft: what was accepted stands on data or on a 细则 line that no longer holds. Both: (code, name) of the units."""
    found = []
    for code, words, units in (
        ("data-moved", "数据已更新，未重算的", moved),
        ("line-withdrawn", "扣分所据的细则条目已撤回的", withdrawn),
    ):
        if units:
            names = "、".join(name for _, name in units[:6]) + (f"等 {len(units)} 家" if len(units) > 6 else "")
            found.append(Finding(code, f"{words}：{names}。", tuple(one for one, _ in units)))
    return found


def modified_z(values: Sequence[Fraction]) -> list[Fraction]:
    """Exact; all zero for fewer than FEWEST values or where no value differs."""
    if len(values) < FEWEST:
        return [Fraction(0)] * len(values)
    middle = _median(values)
    distances = [abs(value - middle) for value in values]
    scale = _median(distances) / NORMAL or NORMAL_MEAN * sum(distances, Fraction(0)) / len(values)
    return [(value - middle) / scale if scale else Fraction(0) for value in values]


def _median(values: Sequence[Fraction]) -> Fraction:
    ordered, half = sorted(values), len(values) // 2
    return ordered[half] if len(ordered) % 2 else (ordered[half - 1] + ordered[half]) / 2


def _short(value: Fraction) -> str:
    return plain(half_up(value, 2))
