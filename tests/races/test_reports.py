"""Two people of one unit at the same line and the same button, on real connections."""

import threading
from typing import Any

import pytest
from django.db import connections
from django.utils import timezone

from evaluation.models import Period
from evaluation.tracking.services import tracking
from miyun_kpi.audit.models import AuditEntry
from miyun_kpi.duties.models import DutyPeriod, ProgressReport
from miyun_kpi.duties.services import ReportInput, reports
from miyun_kpi.lib.errors import Conflict, Refused
from tests.evaluation.conftest import actor_named
from tests.races.control import unlock
from tests.races.test_reviews import wait_after

pytestmark = pytest.mark.postgres
MONTH = "2020-09"


def own() -> Any:
    found = DutyPeriod.objects.filter(unit__organisation__code="beizhuang-zhen", period=MONTH)
    return found.filter(unit__duty__offline_only=False).order_by("pk")


def at_once(*acts: Any) -> list[Any]:
    outcomes: list[Any] = []

    def run(act: Any) -> None:
        try:
            outcomes.append(act())
        except Refused as refusal:
            outcomes.append(refusal)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=(act,)) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    return outcomes


def entries(action: str) -> int:
    return AuditEntry.objects.filter(action=action).count()


def saving(line: DutyPeriod, version: int, text: str) -> Any:
    report = ReportInput(version=version, course="on-course", progress=text)
    actor = actor_named("beizhuang")
    return lambda: tracking.save_line(actor=actor, duty_period_id=line.pk, report=report, at=timezone.now())


@pytest.mark.parametrize("version", [0, 1])
def test_of_two_saves_that_saw_the_same_version_one_is_stored_and_one_refused(
    live_demo: None, monkeypatch: pytest.MonkeyPatch, version: int
) -> None:
    line, before = own().first(), entries("duties.report.saved")
    if version:
        saving(line, 0, "先前所存")()
    # Whoever holds the lock lets the other come and wait for it.
    check = reports.require_open

    def slowly(*arguments: Any) -> None:
        check(*arguments)
        threading.Event().wait(0.6)

    monkeypatch.setattr(reports, "require_open", slowly)
    outcomes = at_once(saving(line, version, "甲所写"), saving(line, version, "乙所写"))
    assert sorted(isinstance(one, Conflict) for one in outcomes) == [False, True], outcomes
    stored = ProgressReport.objects.get(duty_period=line)
    assert stored.version == version + 1
    assert entries("duties.report.saved") == before + version + 1


def test_a_month_reported_by_two_presses_is_reported_once(live_demo: None) -> None:
    before = entries("duties.reports.filed")
    for line in own()[:5]:
        saving(line, 0, "已完成")()
    period, actor = Period.objects.get(code=MONTH), actor_named("beizhuang")

    def press() -> Any:
        return tracking.submit_month(actor=actor, period=period, at=timezone.now(), partly=True)

    at_once(press, press)
    assert own().filter(state="filed").count() == 5
    assert entries("duties.reports.filed") == before + 1


@pytest.mark.control("test_of_two_saves_that_saw_the_same_version_one_is_stored_and_one_refused")
def test_without_the_lock_what_one_wrote_is_lost(live_demo: None, monkeypatch: pytest.MonkeyPatch) -> None:
    line, before = own().first(), entries("duties.report.saved")
    saving(line, 0, "先前所存")()
    unlock(monkeypatch, DutyPeriod)
    wait_after(monkeypatch, reports, "require_open")
    outcomes = at_once(saving(line, 1, "甲所写"), saving(line, 1, "乙所写"))
    assert not [one for one in outcomes if isinstance(one, Conflict)], outcomes
    assert ProgressReport.objects.get(duty_period=line).version == 2
    assert entries("duties.report.saved") == before + 3, "two were told that theirs is stored"


@pytest.mark.control("test_a_month_reported_by_two_presses_is_reported_once")
def test_without_the_lock_a_month_is_reported_twice(live_demo: None, monkeypatch: pytest.MonkeyPatch) -> None:
    before = entries("duties.reports.filed")
    for line in own()[:5]:
        saving(line, 0, "已完成")()
    period, actor = Period.objects.get(code=MONTH), actor_named("beizhuang")
    unlock(monkeypatch, DutyPeriod)
    wait_after(monkeypatch, reports, "_locked")

    def press() -> Any:
        return tracking.submit_month(actor=actor, period=period, at=timezone.now(), partly=True)

    at_once(press, press)
    assert entries("duties.reports.filed") == before + 2
