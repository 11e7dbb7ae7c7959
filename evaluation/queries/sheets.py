"""Mark sheets as the list and the matrix show them, in a fixed number of queries."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from fractions import Fraction

from django.db.models import Count, Q, QuerySet

from evaluation.enums import EDITABLE_STATES, FigureKind, FigureStatus, NotApplicable, SchemeState, SheetState
from evaluation.models import DeductionLine, Figure, Mark, MarkSheet, Period, Rulebook
from evaluation.queries.engine_inputs import related_organisations
from evaluation.rules.column import Statistics, statistics
from evaluation.rules.figures import split_share
from miyun_kpi.lib.decimals import plain
from miyun_kpi.organisations.enums import Track
from miyun_kpi.organisations.models import Organisation

STRIP_WIDTH = 120
# A change against the last period that the matrix points out, in hundredths of the full mark.
FAR_CHANGE = 6


def shown_mark(value: Decimal | None) -> str:
    """A mark in the matrix: as stored, with one decimal at least, so that a column lines up."""
    if value is None:
        return ""
    text = plain(value)
    return text if "." in text else f"{text}.0"


@dataclass(frozen=True)
class Trouble:
    """A save that did not happen, told in its row. `kind` is "refused" or "changed"; `typed` is what was typed."""

    kind: str
    message: str
    typed: str


@dataclass(frozen=True)
class RowView:
    """One row of the matrix. `before` is the filed mark of the last period; `own` marks 评本单位 (engine 13)."""

    number: int
    mark: Mark
    weight: Figure
    before: Decimal | None
    own: bool
    deductions: int
    low: Decimal
    trouble: Trouble | None = None

    @property
    def organisation(self) -> Organisation:
        return self.mark.organisation

    @property
    def shown(self) -> str:
        return shown_mark(self.mark.value)

    @property
    def before_shown(self) -> str:
        return shown_mark(self.before)

    @property
    def blank(self) -> bool:
        return self.mark.value is None and not self.mark.not_applicable

    @property
    def proposed(self) -> bool:
        return self.mark.not_applicable == NotApplicable.PROPOSED

    @property
    def css(self) -> str:
        if self.trouble:
            return f"is-{self.trouble.kind}"
        if self.mark.not_applicable:
            return "is-na"
        return "is-blank" if self.blank else ""

    @property
    def change(self) -> Decimal | None:
        if self.mark.value is None or self.before is None:
            return None
        return self.mark.value - self.before

    @property
    def far(self) -> bool:
        return self.change is not None and abs(self.change) * 100 >= FAR_CHANGE * self.mark.full_mark

    @property
    def rate(self) -> Fraction | None:
        return None if self.mark.value is None else Fraction(self.mark.value) / Fraction(self.mark.full_mark)

    @property
    def saved_name(self) -> str:
        """The person alone, without the post that follows in brackets."""
        return self.mark.saved_by.rpartition("（")[0] or self.mark.saved_by

    @property
    def saved_clock(self) -> str:
        return f"已存 {self.mark.saved_at.astimezone():%H:%M}" if self.mark.saved_at else "已存"

    @property
    def saved_day(self) -> str:
        return f"已存 {self.mark.saved_at.astimezone():%m-%d}" if self.mark.saved_at else "已存"

    @property
    def strip_x(self) -> float | None:
        return None if self.rate is None else strip_place(self.rate, self.low) - 4.5


def strip_place(rate: Fraction, low: Decimal) -> float:
    """Where a rate of 0–1 stands on the strip that begins at `low` hundredths."""
    span = max(100 - low, Decimal(1))
    return round(float((rate * 100 - Fraction(low)) / Fraction(span)) * STRIP_WIDTH, 1)


@dataclass(frozen=True)
class IdleRow:
    """An organisation of the track that does not carry the item: no mark, it takes the average (engine 7)."""

    organisation: Organisation
    weight: Figure


@dataclass(frozen=True)
class PastPeriod:
    """One earlier filed sheet of the same share."""

    period: Period
    marks: dict[int, Decimal]


@dataclass(frozen=True)
class SheetPage:
    """Everything the matrix shows. Statistics run on the rate in hundredths where full marks differ by row."""

    sheet: MarkSheet
    share: Fraction
    rows: list[RowView]
    idle: list[IdleRow]
    past: list[PastPeriod]
    rulebook: Rulebook | None
    full_differs: bool
    low: Decimal
    numbers: Statistics

    @property
    def total(self) -> int:
        return len(self.rows)

    @property
    def blank(self) -> list[RowView]:
        return [row for row in self.rows if row.blank]

    @property
    def done(self) -> int:
        return self.total - len(self.blank)

    @property
    def not_applicable(self) -> int:
        return sum(bool(row.mark.not_applicable) for row in self.rows)

    @property
    def proposed(self) -> list[RowView]:
        return [row for row in self.rows if row.proposed]

    @property
    def full_mark(self) -> Decimal:
        return self.rows[0].mark.full_mark if self.rows else Decimal(100)

    @property
    def is_township(self) -> bool:
        return self.sheet.scheme.track == Track.TOWNSHIP

    @property
    def share_text(self) -> str:
        if self.share == 1:
            return "100%"
        return f"{self.share.numerator}/{self.share.denominator}"

    @property
    def unprinted(self) -> list[str]:
        """The statuses other than 原文 that stand on this page, for its legend."""
        figures = [self.sheet.share_figure, *(r.weight for r in self.rows), *(r.weight for r in self.idle)]
        found = {figure.status for figure in figures}
        return [status for status in FigureStatus.values if status in found and status != FigureStatus.PRINTED]

    @property
    def strip_ticks(self) -> str:
        return "".join(f"M{strip_place(row.rate, self.low):g} 7v6" for row in self.rows if row.rate is not None)

    @property
    def strip_mean(self) -> float | None:
        rates = [row.rate for row in self.rows if row.rate is not None]
        return strip_place(sum(rates, Fraction(0)) / len(rates), self.low) if rates else None

    @property
    def strip_middle(self) -> Decimal:
        return (self.low + 100) / 2

    def row(self, code: str) -> RowView | None:
        return next((row for row in self.rows if row.organisation.code == code), None)


def sheet_page(sheet: MarkSheet, visible: QuerySet[MarkSheet]) -> SheetPage:
    """The matrix of a sheet. `visible` are the sheets the reader may see: earlier marks come from no others."""
    marks = list(
        Mark.objects.filter(sheet=sheet)
        .select_related("organisation")
        .annotate(deduction_count=Count("deductions"))
        .order_by("order")
    )
    weights = _weights(sheet)
    past = _past(sheet, visible)
    own = related_organisations(sheet.evaluator_id)
    low = _low(marks, past)
    before = past[0].marks if past else {}
    rows = [
        RowView(
            number=number,
            mark=mark,
            weight=weights[mark.organisation.zone],
            before=before.get(mark.organisation_id),
            own=mark.organisation_id in own,
            deductions=mark.deduction_count,  # type: ignore[attr-defined]
            low=low,
        )
        for number, mark in enumerate(marks, 1)
    ]
    carried = {mark.organisation_id for mark in marks}
    idle = [
        IdleRow(organisation, weights[organisation.zone])
        for organisation in Organisation.objects.of_track(sheet.scheme.track).ordered()
        if organisation.pk not in carried
    ]
    differs = len({mark.full_mark for mark in marks}) > 1
    rates = [(row.rate, row.mark.value) for row in rows if row.rate is not None]
    numbers = statistics([rate * 100 if differs else Fraction(value or 0) for rate, value in rates])
    _, share = split_share(sheet.share_figure.value)
    return SheetPage(sheet, share, rows, idle, past, rulebook_in_force(sheet), differs, low, numbers)


def _weights(sheet: MarkSheet) -> dict[str, Figure]:
    found = Figure.objects.filter(indicator_id=sheet.indicator_id, kind=FigureKind.WEIGHT).order_by("order")
    return {figure.zone: figure for figure in found}


def _past(sheet: MarkSheet, visible: QuerySet[MarkSheet]) -> list[PastPeriod]:
    """Up to three earlier filed sheets of the same share, the latest first."""
    earlier = list(
        visible.filter(
            share_figure_id=sheet.share_figure_id,
            period__kind=sheet.period.kind,
            period__code__lt=sheet.period.code,
            state=SheetState.FILED,
        )
        .select_related("period")
        .order_by("-period__code")[:3]
    )
    found: dict[int, dict[int, Decimal]] = {one.pk: {} for one in earlier}
    values = Mark.objects.filter(sheet__in=list(found), value__isnull=False)
    for sheet_id, organisation_id, value in values.values_list("sheet_id", "organisation_id", "value"):
        if value is not None:
            found[sheet_id][organisation_id] = value
    return [PastPeriod(one.period, found[one.pk]) for one in earlier]


def _low(marks: Sequence[Mark], past: Sequence[PastPeriod]) -> Decimal:
    """Where the strips begin: 70 hundredths of the full mark, or the ten below the least mark."""
    rates = [mark.value * 100 / mark.full_mark for mark in marks if mark.value is not None]
    least = min([*rates, Decimal(70)])
    return Decimal(int(least) // 10 * 10)


def rulebook_in_force(sheet: MarkSheet) -> Rulebook | None:
    """The newest 考评细则 of the share published before the sheet starts (engine 5)."""
    return (
        Rulebook.objects.filter(share_figure_id=sheet.share_figure_id, published_at__lte=sheet.period.starts_at)
        .prefetch_related("lines")
        .order_by("-number")
        .first()
    )


def deductions_of(mark: Mark) -> list[DeductionLine]:
    return list(DeductionLine.objects.filter(mark=mark).select_related("line").order_by("pk"))


def zone_mean(past: PastPeriod, page: SheetPage, row: RowView) -> Fraction | None:
    """Mean of the organisations of the same zone (departments: of the same category) in an earlier period."""
    peers = [
        past.marks[other.mark.organisation_id]
        for other in page.rows
        if other.mark.organisation_id in past.marks and _peer(other.organisation, row.organisation)
    ]
    return sum((Fraction(value) for value in peers), Fraction(0)) / len(peers) if peers else None


def _peer(one: Organisation, other: Organisation) -> bool:
    return one.zone == other.zone and one.category == other.category


# ── the list ─────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True)
class ListedSheet:
    sheet: MarkSheet
    carried: int
    done: int
    waiting: int
    share: str

    @property
    def blank(self) -> int:
        return self.carried - self.done

    def state(self, at: datetime) -> tuple[str, str]:
        """Name and word of the state as the status tag takes them."""
        sheet, phase = self.sheet, self.sheet.period.window.phase(at)
        if sheet.state == SheetState.FILED:
            return ("late", "已报送（迟报）") if sheet.late else ("filed", "已报送")
        if sheet.state == SheetState.SUBMITTED:
            return "submitted", ""
        if sheet.state == SheetState.RETURNED:
            return "returned", "退回重开"
        if phase == "before":
            return "not_started", ""
        if phase == "open":
            return ("open", "填报中") if self.done else ("not_filed", "未填")
        if phase == "late":
            return "late_open", ""
        return "missing", "缺表"


@dataclass
class EvaluatorCount:
    """How many sheets of the list an evaluator has and has filed."""

    evaluator: Organisation
    sheets: int = 0
    filed: int = 0
    blank: int = 0


@dataclass(frozen=True)
class SheetList:
    sheets: list[ListedSheet]
    evaluators: list[EvaluatorCount] = field(default_factory=list)

    @property
    def filed(self) -> int:
        return sum(listed.sheet.state == SheetState.FILED for listed in self.sheets)


def sheet_list(
    visible: QuerySet[MarkSheet], *, period: Period, track: str = "", state: str = "", evaluator: str = ""
) -> SheetList:
    """The visible sheets of a period with their counts, in one query; the counts per evaluator disregard `state`."""
    found = visible.filter(period=period)
    if track:
        found = found.filter(scheme__track=track)
    rows = (
        found.select_related("scheme", "period", "indicator", "share_figure", "evaluator")
        .annotate(
            carried=Count("marks"),
            done=Count("marks", filter=Q(marks__value__isnull=False) | ~Q(marks__not_applicable="")),
            waiting=Count("marks", filter=Q(marks__not_applicable=NotApplicable.PROPOSED)),
        )
        .order_by("-scheme__track", "indicator__number", "share_figure__order")
    )
    counts: dict[int, EvaluatorCount] = {}
    shown = []
    for sheet in rows:
        _, share = split_share(sheet.share_figure.value)
        text = "100%" if share == 1 else f"{share.numerator}/{share.denominator}"
        listed = ListedSheet(sheet, sheet.carried, sheet.done, sheet.waiting, text)
        count = counts.setdefault(sheet.evaluator_id, EvaluatorCount(sheet.evaluator))
        count.sheets += 1
        count.filed += sheet.state == SheetState.FILED
        count.blank += listed.blank
        if evaluator and sheet.evaluator.code != evaluator:
            continue
        if state == "open" and sheet.state not in EDITABLE_STATES:
            continue
        if state == "filed" and sheet.state in EDITABLE_STATES:
            continue
        if state == "waiting" and not listed.waiting:
            continue
        shown.append(listed)
    ordered = sorted(counts.values(), key=lambda one: (-(one.sheets - one.filed), one.evaluator.name))
    return SheetList(shown, ordered)


def shares_of(organisation_id: int | None) -> int:
    """How many items of the schemes in force an organisation marks."""
    if organisation_id is None:
        return 0
    shares = Figure.objects.filter(kind=FigureKind.SHARE, scheme__state=SchemeState.IN_FORCE)
    return shares.filter(organisation_id=organisation_id).count()
