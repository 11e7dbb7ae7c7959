"""The frame of timed tasks: a due thing is done once, nothing done leaves no row, a failure is told once and alone."""

import shelve
import time
from datetime import datetime, timedelta

import pytest
import time_machine
from celery import Celery

from miyun_kpi.jobs import clock
from miyun_kpi.jobs.beat import Scheduler
from miyun_kpi.jobs.clock import Run, Timed
from miyun_kpi.jobs.enums import State
from miyun_kpi.jobs.models import Job, Slot, TimedTask
from miyun_kpi.jobs.services import enqueue, sweep
from miyun_kpi.lib.actors import SYSTEM
from miyun_kpi.lib.errors import Refused
from tests.jobs.test_services import NOW

MINUTE = timedelta(minutes=1)
pytestmark = pytest.mark.django_db


@pytest.fixture
def told(monkeypatch):
    found = []
    monkeypatch.setattr(clock, "_tellers", [lambda failure, at: found.append(failure)])
    return found


def call(at: datetime = NOW) -> Run:
    run = Run(Timed("tests.clock", "试钟", lambda: [(1, "office")], "tests.clock"), at)
    run.seen()
    return run


def test_a_due_thing_is_done_once_and_what_was_not_there_to_do_leaves_no_row():
    done = []
    assert call().do("thing", lambda: done.append(1) or 3) and not call().do("thing", lambda: done.append(2) or 3)
    assert done == [1]
    assert not call().do("nothing", lambda: 0) and not call().do("nothing", lambda: None)
    assert list(Slot.objects.values_list("key", "state", "made_up")) == [("thing", "done", False)]


def test_what_was_done_long_after_its_moment_was_made_up():
    call().do("soon", lambda: 1, due=NOW - 9 * MINUTE)
    call().do("late", lambda: 1, due=NOW - 11 * MINUTE)
    assert dict(Slot.objects.values_list("key", "made_up")) == {"soon": False, "late": True}


def test_a_failure_undoes_itself_alone_and_is_told_and_logged_once(told, caplog):
    def half(code):
        TimedTask.objects.create(name="half", seen_at=NOW)
        raise Refused(code, "不行。") if code else ZeroDivisionError

    for minute in range(3):
        run = call(NOW + minute * MINUTE)
        assert not run.do("bad", lambda: half("odd"), what="坏了") and run.do(f"good {minute}", lambda: 1)
    assert not TimedTask.objects.filter(name="half").exists()
    assert [(one.title, one.body, one.offices) for one in told] == [("坏了", "不行。", ((1, "office"),))]
    assert caplog.text.count("tests.clock, bad") == 1
    # Another cause of the same thing is another word.
    call(NOW + 9 * MINUTE).do("bad", lambda: half(""))
    assert len(told) == 2 and "ZeroDivisionError" in told[1].body
    slot = Slot.objects.get(key="bad")
    assert (slot.state, slot.attempts) == ("failed", 3)  # at 0, 1 and 9 minutes; at 2 it waited


def test_what_failed_is_tried_ever_more_seldom_but_every_hour_and_is_done_once():
    for minute in range(24 * 60):
        call(NOW + minute * MINUTE).do("bad", lambda: 1 / 0)
    assert 50 <= Slot.objects.get(key="bad").attempts <= 56
    assert call(NOW + 25 * 60 * MINUTE).do("bad", lambda: 1)
    assert not call(NOW + 26 * 60 * MINUTE).do("bad", lambda: pytest.fail("again"))
    assert Slot.objects.get(key="bad").made_up


