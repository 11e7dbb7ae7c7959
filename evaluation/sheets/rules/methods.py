"""The evaluator's own methods of a 细则 line over its own 数据表: what each deducts, exactly, and the sum in words.

13号 prints no method: all numbers are the evaluator's. A deduction is computed on exact fractions and rounded once, half up,
to the three decimals a mark may have (推定: a typed mark is refused, not rounded, but a quotient has no end); the sum says so.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from typing import Any

from evaluation.sheets.rules.marks import DECIMALS
from miyun_kpi.lib.decimals import half_up, plain


class Kind(StrEnum):
    RATE = "rate"
    BANDS = "bands"
    PLACES = "places"
    EACH = "each"
    RATES = "rates"


KINDS = {
    Kind.RATE: "完成率",
    Kind.BANDS: "分档",
    Kind.PLACES: "名次",
    Kind.EACH: "每起扣",
    Kind.RATES: "加权多率",
}


class Take(StrEnum):
    """How the months of a period become one figure."""

    LAST = "last"
    SUM = "sum"
    MEAN = "mean"


TAKES = {Take.LAST: "期末月", Take.SUM: "各月合计", Take.MEAN: "各月平均"}


@dataclass(frozen=True)
class Method:
    """What a line declares. `columns` are titles of the table; `bands` (limit, points), the last with None: the rest.

    RATE: target and actual; `step` points for each per cent under `cap`, a rate under `floor` counts as `floor`.
    RATES: the same over Σ weight × rate. BANDS: of the value, or with two columns of the rate. PLACES: limits are places.
    `higher`: more is better. EACH: `step` for each one.
    """

    kind: Kind
    table: int
    take: Take
    columns: tuple[str, ...]
    weights: tuple[Decimal, ...] = ()
    step: Decimal | None = None
    cap: Decimal | None = None
    floor: Decimal | None = None
    bands: tuple[tuple[Decimal | None, Decimal], ...] = ()
    higher: bool = True

    def stored(self) -> dict[str, Any]:
        """As JSON; `method_of` reads it back."""
        return {
            "kind": self.kind.value,
            "table": self.table,
            "take": self.take.value,
            "columns": list(self.columns),
            "weights": [plain(one) for one in self.weights],
            **{name: None if (n := getattr(self, name)) is None else plain(n) for name in ("step", "cap", "floor")},
            "bands": [[None if limit is None else plain(limit), plain(points)] for limit, points in self.bands],
            "higher": self.higher,
        }


def method_of(stored: Mapping[str, Any]) -> Method:
    numbers = {name: None if stored[name] is None else Decimal(stored[name]) for name in ("step", "cap", "floor")}
    return Method(
        Kind(stored["kind"]),
        stored["table"],
        Take(stored["take"]),
        tuple(stored["columns"]),
        tuple(Decimal(one) for one in stored["weights"]),
        bands=tuple((None if a is None else Decimal(a), Decimal(b)) for a, b in stored["bands"]),
        higher=stored["higher"],
        **numbers,
    )


@dataclass(frozen=True)
class Given:
    """A unit's figure of one column over the period: None where one month has none. `places`: as the table shows it."""

    title: str
    value: Fraction | None
    places: int = 2

    @property
    def name(self) -> str:
        return self.title.partition("（")[0]

    @property
    def unit(self) -> str:
        return self.title.partition("（")[2].rstrip("）")

    @property
    def shown(self) -> str:
        """As the table has it, with its decimals and unit: 1.20 亿, 87.5 %."""
        value = half_up(self.value or 0, self.places)
        text = plain(value) if self.unit == "%" else f"{value:f}"
        return f"{text.replace('-', '−')}{' ' if self.unit else ''}{self.unit}"


@dataclass(frozen=True)
class Deducted:
    """`points` None: nothing is proposed, `words` says why; `asks`: the person who marks must say why he marks so."""

    points: Decimal | None
    words: str
    asks: bool = False


def places_of(values: Mapping[str, Fraction], *, higher: bool) -> dict[str, int]:
    """Competition places (1, 2, 2, 4), as the ranking counts them."""
    ordered = sorted(values.values(), reverse=higher)
    return {key: ordered.index(value) + 1 for key, value in values.items()}


def deduct(
    method: Method,
    given: Sequence[Given],
    *,
    line: int,
    limit: Decimal | None = None,
    place: int | None = None,
    of: int = 0,
) -> Deducted:
    """What the line takes off, with its sum. `given` in the order of the columns; `limit`: 每次扣分上限 of the line."""
    missing = [one.name for one in given if one.value is None]
    if missing:
        return Deducted(None, f"数据表没有{'、'.join(missing)}的数，不建议得分")
    values = [one.value for one in given if one.value is not None]
    said = "，".join(f"{one.name} {one.shown}" for one in given)
    if method.kind is Kind.EACH:
        return _each(method, given, values, line, limit)
    if method.kind is Kind.PLACES:
        points = _banded(method.bands, Fraction(place or 0), higher=False)
        return _ended(f"{said}，{of} 家中第 {place} 名", Fraction(points), line, limit)
    if method.kind is Kind.BANDS and len(values) == 1:
        return _ended(said, Fraction(_banded(method.bands, values[0], higher=method.higher)), line, limit)
    if method.kind is Kind.RATES:
        weighed = list(zip(method.weights, values, strict=True))
        rate = sum((Fraction(weight) * value / 100 for weight, value in weighed), Fraction(0))
        parts = zip(given, method.weights, strict=True)
        said = "＋".join(f"{one.name} {one.shown}×{plain(weight)} %" for one, weight in parts)
        said = f"{said}＝综合率 {_per_cent(rate)}"
        return _below(method, said, rate, line, limit)
    target, actual = values
    if target <= 0:
        what = "是 0" if not target else "小于 0"
        return Deducted(None, f"{said}：{given[0].name}{what}，算不出完成率，请自行打分并写明理由", asks=True)
    rate = actual * 100 / target
    said = f"{said}，完成率 {_per_cent(rate)}"
    if method.kind is Kind.BANDS:
        return _ended(said, Fraction(_banded(method.bands, rate, higher=method.higher)), line, limit)
    return _below(method, said, rate, line, limit)


