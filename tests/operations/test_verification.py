"""核验 by command, at night, on its page: what it finds it names, once; what cannot be known it says."""

from datetime import timedelta

import pytest
import time_machine
from django.core.management import CommandError, call_command
from django.test import Client
from django.utils import timezone

from miyun_kpi.accounts.enums import Role
from miyun_kpi.audit.guards import install_guards, remove_guards
from miyun_kpi.audit.models import AuditEntry, AuditMaster
from miyun_kpi.audit.services import record
from miyun_kpi.inbox.models import Notice
from miyun_kpi.lib.actors import SYSTEM
from miyun_kpi.operations.models import VerificationRun
from miyun_kpi.operations.standing import note
from miyun_kpi.operations.tasks import chain_heads_task, verify_task
from miyun_kpi.operations.verification import read_anchors, verify_all
from tests.accounts.people import person
from tests.factories.tampering import unguarded

pytestmark = pytest.mark.django_db
NIGHT = timezone.datetime(2026, 3, 10, 3, 0, tzinfo=timezone.get_default_timezone())


@pytest.fixture
def trail(gazette):
    for n in range(3):
        record(actor=SYSTEM, action="operations.site.verified", subject="site:1", data={"faults": n}, at=NIGHT)


def tampered(number=2):
    with unguarded():
        AuditEntry.objects.filter(stream="site", number=number).update(actor_label="某某")


def test_the_command_says_that_all_agrees_and_what_it_cannot_know(trail, capsys):
    call_command("verify")
    said = capsys.readouterr().out
    assert "核验完毕，没有不符" in said and "整个库退回到从前某一刻的完整状态，这里查不出来" in said


def test_the_command_names_each_fault_and_ends_with_one(trail, capsys):
    tampered()
    remove_guards()
    with pytest.raises(SystemExit) as ended:
        call_command("verify")
    install_guards()
    said = capsys.readouterr().out
    assert ended.value.code == 1 and "审计·机构、附件与运行：第 2 条的内容与链不符" in said
    assert "防改触发器·审计记录（不许修改）：没有装，或被改过、停用" in said and "处不符。" in said


def test_an_anchor_is_written_and_held_against_the_chain(trail, tmp_path, capsys):
    file = tmp_path / "anchors"
    call_command("anchor", file)
    record(actor=SYSTEM, action="operations.site.verified", subject="site:1", data={"faults": 9}, at=NIGHT)
    call_command("anchor", file)
    last = AuditMaster.objects.latest("number")
    kept = [(one.number, one.hash) for one in read_anchors(file.read_text())]
    assert len(kept) == 2 and kept[1] == (last.number, last.hash) and kept[0][0] == last.number - 1
    capsys.readouterr()
    call_command("verify", anchor=file)
    said = capsys.readouterr().out
    assert "与 2 个外部对照相符" in said and "查不出来" not in said
    (tmp_path / "none").write_text("没有")
    with pytest.raises(CommandError, match="没有读到总链头"):
        call_command("verify", anchor=tmp_path / "none")
    with pytest.raises(CommandError, match="打不开"):
        call_command("verify", anchor=tmp_path / "missing")


def test_the_night_looks_once_and_tells_of_a_fault_once(trail):
    person("shen", Role.AUDITOR, "区审计局")
    person("ban", Role.EVALUATION_OFFICE, "区政府办公室")
    with time_machine.travel(NIGHT, tick=False):
        assert verify_task() == 0 and verify_task() == 0
    assert VerificationRun.objects.count() == 1 and not Notice.objects.filter(key__startswith="verified/").exists()
    tampered()
    with time_machine.travel(NIGHT + timedelta(hours=20), tick=False):
        assert verify_task() == 0, "it has been looked at this night"
    for day in (1, 2):
        with time_machine.travel(NIGHT + timedelta(days=day), tick=False):
            assert verify_task() == 1
    told = Notice.objects.filter(key__startswith="verified/")
    assert {(one.organisation.name, one.role) for one in told} == {
        ("区审计局", Role.AUDITOR),
        ("区政府办公室", Role.EVALUATION_OFFICE),
    }
    assert "第 2 条的内容与链不符" in told[0].body
    tampered(3)
    with time_machine.travel(NIGHT + timedelta(days=3), tick=False):
        assert verify_task() == 2
    fresh = Notice.objects.filter(key__startswith="verified/").order_by("-pk")[0]
    assert told.all().count() == 4 and "第 3 条" in fresh.body and "第 2 条" not in fresh.body


def test_a_night_that_was_missed_is_made_up_and_before_the_hour_nothing_is_due(trail):
    with time_machine.travel(NIGHT, tick=False):
        verify_task()
    with time_machine.travel(NIGHT + timedelta(hours=22), tick=False):
        verify_task()  # one o'clock: this is still the night before
    assert VerificationRun.objects.count() == 1
    with time_machine.travel(NIGHT + timedelta(days=5, hours=9), tick=False):
        verify_task()
    assert VerificationRun.objects.count() == 2


def test_the_hour_is_chained_by_the_clock(trail):
    before = AuditMaster.objects.count()
    assert chain_heads_task() and AuditMaster.objects.count() == before + 1
    assert chain_heads_task() == 0


def signed_in(role, organisation, name):
    client = Client()
    client.force_login(person(name, role, organisation))
    return client


def test_the_page_is_the_offices_and_the_auditors(trail):
    shen, ban = signed_in(Role.AUDITOR, "区审计局", "shen"), signed_in(Role.EVALUATION_OFFICE, "区政府办公室", "ban")
    assert "还没有核验过" in shen.get("/verification/").content.decode()
    tampered()
    assert ban.post("/verification/").status_code == 302
    for client in (shen, ban):
        said = client.get("/verification/").content.decode()
        assert "有 1 处不符" in said and "第 2 条的内容与链不符" in said
        assert "核验发现 1 处与封存或审计不符" in client.get("/").content.decode()
    other = signed_in(Role.SYSTEM_ADMIN, "区政府办公室", "guan")
    assert other.get("/verification/").status_code == 403 and other.post("/verification/").status_code == 403
    assert verify_all() and AuditEntry.objects.filter(action="operations.site.verified").count() == 4


def test_the_page_says_when_there_was_a_backup_and_how_the_drill_went(trail, settings, tmp_path):
    settings.VAR_DIR = tmp_path
    client = signed_in(Role.EVALUATION_OFFICE, "区政府办公室", "ban")
    assert client.get("/verification/").content.decode().count("本机没有记录") == 2
    note("backup", at=NIGHT, rows=4321)
    note("drill", at=NIGHT, why="坏了。")
    said = client.get("/verification/").content.decode()
    assert "最近一次备份" in said and "，4321 行" in said and "没有成功：坏了。" in said
    (tmp_path / "drill.json").write_text("{half")
    assert client.get("/verification/").content.decode().count("本机没有记录") == 1
