"""What the clock does: opens, reminds, computes at the lock. Each runs as often as it likes and has one effect."""

import json
from datetime import datetime, timedelta

import pytest
from django.db import connection

from evaluation.clock import services as jobs
from evaluation.clock import tasks
from evaluation.clock.services import compute_trials_at_lock, open_due_periods, send_reminders
from evaluation.demo.services import _fill_and_file
from evaluation.enums import SheetState
from evaluation.filing.queries.readiness import missing_sheets
from evaluation.models import Figure, MarkSheet, Period, Ranking, Scheme
from evaluation.periods.rules.calendar import SHANGHAI
from miyun_kpi.duties.models import DutyPeriod
from miyun_kpi.inbox.models import Notice
from miyun_kpi.inbox.services import Message, send
from miyun_kpi.jobs.models import Slot
from miyun_kpi.lib.actors import SYSTEM
from miyun_kpi.lib.errors import Refused
from miyun_kpi.organisations.queries import resolve
from tests.factories.rankings import person

pytestmark = pytest.mark.usefixtures("gazette")


def at(*moment: int) -> datetime:
    return datetime(*moment, tzinfo=SHANGHAI)


@pytest.fixture(autouse=True)
def _in_force(gazette):
    """The schemes came into use here on 2020-06-20: the month of May had locked, all else is the clock's."""
    put_in_force(at(2020, 6, 20))


def put_in_force(moment: datetime) -> None:
    Scheme.objects.update(in_force_at=moment)


def test_nothing_opens_before_the_first_stage():
    put_in_force(at(2020, 5, 1))
    assert open_due_periods(at=at(2020, 5, 20, 9)) == 0
    assert not Period.objects.exists()


def test_a_month_opens_on_the_first_working_day_after_it():
    put_in_force(at(2020, 5, 1))
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
    assert {(one.key, one.made_up) for one in Slot.objects.filter(task="evaluation.open_due_periods")} == {
        ("period:2020-06", False),
        ("period:2020Q2", False),
    }


def test_no_quarter_opens_for_october_and_november_by_itself():
    for month in (10, 11, 12):
        open_due_periods(at=at(2020, month, 15, 9))
    open_due_periods(at=at(2021, 1, 6, 9))
    assert "2020Q4" not in set(Period.objects.values_list("code", flat=True))
    assert "2020-12" not in set(Period.objects.values_list("code", flat=True))


def test_a_clock_that_slept_through_windows_opens_them_late_with_three_working_days():
    """Down from 2020-06-25 to 2021-03-01 (a Monday): six months and two quarters are due, each with dates to come."""
    assert open_due_periods(at=at(2021, 3, 1, 9)) == 8
    assert open_due_periods(at=at(2021, 3, 1, 9, 5)) == 0
    for period in Period.objects.all():
        assert period.due_at == at(2021, 3, 3, 18), period.code
        assert period.starts_at == at(2021, 3, 1) and "顺延" in period.calendar_note
    assert not Period.objects.filter(code="2020-05").exists()
    assert all(Slot.objects.filter(task="evaluation.open_due_periods").values_list("made_up", flat=True))


def test_what_had_locked_before_the_scheme_came_is_told_to_the_office_once_and_left_to_it():
    person("clock-office", "区政府办公室", "evaluation_office")
    for hour in (9, 10):
        open_due_periods(at=at(2020, 6, 22, hour))
    notice = Notice.objects.get(organisation=resolve("区政府办公室"))
    assert notice.title == "2020年往期未开启 1 期" and notice.body.startswith("2020年5月在方案启用以前")
    assert not Period.objects.exists()


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


def test_of_reminders_slept_through_only_the_latest_is_made_up(quarter):
    """Down from before the 15th (three days left) to the 17th evening (one left), then to after the due date."""
    assert send_reminders(at=at(2020, 7, 17, 20)) == 57
    rules = {key.rpartition("/")[2] for key in Notice.objects.values_list("key", flat=True)}
    assert rules == {"due-1"} and "还剩 1 个工作日" in Notice.objects.first().title
    assert send_reminders(at=at(2020, 7, 18, 9)) == 0
    # Down again over the whole of the late days: no word that there is time, one that it is over.
    assert send_reminders(at=at(2020, 7, 24, 9)) == 57
    last = Notice.objects.order_by("-pk").first()
    assert last.key.endswith("/late") and "已过补报截止" in last.title
    assert send_reminders(at=at(2020, 7, 28)) == 0
    made_up = Slot.objects.filter(task="evaluation.send_reminders").values_list("made_up", flat=True)
    assert len(made_up) == 114 and all(made_up)


