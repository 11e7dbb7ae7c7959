"""督办台账 of 附件2第10项: who registers, what units answer, and how an item ends."""

import io
import re
from datetime import date, timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, transaction
from django.test import Client
from django.utils import timezone
from openpyxl import load_workbook

from evaluation.models import MarkSheet, Scheme, SupervisionEntry, SupervisionItem
from evaluation.tasks.access.supervision import registers
from evaluation.tasks.desk import supervision_items
from evaluation.tasks.rules.supervision import REF, ItemInput, check_item, course_word
from evaluation.tasks.services import supervision_course as course
from evaluation.tasks.services.supervision import change_item, register_item
from miyun_kpi.audit.models import AuditEntry
from miyun_kpi.inbox.models import Notice
from miyun_kpi.lib.actors import SYSTEM
from miyun_kpi.lib.errors import Conflict, NotAllowed, NotFound, Refused
from miyun_kpi.organisations.queries import resolve
from tests.clock import Day, dated, today
from tests.evaluation.conftest import actor_named
from tests.factories.sheets import person
from tests.factories.tokens import issue_token

pytestmark = pytest.mark.usefixtures("demo")


def given(**fields):
    values = {
        "number": "督〔2020〕5号",
        "source": "work_report",
        "title": "老旧小区改造",
        "content": "改造 12 栋",
        "registered_on": today() - timedelta(days=30),
        "due_on": today() + timedelta(days=20),
        "lead_id": resolve("北庄镇").pk,
        "co_ids": (resolve("区水务局").pk,),
    }
    return ItemInput(**(values | fields))


def keeper():
    return actor_named("zhengfuban1", "evaluator")


def register(**fields):
    return register_item(actor=keeper(), item=given(**fields), at=timezone.now())


def test_the_register_stands_at_the_printed_item_and_belongs_to_its_evaluator():
    (indicator,) = registers()
    assert (indicator.scheme.track, indicator.number, indicator.clause) == ("department", 10, REF)
    item = register()
    assert [(p.organisation.name, p.role) for p in item.parts.all()] == [("北庄镇", "lead"), ("区水务局", "co")]
    assert Notice.objects.filter(title="督办立项：老旧小区改造").values("organisation").distinct().count() == 2
    assert AuditEntry.objects.filter(action="evaluation.supervision.saved").count() == 1
    for other in ("shuiwu", "weijian", "beizhuang", "lingdao"):
        with pytest.raises(NotAllowed):
            register_item(actor=actor_named(other), item=given(number="2"), at=timezone.now())
    with pytest.raises(Conflict, match="已是"):
        register()


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"number": ""}, "number"),
        ({"title": "改"}, "title"),
        ({"source": "rumour"}, "source"),
        ({"source": "instruction"}, "content"),
        ({"registered_on": None}, "registered_on"),
        ({"due_on": Day(-31)}, "due_on"),
        ({"lead_id": None}, "lead"),
        ({"lead_id": 7, "co_ids": (7,)}, "co"),
        ({"lead_id": 7, "co_ids": (8, 8)}, "co"),
    ],
)
def test_an_item_says_what_it_must(fields, field):
    assert [problem.field for problem in check_item(given(**dated(fields)), instruction_text=False)] == [field]


@pytest.mark.parametrize("field", ["lead", "co"])
def test_no_item_is_given_to_a_unit_that_has_ended(field):
    """Nobody could answer for it. Who was named before it ended stays named, and what is old can still be corrected."""
    item = register()
    gone = resolve("北庄镇")
    type(gone).objects.filter(pk=gone.pk).update(valid_to=today())
    water = resolve("区水务局").pk
    named = {"lead_id": gone.pk, "co_ids": ()} if field == "lead" else {"lead_id": water, "co_ids": (gone.pk,)}
    with pytest.raises(Refused, match="北庄镇已于 .* 撤并，没有保存。") as refused:
        register(number="督〔2020〕6号", **named)
    assert [(one.field, one.code) for one in refused.value.errors] == [(field, "ended-unit")]
    assert SupervisionItem.objects.count() == 1
    changed = given(title="老旧小区改造二期", registered_on=item.registered_on)
    change_item(actor=keeper(), item_id=item.pk, version=item.version, item=changed, at=timezone.now())
    item.refresh_from_db()
    assert item.title == "老旧小区改造二期"


def test_the_text_of_an_instruction_is_kept_only_where_the_setting_allows_it():
    with pytest.raises(Refused, match="不在网上存"):
        register(source="instruction")
    assert register(source="instruction", content="").content == ""
    Scheme.objects.filter(track="department").update(instruction_text=True)
    assert register(number="2", source="instruction").content == "改造 12 栋"


