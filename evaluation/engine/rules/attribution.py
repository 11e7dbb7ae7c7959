"""升降归因: two frozen 得分明细 of one unit, and what the difference of their printed totals is made of (decision 0112).

Exact: everything is read from the strings of the two documents and stays a fraction, the parts add up to the difference. In this
order, each factor at the new value of those before it and the old value of those behind: which items count and with what weight;
within an item its evaluators' shares; then the rates: carried or averaged, the average used, the own marks; the year's method and
the quarters it weighs; 加减分; what rounding the two totals did.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from typing import Any

from evaluation.engine.rules.receipts import share_rate, share_text
from miyun_kpi.lib.decimals import half_up
from miyun_kpi.lib.errors import Refused

Json = Mapping[str, Any]
PLACES = 4
CLAUSE = "四（二）"
NONE = "–"
OWN = ""


class Cause(StrEnum):
    ADDED = "added"
    REMOVED = "removed"
    SCOPE = "scope"
    WEIGHT = "weight"
    SHARE = "share"
    CARRIED = "carried"
    AVERAGE = "average"
    MARK = "mark"
    METHOD = "method"
    QUARTER = "quarter"
    ADJUSTMENT = "adjustment"
    ROUNDING = "rounding"


CAUSE_WORDS = {
    Cause.ADDED: "新增的项",
    Cause.REMOVED: "删去的项",
    Cause.SCOPE: "考评范围",
    Cause.WEIGHT: "分值",
    Cause.SHARE: "份额",
    Cause.CARRIED: "承担与否",
    Cause.AVERAGE: "平均分",
    Cause.MARK: "本单位得分",
    Cause.METHOD: "年度权重",
    Cause.QUARTER: "季度得分",
    Cause.ADJUSTMENT: "加减分",
    Cause.ROUNDING: "尾差",
}


@dataclass(frozen=True)
class Part:
    """One cause with its exact effect on the total. `number` of the item, None where it is of no item."""

    cause: Cause
    subject: str
    before: str
    after: str
    effect: Fraction
    printed: Decimal
    number: int | None = None
    clause: str = ""

    @property
    def words(self) -> str:
        return CAUSE_WORDS[self.cause]


@dataclass(frozen=True)
class Attribution:
    """`parts` add up to `difference`, exactly by `effect` and as printed by `printed`; the last is 尾差 where there is one."""

    rank_before: int | None
    rank_after: int | None
    total_before: Decimal
    total_after: Decimal
    parts: tuple[Part, ...]

    @property
    def difference(self) -> Decimal:
        return self.total_after - self.total_before

    @property
    def moved(self) -> int | None:
        """> 0 is towards the top."""
        return None if self.rank_before is None or self.rank_after is None else self.rank_before - self.rank_after

    def by_cause(self) -> list[tuple[Cause, Decimal]]:
        """Printed sums in the order of causes, each there only where something of it is."""
        return [
            (cause, sum((part.printed for part in self.parts if part.cause == cause), Decimal(0)))
            for cause in Cause
            if any(part.cause == cause for part in self.parts)
        ]


@dataclass(frozen=True)
class _State:
    """A 得分明细 as the arithmetic reads it. `weights` and `values` are of what makes the base of the total: OWN is its own
    period, of which `values` has the percentage; a year's method may weigh quarters beside it, "Q2" in whatever year.
    """

    items: Mapping[int, Json]
    examined: Fraction
    weights: Mapping[str, Fraction]
    values: Mapping[str, Fraction]
    adjustments: Mapping[int, Json]
    exact: Fraction
    total: Decimal

    @property
    def base(self) -> Fraction:
        return _base(self.weights, self.values)


def attribution(before: Json, after: Json, continued: Mapping[int, int]) -> Attribution:
    """`continued`: number of an item in `after` → that of the item in `before` it continues; others are new.

    Refuses "no-total" where a mark is missing and "not-held" where a document does not give its own total.
    """
    old, new = _state(before), _state(after)
    found = sorted((part for part in _parts(old, new, continued) if part.effect), key=lambda part: -abs(part.effect))
    difference = new.total - old.total
    rest = Fraction(difference) - sum((part.effect for part in found), Fraction(0))
    printed = difference - sum((part.printed for part in found), Decimal(0))
    if rest or printed:
        exact = [f"{half_up(one.exact, 6)} 印作 {one.total}" for one in (old, new)]
        found.append(Part(Cause.ROUNDING, "合计和各部分印出时的舍入", exact[0], exact[1], rest, printed))
    return Attribution(before["rank"], after["rank"], old.total, new.total, tuple(found))


def _state(receipt: Json) -> _State:
    if receipt["total"] is None:
        sentence = f"{receipt['name']}有一次还缺得分，没有合计，不能归因。请等缺的得分报齐、重新核算后再看。"
        raise Refused("no-total", sentence, CLAUSE)
    items = {item["indicator"]["number"]: item for item in receipt["items"]}
    examined = sum((_weight(item) for item in items.values()), Fraction(0))
    got = sum((_weight(item) * _rate(item) for item in items.values()), Fraction(0))
    weights, values = {OWN: Fraction(1)}, {OWN: got * 100 / examined}
    if closing := receipt.get("closing"):
        parts = {OWN if part["period"] == receipt["period"] else part["period"][4:]: part for part in closing["parts"]}
        weights = {code: Fraction(part["weight"]) for code, part in parts.items()}
        values |= {code: Fraction(part["total"]) for code, part in parts.items() if code != OWN}
    adjustments = {one["id"]: one for one in receipt["adjustments"]}
    exact = _base(weights, values) + sum((Fraction(one["points"]) for one in adjustments.values()), Fraction(0))
    total = Decimal(receipt["total"])
    if half_up(exact, len(receipt["total"].partition(".")[2])) != total:
        sentence = f"{receipt['name']}有一次的得分明细按各项算不出所印的合计，不能归因。请告诉区政府办核对这一次。"
        raise Refused("not-held", sentence, CLAUSE)
    return _State(items, examined, weights, values, adjustments, exact, total)


def _base(weights: Mapping[str, Fraction], values: Mapping[str, Fraction]) -> Fraction:
    return sum((weight * values[code] for code, weight in weights.items()), Fraction(0))


def _weight(item: Json | None) -> Fraction:
    """What an item weighs in the total: nothing where it is not there or 本期不考."""
    return Fraction(0) if item is None or item["basis"] == "out-of-scope" else Fraction(item["weight"])


def _rate(item: Json) -> Fraction:
    return sum((Fraction(share["share"]) * _of(share) for share in item["shares"]), Fraction(0))


def _of(share: Json) -> Fraction:
    rate = share_rate(share)
    assert rate is not None
    return rate


def _part(cause: Cause, about: tuple[str, str, int | None], texts: Sequence[str], effect: Fraction) -> Part:
    """`about`: name, clause and number; `texts` before and after."""
    subject, clause, number = about
    return Part(cause, subject, texts[0], texts[1], effect, half_up(effect, PLACES), number, clause)


def _about(item: Json) -> tuple[str, str, int]:
    return item["indicator"]["name"], item["clause"], item["indicator"]["number"]


def _parts(old: _State, new: _State, continued: Mapping[int, int]) -> Iterator[Part]:
    pairs: list[tuple[Json | None, Json | None]] = [
        (old.items.get(continued.get(number, 0)), item) for number, item in new.items.items()
    ]
    kept = {id(then) for then, _ in pairs}
    pairs += [(item, None) for item in old.items.values() if id(item) not in kept]
    for then, now in pairs:
        yield from _of_weight(old, new, then, now)
    for then, now in pairs:
        if _weight(then) and _weight(now):
            assert then is not None and now is not None
            yield from _of_rate(then, now, new.weights[OWN] * _weight(now) * 100 / new.examined)
    yield from _of_method(old, new)
    yield from _of_adjustments(old, new)


def _of_weight(old: _State, new: _State, then: Json | None, now: Json | None) -> Iterator[Part]:
    """What counts, and how much: an item that gains weight lifts the whole by as much as it stands above it.

    Σ w₁r ÷ Σ w₁ − Σ w₀r ÷ Σ w₀ = Σ (w₁ − w₀)(r − p₀) ÷ Σ w₁ with p₀ the rate of the whole before, so that no item comes first. Rates
    are the old ones, of an item that did not count before its new one.
    """
    before, after = _weight(then), _weight(now)
    if before == after:
        return
    counted = then if before else now
    assert counted is not None
    shown = now or counted
    effect = new.weights[OWN] * (after - before) * (_rate(counted) * 100 - old.values[OWN]) / new.examined
    if then is None or now is None:
        cause = Cause.ADDED if then is None else Cause.REMOVED
    else:
        cause = Cause.SCOPE if "out-of-scope" in (then["basis"], now["basis"]) else Cause.WEIGHT
    yield _part(cause, _about(shown), (_counted(then), _counted(now)), effect)


def _counted(item: Json | None) -> str:
    if item is None:
        return NONE
    if item["basis"] == "out-of-scope":
        return "本期不考"
    return f"{item['weight']} 分，得分率 {half_up(_rate(item) * 100, 2)}%"


def _of_rate(then: Json, now: Json, points: Fraction) -> Iterator[Part]:
    """`points` the total gains by an item's rate going from 0 to 1. Shares first, at the old rates, then rates share by share."""
    pairs = _shares(then["shares"], now["shares"])

    def changed(cause: Cause, effect: Fraction, told: Callable[[Json], str], of: Sequence[tuple[Any, Any]]) -> Part:
        texts = [_listed([pair[side] for pair in of if pair[side]], told) for side in (0, 1)]
        name, clause, number = _about(now)
        about = (name, now["average_clause"] if cause == Cause.AVERAGE else clause, number)
        return _part(cause, about, texts, points * effect)

    moved = [pair for pair in pairs if _portion(pair[0]) != _portion(pair[1])]
    if moved:
        effect = sum(((_portion(new) - _portion(old)) * _of(old or new or {}) for old, new in moved), Fraction(0))
        yield changed(Cause.SHARE, effect, _portion_text, pairs)
    by_cause: dict[Cause, list[tuple[Json, Json]]] = {}
    for old, new in pairs:
        if old is not None and new is not None and _of(old) != _of(new):
            by_cause.setdefault(_cause_of(old, new), []).append((old, new))
    for cause, found in by_cause.items():
        effect = sum((_portion(new) * (_of(new) - _of(old)) for old, new in found), Fraction(0))
        yield changed(cause, effect, _mark_text(now), found)