def test_what_was_due_before_a_window_opened_was_never_due(quarter):
    """Opened on the Friday before a Monday due: with one working day left nobody is told that there are three."""
    Period.objects.filter(pk=quarter.pk).update(starts_at=at(2020, 7, 17), opened_at=at(2020, 7, 17, 0, 5))
    assert send_reminders(at=at(2020, 7, 17, 0, 10)) == 57
    assert {key.rpartition("/")[2] for key in Notice.objects.values_list("key", flat=True)} == {"due-1"}


def test_one_sheet_that_cannot_be_reminded_of_is_told_and_the_others_are_reminded(quarter, monkeypatch):
    person("clock-office", "区政府办公室", "evaluation_office")
    broken = MarkSheet.objects.filter(period=quarter, scheme__track="township").first()
    real = jobs._reminder

    def reminder(sheet, blank, moment):
        if sheet.pk == broken.pk:
            raise KeyError("blank")
        return real(sheet, blank, moment)

    monkeypatch.setattr(jobs, "_reminder", reminder)
    assert [send_reminders(at=at(2020, 7, 20, hour)) for hour in (9, 10, 11)] == [56, 0, 0]
    told = Notice.objects.get(organisation=resolve("区政府办公室"), role="evaluation_office")
    assert "KeyError" in told.body and "管理员" in told.body
    slot = Slot.objects.get(key=f"sheet:{broken.pk}")
    assert (slot.state, slot.attempts) == ("failed", 3)
    monkeypatch.setattr(jobs, "_reminder", real)
    assert send_reminders(at=at(2020, 7, 20, 12)) == 1
    slot.refresh_from_db()
    assert (slot.state, slot.made_up) == ("done", True)


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


def test_a_trial_missed_by_an_outage_is_made_up_however_long_it_was(quarter):
    _fill_and_file(quarter)
    assert compute_trials_at_lock(at=quarter.locks_at + timedelta(days=30)) == 2
    assert all(Slot.objects.filter(task="evaluation.compute_trials_at_lock").values_list("made_up", flat=True))


def test_a_trial_that_stands_is_found_without_ranking_anything(quarter, monkeypatch):
    from evaluation.ranking import services as ranking

    scheme = Scheme.objects.get(track="township")
    first, new = ranking.compute_trial(actor=SYSTEM, scheme=scheme, period=quarter, at=at(2020, 7, 10))
    assert new
    monkeypatch.setattr(ranking, "build", lambda *_, **__: pytest.fail("ranked again"))
    again, new = ranking.compute_trial(actor=SYSTEM, scheme=scheme, period=quarter, at=at(2020, 7, 11))
    assert (again.pk, new) == (first.pk, False)


def test_a_trial_at_the_lock_says_what_is_missing(quarter):
    assert compute_trials_at_lock(at=quarter.locks_at) == 2
    document = Ranking.objects.get(scheme__track="township").document
    assert '"missing":[]' not in document


def test_what_one_scheme_refuses_does_not_keep_the_other_waiting(quarter, monkeypatch):
    """One refuses, the other is computed; the office is told once; when the cause is gone the trial is made."""
    person("clock-office", "区政府办公室", "evaluation_office")
    real = jobs.compute_trial

    def refuse_townships(*, scheme, **facts):
        if scheme.track == "township":
            send([Message("half done", organisation_id=resolve("水务局").pk, title="x")], at=quarter.locks_at)
            raise Refused("odd", "镇街方案有问题，没有试算。")
        return real(scheme=scheme, **facts)

    monkeypatch.setattr(jobs, "compute_trial", refuse_townships)
    moments = [quarter.locks_at + timedelta(minutes=n) for n in range(4)]
    assert [compute_trials_at_lock(at=moment) for moment in moments[:3]] == [1, 0, 0]
    assert list(Ranking.objects.values_list("scheme__track", flat=True)) == ["department"]
    told = Notice.objects.get(organisation=resolve("区政府办公室"))
    assert told.role == "evaluation_office" and told.body == "镇街方案有问题，没有试算。"
    assert not Notice.objects.filter(key="half done").exists()
    monkeypatch.setattr(jobs, "compute_trial", real)
    assert compute_trials_at_lock(at=moments[3]) == 1
    assert Ranking.objects.count() == 2


