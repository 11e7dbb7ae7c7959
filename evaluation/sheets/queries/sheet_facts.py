"""Sheets with their counts, as lists of pages and API show them."""

from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING, TypedDict

from django.db.models import BooleanField, Case, Count, Exists, Max, Min, OuterRef, Q, QuerySet, Subquery, When
from django.db.models.functions import Coalesce

from evaluation.enums import ConditionState, NotApplicable, SheetState, UnitChange, UnitChangeState
from evaluation.periods.models import Period, PeriodUnit, UnitDecision
from evaluation.periods.queries.population import with_names_of_the_day
from evaluation.sheets.models.conditions import MarkCondition
from evaluation.sheets.models.marks import DeductionLine, Mark, MarkSheet, Rulebook, RulebookLine
from miyun_kpi.db.asked import asked
from miyun_kpi.organisations.models import Affiliation

# What a period freezes of its units.
DAY = ("name", "zone", "category")
FROZEN = [(name, f"day_{name}") for name in DAY]

if TYPE_CHECKING:
    # The stubs are there for the type checker alone.
    from django_stubs_ext import WithAnnotations

    class Counts(TypedDict):
        carried: int
        marked: int
        excused: int
        blank: int
        lowest_full: Decimal | None
        highest_full: Decimal | None

    CountedSheet = WithAnnotations[MarkSheet, Counts]


def with_counts(sheets: QuerySet[MarkSheet]) -> "QuerySet[CountedSheet]":
    """`carried`, `marked` (a value), `excused` (不适用), `blank`, and the range of full marks, in the one query."""
    blank = Q(marks__value__isnull=True, marks__not_applicable=NotApplicable.NO)
    return sheets.select_related("scheme", "period", "indicator", "evaluator", "share_figure").annotate(
        carried=Count("marks"),
        marked=Count("marks", filter=Q(marks__value__isnull=False)),
        excused=Count("marks", filter=~Q(marks__not_applicable=NotApplicable.NO)),
        blank=Count("marks", filter=blank),
        lowest_full=Min("marks__full_mark"),
        highest_full=Max("marks__full_mark"),
    )


def ranked_marks(sheet: MarkSheet) -> QuerySet[Mark]:
    """The cells of the sheet without units that a 考评对象调整决定 leaves out of the period."""
    return _ranked(sheet.pk, sheet.scheme_id, sheet.period_id)


def _ranked(sheet: int, scheme: int, period: int) -> QuerySet[Mark]:
    left_out = UnitDecision.objects.filter(
        scheme=scheme, period=period, state=UnitChangeState.CONFIRMED, kind=UnitChange.LEAVE_OUT
    )
    found = Mark.objects.filter(sheet=sheet).exclude(organisation__in=left_out.values("organisation"))
    return found.select_related("organisation")


def of_the_day(sheet: MarkSheet, marks: QuerySet[Mark]) -> list[Mark]:
    """Loaded, with each unit's name and zone as they were when the period opened."""
    found = list(marks)
    units = [mark.organisation for mark in found]
    with_names_of_the_day(units, scheme_id=sheet.scheme_id, period_id=sheet.period_id)
    return found


def method_lines(sheet: MarkSheet) -> QuerySet[RulebookLine]:
    """Of the newest 细则 published before the sheet starts: its lines with a method that was not withdrawn."""
    return _method_lines(sheet.share_figure_id, sheet.period.starts_at)


def _method_lines(share: int, starts_at: datetime | Subquery) -> QuerySet[RulebookLine]:
    newest = Rulebook.objects.filter(share_figure=share, published_at__lte=starts_at)
    lines = RulebookLine.objects.filter(method__isnull=False, withdrawn_at__isnull=True)
    return lines.filter(rulebook__in=newest.order_by("-number").values("pk")[:1])


def last_filed(sheet: MarkSheet) -> "QuerySet[MarkSheet, int]":
    """The key of the last filed sheet of the same share, as a subquery."""
    return _last_filed(sheet.share_figure_id, sheet.period.kind, sheet.period.code)


