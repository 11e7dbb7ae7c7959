"""绩效任务清单: what is entered, changed, withdrawn and imported, and what the months of 月跟踪 make of it."""

import io
import re
from datetime import date

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone
from openpyxl import load_workbook

from evaluation.models import Indicator, Period, Scheme, Task
from evaluation.scheme.queries.schemes import scheme_view
from evaluation.tasks.rules.task_list import TaskInput, check_task, read_target
from evaluation.tasks.services.task_list import add_task, change_task, withdraw_task
from evaluation.tasks.services.tracked_months import open_month
from miyun_kpi.acts.acting import acting
from miyun_kpi.audit.models import AuditEntry
from miyun_kpi.duties.models import DutyPeriod, ProgressReport
from miyun_kpi.inbox.models import Notice
from miyun_kpi.lib.actors import SYSTEM
from miyun_kpi.lib.errors import Conflict, NotAllowed, NotFound, Refused
from miyun_kpi.organisations.queries import resolve
from tests.evaluation.conftest import actor_named
from tests.factories.markup import one_line
from tests.factories.sheets import person, water_sheet

pytestmark = pytest.mark.usefixtures("demo")
KEY = "tracked/2020/township/4"
MONTH = "2020-09"


def water():
    return Indicator.objects.get(scheme__track="township", number=4)


def given(**fields):
    values = {"name": "巡河不少于 12 次", "target": "12", "unit": "次", "due_on": date(2020, 11, 30)}
    return TaskInput(**(values | fields))


def add(username="shuiwu", indicator=None, place="北庄镇", **fields):
    indicator = indicator or water()
    organisation = resolve(place).pk
    return add_task(
        actor=actor_named(username),
        indicator_id=indicator.pk,
        organisation_id=organisation,
        task=given(**fields),
        at=timezone.now(),
    )


def keys(month=MONTH, code="beizhuang-zhen"):
    rows = DutyPeriod.objects.filter(period=month, unit__organisation__code=code, unit__duty__key__startswith=KEY)
    return sorted(rows.values_list("unit__duty__key", flat=True))


def test_a_task_replaces_the_whole_in_the_month_nobody_has_begun():
    assert keys() == [KEY]
    task = add()
    assert keys() == [f"{KEY}/1"] and keys(code="shicheng-zhen") == [KEY]
    assert (task.target, task.duty.units.get().organisation.name) == ("12 次", "北庄镇")
    assert AuditEntry.objects.filter(action="evaluation.task.saved", subject=f"task:{KEY}/1").count() == 1
    assert Notice.objects.filter(title__startswith="绩效任务清单", organisation__code="beizhuang-zhen").count() == 2


def test_what_was_saved_under_the_whole_stays_and_the_next_month_asks_for_the_tasks():
    line = DutyPeriod.objects.get(unit__duty__key=KEY, unit__organisation__code="beizhuang-zhen", period=MONTH)
    body = {"version": 0, "course": "on-course", "progress": "已清淤 3 处"}
    assert person("beizhuang").post(f"/evaluation/tracking/lines/{line.pk}/save/", body).status_code == 302
    add()
    assert keys() == [KEY] and ProgressReport.objects.filter(duty_period=line).exists()
    period = Period.objects.get(code=MONTH)
    window = {name: getattr(period, name) for name in ("starts_at", "due_at", "late_until", "locks_at")}
    after = Period.objects.create(code="2020-10", kind="month", opened_at=timezone.now(), **window)
    with acting(SYSTEM, timezone.now()):
        open_month(after, scheme_view(Scheme.objects.get(track="township")))
    assert keys("2020-10") == [f"{KEY}/1"]
    before = DutyPeriod.objects.count()
    with acting(SYSTEM, timezone.now()):
        open_month(period, scheme_view(Scheme.objects.get(track="township")))
    assert DutyPeriod.objects.count() == before and keys() == [KEY]


