"""Monthly data tables: declared by the evaluator, imported month by month, shown beside the mark and never computed from."""

import io
import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone
from openpyxl import load_workbook

from evaluation.drafting.services.copying import copy_scheme
from evaluation.models import DataSet, DataTable, Indicator, Scheme
from evaluation.tasks.queries.data_tables import words_of
from evaluation.tasks.rules.data_tables import DataColumn, read_columns, written
from evaluation.tasks.services.data_tables import TableInput, change_columns, declare_table
from miyun_kpi.audit.models import AuditEntry
from miyun_kpi.lib.errors import Conflict, NotAllowed, NotFound, Refused
from miyun_kpi.organisations.models import Organisation
from tests.evaluation.conftest import actor_named
from tests.factories.markup import one_line
from tests.factories.sheets import person, water_sheet

pytestmark = pytest.mark.usefixtures("demo")


def declare(username="shuiwu", role="", number=4, track="township", **fields):
    indicator = Indicator.objects.get(scheme__track=track, number=number)
    values = {"name": "断面月报", "rows_by": "unit", "columns": "达标率,%,2\n说明,文字"} | fields
    actor = actor_named(username, role)
    return declare_table(actor=actor, indicator_id=indicator.pk, table=TableInput(**values), at=timezone.now())


def filled(client, table, **cells):
    opened = load_workbook(io.BytesIO(client.get(f"/evaluation/data-tables/{table.pk}/template.xlsx").content))
    for address, value in cells.items():
        opened.active[address] = value
    out = io.BytesIO()
    opened.save(out)
    return out.getvalue()


def upload(client, table, content, month="2020-07"):
    body = {"period": month, "workbook": SimpleUploadedFile("七月.xlsx", content)}
    return client.post(f"/evaluation/data-tables/{table.pk}/import/", body)


def accept(client, table, page):
    read = re.search(r'name="read" value="([^"]+)"', page.content.decode())[1]
    return client.post(f"/evaluation/data-tables/{table.pk}/import/accept/", {"read": read})


def row_of(table, name="北庄镇"):
    data = DataSet.objects.get(table=table, current=True)
    return next(row["values"] for row in data.rows if row["name"] == name)


def place(client, table, name="北庄镇"):
    page = load_workbook(io.BytesIO(client.get(f"/evaluation/data-tables/{table.pk}/template.xlsx").content)).active
    return next(row[0].row for row in page.iter_rows() if row[0].value == name)


def test_columns_are_data():
    columns = read_columns("响应率，%，2\n目标值,万元\n口径,文字\n\n同比,%,0\n系数,无,3", row_title="单位")
    assert columns[:2] == [DataColumn("响应率", "number", "%", 2), DataColumn("目标值", "number", "万元", 2)]
    assert [one.title for one in columns] == ["响应率（%）", "目标值（万元）", "口径", "同比（%）", "系数（无单位）"]
    assert read_columns(written(columns), row_title="单位") == columns


@pytest.mark.parametrize(
    "text",
    [
        "",
        "单位",
        "a,元\na,元",
        "a",
        "a,,2",
        "a,按行",
        "口径,文字\na,按行",
        "口径,文字",
        "a,%,7",
        "a,%,x",
        "a,b,1,2",
        "长" * 31,
    ],
)
def test_columns_that_cannot_be_are_refused(text):
    with pytest.raises(Refused, match="没有保存"):
        read_columns(text, row_title="单位")


def test_a_month_is_shown_first_and_a_later_import_is_a_new_version():
    table, client = declare(), person("shuiwu")
    row = place(client, table)
    page = upload(client, table, filled(client, table, **{f"B{row}": 98.5, f"C{row}": "=危险"[1:]}))
    assert page.status_code == 200 and not DataSet.objects.exists()
    assert accept(client, table, page).status_code == 302
    assert row_of(table) == ["98.5", "危险"] and row_of(table, "石城镇") == [None, None]
    assert accept(client, table, page).status_code == 409
    second = upload(client, table, filled(client, table, **{f"B{row}": "-1.25"}))
    assert "98.5" in second.content.decode() and "−1.25" in second.content.decode()
    accept(client, table, second)
    assert row_of(table) == ["-1.25", None]
    assert list(DataSet.objects.order_by("number").values_list("number", "current")) == [(1, False), (2, True)]
    assert AuditEntry.objects.filter(action="evaluation.data-table.imported").count() == 2
    old = client.get(f"/evaluation/data-tables/{table.pk}/?month=2020-07&version=1").content.decode()
    assert "98.5" in old and "已被后来的版本取代" in old


