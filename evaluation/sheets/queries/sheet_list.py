"""The list of mark sheets with their counts, in a fixed number of queries."""

from dataclasses import dataclass, field
from datetime import datetime

from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from evaluation.enums import EDITABLE_STATES, FigureKind, NotApplicable, SchemeState, SheetState
from evaluation.periods.models import Period
from evaluation.scheme.models.scheme import Figure
from evaluation.scheme.rules.figures import split_share
from evaluation.sheets.models.marks import DeductionLine, MarkSheet
from evaluation.sheets.queries.sheet_facts import with_counts
from miyun_kpi.organisations.models import Organisation


@dataclass(frozen=True)
class ListedSheet:
    sheet: MarkSheet
    carried: int
    done: int
    waiting: int
    share: str
    moved: bool = False

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
    waiting = Count("marks", filter=Q(marks__not_applicable=NotApplicable.PROPOSED))
    moved = DeductionLine.objects.filter(mark__sheet=OuterRef("pk"), sets__current=False)
    rows = (
        with_counts(found)
        .annotate(waiting=waiting, moved=Exists(moved))
        .order_by("-scheme__track", "indicator__number", "share_figure__order")
    )
    counts: dict[int, EvaluatorCount] = {}
    shown = []
    for sheet in rows:
        _, share = split_share(sheet.share_figure.value)
        text = "100%" if share == 1 else f"{share.numerator}/{share.denominator}"
        listed = ListedSheet(sheet, sheet.carried, sheet.carried - sheet.blank, sheet.waiting, text, sheet.moved)
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
