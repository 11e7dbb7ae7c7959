"""The demonstration's year's end taken away: what demonstration accounts entered, and meetings over invented results."""

from evaluation.adjustments.models import Adjustment
from evaluation.engine.models.year_method import YearMethod
from evaluation.enums import AdjustmentState
from evaluation.year.models.year_end import CommitteeReport, DeliberatedAdjustment, Deliberation, Veto


def remove_demo_year_end() -> None:
    """Before the rankings go. A real entry that such a meeting decided goes back to wait for a real one."""
    meetings = Deliberation.objects.filter(ranking__demo=True)
    decided = DeliberatedAdjustment.objects.filter(deliberation__in=meetings).values("adjustment_id")
    done = (AdjustmentState.GRANTED, AdjustmentState.REFUSED)
    Adjustment.objects.filter(pk__in=decided, demo=False, state__in=done).update(
        state=AdjustmentState.CHECKED, decided_points=None, tie_decision=""
    )
    CommitteeReport.objects.filter(ranking__demo=True).delete()
    meetings.delete()
    DeliberatedAdjustment.objects.filter(adjustment__demo=True).delete()
    Adjustment.objects.filter(demo=True).delete()
    Veto.objects.filter(demo=True).delete()
    YearMethod.objects.filter(demo=True).delete()