def _each(
    method: Method, given: Sequence[Given], values: Sequence[Fraction], line: int, limit: Decimal | None
) -> Deducted:
    step = method.step or Decimal(0)
    said = "，".join(f"{one.name} {plain(half_up(one.value or 0, one.places))} 起" for one in given)
    if any(value < 0 or value.denominator != 1 for value in values):
        return Deducted(None, f"{said}：起数要是 0 或正的整数，请核对数据表，自行打分并写明理由", asks=True)
    count = sum(values, Fraction(0))
    together = f"，共 {count} 起" if len(values) > 1 else ""
    return _ended(f"{said}{together}，每起扣 {plain(step)} 分", count * Fraction(step), line, limit)


def _below(method: Method, said: str, rate: Fraction, line: int, limit: Decimal | None) -> Deducted:
    """`step` points for each per cent between the rate, held between floor and cap, and the cap."""
    assert method.cap is not None and method.floor is not None and method.step is not None
    cap, floor, step = Fraction(method.cap), Fraction(method.floor), method.step
    counted = min(max(rate, floor), cap)
    if rate > cap:
        said += f"，按封顶 {plain(method.cap)} % 算"
    elif rate < floor:
        said += f"，按保底 {plain(method.floor)} % 算"
    if counted < cap and (step != 1 or cap != 100):
        said += f"，比 {plain(method.cap)} % 每低 1 个百分点扣 {plain(step)} 分"
    return _ended(said, (cap - counted) * Fraction(step), line, limit)


def _banded(bands: Sequence[tuple[Decimal | None, Decimal]], value: Fraction, *, higher: bool) -> Decimal:
    for bound, points in bands:
        if bound is None or (value >= Fraction(bound) if higher else value <= Fraction(bound)):
            return points
    raise AssertionError("the last band is the rest")


def _ended(said: str, exact: Fraction, line: int, limit: Decimal | None) -> Deducted:
    points = half_up(exact, DECIMALS)
    rounded = "（四舍五入到三位小数）" if Fraction(points) != exact else ""
    if limit is not None and points > limit:
        return Deducted(
            limit,
            f"{said}，应扣 {plain(points)} 分{rounded}，每次至多扣 {plain(limit)} 分，按细则第 {line} 条扣 {plain(limit)} 分",
        )
    verb = f"扣 {plain(points)} 分{rounded}" if points else "不扣分"
    return Deducted(points, f"{said}，按细则第 {line} 条{verb}")


def _per_cent(rate: Fraction) -> str:
    shown = half_up(rate, DECIMALS)
    return f"{'约 ' if Fraction(shown) != rate else ''}{plain(shown).replace('-', '−')} %"


def in_words(method: Method, table: str) -> str:
    """The declaration as those evaluated read it."""
    columns = "、".join(method.columns)
    head = f"按数据表“{table}”{TAKES[method.take]}的“{columns}”"
    if method.kind is Kind.EACH:
        return f"{head}，每起扣 {plain(method.step or Decimal(0))} 分"
    if method.kind in (Kind.RATE, Kind.RATES):
        assert method.cap is not None and method.floor is not None and method.step is not None
        if method.kind is Kind.RATES:
            pairs = zip(method.columns, method.weights, strict=True)
            what = f"加权：{'、'.join(f'{name} 占 {plain(weight)} %' for name, weight in pairs)}"
        else:
            what = f"完成率＝{method.columns[1]}÷{method.columns[0]}"
        ends = f"封顶 {plain(method.cap)} %，保底 {plain(method.floor)} %"
        return f"{head}，{what}；{ends}，比封顶每低 1 个百分点扣 {plain(method.step)} 分"
    return f"{head}，{_bands_in_words(method)}"


def _bands_in_words(method: Method) -> str:
    if method.kind is Kind.PLACES:
        what, before, after = f"{'从高到低' if method.higher else '从低到高'}排名次", "前 ", " 名"
    else:
        what = f"完成率＝{method.columns[1]}÷{method.columns[0]}，分档" if len(method.columns) == 2 else "分档"
        before, after = ("不低于 " if method.higher else "不高于 "), (" %" if len(method.columns) == 2 else "")
    said = [
        f"{'其余' if bound is None else f'{before}{plain(bound)}{after}'}扣 {plain(points)} 分"
        for bound, points in method.bands
    ]
    return f"{what}：{'，'.join(said)}"
