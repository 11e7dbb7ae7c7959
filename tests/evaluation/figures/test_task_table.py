"""The official 任务表 goes out filled, comes back, and becomes one batch; everything odd is named by cell, at once."""

import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from openpyxl import load_workbook

from evaluation.figures.excel import read_task_table, template
from evaluation.models import Figure, FigureBatch, MarkSheet, Scheme
from miyun_kpi.accounts.models import User
from miyun_kpi.lib.errors import NotAllowed, Refused
from tests.evaluation.figures.test_figures_proposed import AT, check, figure

pytestmark = pytest.mark.django_db


def scheme(track="township") -> Scheme:
    return Scheme.objects.get(track=track)


def filled(change=None, track="township") -> bytes:
    """The template, changed in place by `change(workbook)`."""
    content = template(scheme(track), AT)
    if change is None:
        return content
    book = load_workbook(io.BytesIO(content))
    change(book)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


@pytest.fixture
def read(actor_for):
    def run(change=None, track="township", who="zhengfuban1", name="任务表.xlsx"):
        return read_task_table(
            actor=actor_for(who), scheme=scheme(track), file_name=name, content=filled(change, track)
        )

    return run


@pytest.fixture
def refused(read):
    """Sentences of what is wrong."""

    def run(change, track="township"):
        with pytest.raises(Refused) as refusal:
            read(change, track)
        assert refusal.value.code == "cells-refused"
        return [error.message for error in refusal.value.errors]

    return run


def cell_of(page, text):
    """The cell that holds a text."""
    return next(c for row in page.iter_rows() for c in row if c.value == text)


def put(sheet, place, value):
    def change(book):
        book[sheet][place] = value

    return change


@pytest.mark.parametrize("track", ["township", "department"])
def test_an_untouched_template_confirms_every_figure_and_changes_none(read, track):
    preview = read(track=track)
    figures = Figure.objects.filter(scheme__track=track)
    assert len(preview.wanted) == figures.count()
    assert not preview.differences and not preview.absent
    assert {(w.figure_id, w.version, w.value) for w in preview.wanted} == set(
        figures.values_list("pk", "version", "value")
    )


def test_the_template_goes_out_with_shares_as_text():
    book = load_workbook(io.BytesIO(filled()))
    assert book.sheetnames == ["分值", "考评部门与份额", "承担", "范围与设定"]
    assert cell_of(book["考评部门与份额"], "1/2").data_type == "s"


def test_differences_are_listed_with_their_cell(read):
    def change(book):
        page = book["分值"]
        row = cell_of(page, "财源建设").row
        page.cell(row, 3).value, page.cell(row + 1, 3).value = 10, "3"
        book["承担"]["C4"] = "不承担"

    preview = read(change)
    said = [(d.subject, d.old, d.new, d.place) for d in preview.differences]
    assert ("9 财源建设 · 新城核心区分值", "8 分", "10 分", "“分值”C12") in said
    assert ("鼓楼街道 · 1 污染防治", "承担", "不承担", "“承担”C4") in said
    assert len(said) == 3 and preview.confirmations == len(preview.wanted) - 3


def test_sums_of_the_file_are_held_against_the_printed_totals(refused):
    (sentence,) = refused(put("分值", "C12", "10"))
    assert "新城核心区绿色发展" in sentence and "27" in sentence and "25" in sentence


def test_shares_of_the_file_must_sum_to_one(refused):
    (sentence,) = refused(lambda book: setattr(cell_of(book["考评部门与份额"], "1/2"), "value", "1/3"))
    assert "第 2 项" in sentence and "5/6" in sentence


@pytest.mark.parametrize(
    ("sheet", "place", "value", "words"),
    [
        ("分值", "C12", "八", "“分值”C12：“八”不是数字"),
        ("分值", "C12", "8.1234", "超过 3 位小数"),
        ("分值", "C12", -8, "负数"),
        ("分值", "C12", None, "“分值”C12：是空白"),
        ("分值", "C12", True, "TRUE"),
        ("承担", "C4", None, "“承担”C4：是空白"),
        ("承担", "C4", "也许", "读不成承担或不承担"),
        ("考评部门与份额", "D5", "没有的局", "没有叫“没有的局”的单位"),
        ("考评部门与份额", "E5", "一半", "不是份额"),
        ("范围与设定", "B5", "月考", "不是可选的取值"),
        ("分值", "A12", 99, "方案里没有“99 财源建设”这一行"),
        ("分值", "A12", 8, "与第 11 行重复"),
        ("分值", "C3", "新城", "没有“新城”这一列"),
        ("分值", "H3", "备注", "没有“备注”这一列"),
        ("承担", "D3", "1 污染防治", "出现了两次"),
        ("承担", "B4", "没有的镇", "方案里没有“1 没有的镇”这一行"),
        ("分值", "A3", "号", "找不到表头"),
    ],
)
def test_what_cannot_be_read_is_named_by_its_cell(refused, sheet, place, value, words):
    assert words in "\n".join(refused(put(sheet, place, value)))


