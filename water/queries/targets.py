"""A target of 二 as it stands: its series, the latest value against the printed bound, the line to the end of 2022."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from miyun_kpi.lib.decimals import half_up, plain
from water.enums import Target
from water.models import Judgement, Measure
from water.rules.targets import BOUNDS, Projection, projection, reached, share_of

VERDICTS = {"reached": "done", "not_yet": "running", "open": "blank"}


@dataclass(frozen=True)
class Point:
    measure: Measure
    share: Fraction

    @property
    def shown(self) -> Decimal:
        return half_up(self.share, 2)

    @property
    def sum(self) -> str:
        """The division as entered, "" for a share entered as such."""
        row = self.measure
        if row.numerator is None or row.denominator is None:
            return ""
        unit = f" {row.unit}" if row.unit else ""
        return f"{plain(row.numerator)} ÷ {plain(row.denominator)}{unit}"


@dataclass(frozen=True)
class Standing:
    """`reached` is None without a number or without a printed bound."""

    target: Target
    bound: int | None
    points: Sequence[Point]
    reached: bool | None
    projection: Projection | None
    judgement: Judgement | None

    @property
    def last(self) -> Point | None:
        return self.points[-1] if self.points else None


def standings() -> list[Standing]:
    """All six, in two queries."""
    measures: dict[str, list[Point]] = {}
    for row in Measure.objects.filter(struck_at__isnull=True).order_by("day"):
        measures.setdefault(row.target, []).append(Point(row, share_of(row.share, row.numerator, row.denominator)))
    judged: dict[str, Judgement] = {}
    for one in Judgement.objects.order_by("day", "id"):
        judged[one.target] = one
    return [_standing(target, measures.get(target, []), judged.get(target)) for target in Target]


def standing_of(target: str) -> Standing:
    return next(one for one in standings() if one.target == target)


def _standing(target: Target, points: list[Point], judgement: Judgement | None) -> Standing:
    bound = BOUNDS.get(target)
    met = reached(target, points[-1].share) if bound is not None and points else None
    return Standing(target, bound, points, met, projection([(one.measure.day, one.share) for one in points]), judgement)


def word_of(one: Standing) -> tuple[str, str]:
    """The status word: from the number where a bound is printed, from a person elsewhere."""
    if one.bound is not None:
        if one.reached is None:
            return "blank", "没有数"
        return ("done", "达到") if one.reached else ("running", "未达到")
    if one.judgement is None:
        return "blank", "没有判断"
    return VERDICTS[one.judgement.verdict], one.judgement.get_verdict_display()