def test_a_figure_stands_with_all_the_places_of_its_column():
    table, client = declare(columns="达标率,%,2\n家数,家,0\n说明,文字"), person("shuiwu")
    row = place(client, table)
    page = upload(client, table, filled(client, table, **{f"B{row}": 5, f"C{row}": 7, f"D{row}": "7"}))
    shown = '<td class="num">5.00</td><td class="num">7</td><td>7</td>'
    assert shown in "".join(page.content.decode().split("\n")).replace("  ", "")
    accept(client, table, page)
    assert row_of(table)[0] == "5"
    second = upload(client, table, filled(client, table, **{f"B{row}": 7.5, f"C{row}": 7, f"D{row}": "7"}))
    assert "<td>5.00</td><td><b>7.50</b></td>" in second.content.decode()
    of_month = "".join(client.get(f"/evaluation/data-tables/{table.pk}/").content.decode().split("\n")).replace(
        "  ", ""
    )
    assert shown in of_month
    column = DataColumn("率", "number", "%", 2)
    assert [words_of(one, column) for one in ("-1", "6.25", "1.234", None)] == ["−1.00", "6.25", "1.234", "–"]


def test_the_only_error_is_printed_once():
    table, client = declare(), person("shuiwu")
    row = place(client, table)
    said = upload(client, table, filled(client, table, **{f"B{row}": "约九成"})).content.decode()
    assert said.count("“约九成”不是数字") == 1
    both = upload(client, table, filled(client, table, **{f"B{row}": "约九成", f"B{row + 1}": "八成"})).content.decode()
    assert both.count("“约九成”不是数字") == both.count("“八成”不是数字") == 1


def test_everything_wrong_is_told_by_cell_and_a_month_to_come_is_refused():
    table, client = declare(), person("shuiwu")
    row = place(client, table)
    cells = {f"B{row}": "约九成", f"B{row + 1}": "1.234", f"A{row + 2}": "某某镇"}
    page = upload(client, table, filled(client, table, **cells))
    words = page.content.decode()
    assert page.status_code == 422
    for address in (f"B{row}（达标率（%））", f"B{row + 1}（达标率（%））", f"A{row + 2}（单位）"):
        assert address in words
    assert upload(client, table, filled(client, table), month="2021-01").status_code == 422
    assert not DataSet.objects.exists()


def test_a_unit_sees_its_own_row_and_the_evaluator_sees_it_beside_the_mark():
    table, client = declare(), person("shuiwu")
    row, other = place(client, table), place(client, table, "石城镇")
    accept(client, table, upload(client, table, filled(client, table, **{f"B{row}": 98.5, f"B{other}": 77.7})))
    own = person("beizhuang").get(f"/evaluation/data-tables/{table.pk}/").content.decode()
    assert "98.5" in own and "77.7" not in own
    sheet = load_workbook(io.BytesIO(person("beizhuang").get(f"/evaluation/data-tables/{table.pk}/month.xlsx").content))
    assert [cell.value for cell in sheet.active["B"]][3:] == ["达标率（%）", 98.5]
    panel = one_line(client.get(f"/evaluation/sheets/{water_sheet().pk}/rows/beizhuang-zhen/").content.decode())
    assert "断面月报" in panel and "达标率（%） 98.5" in panel
    assert person("weijian").get(f"/evaluation/data-tables/{table.pk}/").status_code == 404
    whole = client.get(f"/evaluation/data-tables/{table.pk}/?row=beizhuang-zhen").content.decode()
    assert "77.7" in whole and "逐月" in whole