def test_all_errors_come_at_once(refused):
    def change(book):
        book["分值"]["C12"], book["分值"]["D12"] = "八", None
        book["承担"]["C4"] = "也许"
        book.create_sheet("草稿")["A1"] = 1

    said = refused(change)
    assert len(said) == 4 and "“草稿”" in said[3]


def test_hidden_and_merged_places_are_refused(refused):
    def change(book):
        book["分值"].row_dimensions[12].hidden = True
        book["分值"].column_dimensions["D"].hidden = True
        book["承担"].merge_cells("C4:C5")
        book["范围与设定"].sheet_state = "hidden"

    said = "\n".join(refused(change))
    for words in (
        "第 12 行是隐藏的",
        "“绿色发展区”这一列是隐藏的",
        "“承担”C4:C5：是合并单元格",
        "“范围与设定”：这张表是隐藏的",
    ):
        assert words in said


def test_a_date_made_of_a_share_is_explained(refused):
    from datetime import date

    (sentence,) = refused(lambda book: setattr(cell_of(book["考评部门与份额"], "1/2"), "value", date(2020, 1, 2)))
    assert "日期" in sentence and "文本" in sentence


def test_an_error_value_is_named(refused):
    def change(book):
        book["分值"]["C12"].value = "#REF!"
        book["分值"]["C12"].data_type = "e"

    assert "“分值”C12：是错误值" in "\n".join(refused(change))


def test_missing_rows_and_columns_are_named(refused):
    said = "\n".join(refused(lambda book: (book["分值"].delete_rows(12), book["承担"].delete_cols(3))))
    assert "缺“9 财源建设”一行" in said and "缺“1 污染防治”一列" in said


def test_a_formula_and_a_percentage_are_named_beside_what_else_is_wrong(refused):
    def change(book):
        page = book["分值"]
        page["C12"], page["C13"], page["C14"] = "=4+4", 0.08, "八"
        page["C13"].number_format = "0%"

    said = "\n".join(refused(change))
    assert (
        "“分值”C12：是公式" in said and "“分值”C13：是百分比格式：显示 8%，存的是 0.08" in said and "“分值”C14" in said
    )


def test_a_sheet_left_out_stays_as_it_is(read):
    preview = read(lambda book: [book.remove(book[name]) for name in ("承担", "考评部门与份额", "范围与设定")])
    assert preview.absent == ["考评部门与份额", "承担", "范围与设定"]
    assert len(preview.wanted) == 96


def test_aliases_orders_and_other_marks_are_understood(read):
    def change(book):
        cell_of(book["考评部门与份额"], figure("share/20/1").organisation.name).value = " 区人力社保局 "
        book["承担"]["C4"] = "√"
        book["分值"]["C12"] = "８分"
        book["范围与设定"]["B4"] = "季考 "

    assert not read(change).differences


def test_rows_may_stand_in_another_order(read):
    def change(book):
        page = book["承担"]
        first, second = [[c.value for c in page[n]] for n in (4, 5)]
        for column, (one, other) in enumerate(zip(first, second, strict=True), start=1):
            page.cell(4, column).value, page.cell(5, column).value = other, one

    assert not read(change).differences


def test_the_source_is_the_files_name_and_hash_and_nothing_else_is_kept(read):
    preview = read(name="C:\\桌面\\任务表 终稿.xlsx")
    assert preview.source.startswith("任务表 终稿.xlsx sha256:") and len(preview.source) <= 200
    assert len(read(name="长" * 300 + ".xlsx").source) <= 200


@pytest.mark.parametrize("who", ["guanliyuan", "anquan", "shenji", "shuiwu", "beizhuang", "lingdao"])
def test_only_the_office_imports(read, who):
    with pytest.raises(NotAllowed):
        read(who=who)