def test_a_part_that_may_run_again_fails_alone_and_is_mended(told):
    assert call().gather([1, 0, 2], lambda row: [6 // row], key=str) == [6, 3]
    assert Slot.objects.get(state="failed").key == "0" and len(told) == 1
    assert call().gather([1, 0, 2], lambda row: [row], key=str) == [1, 0, 2]
    assert not Slot.objects.filter(state="failed").exists()


def test_an_office_that_cannot_be_told_does_not_stop_the_clock(monkeypatch, caplog):
    monkeypatch.setattr(clock, "_tellers", [lambda failure, at: 1 / 0])
    run = call()
    assert not run.do("bad", lambda: [][0]) and run.do("good", lambda: 1)
    assert Slot.objects.get(state="failed").cause == "IndexError" and "not told" in caplog.text


def test_a_sign_of_life_from_the_future_is_written_over():
    call(NOW + timedelta(days=1))
    call(NOW)
    assert TimedTask.objects.get().seen_at == NOW
    call(NOW + timedelta(seconds=59))
    assert TimedTask.objects.get().seen_at == NOW
    call(NOW + MINUTE)
    assert TimedTask.objects.get().seen_at == NOW + MINUTE


def test_a_job_put_off_by_a_clock_that_ran_ahead_is_taken_up(monkeypatch):
    monkeypatch.setattr("miyun_kpi.jobs.services.current_app.send_task", lambda *_, **__: None)
    tomorrow = NOW + timedelta(days=1)
    enqueue(name="tests.x", key="queued", arguments={}, actor=SYSTEM, at=tomorrow)
    enqueue(name="tests.x", key="running", arguments={}, actor=SYSTEM, at=tomorrow)
    Job.objects.filter(key="running").update(state=State.RUNNING, attempt=1, heartbeat=tomorrow)
    assert sweep(at=NOW) == 2
    assert set(Job.objects.values_list("state", flat=True)) == {"queued"}


@pytest.fixture
def beat(tmp_path, monkeypatch):
    # The transaction of the test stays on its connection.
    monkeypatch.setattr("miyun_kpi.jobs.beat.close_old_connections", lambda: None)

    def start() -> Scheduler:
        app = Celery("tests", broker="memory://", set_as_current=False)
        app.conf.update(
            beat_schedule={"one": {"task": "one", "schedule": 30.0}, "two": {"task": "two", "schedule": 3600.0}},
            timezone="Asia/Shanghai",
        )
        scheduler = Scheduler(app=app, schedule_filename=str(tmp_path / "schedule"), lazy=True)
        scheduler.setup_schedule()
        return scheduler

    return start


def ticks(scheduler: Scheduler, sent: list[str]) -> list[str]:
    """All that is due now."""
    scheduler.apply_entry = lambda entry, producer=None: sent.append(entry.name)
    sent.clear()
    while scheduler.tick() == 0:
        pass
    # Celery adds a crontab entry of its own, which has no interval.
    return sorted(name for name in sent if not name.startswith("celery."))


def test_a_schedule_kept_from_a_clock_that_ran_ahead_is_dropped(beat, tmp_path):
    sent: list[str] = []
    tomorrow = time.time() + 86400
    with time_machine.travel(tomorrow, tick=False):
        scheduler = beat()
        with time_machine.travel(tomorrow + 4000, tick=False):
            assert ticks(scheduler, sent) == ["one", "two"]
        scheduler.close()
    with shelve.open(str(tmp_path / "schedule")) as kept:
        assert kept["entries"]["one"].last_run_at.timestamp() > time.time() + 3600
    assert ticks(beat(), sent) == ["one", "two"]


def test_a_clock_set_back_under_a_running_beat_does_not_stop_it(beat):
    sent: list[str] = []
    now = time.time()
    with time_machine.travel(now + 86400, tick=False):
        scheduler = beat()
    with time_machine.travel(now + 86400 + 4000, tick=False):
        assert ticks(scheduler, sent) == ["one", "two"]
    with time_machine.travel(now, tick=False):
        assert ticks(scheduler, sent) == ["one", "two"]
    with time_machine.travel(now + 29, tick=False):
        assert ticks(scheduler, sent) == []
    with time_machine.travel(now + 31, tick=False):
        assert ticks(scheduler, sent) == ["one"]
