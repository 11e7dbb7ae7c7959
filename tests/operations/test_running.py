"""运行: what has not happened says so, on the page, on the desk, as a notice once a day and by mail."""

from collections import namedtuple
from datetime import datetime, timedelta

import pytest
import time_machine
from django.core import mail
from django.test import Client
from django.utils import timezone

from miyun_kpi.accounts.enums import Role
from miyun_kpi.audit.seals import writing_key
from miyun_kpi.inbox.models import Notice
from miyun_kpi.jobs.clock import BEAT, beat_lives
from miyun_kpi.jobs.enums import SlotState, State
from miyun_kpi.jobs.models import Job, Slot, TimedTask
from miyun_kpi.operations import running, standing
from miyun_kpi.operations.identity import fingerprint
from miyun_kpi.operations.models import Site, VerificationRun
from miyun_kpi.operations.nightly import watch_often
from tests.accounts.people import actor, person

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("gazette")]
AT = datetime(2026, 11, 28, 9, tzinfo=timezone.get_default_timezone())
Usage = namedtuple("Usage", "total used free")


@pytest.fixture(autouse=True)
def site(settings, tmp_path, monkeypatch):
    """A real site that has run for a month, well."""
    settings.VAR_DIR = tmp_path
    settings.ANCHORS = [str(tmp_path / "elsewhere")]
    room(monkeypatch, 40)
    printed = {"printed_key": fingerprint(writing_key()), "printed_at": AT - timedelta(days=29), "printed_by": "管理员"}
    Site.objects.create(pk=1, name="real", audit_key="", personal_key="", started_at=AT - timedelta(days=30), **printed)
    beat_lives(AT)
    TimedTask.objects.create(name="jobs.sweep", seen_at=AT)
    VerificationRun.objects.create(at=AT - timedelta(hours=7), by="系统", entries=9, faults=[])
    for what in ("backup", "drill", "anchor"):
        standing.note(what, at=AT - timedelta(hours=6), seconds=3)


def room(monkeypatch, percent):
    monkeypatch.setattr(
        running.shutil, "disk_usage", lambda path: Usage(100 * 2**30, percent * 2**30, (100 - percent) * 2**30)
    )


def late(at=AT):
    return [line.code for line in running.lines(at) if line.late]


def test_a_site_that_runs_well_owes_nobody_anything():
    assert late() == [] and all(not line.todo for line in running.lines(AT))
    assert running.desk_items(actor(person("guan", Role.SYSTEM_ADMIN)), AT) == []


def silent(monkeypatch):
    TimedTask.objects.filter(name=BEAT).update(seen_at=AT - timedelta(minutes=4))


def no_worker(monkeypatch):
    TimedTask.objects.exclude(name=BEAT).delete()


def waiting(monkeypatch):
    then = AT - timedelta(minutes=6)
    Job.objects.create(key="k", name="n", title="导出", created_at=then, publish_after=then, actor_label="甲")


def failed_job(monkeypatch):
    Job.objects.create(
        key="k",
        name="n",
        title="导出",
        state=State.FAILED,
        created_at=AT,
        finished_at=AT,
        publish_after=AT,
        actor_label="甲",
    )


def failed_slot(monkeypatch):
    Slot.objects.create(task="x", key="y", state=SlotState.FAILED, failed_at=AT, message="没有开启")


def old_backup(monkeypatch):
    standing.note("backup", at=AT - timedelta(hours=27))


def failed_backup(monkeypatch):
    standing.note("backup", at=AT, why="磁盘满")


def old_drill(monkeypatch):
    standing.note("drill", at=AT - timedelta(days=9))


def no_drill(monkeypatch):
    (running.standing.__globals__["Path"](running.settings.VAR_DIR) / "drill.json").unlink()


def no_anchor(monkeypatch):
    monkeypatch.setattr(running.settings, "ANCHORS", [])


def unreachable(monkeypatch):
    standing.note("anchor", at=AT, why="/mnt/x 写不进去")


def old_look(monkeypatch):
    VerificationRun.objects.update(at=AT - timedelta(hours=27))


def faulty(monkeypatch):
    VerificationRun.objects.create(at=AT, by="系统", entries=9, faults=[["审计", "第 3 条的内容与链不符"]])


def full(monkeypatch):
    room(monkeypatch, 90)


@pytest.mark.parametrize(
    ("happens", "code"),
    [
        (silent, "beat"),
        (no_worker, "worker"),
        (waiting, "queue"),
        (failed_job, "jobs"),
        (failed_slot, "slots"),
        (old_backup, "backup"),
        (failed_backup, "backup"),
        (old_drill, "drill"),
        (no_drill, "drill"),
        (no_anchor, "anchor"),
        (unreachable, "anchor"),
        (old_look, "look"),
        (faulty, "look"),
        (full, "disk"),
    ],
)
def test_what_has_not_happened_is_late_and_says_what_to_do(monkeypatch, happens, code):
    happens(monkeypatch)
    assert late() == [code]
    line = next(one for one in running.lines(AT) if one.code == code)
    assert line.todo and line.said
    items = running.desk_items(actor(person("guan", Role.SYSTEM_ADMIN)), AT)
    assert [one.title for one in items] == [f"运行：{line.label}"]
    assert running.desk_items(actor(person("an", Role.SECURITY_ADMIN)), AT) == []


def test_a_site_that_has_just_begun_owes_no_backup(monkeypatch):
    Site.objects.update(started_at=AT - timedelta(days=1))
    for forget in (no_drill, no_worker, old_look):
        forget(monkeypatch)
    assert late() == []


def test_it_is_told_once_a_day_to_the_three_and_by_mail(monkeypatch, settings):
    settings.ALARM_MAIL = ["yunwei@example.gov.cn"]
    for name, role in (("guan", Role.SYSTEM_ADMIN), ("an", Role.SECURITY_ADMIN), ("shen", Role.AUDITOR)):
        person(name, role)
    person("jing", Role.EVALUATOR, "区水务局")
    old_backup(monkeypatch)
    for minutes in (0, 10, 20):
        watch_often(at=AT + timedelta(minutes=minutes))
        beat_lives(AT + timedelta(minutes=minutes + 10))
        TimedTask.objects.update(seen_at=AT + timedelta(minutes=minutes + 10))
    found = Notice.objects.filter(title="运行：最近一次备份")
    assert {one.role for one in found} == {"system_admin", "security_admin", "auditor"} and found.count() == 3
    assert len(mail.outbox) == 1 and "最近一次备份" in mail.outbox[0].body
    TimedTask.objects.update(seen_at=AT + timedelta(days=1))
    VerificationRun.objects.update(at=AT + timedelta(days=1))
    watch_often(at=AT + timedelta(days=1))
    assert not Slot.objects.filter(state=SlotState.FAILED).exists()
    assert found.all().count() == 6 and len(mail.outbox) == 2


def test_the_page_says_it_to_who_may_read_it(monkeypatch):
    failed_job(monkeypatch)
    full(monkeypatch)
    for name, role, status in (
        ("guan", Role.SYSTEM_ADMIN, 200),
        ("shen", Role.AUDITOR, 200),
        ("jing", Role.EVALUATOR, 403),
    ):
        client = Client()
        # On the day of the failure: the page tells of a week.
        with time_machine.travel(AT, tick=False):
            client.force_login(person(name, role))
            answer = client.get("/running/")
        assert answer.status_code == status
        if status == 200:
            page = answer.content.decode()
            assert "已不收文件" in page and "要办" in page and "导出" in page