def _cause_of(old: Json, new: Json) -> Cause:
    if old["basis"] != new["basis"]:
        return Cause.CARRIED
    return Cause.MARK if new["basis"] == "marked" else Cause.AVERAGE


def _shares(then: Sequence[Json], now: Sequence[Json]) -> list[tuple[Json | None, Json | None]]:
    """By the evaluator; one that was handed over whole, or is alone, is still the same share."""
    left = list(then)
    pairs: list[tuple[Json | None, Json | None]] = []
    for share in now:
        same = next((one for one in left if one["evaluator"]["code"] == share["evaluator"]["code"]), None)
        left = [one for one in left if one is not same]
        pairs.append((same, share))
    found: list[tuple[Json | None, Json | None]] = []
    for old, new in pairs:
        if old is None:
            old = next((one for one in left if _portion(one) == _portion(new)), None)
            left = [one for one in left if one is not old]
        found.append((old, new))
    return found + [(one, None) for one in left]


def _portion(share: Json | None) -> Fraction:
    return Fraction(share["share"]) if share else Fraction(0)


def _portion_text(share: Json) -> str:
    return f"{share['evaluator']['name']} {share['share']}"


def _mark_text(item: Json) -> Callable[[Json], str]:
    """Who marked it is said where several do."""
    several = len(item["shares"]) > 1
    return lambda share: f"{share['evaluator']['name']} {share_text(share)}" if several else share_text(share)


