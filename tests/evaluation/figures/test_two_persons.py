"""What needs two persons is never one with a second door: page, token and post are asked alike."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from evaluation.models import Mark, MarkSheet
from evaluation.sheets.services.sheets import decide_not_applicable, file_sheet, reopen_sheet, start_paper_entry
from miyun_kpi.inbox.models import Notice
from miyun_kpi.lib.errors import Conflict, NotAllowed, Refused
from tests.evaluation.conftest import actor_named
from tests.evaluation.sheets.test_api_marks import Api
from tests.factories.sheets import cell, fill, person, save, water_sheet

pytestmark = pytest.mark.usefixtures("demo")


@pytest.fixture
def paper() -> MarkSheet:
    sheet = water_sheet()
    start_paper_entry(
        actor=actor_named("zhengfuban1"), sheet_id=sheet.pk, version=1, paper_number="纸-4", at=timezone.now()
    )
    sheet.refresh_from_db()
    return sheet


def seen(sheet: MarkSheet) -> int:
    return sum(sheet.marks.values_list("version", flat=True))


def filed(username: str, sheet: MarkSheet, looked_at: int | None) -> MarkSheet:
    return file_sheet(
        actor=actor_named(username),
        sheet_id=sheet.pk,
        version=sheet.version,
        at=timezone.now(),
        seen=looked_at,
        reason="已逐格核对",
    )


def test_what_one_enters_from_paper_another_files(paper):
    fill(paper)
    with pytest.raises(NotAllowed) as refusal:
        filed("zhengfuban1", paper, seen(paper))
    assert refusal.value.code == "second-person"
    assert filed("zhengfuban2", paper, seen(paper)).state == "filed"


def test_a_token_is_no_second_person(paper):
    fill(paper)
    office = Api("office", "区政府办公室", "evaluation_office")
    answer = office.send("POST", f"mark-sheets/{paper.pk}/file/", {"version": paper.version})
    assert (answer.status_code, answer.json()["code"]) == (403, "named-person")


def test_the_second_person_files_what_was_looked_at(paper):
    fill(paper)
    looked_at = seen(paper)
    assert save(person("zhengfuban1", "evaluation_office"), paper, cell(paper), value="12").status_code == 200
    with pytest.raises(Conflict) as refusal:
        filed("zhengfuban2", paper, looked_at)
    assert refusal.value.code == "marks-changed"
    with pytest.raises(Conflict):
        filed("zhengfuban2", paper, None)


def test_an_entry_from_paper_is_not_taken_over_and_ends_when_given_back(paper):
    with pytest.raises(Conflict) as refusal:
        start_paper_entry(
            actor=actor_named("zhengfuban2"),
            sheet_id=paper.pk,
            version=paper.version,
            paper_number="纸-5",
            at=timezone.now(),
        )
    assert refusal.value.code == "paper-entry-begun"
    assert Notice.objects.filter(organisation=paper.evaluator, title__contains="代录").count() == 1
    reopen_sheet(
        actor=actor_named("zhengfuban2"),
        sheet_id=paper.pk,
        version=paper.version,
        reason="请考评部门自己打分",
        until=timezone.now() + timedelta(days=1),
        at=timezone.now(),
    )
    assert save(person("shuiwu"), paper, cell(paper), value="80").status_code == 200


def test_nobody_decides_on_the_not_applicable_he_has_proposed(paper):
    mark = cell(paper)
    answer = save(person("zhengfuban1", "evaluation_office"), paper, mark, not_applicable="1", reason="本季没有任务")
    assert answer.status_code == 200, answer.content.decode()[:500]
    mark.refresh_from_db()
    arguments = {
        "sheet_id": paper.pk,
        "organisation": mark.organisation.code,
        "version": mark.version,
        "approve": True,
        "note": "",
        "at": timezone.now(),
    }
    with pytest.raises(NotAllowed):
        decide_not_applicable(actor=actor_named("zhengfuban1"), **arguments)
    assert decide_not_applicable(actor=actor_named("zhengfuban2"), **arguments).not_applicable == "approved"
    assert Notice.objects.filter(organisation=paper.evaluator, title__contains="不适用：批准").exists()


def test_a_sheet_filed_in_time_and_given_back_stays_in_time():
    sheet = water_sheet("2020Q2")
    until = timezone.now() + timedelta(days=1)
    reopen_sheet(
        actor=actor_named("zhengfuban1"),
        sheet_id=sheet.pk,
        version=sheet.version,
        reason="核对有误，重报",
        until=until,
        at=timezone.now(),
    )
    sheet.refresh_from_db()
    sheet.marks.update(problems="巡河记录不全", suggestions="补齐巡河记录")
    assert not filed("shuiwu", sheet, seen(sheet)).late


def test_a_reopening_has_a_near_end():
    sheet = water_sheet("2020Q2")
    with pytest.raises(Refused) as refusal:
        reopen_sheet(
            actor=actor_named("zhengfuban1"),
            sheet_id=sheet.pk,
            version=sheet.version,
            reason="核对有误，重报",
            until=timezone.now() + timedelta(days=400),
            at=timezone.now(),
        )
    assert refusal.value.code == "bad-until"


def test_the_co_offices_desk_says_nothing_of_the_departments_it_is_ranked_among():
    from miyun_kpi.accounts.models import Post, User
    from miyun_kpi.organisations.queries import resolve

    user = User.objects.create_user("fagai", "x")
    Post.objects.create(
        user=user, organisation=resolve("区发改委"), role="evaluation_office", starts_on=timezone.localdate()
    )
    foreign = MarkSheet.objects.get(scheme__track="department", period__code="2020Q3", indicator__number=1)
    Mark.objects.filter(pk=cell(foreign).pk).update(not_applicable="proposed", reason="本季没有任务")
    client = Client()
    client.force_login(user, backend="miyun_kpi.accounts.authentication.PeopleBackend")
    shown = client.get("/").content.decode()
    assert "不适用待批准" not in shown and "/57" not in shown
    assert "不适用待批准：污染防治" in person("zhengfuban2").get("/").content.decode()