# ── the pages ────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def office(demo):
    client = Client()
    client.force_login(User.objects.get(username="zhengfuban1"))
    return client


def upload(client, content, track="township", name="任务表.xlsx"):
    file = SimpleUploadedFile(name, content)
    return client.post(f"/evaluation/schemes/2020/{track}/task-table/", {"workbook": file})


def read_field(answer) -> str:
    return answer.context["form"].initial["read"]


@pytest.mark.parametrize("track", ["township", "department"])
def test_from_upload_to_confirmed_in_two_persons_hands(office, actor_for, track):
    # Marks given would hold the cells that the table changes.
    MarkSheet.objects.filter(period__code="2020Q2").delete()

    def change(book):
        book["承担"]["C5"] = "不承担"

    if track == "department":
        content = filled(change, track)
    else:
        content = filled(track=track)
    preview = upload(office, content, track)
    assert preview.status_code == 200 and not FigureBatch.objects.exists()
    data = {"read": read_field(preview), "page": "第20页", "reason": "印发原件"}
    accepted = office.post(f"/evaluation/schemes/2020/{track}/task-table/accept/", data)
    batch = FigureBatch.objects.get()
    assert accepted.status_code == 302 and batch.source.startswith("任务表.xlsx sha256:")
    assert batch.changes.count() == Figure.objects.filter(scheme__track=track).count()
    check(actor_for("zhengfuban2"), batch)
    assert not Figure.objects.unconfirmed().filter(scheme__track=track).exists()


def test_a_refused_file_is_told_on_the_page_with_every_cell(office):
    answer = upload(office, filled(put("分值", "C12", "八")))
    text = answer.content.decode()
    assert answer.status_code == 422 and "“分值”C12" in text and "方案没有任何改动" in text


@pytest.mark.parametrize(("content", "words"), [(b"", "空的"), (b"a,b", "不是 .xlsx"), (b"x" * 2_100_000, "超过 2 MB")])
def test_odd_files_are_refused_politely_on_the_page(office, content, words):
    answer = upload(office, content)
    assert answer.status_code == 422 and words in answer.content.decode()


def test_no_file_is_asked_for(office):
    answer = office.post("/evaluation/schemes/2020/township/task-table/", {})
    assert answer.status_code == 422 and "请选择填好的工作簿" in answer.content.decode()


def test_acceptance_without_a_page_keeps_what_was_read(office):
    preview = upload(office, filled())
    answer = office.post(
        "/evaluation/schemes/2020/township/task-table/accept/",
        {"read": read_field(preview), "page": "", "reason": "原件"},
    )
    assert answer.status_code == 422 and "请写明印发原件的页码" in answer.content.decode()
    assert read_field(preview) in answer.content.decode()


def test_a_changed_foreign_or_old_preview_is_not_accepted(office, monkeypatch):
    read = read_field(upload(office, filled()))
    address = "/evaluation/schemes/2020/township/task-table/accept/"
    answer = office.post(address, {"read": read[:-2] + "xx", "page": "1", "reason": "原件"})
    assert answer.status_code == 422 and "重新上传" in answer.content.decode()
    answer = office.post(address.replace("township", "department"), {"read": read, "page": "1", "reason": "原件"})
    assert answer.status_code == 422
    other = Client()
    other.force_login(User.objects.get(username="zhengfuban2"))
    assert other.post(address, {"read": read, "page": "1", "reason": "原件"}).status_code == 422
    assert not FigureBatch.objects.exists()


def test_figures_changed_since_the_preview_are_a_conflict(office, actor_for):
    read = read_field(upload(office, filled()))
    Figure.objects.filter(pk=figure("weight/9/core").pk).update(version=7)
    answer = office.post(
        "/evaluation/schemes/2020/township/task-table/accept/", {"read": read, "page": "1", "reason": "原件"}
    )
    assert answer.status_code == 409 and "财源建设" in answer.content.decode()


def test_the_template_is_downloaded_by_the_office_only(office, demo):
    answer = office.get("/evaluation/schemes/2020/township/task-table/template.xlsx")
    assert answer.status_code == 200 and answer.content[:2] == b"PK"
    other = Client()
    other.force_login(User.objects.get(username="guanliyuan"))
    for path in ("task-table/", "task-table/template.xlsx"):
        assert other.get(f"/evaluation/schemes/2020/township/{path}").status_code == 403
