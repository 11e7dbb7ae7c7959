"""What the clock does: opens, reminds, computes at the lock. Each runs as often as it likes and has one effect."""

from datetime import datetime, timedelta

import pytest

from evaluation.demo.services import _fill_and_file
from evaluation.enums import SheetState
from evaluation.models import MarkSheet, Period, Ranking
from evaluation.rules.calendar import SHANGHAI
from evaluation.services.jobs import compute_trials_at_lock, open_due_periods, send_reminders
from miyun_kpi.duties.models import DutyPeriod
from miyun_kpi.inbox.models import Notice

pytestmark = pytest.mark.usefixtures("gazette")


def at(*moment: int) -> datetime:
    return datetime(*moment, tzinfo=SHANGHAI)  # type: ignore[misc, arg-type]


def test_nothing_opens_before_the_first_stage():
    assert open_due_periods(at=at(2020, 5, 20, 9)) == 0
    assert not Period.objects.exists()


def test_a_month_opens_on_the_first_working_day_after_it():
    assert open_due_periods(at=at(2020, 5, 31, 23, 59)) == 0
    assert open_due_periods(at=at(2020, 6, 1)) == 1
    assert Period.objects.get().code == "2020-05"


def test_the_first_quarter_opens_with_its_month_and_only_once():
    moment = at(2020, 7, 1, 0, 5)
    assert open_due_periods(at=moment) == 2
    assert set(Period.objects.values_list("code", flat=True)) == {"2020-06", "2020Q2"}
    assert MarkSheet.objects.count() == 57
    owed = DutyPeriod.objects.count()
    assert owed > 1000
    assert open_due_periods(at=moment) == 0
    assert (MarkSheet.objects.count(), DutyPeriod.objects.count()) == (57, owed)


def test_no_quarter_opens_for_october_and_november_by_itself():
    for month in (10, 11, 12):
        open_due_periods(at=at(2020, month, 15, 9))
    open_due_periods(at=at(2021, 1, 6, 9))
    assert "2020Q4" not in set(Period.objects.values_list("code", flat=True))
    assert "2020-12" not in set(Period.objects.values_list("code", flat=True))


def test_a_clock_that_slept_through_a_window_opens_nothing_late():
    assert open_due_periods(at=at(2021, 3, 1, 9)) == 0


@pytest.fixture
def quarter() -> Period:
    open_due_periods(at=at(2020, 7, 1, 0, 5))
    Notice.objects.all().delete()
    return Period.objects.get(code="2020Q2")


def test_reminders_come_three_one_and_no_working_days_before_and_once_after(quarter):
    days = {}
    for day in range(13, 24):
        moment = at(2020, 7, day, 9)
        days[day] = (send_reminders(at=moment), send_reminders(at=moment + timedelta(hours=1)))
    assert quarter.due_at == at(2020, 7, 20, 18)
    # The 15th, 17th and 20th lie 3, 1 and 0 working days before; on the 21st it is late.
    assert {day for day, (first, _) in days.items() if first} == {15, 17, 20, 21}
    assert all(again == 0 for _, again in days.values())
    assert all(first in (0, 57) for first, _ in days.values())


def test_a_filed_sheet_is_not_reminded(quarter):
    MarkSheet.objects.filter(period=quarter).update(state=SheetState.FILED, filed_at=at(2020, 7, 10, 9))
    assert send_reminders(at=at(2020, 7, 17, 9)) == 0


def test_the_trial_is_computed_at_the_lock_and_once(quarter):
    _fill_and_file(quarter)
    assert compute_trials_at_lock(at=quarter.locks_at - timedelta(seconds=1)) == 0
    assert compute_trials_at_lock(at=quarter.locks_at) == 2
    assert compute_trials_at_lock(at=quarter.locks_at + timedelta(minutes=1)) == 0
    assert Ranking.objects.filter(period=quarter, kind="trial").count() == 2
    assert compute_trials_at_lock(at=quarter.locks_at + timedelta(days=8)) == 0


def test_a_trial_at_the_lock_says_what_is_missing(quarter):
    assert compute_trials_at_lock(at=quarter.locks_at) == 2
    document = Ranking.objects.get(scheme__track="township").document
    assert '"missing":[]' not in document
