"""Which periods of the stages the clock opens, and which were over before their scheme was put in force here (engine 25)."""

from collections.abc import Iterator
from datetime import datetime

from evaluation.enums import SchemeState
from evaluation.periods.models import LeftPeriod, Period
from evaluation.periods.rules.calendar import default_window, stage_periods
from evaluation.scheme.models.scheme import Scheme
from miyun_kpi.lib.periods import PeriodCode


def due_periods(at: datetime) -> list[PeriodCode]:
    """Months and quarters that have begun, are not open, and lock after a scheme of theirs was put in force here.

    However long ago that was: what an outage has kept shut is opened late, not forgotten.
    """
    begun = {code for code, is_past in _unopened() if not is_past and default_window(code).starts_at <= at}
    return sorted(begun, key=str)


def past_periods() -> list[PeriodCode]:
    """往期未开启: over when the scheme came, and for the office to open or to leave."""
    found = list(_unopened())
    due = {code for code, is_past in found if not is_past}
    return sorted({code for code, is_past in found if is_past and code not in due}, key=str)


def _unopened() -> Iterator[tuple[PeriodCode, bool]]:
    """Every period of a stage that is neither open nor left, once for each scheme, with whether it was over for it."""
    known = set(Period.objects.values_list("code", flat=True)) | set(LeftPeriod.objects.values_list("code", flat=True))
    for scheme in Scheme.objects.filter(state=SchemeState.IN_FORCE, in_force_at__isnull=False):
        stage = stage_periods(PeriodCode.parse(scheme.process_from), PeriodCode.parse(scheme.process_to))
        for code in stage:
            if str(code) not in known:
                assert scheme.in_force_at is not None
                yield code, default_window(code).locks_at <= scheme.in_force_at
