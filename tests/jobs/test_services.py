import time
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.contrib.contenttypes.models import ContentType
from django.db import connection, transaction
from django.utils import timezone

from miyun_kpi.jobs import running, services
from miyun_kpi.jobs.enums import State
from miyun_kpi.jobs.models import Job
from miyun_kpi.lib.actors import SYSTEM, Actor
from miyun_kpi.lib.errors import Conflict, NotFound, Refused

NOW = datetime(2020, 10, 20, 9, tzinfo=ZoneInfo("Asia/Shanghai"))
LI = Actor(label="李某", user_id=7, role="evaluator", verbs=frozenset({"enter-marks"}))


@pytest.fixture
def sent(monkeypatch):
    """The messages that went out, instead of a broker."""
    messages = []
    monkeypatch.setattr(services.current_app, "send_task", lambda name, args, **_: messages.append((name, *args)))
    return messages


def queue(key="k", at=NOW, **more):
    return services.enqueue(name="tests.x", key=key, arguments={"id": 1}, actor=LI, at=at, **more)


def test_the_message_goes_out_only_after_commit(db, sent, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        queue()
        assert sent == []
    assert sent == [("tests.x", "k")]


def test_a_rolled_back_transaction_publishes_nothing_and_leaves_no_row(transactional_db, sent):
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        queue()
        raise ZeroDivisionError
    assert sent == [] and not Job.objects.exists()


def test_asked_twice_it_is_one_job_and_one_message(transactional_db, sent):
    assert queue().pk == queue().pk
    assert sent == [("tests.x", "k")]


def test_a_broker_that_is_down_fails_no_request_and_the_sweeper_sends_later(transactional_db, monkeypatch, sent):
    def refuse(*args, **kwargs):
        raise ConnectionError

    with monkeypatch.context() as down:
        down.setattr(services.current_app, "send_task", refuse)
        queue()
    assert sent == []
    assert services.sweep(at=NOW + timedelta(seconds=14)) == 0
    assert services.sweep(at=NOW + timedelta(seconds=16)) == 1
    assert sent == [("tests.x", "k")]


def test_the_sweeper_waits_longer_each_time_so_that_a_long_queue_does_not_fill_with_copies(db, sent):
    queue()
    minutes = [NOW + timedelta(seconds=15 * n) for n in range(1, 41)]
    assert sum(services.sweep(at=moment) for moment in minutes) <= 6


def test_running_twice_has_one_effect(db):
    queue()
    runs = []

    def body(run):
        runs.append(run.job.attempt)
        return {"n": len(runs)}

    running.run_job("k", body)
    running.run_job("k", body)
    assert runs == [1]
    job = Job.objects.get(key="k")
    assert (job.state, job.result, job.attempt) == (State.DONE, {"n": 1}, 1)


def test_only_one_of_two_claims_gets_the_job(db):
    queue()
    assert services.claim(key="k", at=NOW) is not None
    assert services.claim(key="k", at=NOW) is None


def test_a_silent_worker_loses_its_job_and_can_write_nothing_more(db, sent):
    queue()
    first = services.claim(key="k", at=NOW)
    assert services.sweep(at=NOW + timedelta(seconds=29)) == 0
    services.sweep(at=NOW + timedelta(seconds=31))
    second = services.claim(key="k", at=NOW + timedelta(seconds=32))
    assert second.attempt == 2
    with pytest.raises(services.Superseded):
        services.progress(job=first, at=NOW + timedelta(seconds=33), done=5)
    with pytest.raises(services.Superseded):
        services.finish(job=first, at=NOW + timedelta(seconds=33))
    services.finish(job=second, at=NOW + timedelta(seconds=34))


def test_the_effect_of_an_overtaken_attempt_is_rolled_back(db):
    queue()

    def overtaken(run):
        with transaction.atomic():
            ContentType.objects.create(app_label="late", model="effect")
            Job.objects.filter(pk=run.job.pk).update(attempt=2)
            run.finish()

    running.run_job("k", overtaken)
    assert not ContentType.objects.filter(app_label="late").exists()


def test_an_error_is_tried_again_later_and_given_up_after_five_attempts(db, sent):
    queue(at=timezone.now())

    def broken(run):
        raise ValueError("secret detail")

    for attempt in range(1, 6):
        running.run_job("k", broken)
        job = Job.objects.get(key="k")
        assert job.attempt == attempt
        assert "secret detail" not in job.message
    assert (job.state, job.message) == (State.FAILED, services.GAVE_UP)
    running.run_job("k", broken)
    assert Job.objects.get(key="k").attempt == 5


def test_a_refusal_is_final_and_said_in_its_own_words(db):
    queue()

    def refused(run):
        raise Refused("sheet-closed", "这张表已封网，没有保存。")

    running.run_job("k", refused)
    job = Job.objects.get(key="k")
    assert (job.state, job.message, job.attempt) == (State.FAILED, "这张表已封网，没有保存。", 1)


def test_a_failed_job_asked_for_again_starts_afresh(db, sent):
    queue()
    Job.objects.update(state=State.FAILED, finished_at=NOW, attempt=5, done=3)
    job = queue(at=NOW + timedelta(days=1))
    assert (job.state, job.attempt, job.done, job.finished_at) == (State.QUEUED, 0, 0, None)


def test_parts_committed_before_an_error_are_not_done_again(db):
    queue()
    begun = []

    def body(run):
        for number, item in run.remaining("abcd"):
            begun.append(item)
            with run.part(number):
                ContentType.objects.create(app_label="part", model=item)
                if item == "c" and run.job.attempt == 1:
                    raise ValueError

    running.run_job("k", body)
    assert ContentType.objects.filter(app_label="part").count() == 2
    running.run_job("k", body)
    assert begun == ["a", "b", "c", "c", "d"]
    assert Job.objects.get(key="k").done == 4


def test_a_queued_job_stops_at_once_a_running_one_before_its_next_step(db):
    waiting = queue("waiting", stoppable=True)
    services.request_cancel(actor=LI, job=waiting, at=NOW)
    assert Job.objects.get(key="waiting").state == State.STOPPED
    queue("running", stoppable=True)

    def body(run):
        services.request_cancel(actor=LI, job=run.job, at=NOW)
        run.step("第二步")
        raise AssertionError("went on")

    running.run_job("running", body)
    assert Job.objects.get(key="running").state == State.STOPPED


def test_what_cannot_be_stopped_safely_refuses_to_stop(db):
    with pytest.raises(Conflict):
        services.request_cancel(actor=LI, job=queue(), at=NOW)


def test_a_foreign_job_cannot_be_stopped_and_looks_unknown(db):
    with pytest.raises(NotFound):
        services.request_cancel(actor=Actor(label="王某", user_id=8), job=queue(stoppable=True), at=NOW)


def test_a_job_of_the_system_belongs_to_nobody(db):
    job = services.enqueue(name="tests.x", key="s", arguments={}, actor=SYSTEM, at=NOW, stoppable=True)
    with pytest.raises(NotFound):
        services.request_cancel(actor=Actor(label="令牌"), job=job, at=NOW)


def test_the_body_acts_as_who_asked_with_the_rights_of_that_moment(db):
    queue()
    assert Job.objects.get(key="k").actor == LI


def test_one_long_statement_is_not_taken_for_a_dead_worker(transactional_db, sent, settings):
    settings.JOBS_STALE_SECONDS = 0.4
    queue(at=timezone.now())

    def slow(run):
        # As long as it lives it says so: swept by a clock that has just heard it, twice as long after it began as it may be silent.
        begun = beat = Job.objects.get(key="k").heartbeat
        until = time.monotonic() + 60
        while beat < begun + timedelta(seconds=0.8) and time.monotonic() < until:
            time.sleep(0.02)
            beat = Job.objects.get(key="k").heartbeat
        services.sweep(at=beat + timedelta(seconds=0.3))
        return None

    running.run_job("k", slow)
    job = Job.objects.get(key="k")
    assert (job.state, job.attempt) == (State.DONE, 1)


def test_a_body_that_hangs_is_left_to_the_sweeper_in_the_end(transactional_db, sent, settings):
    settings.JOBS_STALE_SECONDS, settings.JOBS_LONGEST_SECONDS = 0.4, 0.1
    queue(at=timezone.now())

    def hangs(run):
        time.sleep(0.8)
        services.sweep(at=timezone.now())

    running.run_job("k", hangs)
    assert Job.objects.get(key="k").state == State.QUEUED


def test_two_workers_that_read_the_same_row_run_it_once(db):
    """The second claim falls between the first one's look and its taking."""
    queue()
    claims = []

    def between(execute, sql, params, many, context):
        answer = execute(sql, params, many, context)
        if not claims and sql.startswith("SELECT"):
            claims.append(None)
            claims[0] = services.claim(key="k", at=NOW)
        return answer

    with connection.execute_wrapper(between):
        late = services.claim(key="k", at=NOW)
    assert claims[0] is not None and late is None
    assert Job.objects.get(key="k").attempt == 1