def _last_filed(share: int, kind: str, code: str) -> "QuerySet[MarkSheet, int]":
    found = MarkSheet.objects.filter(
        share_figure_id=share, period__kind=kind, period__code__lt=code, state=SheetState.FILED
    )
    return found.order_by("-period__code").values_list("pk", flat=True)[:1]


def held_marks(sheet: MarkSheet, *, before: bool = False) -> list[Mark]:
    """The cells in their order with all that their rows show of them, in one query.

    Each organisation bears the name, zone and category it had when the period opened; `deduction_count`, `own` (评本单位,
    engine 13), `data_moved` (an accepted deduction came from data that has a later version), `cites_withdrawn`,
    `by_method` (the 细则 of the sheet declares one) and `held_against` (a condition of the scheme is active) stand on the mark.
    With `before` also that: value and full mark of the unit on the last filed sheet of the share, None without a value there.
    """
    evaluator, period = sheet.evaluator, sheet.period
    # Who belongs to nobody is part of itself, which is asked anyway.
    part_of, share = evaluator.part_of_id or evaluator.pk, sheet.share_figure_id
    if before:
        kind = str(period.kind)
        marks = _held_with_before(sheet.pk, sheet.scheme_id, period.pk, evaluator.pk, part_of, share, kind, period.code)
    else:
        marks = _held(sheet.pk, sheet.scheme_id, period.pk, evaluator.pk, part_of, share)
    for mark in marks:
        shown = mark.__dict__
        mark.deduction_count, mark.own = shown["counted"], shown["own_body"]
        mark.data_moved, mark.cites_withdrawn = shown["moved_data"], shown["withdrawn_line"]
        mark.by_method, mark.held_against = shown["declared"], shown["asks"]
        if before and shown["past_value"] is not None:
            mark.before = (shown["past_value"], shown["past_full"])
        unit = mark.organisation
        for name, frozen in FROZEN:
            if (value := shown[frozen]) is not None:
                setattr(unit, name, value)
    return marks


def _held_of(sheet: int, scheme: int, period: int, evaluator: int, part_of: int, share: int) -> QuerySet[Mark]:
    """`part_of`: the body that the evaluator belongs to, else itself."""
    frozen = PeriodUnit.objects.filter(scheme=scheme, period=period, organisation=OuterRef("organisation"))
    links = Affiliation.objects.filter(
        Q(organisation=evaluator, other=OuterRef("organisation"))
        | Q(other=evaluator, organisation=OuterRef("organisation"))
    )
    own = Q(organisation=evaluator) | Q(organisation__part_of=evaluator) | Q(organisation=part_of)
    lines = DeductionLine.objects.filter(mark=OuterRef("pk"))
    starts_at = Period.objects.filter(pk=period).values("starts_at")
    found = _ranked(sheet, scheme, period).annotate(
        counted=Coalesce(Subquery(lines.order_by().values("mark").values(many=Count("pk"))), 0),
        moved_data=Exists(lines.filter(sets__current=False)),
        declared=Exists(_method_lines(share, Subquery(starts_at))),
        asks=Exists(MarkCondition.objects.filter(scheme=scheme, state=ConditionState.ACTIVE)),
        withdrawn_line=Exists(lines.filter(line__withdrawn_at__isnull=False)),
        own_body=Case(When(own, then=True), default=Exists(links), output_field=BooleanField()),
        **{column: Subquery(frozen.values(name)[:1]) for name, column in FROZEN},
    )
    return found.order_by("order")


@asked
def _held(sheet: int, scheme: int, period: int, evaluator: int, part_of: int, share: int) -> QuerySet[Mark]:
    return _held_of(sheet, scheme, period, evaluator, part_of, share)


@asked
def _held_with_before(
    sheet: int, scheme: int, period: int, evaluator: int, part_of: int, share: int, kind: str, code: str
) -> QuerySet[Mark]:
    there = Mark.objects.filter(sheet__in=_last_filed(share, kind, code), organisation=OuterRef("organisation"))
    past = there.filter(value__isnull=False)
    found = _held_of(sheet, scheme, period, evaluator, part_of, share)
    return found.annotate(past_value=Subquery(past.values("value")), past_full=Subquery(past.values("full_mark")))
