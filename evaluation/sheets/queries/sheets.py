"""Mark sheets as the list and the matrix show them, in a fixed number of queries."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction

from django.db.models import Count, Exists, OuterRef, QuerySet

from evaluation.enums import FigureStatus, NotApplicable, SheetState
from evaluation.periods.models import Period
from evaluation.periods.queries.population import population
from evaluation.scheme.models.scheme import Figure
from evaluation.scheme.queries.schemes import weights_of
from evaluation.scheme.rules.figures import split_share
from evaluation.sheets.models.marks import DeductionLine, Mark, MarkSheet, Rulebook
from evaluation.sheets.models.trail import SheetScan
from evaluation.sheets.queries.methods import ProposedMark, proposed_marks
from evaluation.sheets.queries.sheet_facts import held_marks
from evaluation.sheets.rules.column import Statistics, statistics
from miyun_kpi.lib.actors import person_in
from miyun_kpi.lib.decimals import plain
from miyun_kpi.organisations.enums import Track
from miyun_kpi.organisations.models import Organisation

STRIP_WIDTH = 120


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
    """One row of the matrix. `before` is the filed mark of the last period; `own` marks 评本单位 (engine 13); `own_rule` is
    what the evaluator's own 细则 gives.

    `far_from`: a change the matrix points out, in hundredths of the full mark (a setting of the scheme).
    """

    number: int
    mark: Mark
    weight: Figure
    before: Decimal | None
    own: bool
    deductions: int
    low: Decimal
    far_from: Decimal
    trouble: Trouble | None = None
    own_rule: ProposedMark | None = None

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
    def own_rule_shown(self) -> str:
        return shown_mark(self.own_rule.value) if self.own_rule else ""

    @property
    def tells_own_rule(self) -> bool:
        """Blank with nothing written beside it: the row says what the own 细则 gives."""
        return self.blank and self.own_rule is not None and not self.mark.problems and not self.mark.suggestions

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
        return self.change is not None and abs(self.change) * 100 >= self.far_from * self.mark.full_mark

    @property
    def rate(self) -> Fraction | None:
        return None if self.mark.value is None else Fraction(self.mark.value) / Fraction(self.mark.full_mark)

    @property
    def saved_name(self) -> str:
        """The person alone, without the post that follows in brackets."""
        return person_in(self.mark.saved_by)

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
    # Of the last filed sheet of the share, whoever filed it: what the checks compare with.
    rates_before: Mapping[int, Fraction]
    rulebook: Rulebook | None
    full_differs: bool
    low: Decimal
    numbers: Statistics

    @property
    def marks(self) -> list[Mark]:
        return [row.mark for row in self.rows]

    @property
    def total(self) -> int:
        return len(self.rows)

    @property
    def rules(self) -> int:
        """Lines of the 考评细则 in force."""
        return self.rulebook.__dict__["counted"] if self.rulebook else 0

    @property
    def seen(self) -> int:
        """What the reader of this page has looked at: any later save makes the sum larger."""
        return sum(row.mark.version for row in self.rows)

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
    def offered(self) -> list[RowView]:
        """Blank cells for which the own 细则 gives a mark: what one key accepts."""
        return [row for row in self.rows if row.blank and row.own_rule and row.own_rule.value is not None]

    @property
    def proposals(self) -> dict[int, ProposedMark]:
        return {row.mark.organisation_id: row.own_rule for row in self.rows if row.own_rule}

    @property
    def by_own_rule(self) -> bool:
        return any(row.own_rule for row in self.rows)

    @property
    def proposed(self) -> list[RowView]:
        return [row for row in self.rows if row.proposed]

    @property
    def far(self) -> int:
        return sum(row.far for row in self.rows)

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
    marks = held_marks(sheet)
    weights, (past, rates_before) = _weights(sheet), _past(sheet, visible)
    carried = {mark.organisation_id for mark in marks}
    idle = [
        IdleRow(organisation, weights[organisation.zone])
        for organisation in population(sheet.scheme, sheet.period)
        if organisation.pk not in carried
    ]
    page = _built(sheet, marks, weights, past[0].marks if past else {}, proposed_marks(sheet, marks))
    return replace(page, idle=idle, past=past, rates_before=rates_before, rulebook=rulebook_in_force(sheet))


def answer_page(
    sheet: MarkSheet, marks: Sequence[Mark], before: Mapping[int, Decimal], proposals: Mapping[int, ProposedMark]
) -> SheetPage:
    """The part of it that an answer to a saved cell shows: its rows and sums, from what the save has read already."""
    return _built(sheet, marks, _weights(sheet), before, proposals)


def _weights(sheet: MarkSheet) -> dict[str, Figure]:
    return weights_of(sheet.scheme_id, sheet.indicator_id, sheet.period.period_code)


def _built(
    sheet: MarkSheet,
    marks: Sequence[Mark],
    weights: Mapping[str, Figure],
    before: Mapping[int, Decimal],
    proposals: Mapping[int, ProposedMark],
) -> SheetPage:
    low = _low(marks)
    rows = [
        RowView(
            number=number,
            mark=mark,
            weight=weights[mark.organisation.zone],
            before=before.get(mark.organisation_id),
            own=mark.own,
            deductions=mark.deduction_count,
            low=low,
            far_from=sheet.scheme.far_change,
            own_rule=proposals.get(mark.organisation_id),
        )
        for number, mark in enumerate(marks, 1)
    ]
    differs = len({mark.full_mark for mark in marks}) > 1
    rates = [(row.rate, row.mark.value) for row in rows if row.rate is not None]
    numbers = statistics([rate * 100 if differs else Fraction(value or 0) for rate, value in rates])
    _, share = split_share(sheet.share_figure.value)
    return SheetPage(sheet, share, rows, [], [], {}, None, differs, low, numbers)


def _past(sheet: MarkSheet, visible: QuerySet[MarkSheet]) -> tuple[list[PastPeriod], dict[int, Fraction]]:
    """Of the last three filed sheets of the share those the reader may see, the latest first; and the rates of the last."""
    last = MarkSheet.objects.filter(
        share_figure_id=sheet.share_figure_id,
        period__kind=sheet.period.kind,
        period__code__lt=sheet.period.code,
        state=SheetState.FILED,
    ).order_by("-period__code")[:3]
    values = (
        Mark.objects.filter(sheet__in=last.values("pk"), value__isnull=False)
        .annotate(seen=Exists(visible.filter(pk=OuterRef("sheet_id"))))
        .select_related("sheet__period")
        .order_by("-sheet__period__code", "order")
    )
    found: dict[int, PastPeriod] = {}
    rates: dict[int, Fraction] = {}
    newest = 0
    for mark in values:
        newest = newest or mark.sheet_id
        if mark.value is None:
            continue
        if mark.sheet_id == newest:
            rates[mark.organisation_id] = Fraction(mark.value) * 100 / Fraction(mark.full_mark)
        if mark.__dict__["seen"]:
            past = found.setdefault(mark.sheet_id, PastPeriod(mark.sheet.period, {}))
            past.marks[mark.organisation_id] = mark.value
    return list(found.values()), rates


def _low(marks: Sequence[Mark]) -> Decimal:
    """Where the strips begin: 70 hundredths of the full mark, or the ten below the least mark."""
    rates = [mark.value * 100 / mark.full_mark for mark in marks if mark.value is not None]
    least = min([*rates, Decimal(70)])
    return Decimal(int(least) // 10 * 10)


def rulebook_in_force(sheet: MarkSheet) -> Rulebook | None:
    """The newest 考评细则 of the share published before the sheet starts (engine 5), with the number of its lines."""
    return (
        Rulebook.objects.filter(share_figure_id=sheet.share_figure_id, published_at__lte=sheet.period.starts_at)
        .annotate(counted=Count("lines"))
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


def scans_of(sheet: MarkSheet) -> list[SheetScan] | None:
    """The stamped scans; None where the scheme asks for none and none was kept."""
    if sheet.indicator.offline_only:
        return None
    found = list(SheetScan.objects.filter(sheet=sheet).select_related("attachment"))
    return found if found or sheet.scheme.scan_required else None
