"""What closes a total: the year's method, the frozen quarters, the decided 加减分 (engine 15–16)."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from fractions import Fraction
from typing import Any

from django.db.models import Min

from evaluation.adjustments.models import Adjustment
from evaluation.adjustments.queries import adjustment_json
from evaluation.engine.models.ranking import Ranking
from evaluation.engine.models.year_method import YearMethod
from evaluation.engine.models.year_units import YearUnit
from evaluation.engine.queries.frozen import document_of
from evaluation.engine.rules.year_total import Closing, in_time, method_problem, too_late_to_replace
from evaluation.enums import (
    PENDING,
    AdjustmentState,
    MethodState,
    PeriodKind,
    RankingKind,
    RankingState,
    UnitChangeState,
    YearUnitKind,
)
from evaluation.periods.models import Period
from evaluation.periods.queries.population import population
from evaluation.scheme.models.scheme import Scheme
from miyun_kpi.lib.decimals import plain, to_scaled
from miyun_kpi.organisations.models import Organisation

Json = dict[str, Any]


@dataclass(frozen=True)
class QuarterResult:
    """The frozen result of a quarter that weighs something: its bulletin in force, else its last trial.

    `results` as printed there: the papers must be enough to check the year (engine 16).
    """

    period: str
    ranking: Ranking | None
    results: dict[str, str | None]

    @property
    def settled(self) -> bool:
        return self.ranking is not None and self.ranking.state == RankingState.PUBLISHED

    def percentages(self) -> dict[str, Fraction | None]:
        return {code: None if total is None else Fraction(total) for code, total in self.results.items()}


@dataclass(frozen=True)
class YearResults:
    """`weights` None outside the year: then only `adjustments` close the total (加减分按季计入)."""

    period: str
    method: YearMethod | None
    weights: dict[str, Decimal] | None
    problems: tuple[str, ...]
    quarters: tuple[QuarterResult, ...]
    adjustments: tuple[Adjustment, ...]
    year_units: tuple[YearUnit, ...] = ()
    undecided: tuple["PartOfTheYear", ...] = ()

    @property
    def unplaced(self) -> frozenset[str]:
        """Units that the meeting lists apart or does not rank (engine 21)."""
        return frozenset(one.organisation.code for one in self.year_units if one.kind != YearUnitKind.CONTINUES)

    def quarters_stood_on(self) -> Json:
        """The computation of every quarter that weighs something, by id and digest (engine 26)."""
        found = (q for q in self.quarters if q.ranking is not None)
        return {q.period: {"ranking": q.ranking.pk, "digest": q.ranking.digest} for q in found if q.ranking}

    @property
    def closing(self) -> Closing:
        points: dict[str, list[int]] = defaultdict(list)
        for one in self.adjustments:
            points[one.organisation.code].append(to_scaled(one.decided_points or Decimal(0), 3))
        weights = None if self.weights is None else {code: Fraction(w) for code, w in self.weights.items()}
        return Closing(self.period, weights, {q.period: q.percentages() for q in self.quarters}, points)

    def of_unit(self, code: str) -> list[Json]:
        """The unit's adjustments as its row and 得分明细 show them."""
        names = ("id", "ground", "ground_name", "clause", "work", "reason", "happened_on", "document_number")
        found = []
        for one in self.adjustments:
            if one.organisation.code == code:
                full = adjustment_json(one)
                found.append({name: full[name] for name in names} | {"points": full["decided_points"]})
        return found

    def as_inputs(self) -> Json:
        """For the list of inputs, from which the totals can be recomputed."""
        listed: Json = {
            "adjustments": [
                {"id": a.pk, "organisation": a.organisation.code, "ground": a.ground, "points": plain(a.decided_points)}
                for a in self.adjustments
                if a.decided_points is not None
            ]
        }
        if self.weights is not None:
            weights = {code: plain(weight) for code, weight in sorted(self.weights.items()) if weight}
            listed["year_method"] = {"weights": weights}
            listed["quarters"] = {q.period: {"results": q.results} for q in self.quarters if q.ranking is not None}
            listed["year_units"] = {
                one.organisation.code: f"{one.get_kind_display()}{one.predecessor.code if one.predecessor else ''}"
                for one in self.year_units
            }
        return listed

    def method_json(self) -> Json:
        assert self.weights is not None
        method = self.method
        return {
            "number": method.number if method else None,
            "basis": f"{method.basis_document} {method.basis_clause}" if method else None,
            "weights": {code: plain(weight) for code, weight in sorted(self.weights.items())},
            "problems": list(self.problems),
            "quarters": self.quarters_stood_on(),
            "units": [year_unit_json(one) for one in self.year_units],
        }


def locked_method(scheme: Scheme) -> YearMethod | None:
    """The method in force: the last one locked in time; one locked later never takes its place (engine 26).

    Where none was in time it is the one locked last, and the year stays a trial.
    """
    locked = list(
        YearMethod.objects.filter(scheme=scheme, state__in=(MethodState.LOCKED, MethodState.REPLACED)).order_by(
            "-number"
        )
    )
    first = first_quarter_opened(scheme.year)
    timely = (method for method in locked if in_time(method.locked_at, first))
    return next(timely, None) or next((method for method in locked if method.state == MethodState.LOCKED), None)


def method_is_fixed(scheme: Scheme) -> str:
    """Why the method in force is not replaced any more, "" while it may be."""
    method = locked_method(scheme)
    return too_late_to_replace(method.locked_at if method else None, first_quarter_opened(scheme.year))