def test_the_day_of_the_limit_is_in_time_and_the_next_is_overdue():
    due = date(2020, 9, 30)
    assert course_word("running", due, None, due)[0] == "running"
    assert course_word("running", due, None, date(2020, 10, 1)) == ("overdue", "逾期 1 天")
    assert course_word("closed", due, date(2020, 10, 1), date(2020, 10, 2)) == ("done", "已销号（逾期办结）")


def test_its_units_answer_and_nobody_else_sees_it():
    item = register()
    unit = actor_named("beizhuang")
    assert [one.title for one in supervision_items(unit, timezone.now())] == ["督办：老旧小区改造"]
    course.give_feedback(actor=unit, item_id=item.pk, version=1, text="已开工 5 栋", at=timezone.now())
    with pytest.raises(Conflict, match="刚有变动"):
        course.give_feedback(actor=unit, item_id=item.pk, version=1, text="已开工 5 栋", at=timezone.now())
    with pytest.raises(NotFound):
        course.give_feedback(actor=actor_named("weijian"), item_id=item.pk, version=2, text="已开工", at=timezone.now())
    assert SupervisionEntry.objects.count() == 1
    other = register(number="2", lead_id=resolve("石城镇").pk)
    with pytest.raises(NotFound):
        course.give_feedback(actor=unit, item_id=other.pk, version=1, text="不是我们的", at=timezone.now())
    # 区发改委 evaluates with 区政府办 and is itself among the departments: not its register.
    assert person("beizhuang").get(f"/evaluation/supervision/{other.pk}/").status_code == 404


def test_an_extension_is_approved_and_the_old_limit_kept():
    item = register()
    unit, now, later = actor_named("beizhuang"), timezone.now(), item.due_on + timedelta(days=10)
    with pytest.raises(Refused, match="须晚于"):
        course.ask_extension(actor=unit, item_id=item.pk, version=1, new_due_on=item.due_on, reason="汛期停工", at=now)
    course.ask_extension(actor=unit, item_id=item.pk, version=1, new_due_on=later, reason="汛期停工", at=now)
    item.refresh_from_db()
    assert item.due_on < later
    with pytest.raises(Conflict, match="等待答复"):
        course.ask_extension(actor=unit, item_id=item.pk, version=2, new_due_on=later, reason="汛期停工", at=now)
    with pytest.raises(Refused, match="请写答复"):
        course.decide_extension(actor=keeper(), item_id=item.pk, version=2, approve=False, answer="", at=now)
    course.decide_extension(actor=keeper(), item_id=item.pk, version=2, approve=True, answer="", at=now)
    item.refresh_from_db()
    entry = item.entries.get()
    assert (item.due_on, entry.old_due_on, entry.extension) == (later, item.first_due_on, "approved")
    # From here on the limit moves by extension alone.
    with pytest.raises(Refused, match="只能经延期"):
        change_item(actor=keeper(), item_id=item.pk, version=3, item=given(), at=now)


def test_urging_is_counted_and_told():
    item = register()
    course.urge(actor=keeper(), item_id=item.pk, version=1, text="", at=timezone.now())
    with pytest.raises(Conflict):
        course.urge(actor=keeper(), item_id=item.pk, version=1, text="", at=timezone.now())
    course.urge(actor=keeper(), item_id=item.pk, version=2, text="请抓紧", at=timezone.now())
    assert Notice.objects.filter(title="催办（第 2 次）：老旧小区改造").exists()
    page = person("zhengfuban1", "evaluator").get("/evaluation/supervision/").content.decode()
    assert "老旧小区改造" in page and '<td class="num desk-only">2</td>' in page


def test_an_item_is_struck_off_by_a_second_person():
    item, now = register(), timezone.now()
    with pytest.raises(Refused, match="之间"):
        course.finish(
            actor=keeper(), item_id=item.pk, version=1, on=today() + timedelta(days=1), note="全部完成", at=now
        )
    course.finish(actor=keeper(), item_id=item.pk, version=1, on=today(), note="全部完成", at=now)
    with pytest.raises(NotAllowed, match="第二个人"):
        course.close(actor=keeper(), item_id=item.pk, version=2, passed=True, note="", at=now)
    with pytest.raises(IntegrityError), transaction.atomic():
        item.refresh_from_db()
        SupervisionItem.objects.filter(pk=item.pk).update(state="closed", closed_by_id=item.finished_by_id)
    second = actor_named("zhengfuban2")
    course.close(actor=second, item_id=item.pk, version=2, passed=False, note="缺验收单", at=now)
    course.finish(actor=keeper(), item_id=item.pk, version=3, on=today(), note="补齐验收", at=now)
    assert course.close(actor=second, item_id=item.pk, version=4, passed=True, note="", at=now).state == "closed"
    with pytest.raises(Conflict, match="销号"):
        change_item(actor=second, item_id=item.pk, version=5, item=given(title="改名"), at=now)