def test_an_error_in_one_trial_is_told_and_logged_once_and_the_other_is_computed(quarter, monkeypatch, caplog):
    person("clock-office", "区政府办公室", "evaluation_office")
    real = jobs.compute_trial

    def break_townships(*, scheme, **facts):
        if scheme.track == "township":
            with connection.cursor() as cursor:
                cursor.execute("SELECT 1 FROM no_such_table")
        return real(scheme=scheme, **facts)

    monkeypatch.setattr(jobs, "compute_trial", break_townships)
    moments = [quarter.locks_at + timedelta(minutes=n) for n in (0, 1, 2, 5, 10)]
    assert [compute_trials_at_lock(at=moment) for moment in moments] == [1, 0, 0, 0, 0]
    assert (
        caplog.text.count("no_such_table") > 0 and caplog.text.count("evaluation.compute_trials_at_lock, trial:") == 1
    )
    told = Notice.objects.get(organisation=resolve("区政府办公室"))
    assert "锁定后没有试算" in told.title and "程序出错" in told.body
    slot = Slot.objects.get(task="evaluation.compute_trials_at_lock", state="failed")
    # After n failures it waits n minutes: at 0, 1, (2 waits), 5 and 10.
    assert slot.attempts == 4


def test_with_nobody_left_to_average_the_trial_at_the_lock_says_what_is_missing(quarter):
    _fill_and_file(quarter)
    scheme = Scheme.objects.get(track="township", state="in_force")
    Figure.objects.filter(scheme=scheme, kind="carried", indicator__number=4).update(value="no")
    assert compute_trials_at_lock(at=quarter.locks_at) == 2
    document = json.loads(Ranking.objects.get(scheme=scheme).document)
    assert {(gap["indicator"]["number"], gap["sheet"]) for gap in document["missing"]} == {(4, "no-carrier")}
    assert len(document["missing"]) == len(document["rows"]) == 21
    assert all(row["total"] is None and row["partial_total"] for row in document["rows"])
    assert missing_sheets(document)[0][0].startswith("没有一家承担")


def test_a_trial_with_the_marks_of_the_lock_is_looked_at_once_after_it(quarter, monkeypatch):
    person("clock-office", "区政府办公室", "evaluation_office")
    _fill_and_file(quarter)
    before = quarter.locks_at - timedelta(hours=1)
    for scheme in Scheme.objects.filter(state="in_force"):
        assert jobs.compute_trial(actor=SYSTEM, scheme=scheme, period=quarter, at=before)[1]
    looked = []
    real = jobs.compute_trial
    monkeypatch.setattr(jobs, "compute_trial", lambda **facts: looked.append(facts["scheme"]) or real(**facts))
    assert compute_trials_at_lock(at=quarter.locks_at) == 2
    for minute in range(1, 5):
        assert compute_trials_at_lock(at=quarter.locks_at + timedelta(minutes=minute)) == 0
    assert len(looked) == 2 and Ranking.objects.count() == 2
    assert Notice.objects.filter(key__startswith="lock-trial/", body__contains="第 1 次试算相同").count() == 2
    # The lock is moved: the marks may have changed until then.
    Period.objects.filter(pk=quarter.pk).update(locks_at=quarter.locks_at + timedelta(days=1))
    assert compute_trials_at_lock(at=quarter.locks_at + timedelta(days=1, minutes=1)) == 2
    assert len(looked) == 4 and Ranking.objects.count() == 2


def test_a_period_that_cannot_be_opened_does_not_keep_the_others_shut(monkeypatch):
    person("clock-office", "区政府办公室", "evaluation_office")
    real = jobs.open_late

    def refuse_the_month(*, code, **facts):
        opened = real(code=code, **facts)
        if code.month:
            raise Refused("odd", "这个月开不了。")
        return opened

    monkeypatch.setattr(jobs, "open_late", refuse_the_month)
    moment = at(2020, 7, 1, 0, 5)
    assert [open_due_periods(at=moment + timedelta(minutes=5 * n)) for n in range(3)] == [
        2,
        0,
        0,
    ]  # and one notice of May
    assert list(Period.objects.values_list("code", flat=True)) == ["2020Q2"] and not DutyPeriod.objects.exists()
    assert Notice.objects.filter(body="这个月开不了。").count() == 1


def test_reminders_that_fail_do_not_silence_those_after_them(quarter, monkeypatch, caplog):
    called = []
    monkeypatch.setattr(jobs.MarkSheet.objects, "filter", lambda **_: called.append("sheets") or 1 / 0)
    monkeypatch.setattr(tasks, "tell_overdue", lambda *, at: called.append("overdue") or 3)
    assert tasks.send_reminders_task() == 3
    assert called == ["sheets", "overdue"] and "ZeroDivisionError" in caplog.text
    assert Slot.objects.get(task="evaluation.send_reminders").key == "*"