def test_withdrawing_all_tasks_brings_the_whole_back_and_keeps_what_was_reported():
    first, second = add(), add(name="断面达标率", target="100", unit="%")
    assert keys() == [f"{KEY}/1", f"{KEY}/2"]
    office = actor_named("zhengfuban1")
    withdraw_task(actor=office, task_id=first.pk, version=1, reason="市级任务已调整", at=timezone.now())
    assert keys() == [f"{KEY}/2"]
    with pytest.raises(Conflict) as caught:
        withdraw_task(actor=office, task_id=first.pk, version=2, reason="市级任务已调整", at=timezone.now())
    assert caught.value.code == "withdrawn"
    line = DutyPeriod.objects.get(unit__duty__key=f"{KEY}/2", period=MONTH)
    body = {"version": 0, "course": "stuck", "progress": "九成", "problem": "上游来水"}
    person("beizhuang").post(f"/evaluation/tracking/lines/{line.pk}/save/", body)
    withdraw_task(actor=office, task_id=second.pk, version=1, reason="市级任务已调整", at=timezone.now())
    assert keys() == [f"{KEY}/2"] and line.report.progress == "九成"


def test_the_whole_comes_back_at_once_where_nothing_was_saved():
    task = add()
    with pytest.raises(Refused, match="4 至 300 字"):
        withdraw_task(actor=actor_named("shuiwu"), task_id=task.pk, version=1, reason="错", at=timezone.now())
    withdraw_task(actor=actor_named("shuiwu"), task_id=task.pk, version=1, reason="录入有误", at=timezone.now())
    assert keys() == [KEY]
    assert add().number == 2


def test_a_stale_change_a_second_press_and_a_foreign_hand_are_refused():
    task = add()
    with pytest.raises(Conflict, match="已有任务"):
        add()
    shuiwu = actor_named("shuiwu")
    change_task(actor=shuiwu, task_id=task.pk, version=1, task=given(target="15"), at=timezone.now())
    with pytest.raises(Conflict) as caught:
        change_task(actor=shuiwu, task_id=task.pk, version=1, task=given(target="16"), at=timezone.now())
    assert "15 次" in caught.value.message and caught.value.errors[0].current["version"] == 2
    # The same again is no change.
    assert (
        change_task(actor=shuiwu, task_id=task.pk, version=2, task=given(target="15"), at=timezone.now()).version == 2
    )
    with pytest.raises(NotFound):
        change_task(actor=actor_named("weijian"), task_id=task.pk, version=2, task=given(), at=timezone.now())
    with pytest.raises(NotAllowed):
        change_task(actor=actor_named("beizhuang"), task_id=task.pk, version=2, task=given(), at=timezone.now())
    assert Task.objects.get().target == "15 次"


def test_an_offline_indicator_and_a_unit_that_does_not_carry_take_no_task():
    offline = Indicator.objects.filter(scheme__track="township", offline_only=True).first()
    with pytest.raises(Refused) as caught:
        add("zhengfuban1", offline)
    assert caught.value.code == "offline-only"
    with pytest.raises(Refused, match="不承担"):
        add(place="中关村密云园")
    assert not Task.objects.exists()


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"name": " "[:0]}, "name"),
        ({"name": "长" * 201}, "name"),
        ({"target": ""}, "target"),
        ({"unit": ""}, "target"),
        ({"target": "全面完成"}, "target"),
        ({"target": "1.23456"}, "target"),
        ({"due_on": None}, "due_on"),
        ({"due_on": date(2021, 2, 1)}, "due_on"),
        ({"due_on": date(2019, 12, 31)}, "due_on"),
        ({"sub_indicator": "市场总消费"}, "sub_indicator"),
        ({"definition": "口\x00径"}, "definition"),
    ],
)
def test_a_task_says_what_it_must(fields, field):
    assert [p.field for p in check_task(given(**fields), year=2020, sub_indicators=[])] == [field]


def test_the_january_of_the_final_evaluation_is_in_time_and_words_are_a_target():
    assert check_task(given(due_on=date(2021, 1, 31), target="较上年下降", unit=""), year=2020, sub_indicators=[]) == []
    assert (read_target("３.5", "%").value, read_target("-3", "").text) == (read_target("3.5", "%").value, "-3")


def book(client, indicator, **cells):
    answer = client.get(f"/evaluation/tasks/indicators/{indicator.pk}/list.xlsx")
    opened = load_workbook(io.BytesIO(answer.content))
    for address, value in cells.items():
        opened.active[address] = value
    out = io.BytesIO()
    opened.save(out)
    return out.getvalue()


def upload(client, indicator, content):
    file = SimpleUploadedFile("清单.xlsx", content)
    return client.post(f"/evaluation/tasks/indicators/{indicator.pk}/import/", {"workbook": file})


def accept(client, indicator, page):
    read = re.search(r'name="read" value="([^"]+)"', page.content.decode())[1]
    return client.post(f"/evaluation/tasks/indicators/{indicator.pk}/import/accept/", {"read": read})


