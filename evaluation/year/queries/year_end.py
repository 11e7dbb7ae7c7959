"""The year's end as its pages and files show it: method, meeting, ties, what still keeps the result from 区委."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import Count, Q

from evaluation.adjustments.models import Adjustment
from evaluation.engine.models.ranking import Ranking
from evaluation.engine.models.year_method import MethodWeight, YearMethod
from evaluation.engine.models.year_units import YearUnit
from evaluation.engine.queries.closing import Closed, closed_by
from evaluation.engine.queries.frozen import document_of
from evaluation.engine.queries.holding import difference
from evaluation.engine.queries.year_results import (
    PartOfTheYear,
    locked_method,
    method_is_fixed,
    problem_of_method,
    year_results,
)
from evaluation.engine.rules.year_total import tie_groups
from evaluation.enums import PENDING, AdjustmentState, DeliberationState, PeriodKind, VetoState
from evaluation.periods.models import Period
from evaluation.scheme.models.scheme import Scheme
from evaluation.sheets.models.marks import MarkSheet
from evaluation.year.models.year_end import CommitteeReport, Deliberation, SettledTie, Veto
from miyun_kpi.lib.decimals import to_scaled

Json = Mapping[str, Any]
TOTAL_PLACES = 4


@dataclass(frozen=True)
class YearRow:
    """One unit of a computed year: what the sheets and the method give, the decided points, the total of both."""

    code: str
    name: str
    group: str
    base: Decimal | None
    added: Decimal
    total: Decimal | None
    rank: int | None
    parts: tuple[Json, ...]
    adjustments: tuple[Json, ...]


@dataclass(frozen=True)
class Tie:
    """Units with one total, and what the meeting said of them ("" while nothing is said)."""

    organisations: tuple[str, ...]
    names: tuple[str, ...]
    total: Decimal
    decision: str = ""

    @property
    def key(self) -> str:
        return "+".join(self.organisations)


def year_rows(ranking: Ranking) -> list[YearRow]:
    """From the frozen document alone."""
    rows = []
    for row in document_of(ranking)["rows"]:
        closing = row.get("closing") or {}
        rows.append(
            YearRow(
                code=row["organisation"],
                name=row["name"],
                group=row["zone"] or row["category"],
                base=_decimal(closing.get("base")),
                added=Decimal(closing.get("added") or 0),
                total=_decimal(row["total"]),
                rank=row["rank"],
                parts=tuple(closing.get("parts", ())),
                adjustments=tuple(row["adjustments"]),
            )
        )
    return rows


def _decimal(text: str | None) -> Decimal | None:
    return None if text is None else Decimal(text)


def totals_with(ranking: Ranking, decided: Mapping[int, Decimal]) -> dict[str, int]:
    """Totals in ten-thousandths as they would be: what is granted by now, and `decided` by adjustment. Complete units only."""
    points: dict[str, int] = {}
    granted = Adjustment.objects.filter(scheme=ranking.scheme_id, state=AdjustmentState.GRANTED)
    for code, value in granted.exclude(pk__in=decided).values_list("organisation__code", "decided_points"):
        assert value is not None
        points[code] = points.get(code, 0) + to_scaled(value, TOTAL_PLACES)
    for pk, code in Adjustment.objects.filter(pk__in=decided).values_list("pk", "organisation__code"):
        points[code] = points.get(code, 0) + to_scaled(decided[pk], TOTAL_PLACES)
    return {
        row.code: to_scaled(row.base, TOTAL_PLACES) + points.get(row.code, 0)
        for row in year_rows(ranking)
        if row.base is not None
    }


def ties_with(ranking: Ranking, decided: Mapping[int, Decimal], said: Mapping[str, str]) -> list[Tie]:
    """Equal totals under `decided`, with what has been said of exactly these units."""
    names = {row.code: row.name for row in year_rows(ranking)}
    return [
        Tie(codes, tuple(names[c] for c in codes), Decimal(total).scaleb(-TOTAL_PLACES), said.get("+".join(codes), ""))
        for total, codes in tie_groups(totals_with(ranking, decided))
    ]


def said_of_ties(deliberation: Deliberation | None) -> dict[str, str]:
    if deliberation is None:
        return {}
    return {"+".join(one.organisations): one.decision for one in deliberation.ties.all()}


def settled_ties(scheme: Scheme, report: CommitteeReport | None = None) -> dict[str, str]:
    """What confirmed meetings said of ties, the latest last word; of a year that was reported, up to its meeting."""
    found = SettledTie.objects.filter(
        deliberation__scheme=scheme, deliberation__state=DeliberationState.CONFIRMED
    ).order_by("deliberation__number")
    if report is not None:
        found = found.filter(deliberation__number__lte=report.deliberation.number)
    return {"+".join(one.organisations): one.decision for one in found}


@dataclass(frozen=True)
class YearEnd:
    """One scheme's year, from its method to 区委."""

    scheme: Scheme
    methods: list[YearMethod]
    method: YearMethod | None
    method_problem: str
    method_fixed: str
    period: Period | None
    sheets: int
    filed: int
    latest: Ranking | None
    official: Ranking | None
    adjustments: Mapping[str, int]
    vetoes: list[Veto]
    deliberations: list[Deliberation]
    report: CommitteeReport | None
    # Confirmed or revoked since the report: what was sent does not say it, and waits for a 更正.
    vetoes_since: list[Veto]
    closed: Closed | None
    year_units: list[YearUnit]
    undecided_units: list[PartOfTheYear]

    @property
    def weighed_methods(self) -> list[tuple[YearMethod, list[MethodWeight]]]:
        """Every method with the periods that weigh something."""
        return [(one, [part for part in one.weights.all() if part.weight]) for one in self.methods]

    @property
    def settled_deliberations(self) -> list[tuple[Deliberation, list[SettledTie]]]:
        """Every deliberation with the ties it settled."""
        return [(one, list(one.ties.all())) for one in self.deliberations]

    @property
    def waiting_method(self) -> YearMethod | None:
        return next((one for one in self.methods if one.state == "proposed"), None)

    @property
    def pending(self) -> int:
        return sum(self.adjustments.get(state, 0) for state in PENDING)

    @property
    def checked(self) -> int:
        return self.adjustments.get(AdjustmentState.CHECKED, 0)

    @property
    def granted(self) -> int:
        return self.adjustments.get(AdjustmentState.GRANTED, 0)

    @property
    def declined(self) -> int:
        return self.adjustments.get(AdjustmentState.REFUSED, 0)

    @property
    def recorded(self) -> Deliberation | None:
        return next((one for one in self.deliberations if one.state == DeliberationState.PROPOSED), None)

    @property
    def confirmed(self) -> Deliberation | None:
        return next((one for one in self.deliberations if one.state == DeliberationState.CONFIRMED), None)

    @property
    def reported_as_it_is(self) -> bool:
        """The last report says what is computed and decided today."""
        same = self.report is not None and self.official is not None and self.report.ranking_id == self.official.pk
        return same and not self.vetoes_since

    @property
    def lacking(self) -> str:
        """What first keeps the result from 区委, in words for the button; the service asks again."""
        if self.official is None:
            return "年度结果还没有正式核定"
        if self.pending:
            return f"还有 {self.pending} 条加减分没有审议"
        if any(one.state == VetoState.PROPOSED for one in self.vetoes):
            return "有一票否决待第二人确认"
        if self.recorded is not None:
            return "有一次审议待第二人确认"
        if self.confirmed is None:
            return "还没有登记结果审议"
        # A meeting that moved nothing needs no new 核定: the same inputs would give the same one.
        after = not self.confirmed.confirmed_at or self.confirmed.confirmed_at > self.official.computed_at
        if after and difference(self.official):
            return "审议之后还没有重新正式核定"
        return ""