def _listed(shares: Sequence[Json], told: Callable[[Json], str]) -> str:
    return "、".join(told(share) for share in shares) or NONE


def _of_method(old: _State, new: _State) -> Iterator[Part]:
    """A year: other weights first, by how far each value stands above the base before, as with items; then other quarters."""
    for code in sorted({*old.weights, *new.weights}):
        before, after = old.weights.get(code, Fraction(0)), new.weights.get(code, Fraction(0))
        about = (f"第{'一二三四'[int(code[1:]) - 1]}季度" if code else "专项考评", "", None)
        value = old.values.get(code, new.values.get(code, Fraction(0)))
        weights = [f"{float(one):g}" for one in (before, after)]
        yield _part(Cause.METHOD, about, weights, (after - before) * (value - old.base))
        if code and code in old.values and code in new.values:
            texts = [f"{half_up(one.values[code], PLACES)}" for one in (old, new)]
            yield _part(Cause.QUARTER, about, texts, after * (new.values[code] - old.values[code]))


def _of_adjustments(old: _State, new: _State) -> Iterator[Part]:
    for pk in sorted({*old.adjustments, *new.adjustments}):
        one = new.adjustments.get(pk) or old.adjustments[pk]
        points = [state.adjustments[pk]["points"] if pk in state.adjustments else "0" for state in (old, new)]
        effect = Fraction(points[1]) - Fraction(points[0])
        yield _part(Cause.ADJUSTMENT, (one["work"], one["clause"], None), points, effect)
