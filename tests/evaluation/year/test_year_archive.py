"""归档包: the office alone, equal bytes when run again, an index with SHA-256, no form of a leader."""

import hashlib
import io
import zipfile
from datetime import date, datetime

import pytest
from django.test import Client
from django.utils import timezone

from evaluation.clock.tasks import year_archive as task
from evaluation.feedback.queries.sealed import seal_feedback
from evaluation.models import (
    Deliberation,
    Feedback,
    LeaderParticipation,
    LeaderSurvey,
    MarkSheet,
    Ranking,
    Scheme,
    SettledTie,
    SheetDecision,
    UnitCheck,
)
from evaluation.periods.rules.calendar import SHANGHAI
from evaluation.year.excel.year_archive import archive_items
from evaluation.year.services.year_archive import archive_path, request_archive
from miyun_kpi.accounts.models import User
from miyun_kpi.jobs.enums import State
from miyun_kpi.jobs.models import Job
from miyun_kpi.lib.errors import NotAllowed
from miyun_kpi.organisations.queries import resolve
from miyun_kpi.sheets.read import read_workbook
from tests.evaluation.conftest import actor_named
from tests.factories.tampering import rewritten

AT = datetime(2021, 2, 1, 10, 0, tzinfo=SHANGHAI)


@pytest.fixture
def scheme(demo, settings, tmp_path):
    settings.VAR_DIR = tmp_path
    found = Scheme.objects.get(track="township", year=2020)
    one = Ranking.objects.filter(scheme=found).latest("pk")
    rewritten(one.pk, kind="official")
    return found


def test_only_the_office_asks_and_asked_twice_it_is_one(scheme):
    for who in ("lingdao", "shenji", "beizhuang", "shuiwu", "guanliyuan"):
        with pytest.raises(NotAllowed):
            request_archive(actor=actor_named(who), scheme_id=scheme.pk, at=AT)
    office = actor_named("zhengfuban1")
    assert request_archive(actor=office, scheme_id=scheme.pk, at=AT) == request_archive(
        actor=office, scheme_id=scheme.pk, at=timezone.now()
    )


def test_run_again_after_a_kill_it_is_the_same_file_with_its_index(scheme):
    survey = LeaderSurvey.objects.create(
        scheme=scheme,
        items=[{"name": "总体评价", "full": 100}],
        basis="安排",
        due_on=date(2021, 1, 9),
        opened_by="甲",
        opened_at=AT,
    )
    LeaderParticipation.objects.create(survey=survey, user_id=1, person="某领导", filled_on=date(2021, 1, 8))
    job = request_archive(actor=actor_named("zhengfuban1"), scheme_id=scheme.pk, at=AT)
    task(job.key)
    job.refresh_from_db()
    assert job.state == State.DONE, job.message
    path = archive_path(scheme.pk, 1)
    first = path.read_bytes()
    Job.objects.filter(pk=job.pk).update(state=State.QUEUED, finished_at=None)
    path.unlink()
    task(job.key)
    assert path.read_bytes() == first
    with zipfile.ZipFile(io.BytesIO(first)) as pack:
        names = pack.namelist()
        assert len(names) == len(set(names)) == job.result["files"] + 1
        assert "某领导" not in "".join(names)
        (index,) = read_workbook(pack.read("00-归档目录.xlsx"))
        rows = [[cell.text for cell in row] for row in index.rows[2:-1]]
        assert {row[1] for row in rows} == set(names) - {"00-归档目录.xlsx"}
        for row in rows:
            assert hashlib.sha256(pack.read(row[1])).hexdigest() == row[7]
            assert row[5] == ""
        assert any(name.startswith("01-排名/") for name in names)
        assert any(name.startswith("04-打分表/") for name in names)
        assert not any("效果评价" in name for name in names)


def test_it_is_fetched_by_the_office_alone(scheme):
    job = request_archive(actor=actor_named("zhengfuban1"), scheme_id=scheme.pk, at=AT)
    place = "/evaluation/year-end/2020/township/archive/"
    client = Client()
    client.force_login(User.objects.get(username="zhengfuban1"))
    assert client.get(f"{place}1.zip").status_code == 404
    task(job.key)
    assert client.get(f"{place}1.zip").status_code == 200
    assert "下载第 1 次" in client.get(place).content.decode()
    client.force_login(User.objects.get(username="shenji"))
    assert client.get(f"{place}1.zip").status_code == 403


def test_decisions_deliberations_and_feedback_lie_as_tables(scheme):
    """People of later years read them without this system."""
    ranking = Ranking.objects.filter(scheme=scheme, kind="official").latest("pk")
    common = {"recorded_at": AT, "recorded_by": "甲"}
    round_ = UnitCheck.objects.create(ranking=ranking, days=2, opened_at=AT, opened_by="甲", due_at=timezone.now())
    feedback = Feedback(check_round=round_, organisation=resolve("北庄镇"), notes="[]")
    seal_feedback(feedback)
    feedback.save()
    sheet = MarkSheet.objects.filter(scheme=scheme, period=ranking.period).first()
    SheetDecision.objects.create(
        sheet=sheet,
        kind="leave_out",
        reason="单位来函说明",
        signer="某某",
        signed_on=date(2020, 7, 1),
        recorded_by_id=0,
        **common,
    )
    held = Deliberation.objects.create(
        scheme=scheme,
        number=1,
        state="proposed",
        ranking=ranking,
        meeting="区政府党组会",
        held_on=date(2021, 1, 9),
        minutes_number="纪要1号",
        **common,
    )
    SettledTie.objects.create(deliberation=held, organisations=["甲镇", "乙镇"], total="88.5000", decision="并列第三")
    items = {one.name: one for one in archive_items(scheme, audit=0, viewer="甲", at=AT)}

    def text(name):
        return "　".join(
            cell.text for sheet in read_workbook(items[name].content) for row in sheet.rows for cell in row
        )

    assert "单位来函说明" in text("04-打分表/缺表处理决定.xlsx")
    assert "甲镇、乙镇" in text("06-结果审议/第1次.xlsx") and "纪要1号" in text("06-结果审议/第1次.xlsx")
    own = next(name for name in items if name.startswith("02-反馈单/") and name.endswith("beizhuang-zhen.xlsx"))
    assert "河长制" in text(own) and "改进建议" in text(own)
