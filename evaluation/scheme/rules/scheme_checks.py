"""What stands in the way of issuing a scheme, in words: sums, shares, evaluators, carriers (13号三（一）表、三（二）表、附件3注)."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from evaluation.scheme.rules.figures import points_full_mark
from miyun_kpi.lib.decimals import plain
from miyun_kpi.lib.errors import Refused

HUNDRED = Decimal(100)


@dataclass(frozen=True)
class CheckedShare:
    """`acts`: the body that marks in the evaluator's place today, "" while that stands itself; `successors` of one that has
    ended, None while it stands."""

    evaluator: str
    share: Fraction
    part: str = ""
    acts: str = ""
    successors: Sequence[str] | None = None


@dataclass(frozen=True)
class CheckedIndicator:
    """`weights` by zone ("" for departments), `carriers` codes of organisations of the track."""

    id: int
    number: int
    short_name: str
    dimension: str
    weights: Mapping[str, Decimal]
    shares: Sequence[CheckedShare]
    carriers: frozenset[str]


@dataclass(frozen=True)
class CheckedScheme:
    """`zones`: code and name; `totals` by (zone, dimension code); `organisations`: code, name, zone."""

    zones: Sequence[tuple[str, str]]
    dimensions: Sequence[tuple[str, str]]
    totals: Mapping[tuple[str, str], Decimal]
    indicators: Sequence[CheckedIndicator]
    organisations: Sequence[tuple[str, str, str]]
    by_points: bool


@dataclass(frozen=True)
class Problem:
    """One sentence and the place where it is mended: weights, carriers, or an indicator (`indicator` is its id)."""

    code: str
    sentence: str
    place: str
    indicator: int | None = None


def scheme_problems(scheme: CheckedScheme) -> list[Problem]:
    """Everything at once, in the order of the pages that mend it."""
    return [
        *_numbers(scheme),
        *_totals(scheme),
        *_weights(scheme),
        *_evaluators(scheme),
        *_full_marks(scheme),
        *_carriers(scheme),
    ]


def _numbers(scheme: CheckedScheme) -> list[Problem]:
    found = []
    for what, counted in (
        ("序号 {}", Counter(str(i.number) for i in scheme.indicators)),
        ("简称“{}”", Counter(i.short_name for i in scheme.indicators)),
    ):
        found += [
            Problem("doubled", f"{what.format(value)}有 {times} 项指标在用，须各不相同。", "indicators")
            for value, times in counted.items()
            if times > 1
        ]
    return found


def _totals(scheme: CheckedScheme) -> list[Problem]:
    found = []
    for zone, name in scheme.zones:
        total = sum((scheme.totals.get((zone, code), Decimal(0)) for code, _ in scheme.dimensions), Decimal(0))
        if total != HUNDRED:
            where = f"{name}各维度" if name else "各维度"
            found.append(Problem("total-not-100", f"{where}合计之和为 {plain(total)}，须为 100。", "weights"))
    return found


def _weights(scheme: CheckedScheme) -> list[Problem]:
    found = []
    for code, dimension in scheme.dimensions:
        own = [i for i in scheme.indicators if i.dimension == code]
        if not own:
            found.append(Problem("empty-dimension", f"“{dimension}”下面没有指标，请添指标或删去这个维度。", "weights"))
            continue
        for zone, name in scheme.zones:
            actual = sum((i.weights.get(zone, Decimal(0)) for i in own), Decimal(0))
            total = scheme.totals.get((zone, code), Decimal(0))
            if actual != total:
                difference = plain(abs(actual - total))
                more = "多" if actual > total else "少"
                found.append(
                    Problem(
                        "sum-differs",
                        f"{name}{dimension}各项分值之和为 {plain(actual)}，维度合计是 {plain(total)}，{more} {difference}。",
                        "weights",
                    )
                )
    return found


def _evaluators(scheme: CheckedScheme) -> list[Problem]:
    found = []
    for one in scheme.indicators:
        where = f"第 {one.number} 项“{one.short_name}”"
        if not one.shares:
            found.append(Problem("no-evaluator", f"{where}没有考评部门。", "indicator", one.id))
            continue
        total = sum((s.share for s in one.shares), Fraction(0))
        if total != 1:
            found.append(Problem("shares-not-1", f"{where}各考评部门份额之和为 {total}，须为 1。", "indicator", one.id))
        found += [Problem("evaluator-twice", f"{where}{said}", "indicator", one.id) for said in _twice(one.shares)]
        ended = {s.evaluator: s.successors for s in one.shares if s.successors is not None}
        for evaluator, successors in ended.items():
            took = f"由{'、'.join(successors)}承接" if successors else "没有承接的单位"
            sentence = f"{where}的考评部门{evaluator}已撤并（{took}），没有人能以它的名义打分。请改选考评部门。"
            found.append(Problem("evaluator-ended", sentence, "indicator", one.id))
    return found


def _twice(shares: Sequence[CheckedShare]) -> list[str]:
    """By the body that marks today: two that have become one would mark the same part twice."""
    names: dict[tuple[str, str], list[str]] = {}
    for s in shares:
        names.setdefault((s.acts or s.evaluator, s.part), []).append(s.evaluator)
    found = []
    for (body, _), held in names.items():
        if len(held) < 2:
            continue
        both = list(dict.fromkeys(held))
        if len(both) > 1:
            found.append(f"的考评部门{'、'.join(both)}现在是同一家（{body}），一家只能占一份。")
        else:
            found.append(f"里{both[0]}出现了 {len(held)} 次，一家只能占一份。")
    return found


def _full_marks(scheme: CheckedScheme) -> list[Problem]:
    """By points the full mark is weight × share and takes at most three decimals (engine 5)."""
    if not scheme.by_points:
        return []
    found = []
    for one in scheme.indicators:
        for zone, name in scheme.zones:
            weight = one.weights.get(zone)
            for share in one.shares:
                try:
                    points_full_mark(weight or Decimal(0), share.share)
                except Refused:
                    sentence = (
                        f"第 {one.number} 项“{one.short_name}”{name}分值 {plain(weight or Decimal(0))} × "
                        f"{share.evaluator}的份额 {share.share} 超过三位小数，不能按分值打分。"
                    )
                    found.append(Problem("points-not-exact", sentence, "indicator", one.id))
    return found


def _carriers(scheme: CheckedScheme) -> list[Problem]:
    """Somebody must carry an item, or there is no average for the others (附件3注、附件5注)."""
    found = [
        Problem("no-carrier", f"第 {i.number} 项“{i.short_name}”没有一家承担，取不出平均分。", "carriers", i.id)
        for i in scheme.indicators
        if not i.carriers
    ]
    carrying = {code for i in scheme.indicators for code in i.carriers}
    found += [
        Problem("carries-nothing", f"{name}一项也不承担，得分全部取平均分。", "carriers")
        for code, name, _ in scheme.organisations
        if code not in carrying
    ]
    return found