def test_a_series_table_has_a_row_per_printed_sub_indicator():
    actor = actor_named("zhengfuban1")
    indicator = Indicator.objects.get(scheme__track="department", number=6)
    assert indicator.sub_indicators.count() == 21
    assert Indicator.objects.get(scheme__track="department", number=5).sub_indicators.count() == 8
    with pytest.raises(NotAllowed):
        declare_table(actor=actor, indicator_id=indicator.pk, table=TableInput("a", "series", "b"), at=timezone.now())
    with pytest.raises(Refused, match="没有分指标"):
        declare(rows_by="series")


def test_only_its_evaluator_declares_and_changes_it():
    table = declare()
    with pytest.raises(Conflict, match="已有数据表"):
        declare()
    with pytest.raises(NotFound):
        declare("weijian", name="另一张")
    shuiwu = actor_named("shuiwu")
    change_columns(actor=shuiwu, table_id=table.pk, version=1, columns="达标率,%,1", at=timezone.now())
    with pytest.raises(Conflict):
        change_columns(actor=shuiwu, table_id=table.pk, version=1, columns="达标率,%,3", at=timezone.now())
    page = person("shuiwu").post(
        "/evaluation/data-tables/",
        {"indicator": table.indicator_id, "name": "乙", "rows_by": "unit", "columns": "x,%,9"},
    )
    assert page.status_code == 422 and "x,%,9" in page.content.decode()
    assert DataTable.objects.count() == 1


# ── the unit of measure, and the columns of the year before ──────────────────────────────────────


def test_a_number_without_its_unit_is_refused_by_name():
    with pytest.raises(Refused) as refusal:
        declare(columns="达标率,%,2\n检查河段,,0")
    assert refusal.value.code == "no-unit" and "第 2 行“检查河段”没有写计量单位" in refusal.value.message
    table = declare(columns="计量单位,文字\n目标值,按行,1\n系数,无,2")
    head = load_workbook(
        io.BytesIO(person("shuiwu").get(f"/evaluation/data-tables/{table.pk}/template.xlsx").content)
    ).active
    said = {cell.value for row in head.iter_rows() for cell in row}
    assert {"目标值（单位见该行）", "系数（无单位）"} <= said
    # One of before units were asked for says so to its keeper, and is asked for it at the next change.
    DataTable.objects.update(columns=[{"name": "检查河段", "kind": "number", "unit": "", "places": 0}])
    page = person("shuiwu").get(f"/evaluation/data-tables/{table.pk}/").content.decode()
    assert "还没有写计量单位：检查河段" in page
    with pytest.raises(Refused, match="没有写计量单位"):
        change_columns(
            actor=actor_named("shuiwu"), table_id=table.pk, version=1, columns="检查河段,,0", at=timezone.now()
        )