def test_a_filled_list_is_shown_first_and_saved_as_a_whole():
    add(place="石城镇")
    client, indicator = person("shuiwu"), water()
    row = {"C5": "断面达标率", "D5": "100", "E5": "%", "F5": date(2020, 10, 31), "H5": "按市级监测断面"}
    content = book(client, indicator, D4=20, **row)
    assert load_workbook(io.BytesIO(content)).active["B4"].value == "石城镇"
    page = upload(client, indicator, content)
    assert page.status_code == 200 and "12 次 →<b>20 次</b>" in one_line(page.content.decode())
    assert Task.objects.count() == 1
    assert accept(client, indicator, page).status_code == 302
    assert sorted(task.target for task in Task.objects.all()) == ["100 %", "20 次"]
    assert AuditEntry.objects.filter(action="evaluation.task.saved", data__contains="sha256").count() == 2
    # The same press again: the versions have moved on.
    again = accept(client, indicator, page)
    assert again.status_code == 409 and Task.objects.count() == 2


def test_everything_wrong_in_a_file_is_told_by_cell_and_nothing_is_saved():
    client, indicator = person("shuiwu"), water()
    cells = {"A4": 77, "B4": "某某镇", "C4": "任务一", "D4": "5", "F4": "下个月"}
    cells |= {"C5": "任务二", "D5": "完成", "E5": "次", "F5": "2020-10-01"}
    page = upload(client, indicator, book(client, indicator, **cells))
    words = page.content.decode()
    assert page.status_code == 422
    for place in ("A4（任务编号）", "B4（责任单位）", "F4（完成时限）", "D5（目标值）"):
        assert place in words
    assert not Task.objects.exists()
    assert upload(client, indicator, b"not a workbook").status_code == 422
    assert upload(person("weijian"), indicator, b"x").status_code == 404


def test_a_task_stands_in_the_month_of_its_unit_beside_the_mark_and_in_its_list():
    task = add()
    page = person("beizhuang").get(f"/evaluation/tracking/beizhuang-zhen/{MONTH}/").content.decode()
    assert "目标 12 次" in page and "巡河不少于 12 次" in page
    panel = person("shuiwu").get(f"/evaluation/sheets/{water_sheet().pk}/rows/beizhuang-zhen/").content.decode()
    assert "巡河不少于 12 次（12 次，11-30 前）" in panel
    own = person("beizhuang")
    assert own.get("/evaluation/tasks/")["Location"] == "/evaluation/tasks/units/beizhuang-zhen/"
    assert "巡河不少于" in own.get("/evaluation/tasks/units/beizhuang-zhen/").content.decode()
    assert own.get("/evaluation/tasks/units/shicheng-zhen/").status_code == 404
    sheet = load_workbook(io.BytesIO(own.get("/evaluation/tasks/units/beizhuang-zhen/list.xlsx").content)).active
    assert (sheet["B4"].value, sheet["D4"].value, sheet["E4"].value) == (task.number, task.name, 12)
    assert "任务 1" in own.get(f"/evaluation/tasks/{task.pk}/").content.decode()


def test_a_refused_page_keeps_what_was_typed():
    client = person("shuiwu")
    body = {
        "organisation": resolve("北庄镇").pk,
        "name": "治理排污口",
        "target": "8",
        "unit": "",
        "due_on": "2020-10-01",
    }
    page = client.post(f"/evaluation/tasks/indicators/{water().pk}/", body)
    words = page.content.decode()
    assert page.status_code == 422 and "请写计量单位" in words and "治理排污口" in words
    assert client.post(f"/evaluation/tasks/indicators/{water().pk}/", body | {"unit": "处"}).status_code == 302
    assert Task.objects.get().target == "8 处"


def test_the_lists_of_sheets_and_corrections_are_workbooks_of_what_one_sees():
    page = load_workbook(io.BytesIO(person("shuiwu").get("/evaluation/sheets/list.xlsx?period=2020Q3").content)).active
    assert {page.cell(row, 4).value for row in range(4, page.max_row + 1)} == {"区水务局"}
    empty = load_workbook(io.BytesIO(person("beizhuang").get("/evaluation/sheets/list.xlsx").content)).active
    assert empty.max_row == 3
    assert person("shuiwu").get("/evaluation/rectifications/list.xlsx?state=all").status_code == 200
