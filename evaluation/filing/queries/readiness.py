"""What stands between a period and its official ranking: sheets not filed, cells without a mark, figures not confirmed."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Q

from evaluation.engine.models.ranking import Ranking
from evaluation.engine.queries.year_results import locked_method, problem_of_method
from evaluation.enums import FigureKind, FigureStatus, NotApplicable, PeriodKind, SheetState
from evaluation.periods.models import Period
from evaluation.scheme.models.scheme import Figure, Scheme
from evaluation.sheets.models.marks import Mark, MarkSheet
from evaluation.sheets.queries.filing import left_out_sheets

Json = Mapping[str, Any]

SHEET_WORDS = {
    "not-opened": "打分表没有开启",
    SheetState.OPEN: "打分表未报送",
    SheetState.SUBMITTED: "打分表待审核",
    SheetState.RETURNED: "打分表退回未报",
    "blank": "已报送，不适用待区政府办批准",
    "no-carrier": "没有一家承担，取不出平均分，待区政府办决定怎样计分",
}


@dataclass(frozen=True)
class MissingSheet:
    number: int
    indicator: str
    evaluator: str
    organisations: tuple[str, ...]


def missing_sheets(document: Json) -> list[tuple[str, bool, list[MissingSheet]]]:
    """By state of the sheet: words, whether single organisations matter (a filed sheet), the sheets with their gaps."""
    names = {row["organisation"]: row["name"] for row in document["rows"]}
    found: dict[str, dict[tuple[int, str, str], list[str]]] = {}
    for gap in document["missing"]:
        key = (gap["indicator"]["number"], gap["indicator"]["name"], gap["evaluator"]["name"])
        found.setdefault(gap["sheet"], {}).setdefault(key, []).append(names[gap["organisation"]])
    return [
        (
            SHEET_WORDS.get(state, state),
            state == "blank",
            [MissingSheet(*key, tuple(units)) for key, units in sorted(sheets.items())],
        )
        for state, sheets in sorted(found.items())
    ]


@dataclass(frozen=True)
class UnconfirmedGroup:
    label: str
    assumed: int
    unreadable: int


def unconfirmed_groups(document: Json) -> list[UnconfirmedGroup]:
    """Unconfirmed figures counted by kind, in the order of FigureKind."""
    counts = Counter((figure["figure"].partition("/")[0], figure["status"]) for figure in document["unconfirmed"])
    kinds = {kind for kind, _ in counts}
    order = [*(kind for kind in FigureKind.values if kind in kinds), *sorted(kinds - set(FigureKind.values))]
    return [
        UnconfirmedGroup(
            str(FigureKind(kind).label) if kind in FigureKind.values else kind,
            counts[kind, FigureStatus.ASSUMED],
            counts[kind, FigureStatus.UNREADABLE],
        )
        for kind in order
    ]


@dataclass(frozen=True)
class Readiness:
    """Whether a track's period can be computed, and what an official computation still lacks."""

    scheme: Scheme
    period: Period
    sheets: int
    filed: int
    missing: int
    unconfirmed: int
    latest: Ranking | None
    year_problem: str = ""

    @property
    def lacking(self) -> str:
        words = [self.year_problem] if self.year_problem else []
        if self.unconfirmed:
            words.append(f"{self.unconfirmed} 处未确认")
        if self.missing:
            words.append(f"{self.missing} 格缺分")
        return "，".join(words)


def readiness(rankings: Sequence[Ranking], *, period: Period | None = None, track: str = "") -> list[Readiness]:
    """Every opened quarter and year of every track, newest first, in three queries (and three a year). `rankings`: newest first."""
    found = MarkSheet.objects.exclude(period__kind=PeriodKind.MONTH)
    if period is not None:
        found = found.filter(period=period)
    if track:
        found = found.filter(scheme__track=track)
    pairs: dict[tuple[int, int], tuple[Scheme, Period, int, int]] = {}
    for sheet in found.select_related("scheme", "period"):
        scheme, of, sheets, filed = pairs.get((sheet.scheme_id, sheet.period_id), (sheet.scheme, sheet.period, 0, 0))
        pairs[sheet.scheme_id, sheet.period_id] = (scheme, of, sheets + 1, filed + (sheet.state == SheetState.FILED))
    gaps = Q(value__isnull=True) & ~Q(not_applicable=NotApplicable.APPROVED) | ~Q(sheet__state=SheetState.FILED)
    missing = {
        (scheme, of): count
        for scheme, of, count in Mark.objects.filter(gaps, sheet__in=found)
        .exclude(sheet__in=left_out_sheets())
        .values_list("sheet__scheme_id", "sheet__period_id")
        .annotate(count=Count("pk"))
        .order_by()
    }
    unconfirmed = dict(Figure.objects.unconfirmed().values_list("scheme_id").annotate(count=Count("pk")).order_by())
    latest: dict[tuple[int, int], Ranking] = {}
    for ranking in rankings:
        latest.setdefault((ranking.scheme_id, ranking.period_id), ranking)
    listed = [
        Readiness(
            scheme,
            of,
            sheets,
            filed,
            missing.get(key, 0),
            unconfirmed.get(scheme.pk, 0),
            latest.get(key),
            problem_of_method(scheme, locked_method(scheme)) if of.kind == PeriodKind.YEAR else "",
        )
        for key, (scheme, of, sheets, filed) in pairs.items()
    ]
    listed.sort(key=lambda one: one.scheme.track, reverse=True)
    listed.sort(key=lambda one: one.period.code, reverse=True)
    return listed