def year_end(scheme: Scheme, rankings: Sequence[Ranking]) -> YearEnd:
    """`rankings`: the computations of the year that the reader may see, the newest first."""
    period = Period.objects.filter(code=str(scheme.year), kind=PeriodKind.YEAR).first()
    sheets = (
        list(MarkSheet.objects.filter(scheme=scheme, period=period).values_list("state", flat=True)) if period else []
    )
    states = list(Adjustment.objects.filter(scheme=scheme).values_list("state", flat=True))
    method = locked_method(scheme)
    results = year_results(scheme, period) if period else None
    report = CommitteeReport.objects.filter(ranking__scheme=scheme)
    last = report.select_related("ranking__scheme", "ranking__period", "deliberation").first()
    return YearEnd(
        scheme=scheme,
        methods=list(YearMethod.objects.filter(scheme=scheme).prefetch_related("weights")),
        method=method,
        method_problem=problem_of_method(scheme, method),
        method_fixed=method_is_fixed(scheme),
        period=period,
        sheets=len(sheets),
        filed=sheets.count("filed"),
        latest=rankings[0] if rankings else None,
        official=next((one for one in rankings if one.kind == "official"), None),
        adjustments={state: states.count(state) for state in set(states)},
        vetoes=list(Veto.objects.filter(scheme=scheme).select_related("organisation")),
        deliberations=list(
            Deliberation.objects.filter(scheme=scheme)
            .select_related("ranking__period", "ranking__scheme")
            .prefetch_related("ties")
            .annotate(outcome_count=Count("outcomes"))
        ),
        report=last,
        vetoes_since=vetoes_since(last) if last else [],
        closed=closed_by(scheme, period) if period else None,
        year_units=list(YearUnit.objects.filter(scheme=scheme).select_related("organisation", "predecessor")),
        undecided_units=list(results.undecided) if results else [],
    )


def report_of(ranking: Ranking) -> CommitteeReport | None:
    """The last time this computation went to 区委."""
    return CommitteeReport.objects.filter(ranking=ranking).select_related("deliberation").first()


def rows_with_veto(ranking: Ranking, scheme: Scheme) -> list[tuple[YearRow, Veto | None]]:
    """The rows of a computed year, each with the decision that stands beside its result."""
    decided = vetoed(scheme, report_of(ranking))
    return [(row, decided.get(row.code)) for row in year_rows(ranking)]


def vetoed(scheme: Scheme, report: CommitteeReport | None = None) -> dict[str, Veto]:
    """Confirmed and not revoked, by organisation code: shown beside the result, changing nothing.

    Of a year that was reported, as they stood when it was: what was sent does not change by a later decision (0089).
    """
    found = Veto.objects.filter(scheme=scheme).select_related("organisation").order_by("decided_on")
    if report is None:
        found = found.filter(state=VetoState.CONFIRMED)
    else:
        at = report.reported_at
        standing = Q(state=VetoState.CONFIRMED) | Q(state=VetoState.REVOKED, revoked_at__gt=at)
        found = found.filter(standing, confirmed_at__lte=at)
    return {one.organisation.code: one for one in found}


def vetoes_since(report: CommitteeReport) -> list[Veto]:
    """What the report would say otherwise today."""
    at = report.reported_at
    came = Q(state=VetoState.CONFIRMED, confirmed_at__gt=at)
    went = Q(state=VetoState.REVOKED, confirmed_at__lte=at, revoked_at__gt=at)
    found = Veto.objects.filter(came | went, scheme=report.ranking.scheme_id)
    return list(found.select_related("organisation").order_by("decided_on"))