def first_quarter_opened(year: int) -> datetime | None:
    quarters = Period.objects.filter(kind=PeriodKind.QUARTER, code__startswith=f"{year}Q")
    return quarters.aggregate(first=Min("opened_at"))["first"]


def problem_of_method(scheme: Scheme, method: YearMethod | None) -> str:
    waiting = method is None and YearMethod.objects.filter(scheme=scheme, state=MethodState.PROPOSED).exists()
    locked_at = method.locked_at if method else None
    return method_problem(locked_at, waiting=waiting, first_quarter=first_quarter_opened(scheme.year))


def year_results(scheme: Scheme, period: Period) -> YearResults | None:
    """None where nothing closes the totals: a quarter, unless 加减分 count by quarter and some are decided."""
    if period.kind != PeriodKind.YEAR and not scheme.quarter_adjustments:
        return None
    decided = Adjustment.objects.filter(scheme=scheme, state=AdjustmentState.GRANTED)
    decided = decided.select_related("organisation", "scheme", "proposed_for").order_by("pk")
    if period.kind != PeriodKind.YEAR:
        code = period.period_code
        own = tuple(decided.filter(happened_on__range=(code.first_day, code.last_day)))
        return YearResults(period.code, None, None, (), (), own) if own else None
    method = locked_method(scheme)
    weights = {period.code: Decimal(1)}
    if method is not None:
        weights = {one.period: one.weight for one in method.weights.all()}
    quarters = tuple(_quarter(scheme, code) for code, w in sorted(weights.items()) if w and code != period.code)
    year_units = decided_year_units(scheme)
    problems = [problem_of_method(scheme, method)]
    problems += [f"{quarter.period} 没有通报，只能试算" for quarter in quarters if not quarter.settled]
    said = {one.organisation_id for one in year_units}
    undecided = [one for one in part_of_the_year(scheme, period, quarters) if one.unit.pk not in said]
    problems += [one.problem for one in undecided]
    return YearResults(
        period=period.code,
        method=method,
        weights=weights,
        problems=tuple(problem for problem in problems if problem),
        quarters=tuple(_continued(quarter, year_units) for quarter in quarters),
        adjustments=tuple(decided),
        year_units=tuple(year_units),
        undecided=tuple(undecided),
    )


@dataclass(frozen=True)
class PartOfTheYear:
    """A unit of the year that some weighted quarter lacks, or that ended before the year did."""

    unit: Organisation
    lacking: tuple[str, ...]
    ended: bool

    @property
    def problem(self) -> str:
        why = f"{'、'.join(self.lacking)} 不在考评对象里" if self.lacking else "年内已撤并"
        return f"{self.unit.name}{why}，结果审议还没有决定承接、单列或不排名"


def part_of_the_year(scheme: Scheme, period: Period, quarters: Iterable[QuarterResult]) -> list[PartOfTheYear]:
    """Whose year 结果审议 has to decide before it can be official (engine 21)."""
    last = period.period_code.last_day
    settled = [quarter for quarter in quarters if quarter.ranking is not None]
    found = []
    for unit in population(scheme, period):
        lacking = tuple(quarter.period for quarter in settled if unit.code not in quarter.results)
        ended = unit.valid_to is not None and unit.valid_to <= last
        if lacking or ended:
            found.append(PartOfTheYear(unit, lacking, ended))
    return found


def decided_year_units(scheme: Scheme) -> list[YearUnit]:
    found = YearUnit.objects.filter(scheme=scheme, state=UnitChangeState.CONFIRMED)
    return list(found.select_related("organisation", "predecessor").order_by("organisation__code"))


def year_unit_json(one: YearUnit) -> Json:
    """The decision as the year's document and clients name it."""
    return {
        "organisation": one.organisation.code,
        "kind": one.kind,
        "words": one.get_kind_display(),
        "predecessor": one.predecessor.code if one.predecessor else None,
        "meeting": one.meeting,
        "minutes_number": one.minutes_number,
        "reason": one.reason,
    }


def _continued(quarter: QuarterResult, year_units: Iterable[YearUnit]) -> QuarterResult:
    """承接: of a quarter that lacks the unit it takes what its predecessor got there."""
    taken = {
        one.organisation.code: quarter.results[one.predecessor.code]
        for one in year_units
        if one.predecessor is not None
        and one.organisation.code not in quarter.results
        and one.predecessor.code in quarter.results
    }
    return replace(quarter, results=quarter.results | taken) if taken else quarter


def _quarter(scheme: Scheme, code: str) -> QuarterResult:
    found = Ranking.objects.filter(scheme=scheme, period__code=code)
    published = found.filter(state=RankingState.PUBLISHED, corrected_by__isnull=True).first()
    ranking = published or found.filter(kind=RankingKind.TRIAL).order_by("-number").first()
    results: dict[str, str | None] = {}
    if ranking is not None:
        results = _totals(ranking)
    return QuarterResult(code, ranking, results)


def _totals(ranking: Ranking) -> dict[str, str | None]:
    """The value of every unit as printed, without 加减分: these count once, at the year's end."""
    document = document_of(ranking)
    return {row["organisation"]: (row.get("closing") or {}).get("base", row["total"]) for row in document["rows"]}


@dataclass(frozen=True)
class Undecided:
    """What keeps the year's result from 区委."""

    adjustments: int
    waiting_for_city: int


def undecided_adjustments(scheme: Scheme) -> Undecided:
    states = list(Adjustment.objects.filter(scheme=scheme, state__in=PENDING).values_list("state", flat=True))
    return Undecided(len(states), states.count(AdjustmentState.CITY))