def test_the_list_stands_beside_the_mark_of_that_item_only():
    unit = resolve("区水务局")
    register(lead_id=unit.pk, co_ids=())
    client = person("zhengfuban1")
    found = MarkSheet.objects.filter(scheme__track="department", marks__organisation=unit)
    of_item, other = found.filter(indicator__number=10).first(), found.exclude(indicator__number=10).first()
    assert of_item is not None and other is not None
    for sheet, stands in ((of_item, True), (other, False)):
        panel = client.get(f"/evaluation/sheets/{sheet.pk}/rows/{unit.code}/").content.decode()
        assert ("老旧小区改造" in panel) is stands


def test_the_pages_of_keeper_and_unit_lead_through_the_course():
    client = person("zhengfuban1", "evaluator")
    body = {
        "version": 0,
        "number": "督5",
        "source": "meeting",
        "title": "汛期排水",
        "registered_on": "2020-06-01",
        "due_on": "2020-07-31",
        "lead": resolve("北庄镇").pk,
        "co": [resolve("区水务局").pk],
    }
    refused = client.post("/evaluation/supervision/new/", body | {"due_on": "2020-05-01"})
    assert refused.status_code == 422 and "汛期排水" in refused.content.decode()
    answer = client.post("/evaluation/supervision/new/", body)
    page = answer["Location"]
    unit = person("beizhuang")
    assert "逾期" in unit.get(page).content.decode()
    again = unit.post(f"{page}feedback/", {"version": 1, "text": "短"})
    assert again.status_code == 422 and "4 至 1000 字" in again.content.decode()
    assert unit.post(f"{page}feedback/", {"version": 1, "text": "泵站已检修"}).status_code == 302
    assert unit.post(f"{page}urge/", {"version": 2}).status_code == 403
    assert client.get(f"{page}change/").status_code == 200
    sheet = load_workbook(io.BytesIO(unit.get("/evaluation/supervision/list.xlsx?state=overdue").content)).active
    assert (sheet["A4"].value, sheet["F4"].value) == ("督5", "北庄镇")


def test_a_filled_register_is_shown_first_and_everything_wrong_told_by_cell():
    register()
    client = person("zhengfuban1", "evaluator")
    opened = load_workbook(io.BytesIO(client.get("/evaluation/supervision/import/template.xlsx").content))
    page = opened.active
    page["H4"] = "2099-12-31"
    row = ("督6", "领导批示", "水库清漂", "原文", date(2020, 8, 1), "区水务局", "北庄镇、石城镇", "2020/9/30")
    for column, value in enumerate(row, start=1):
        page.cell(5, column).value = value

    def upload():
        out = io.BytesIO()
        opened.save(out)
        file = SimpleUploadedFile("台账.xlsx", out.getvalue())
        return client.post("/evaluation/supervision/import/", {"workbook": file})

    refused = upload()
    assert refused.status_code == 422 and "D5（内容和要求）" in refused.content.decode()
    page["D5"] = None
    shown = upload()
    assert "新立项" in shown.content.decode() and "2099-12-31" in shown.content.decode()
    assert SupervisionItem.objects.count() == 1
    read = re.search(r'name="read" value="([^"]+)"', shown.content.decode())[1]
    assert client.post("/evaluation/supervision/import/accept/", {"read": read}).status_code == 302
    item = SupervisionItem.objects.get(number="督6")
    assert (item.parts.count(), item.due_on, item.source) == (3, date(2020, 9, 30), "instruction")
    assert client.post("/evaluation/supervision/import/accept/", {"read": read}).status_code == 409


def test_a_client_reads_what_its_unit_may_see():
    register()
    register(number="2", lead_id=resolve("石城镇").pk, co_ids=(), due_on=today() - timedelta(days=1))

    def ask(organisation, role, query=""):
        _, text = issue_token(
            actor=SYSTEM,
            client=f"c{organisation}{query}",
            organisation=resolve(organisation),
            role=role,
            at=timezone.now(),
        )
        return Client().get(f"/api/v1/supervision-items/{query}", headers={"authorization": f"Token {text}"})

    assert ask("北庄镇", "reporter").json()["count"] == 1
    office = ask("区政府办公室", "evaluation_office", "?state=overdue").json()
    assert [one["number"] for one in office["results"]] == ["2"] and office["results"][0]["overdue"]
    assert ask("区卫健委", "evaluator").json()["count"] == 0
    assert ask("区政府办公室", "evaluation_office", "?stat=1").status_code == 400
