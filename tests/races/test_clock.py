"""The same due thing from two calls of the clock at the same moment, on real connections: done once."""

import threading
from datetime import timedelta

import pytest
from django.utils import timezone

from evaluation.clock.services import open_due_periods
from evaluation.models import MarkSheet, Period, Scheme
from evaluation.periods.rules.calendar import default_window
from miyun_kpi.audit.models import AuditEntry
from miyun_kpi.inbox.models import Notice
from miyun_kpi.jobs.clock import Run, Timed
from miyun_kpi.jobs.models import Slot
from miyun_kpi.lib.periods import PeriodCode
from miyun_kpi.organisations.models import Organisation
from tests.races.control import until
from tests.races.test_reviews import at_once

QUARTER = PeriodCode(2020, quarter=2)


def both_call():
    """Each would send a notice; the second comes while the first has not committed."""
    organisation = Organisation.objects.first()
    inside = threading.Event()
    sent = []

    def act(number):
        sent.append(number)
        Notice.objects.create(key=f"act/{number}", organisation=organisation, title="x", sent_at=timezone.now())
        # The other call is under way by now, or it would wait for the row of this one.
        until(lambda: len(sent) > 1 or inside.is_set())
        return 1

    def call(number):
        run = Run(Timed("tests.race", "试", list, "tests.race"), timezone.now())
        done = run.do("thing", lambda: act(number))
        inside.set()
        return done

    outcomes = at_once([lambda number=number: call(number) for number in range(2)])
    return outcomes, len(sent), Notice.objects.filter(key__startswith="act/").count()


def test_one_slot_is_done_once_by_two_calls_that_hold_it_at_the_same_moment(transactional_db, gazette):
    outcomes, sent, notices = both_call()
    assert sorted(outcomes) == [False, True], outcomes
    assert sent == notices == 1
    assert Slot.objects.get(task="tests.race").state == "done"


def asked_first(run, key, act, due):
    """A slot that is looked for and not taken: what the unique row is there to prevent."""
    if Slot.objects.filter(task=run.timed.name, key=key).exists():
        return 0
    return int(act() or 0)


@pytest.mark.postgres
@pytest.mark.control("test_one_slot_is_done_once_by_two_calls_that_hold_it_at_the_same_moment")
def test_without_the_slot_taken_first_both_act(transactional_db, gazette, monkeypatch):
    monkeypatch.setattr(Run, "_claimed", asked_first)
    outcomes, sent, notices = both_call()
    assert outcomes == [True, True] and sent == notices == 2


@pytest.mark.postgres
def test_two_beats_open_a_quarter_once(transactional_db, gazette):
    window = default_window(QUARTER)
    Scheme.objects.update(in_force_at=window.starts_at - timedelta(days=3))
    at = window.starts_at + timedelta(minutes=5)
    outcomes = at_once([lambda: open_due_periods(at=at)] * 2)
    assert sum(outcomes) == Slot.objects.filter(task="evaluation.open_due_periods").count()
    assert Period.objects.filter(code=str(QUARTER)).count() == 1 and MarkSheet.objects.count() == 57
    opened = AuditEntry.objects.filter(action="evaluation.period.opened", subject=f"period:{QUARTER}")
    assert opened.count() == 1
    assert not Slot.objects.filter(state="failed").exists()


@pytest.mark.postgres
@pytest.mark.control("test_two_beats_open_a_quarter_once")
def test_without_the_slot_two_beats_both_say_that_they_opened_it(transactional_db, gazette, monkeypatch):
    window = default_window(QUARTER)
    Scheme.objects.update(in_force_at=window.starts_at - timedelta(days=3))
    monkeypatch.setattr(Run, "_claimed", asked_first)
    outcomes = at_once([lambda: open_due_periods(at=window.starts_at + timedelta(minutes=5))] * 2)
    assert not Slot.objects.filter(task="evaluation.open_due_periods", state="done").exists()
    assert sum(outcomes) > Period.objects.count(), outcomes
