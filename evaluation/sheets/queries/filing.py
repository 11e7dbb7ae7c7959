"""缺表处理决定 as rankings name them, and as the office's pages list them."""

from collections.abc import Iterable
from typing import Any

from django.db.models import Q, QuerySet

from evaluation.enums import DecisionKind, DecisionState, SheetState
from evaluation.periods.models import Period
from evaluation.scheme.models.scheme import Scheme
from evaluation.sheets.models.filing import SheetDecision
from evaluation.sheets.models.marks import MarkSheet
from miyun_kpi.db.asked import asked

# A sheet that is filed after all counts, whatever had been decided while it was missing.
NOT_COUNTED = Q(kind=DecisionKind.LEAVE_OUT, state=DecisionState.CONFIRMED) & ~Q(sheet__state=SheetState.FILED)


def decisions_in_force(scheme: Scheme, period: Period) -> list[SheetDecision]:
    """Confirmed decisions of one track and period in printed order of their sheets."""
    return _in_force(scheme.pk, period.pk)


@asked
def _in_force(scheme: int, period: int) -> QuerySet[SheetDecision]:
    confirmed = Q(state=DecisionState.CONFIRMED) & ~Q(kind=DecisionKind.LEAVE_OUT)
    return (
        SheetDecision.objects.filter(confirmed | NOT_COUNTED, sheet__scheme=scheme, sheet__period=period)
        .select_related("sheet__share_figure", "sheet__indicator", "sheet__evaluator")
        .order_by("sheet__indicator__number", "sheet__share_figure__order")
    )


def left_out_sheets() -> QuerySet[SheetDecision, Any]:
    """Primary keys of sheets that are not counted."""
    return SheetDecision.objects.filter(NOT_COUNTED).values("sheet_id")


def share_keys_left_out(decisions: Iterable[SheetDecision]) -> frozenset[str]:
    return frozenset(d.sheet.share_figure.key for d in decisions if d.kind == DecisionKind.LEAVE_OUT)


def decision_json(decision: SheetDecision) -> dict[str, Any]:
    """As rankings, 得分明细 and clients name it. Nothing of it is anybody's view but the office's own words."""
    sheet = decision.sheet
    return {
        "kind": decision.kind,
        "words": decision.get_kind_display(),
        "indicator": {"number": sheet.indicator.number, "name": sheet.indicator.short_name},
        "evaluator": {"code": sheet.evaluator.code, "name": sheet.evaluator_name or sheet.evaluator.name},
        "share": sheet.share_figure.key,
        "reason": decision.reason,
        "signer": decision.signer,
        "signed_on": decision.signed_on.isoformat(),
    }


def decisions_of(sheet: MarkSheet) -> list[SheetDecision]:
    """All decisions on one sheet, the newest first."""
    return list(SheetDecision.objects.filter(sheet=sheet).order_by("-recorded_at", "-pk"))