def test_columns_of_the_year_before_are_put_into_the_form_one_by_one():
    old = declare(columns="达标率,%,2\n检查河段,条,0\n说明,文字")
    scheme = Scheme.objects.get(track="township")
    made = copy_scheme(actor=actor_named("zhengfuban1"), scheme_id=scheme.pk, at=timezone.now())
    client = person("shuiwu")
    assert "沿用上一年的列" not in client.get("/evaluation/data-tables/").content.decode(), "a draft offers nothing"
    Scheme.objects.filter(pk=made.pk).update(state="in_force")
    page = client.get("/evaluation/data-tables/").content.decode()
    boxes = re.findall(r'name="column" value="([^"]+)"', page)
    assert boxes == [f"{old.pk}:1:{n}" for n in range(3)] and "checked" not in page.partition("沿用上一年的列")[2]
    nothing = client.post("/evaluation/data-tables/", {"carry": "1"})
    assert nothing.status_code == 422 and "一列都没有勾选" in nothing.content.decode()
    refusal = nothing.content.decode().partition("沿用上一年的列")[2]
    assert re.search(r'role="alert" tabindex="-1" data-focus>.{0,400}一列都没有勾选', refusal, re.S), "it is led to"
    stale = client.post("/evaluation/data-tables/", {"carry": "1", "column": [f"{old.pk}:2:0"]})
    assert stale.status_code == 409
    put = client.post("/evaluation/data-tables/", {"carry": "1", "column": [boxes[0], boxes[2]]})
    text = put.content.decode()
    assert put.status_code == 200 and "达标率,%,2\n说明,文字</textarea>" in text and "检查河段,条" not in text
    assert DataTable.objects.count() == 1, "nothing is stored by it"
    new = Indicator.objects.get(scheme=made, from_indicator=old.indicator)
    assert re.search(rf'<option value="{new.pk}"\s+selected', text) and 'value="断面月报"' in text
    # What was typed before stays: its own columns first, then those that it has not; also where nothing is ticked.
    own = {"indicator": "", "name": "河道月报", "rows_by": "series", "columns": "河长,米,1\r\n达标率,%,2"}
    text = client.post("/evaluation/data-tables/", own | {"carry": str(old.pk), "column": boxes}).content.decode()
    assert 'value="河道月报"' in text and "河长,米,1\n达标率,%,2\n检查河段,条,0\n说明,文字</textarea>" in text
    assert re.search(r'<option value="series"\s+selected', text) and re.search(
        rf'<option value="{new.pk}"\s+selected', text
    )
    text = client.post("/evaluation/data-tables/", own | {"carry": str(old.pk)}).content.decode()
    assert 'value="河道月报"' in text and "河长,米,1\n达标率,%,2</textarea>" in text
    sent = {"indicator": new.pk, "name": "断面月报", "rows_by": "unit", "columns": "达标率,%,2\n说明,文字"}
    assert client.post("/evaluation/data-tables/", sent).status_code == 302
    assert "沿用上一年的列" not in client.get("/evaluation/data-tables/").content.decode()
    assert person("weijian").post("/evaluation/data-tables/", {"carry": "1", "column": boxes}).status_code in (409, 422)


def test_of_two_tables_of_the_year_before_the_page_says_which_is_meant():
    old, other = declare(columns="达标率,%,2\n检查河段,条,0"), declare(name="巡河月报", columns="巡河率,%,1")
    old.columns[1]["unit"] = ""
    old.save()
    scheme = Scheme.objects.get(track="township")
    made = copy_scheme(actor=actor_named("zhengfuban1"), scheme_id=scheme.pk, at=timezone.now())
    Scheme.objects.filter(pk=made.pk).update(state="in_force")
    client, address = person("shuiwu"), "/evaluation/data-tables/"
    page = one_line(client.get(address).content.decode())
    assert f"用于 {made.year}年镇街 4 " in page and "一次设一张" in page and "整数" in page and "0 位小数" not in page
    wrong = client.post(address, {"carry": str(other.pk), "column": [f"{old.pk}:1:0"]})
    assert wrong.status_code == 422 and "“巡河月报”的列一列都没有勾选，勾选的是另一张表的" in wrong.content.decode()
    # What lacks its unit is named where it is put right, and only there.
    put = one_line(
        client.post(address, {"carry": str(old.pk), "column": [f"{old.pk}:1:{n}" for n in (0, 1)]}).content.decode()
    )
    assert "没有写计量单位的要补在名称后面的两个逗号之间：检查河段。" in put and "检查河段,,0" in put
    put = client.post(address, {"carry": str(other.pk), "column": [f"{other.pk}:1:0"]}).content.decode()
    assert "两个逗号之间" not in put and "已放进下面的“列”里" in put


def test_a_curve_bears_the_name_of_today(demo):
    table, client = declare(), person("shuiwu")
    row = place(client, table)
    accept(client, table, upload(client, table, filled(client, table, **{f"B{row}": "98.5"})))
    unit = Organisation.objects.get(name="北庄镇")
    address = f"/evaluation/data-tables/{table.pk}/?row={unit.code}"
    assert "<h2>北庄镇　逐月</h2>" in client.get(address).content.decode()
    Organisation.objects.filter(pk=unit.pk).update(name="北庄新镇")
    page = client.get(address).content.decode()
    assert "<h2>北庄新镇　逐月</h2>" in page and "当时称“北庄镇”" in page
