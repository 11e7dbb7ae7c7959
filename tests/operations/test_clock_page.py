"""时钟: every timed task of the schedule, what it could not do, what it made up, and who reads that."""

from datetime import timedelta

import pytest
from django.conf import settings
from django.test import Client
from django.utils import timezone

from miyun_kpi.accounts.models import User
from miyun_kpi.jobs.clock import Run, timed_tasks
from miyun_kpi.jobs.models import Slot, TimedTask
from miyun_kpi.operations import clock
from tests.factories.rankings import BACKEND, person


def page(username: str) -> str:
    client = Client()
    client.force_login(User.objects.get(username=username), backend=BACKEND)
    answer = client.get("/clock/")
    return answer.content.decode() if answer.status_code == 200 else str(answer.status_code)


def test_every_entry_of_the_schedule_is_a_timed_task_with_a_name_of_its_own(db):
    """What beat calls without the frame would be done twice, or fail in silence."""
    clock.lines(timezone.now())
    assert {timed.beat for timed in timed_tasks()} == set(settings.CELERY_BEAT_SCHEDULE)
    assert len({timed.label for timed in timed_tasks()}) == len(timed_tasks())


@pytest.fixture
def office(gazette) -> User:
    return person("clock-office", "区政府办公室", "evaluation_office")


def test_the_page_says_what_stands_still_what_failed_and_what_was_made_up(office):
    now = timezone.now()
    clock.lines(now)
    for timed in timed_tasks():
        TimedTask.objects.create(name=timed.name, seen_at=now)
    assert "停了" not in page("clock-office").replace("停了的", "")
    TimedTask.objects.filter(name="duties.open_due").update(seen_at=now - timedelta(hours=1))
    run = Run(next(one for one in timed_tasks() if one.name == "evaluation.open_due_periods"), now)
    assert run.do("period:2020Q2", lambda: True, due=now - timedelta(days=2))
    assert not run.do("period:2020Q3", lambda: 1 / 0, what="2020年第三季度没有按时开启")
    shown = page("clock-office")
    assert shown.replace("停了的", "").count("停了") == 1
    assert "2020年第三季度没有按时开启：程序出错（ZeroDivisionError）" in shown
    assert "最近补办的" in shown and "开启到期的期间" in shown
    # A sign of life from the future is none.
    TimedTask.objects.filter(name="duties.open_due").update(seen_at=now + timedelta(days=1))
    assert page("clock-office").replace("停了的", "").count("停了") == 1
    assert Slot.objects.count() == 2


@pytest.mark.parametrize(("role", "status"), [("evaluator", "403"), ("reporter", "403"), ("leader", "403")])
def test_it_is_for_administrators_the_auditor_and_the_office(gazette, role, status):
    person("clock-other", "区水务局", role)
    assert page("clock-other") == status
