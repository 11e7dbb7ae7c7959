"""The workbook of a sheet: only what was changed in it is written, all or nothing, and taken back in one press."""

import io
import json
from datetime import date
from decimal import Decimal

import pytest
from openpyxl import load_workbook

from evaluation.models import MarkSheet, Scheme, WorkbookUpload
from miyun_kpi.audit.models import AuditEntry
from tests.factories.books import brought, download, filled, form_of, states, typed, upload, write
from tests.factories.sheets import cell, fill, move_window, person, save, water_sheet


def values(sheet):
    return list(sheet.marks.order_by("order").values_list("value", flat=True))


def text(answer):
    return answer.content.decode()


def test_the_workbook_is_prefilled_protected_and_knows_its_sheet(shuiwu, sheet):
    save(shuiwu, sheet, cell(sheet, 1), value="88.125", problems="河道保洁不及时")
    book = load_workbook(io.BytesIO(download(shuiwu, sheet)))
    page, facts = book["打分"], book["本表标识"]
    assert facts.sheet_state == "veryHidden" and page.protection.sheet and facts.protection.sheet
    assert page["F5"].value == 88.125 and page["H5"].value == "河道保洁不及时" and page["F6"].value is None
    assert [page[f"{column}5"].protection.locked for column in "ABCDEFGHI"] == [True] * 5 + [False] * 4
    (rule,) = page.data_validations.dataValidation
    assert (rule.type, rule.formula1, rule.formula2) == ("decimal", "0", "100") and str(rule.sqref).split() == [
        f"F{row}" for row in range(5, 25)
    ]
    assert page.max_row == 24 and page["B5"].data_type == "s"


def test_filled_cells_are_previewed_then_written_and_the_rest_is_left_alone(shuiwu, sheet):
    save(shuiwu, sheet, cell(sheet, 3), value="70")
    content = typed(
        download(shuiwu, sheet), F5=88.5, F6="９１．５", G8="本期没有这项任务", H5="保洁不及时", I5="加密巡查"
    )
    answer = upload(shuiwu, sheet, content)
    assert answer.status_code == 200 and "尚未写入任何一格" in text(answer) and values(sheet)[0] is None
    found = states(answer)
    assert [word for word, _ in found[:5]] == ["将写入", "将写入", "不变", "将写入", "不变"]
    assert "存在问题：写入" in found[0][1] and "加密巡查" in found[0][1] and "全角" in found[1][1]
    assert "不适用（本期没有这项任务）" in found[3][1]
    answer = write(shuiwu, sheet, form_of(answer))
    assert answer.status_code == 204 and answer["X-Written"] == "3"
    first, fourth = cell(sheet, 1), cell(sheet, 4)
    assert (first.value, first.problems, first.suggestions) == (Decimal("88.5"), "保洁不及时", "加密巡查")
    assert fourth.not_applicable == "proposed" and fourth.reason == "本期没有这项任务"
    assert cell(sheet, 3).version == 1 and cell(sheet, 5).version == 0
    entry = AuditEntry.objects.filter(action="evaluation.workbook.written").get()
    data = json.loads(entry.data)
    assert data["file"] == "打分.xlsx" and len(data["digest"]) == 64


def test_a_workbook_given_back_as_it_was_changes_nothing(shuiwu, sheet):
    fill(sheet, "88.54")
    answer = upload(shuiwu, sheet, download(shuiwu, sheet))
    assert {word for word, _ in states(answer)} == {"不变"}
    assert write(shuiwu, sheet, form_of(answer)).status_code == 204 and not WorkbookUpload.objects.exists()


def test_a_text_alone_leaves_the_mark_and_its_deductions(shuiwu, sheet):
    save(shuiwu, sheet, cell(sheet), value="88.5")
    assert brought(shuiwu, sheet, typed(download(shuiwu, sheet), H5="台账不全")).status_code == 204
    assert cell(sheet).value == Decimal("88.5") and cell(sheet).problems == "台账不全"


def test_all_errors_come_at_once_by_address_and_nothing_is_written(shuiwu, sheet):
    content = typed(download(shuiwu, sheet), F5="八十六", F6=101, F7=88.1234, F8=88, G8="又不适用又打分", G9="短")
    answer = upload(shuiwu, sheet, content)
    for words in (
        "F5：“八十六”不是数字",
        "F6：101 超过本表满分 100",
        "F7：“88.1234”超过 3 位小数",
        "F8 写了得分，G8 又写了",
        "G9 的不适用理由",
    ):
        assert words in text(answer), words
    answer = write(shuiwu, sheet, form_of(answer))
    assert answer.status_code == 422 and "一格也没有写入" in text(answer) and set(values(sheet)) == {None}


def test_a_mark_refused_in_the_preview_can_be_corrected_there(shuiwu, sheet):
    data = form_of(upload(shuiwu, sheet, typed(download(shuiwu, sheet), F5="八十六", F6=87)))
    data["read"][0] = "86"
    assert write(shuiwu, sheet, data).status_code == 204
    assert values(sheet)[:2] == [86, 87]


def odd(change):
    return lambda content: filled(content, lambda book: change(book["打分"]))


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (odd(lambda page: page.merge_cells("F5:F6")), "F5:F6：是合并单元格"),
        (odd(lambda page: setattr(page.row_dimensions[7], "hidden", True)), "A7：第 7 行是隐藏的"),
        (odd(lambda page: setattr(page.column_dimensions["H"], "hidden", True)), "H4：“存在问题”这一列是隐藏的"),
        (odd(lambda page: page.__setitem__("B6", page["B5"].value)), "出现了两次"),
        (odd(lambda page: page.__setitem__("B6", "某某镇")), "B6 的“某某镇”不是已知的单位名称"),
        (odd(lambda page: page.__setitem__("B6", "中关村密云园")), "不在这张打分表里"),
        (odd(lambda page: page.delete_rows(6)), "少了 1 行"),
        (odd(lambda page: page.__setitem__("F5", date(2020, 8, 8))), "F5：是日期"),
        (odd(lambda page: page.__setitem__("F5", True)), "F5：是逻辑值"),
        (odd(lambda page: page.__setitem__("H5", "长" * 2001)), "H5：有 2001 字，超过 2000 字"),
        (odd(lambda page: page.__setitem__("B26", "合计")), "B26 的“合计”"),
    ],
)
def test_odd_places_are_named_and_hold_everything_back(shuiwu, sheet, change, words):
    content = typed(change(download(shuiwu, sheet)), F9=80)
    answer = upload(shuiwu, sheet, content)
    assert answer.status_code == 200 and words in text(answer), text(answer)[:1500]
    assert write(shuiwu, sheet, form_of(answer)).status_code == 422 and set(values(sheet)) == {None}


def test_everything_that_is_wrong_is_told_at_once_even_beside_a_formula(shuiwu, sheet):
    def change(page):
        page["F5"], page["F6"], page["F7"], page["F8"] = "=80+8", date(2020, 8, 8), 0.915, 101
        page["F7"].number_format = "0.0%"
        page["B26"] = "合计"

    answer = upload(shuiwu, sheet, typed(odd(change)(download(shuiwu, sheet)), F9=80))
    said = text(answer)
    for words in ("F5：是公式", "F6：是日期", "F7：是百分比格式：显示 91.5%，存的是 0.915", "F8：", "B26 的“合计”"):
        assert words in said, words
    assert write(shuiwu, sheet, form_of(answer)).status_code == 422 and set(values(sheet)) == {None}


def test_a_second_sheet_of_marks_is_named_and_holds_everything_back(shuiwu, sheet):
    def copied(book):
        other = book.copy_worksheet(book["打分"])
        other.title = "打分 (2)"
        other["F5"] = 60

    answer = upload(shuiwu, sheet, filled(typed(download(shuiwu, sheet), F5=88), copied))
    assert "还有一张表“打分 (2)”写了内容" in text(answer)
    assert write(shuiwu, sheet, form_of(answer)).status_code == 422 and set(values(sheet)) == {None}
    empty = filled(typed(download(shuiwu, sheet), F5=88), lambda book: book.create_sheet("Sheet1"))
    assert "Sheet1" not in text(upload(shuiwu, sheet, empty))


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "这个文件是空的"),
        (b"1,2,3", "这不是 .xlsx 工作簿"),
        (bytes.fromhex("d0cf11e0a1b11ae1") + b"\0" * 600, "旧格式 .xls"),
        (b"PK\x03\x04 cut", "已损坏"),
    ],
)
def test_what_is_no_workbook_is_refused_politely(shuiwu, sheet, content, words):
    answer = upload(shuiwu, sheet, content)
    assert answer.status_code == 422 and (words in text(answer) or not content)


def test_a_workbook_of_another_sheet_is_refused_naming_which_it_is(shuiwu, sheet):
    other = download(shuiwu, water_sheet("2020Q2"))
    answer = upload(shuiwu, sheet, other)
    assert answer.status_code == 422 and "2020年第二季度" in text(answer) and "不是这张表" in text(answer)


def test_a_workbook_of_an_older_rule_version_is_refused(shuiwu, sheet):
    content = download(shuiwu, sheet)
    Scheme.objects.filter(pk=sheet.scheme_id).update(rule_version="2020.9")
    answer = upload(shuiwu, sheet, content)
    assert answer.status_code == 422 and "现行版本是 2020.9" in text(answer)


@pytest.mark.parametrize(
    "change",
    [
        lambda book: book.remove(book["本表标识"]),
        lambda book: book["本表标识"].__setitem__("B2", "{}"),
        lambda book: book["本表标识"].__setitem__("B3", '{"version": -1}'),
        lambda book: book["打分"].__setitem__("F4", "成绩"),
        lambda book: book["打分"].insert_cols(2),
    ],
)
def test_a_workbook_without_its_marks_of_origin_is_refused(shuiwu, sheet, change):
    answer = upload(shuiwu, sheet, filled(download(shuiwu, sheet), change))
    assert answer.status_code == 422 and "没有读入" in text(answer)


def test_a_row_changed_meanwhile_is_shown_with_both_values_and_asks(shuiwu, sheet):
    content = typed(download(shuiwu, sheet), F5=88, F6=77)
    save(shuiwu, sheet, cell(sheet, 1), value="91")
    answer = upload(shuiwu, sheet, content)
    word, note = states(answer)[0]
    assert word == "他人已改" and "改为 91.0" in note and "工作簿里是 88.0" in note
    data = form_of(answer)
    assert write(shuiwu, sheet, data).status_code == 422
    data["choice"][0], data["reason"][0] = f"mine:{cell(sheet, 1).version}", "按核对后的数"
    assert write(shuiwu, sheet, data).status_code == 204
    assert values(sheet)[:2] == [88, 77] and cell(sheet, 1).reason == "按核对后的数"


def test_a_row_changed_meanwhile_but_untouched_in_the_file_stays(shuiwu, sheet):
    save(shuiwu, sheet, cell(sheet, 1), value="80")
    content = typed(download(shuiwu, sheet), F6=77)
    save(shuiwu, sheet, cell(sheet, 1), value="91")
    assert brought(shuiwu, sheet, content).status_code == 204
    assert values(sheet)[:2] == [91, 77]


def test_an_emptied_cell_asks_before_it_is_emptied(shuiwu, sheet):
    save(shuiwu, sheet, cell(sheet, 1), value="80")
    data = form_of(upload(shuiwu, sheet, typed(download(shuiwu, sheet), F5=None)))
    assert write(shuiwu, sheet, data).status_code == 422
    assert write(shuiwu, sheet, data | {"choice": ["keep", *data["choice"][1:]]}).status_code == 204
    assert values(sheet)[0] == 80
    assert write(shuiwu, sheet, data | {"choice": ["mine", *data["choice"][1:]]}).status_code == 204
    assert values(sheet)[0] is None


def test_one_press_puts_everything_back_with_its_trace(shuiwu, sheet):
    save(shuiwu, sheet, cell(sheet, 1), value="80", problems="旧问题")
    save(shuiwu, sheet, cell(sheet, 2), not_applicable="1", reason="本期没有任务")
    brought(shuiwu, sheet, typed(download(shuiwu, sheet), F5=90, H5="新问题", F7=70))
    assert values(sheet)[:3] == [90, None, 70]
    (done,) = WorkbookUpload.objects.all()
    page = text(shuiwu.get(f"/evaluation/sheets/{sheet.pk}/"))
    assert "撤销这次写入（2 格改回原值）" in page
    for _ in range(2):
        answer = shuiwu.post(f"/evaluation/sheets/{sheet.pk}/workbook/{done.pk}/undo/")
        assert answer.status_code == 302
    assert values(sheet)[:3] == [80, None, None] and cell(sheet, 1).problems == "旧问题"
    assert cell(sheet, 1).version == 3 and AuditEntry.objects.filter(action="evaluation.workbook.revoked").count() == 1


def test_what_was_changed_since_is_not_taken_back(shuiwu, sheet):
    brought(shuiwu, sheet, typed(download(shuiwu, sheet), F5=90, F6=91))
    save(shuiwu, sheet, cell(sheet, 2), value="95")
    (done,) = WorkbookUpload.objects.all()
    answer = shuiwu.post(f"/evaluation/sheets/{sheet.pk}/workbook/{done.pk}/undo/")
    assert answer.status_code == 409 and "又改过" in text(answer) and values(sheet)[:2] == [90, 95]


def test_a_column_under_the_weights_asks_once_here_too(shuiwu, sheet):
    content = typed(download(shuiwu, sheet), F5=3, F6=2.5, F7=2)
    answer = upload(shuiwu, sheet, content)
    refused = write(shuiwu, sheet, form_of(answer))
    assert refused.status_code == 422 and "疑似按分值打分" in text(refused) and values(sheet)[0] is None
    assert write(shuiwu, sheet, form_of(refused) | {"confirmed": ["looks-like-points"]}).status_code == 204
    assert values(sheet)[0] == 3


def test_offline_indicators_take_no_texts(demo):
    sheet = MarkSheet.objects.filter(indicator__offline_only=True, period__code="2020Q3").first()
    from django.test import Client

    from miyun_kpi.accounts.models import Post, User

    user = User.objects.create_user("offline", "x" * 12, display_name="线下")
    Post.objects.create(user=user, organisation=sheet.evaluator, role="evaluator", starts_on=date(2020, 1, 1))
    client = Client()
    client.force_login(user, backend="miyun_kpi.accounts.authentication.PeopleBackend")
    content = download(client, sheet)
    page = load_workbook(io.BytesIO(content))["打分"]
    assert page["G4"].value == "线下材料编号（不适用）" and page["H4"].value is None
    answer = upload(client, sheet, typed(content, H5="写了字"))
    assert "线下报送" in text(answer) and write(client, sheet, form_of(answer)).status_code == 422
    assert brought(client, sheet, typed(content, G5="平安办〔2020〕3号", F6=88)).status_code == 204
    assert cell(sheet, 1).reason == "线下材料 平安办〔2020〕3号"


def test_only_those_who_see_the_sheet_download_and_only_its_evaluator_uploads(shuiwu, sheet):
    content = download(person("zhengfuban1"), sheet)
    assert upload(person("zhengfuban1"), sheet, content).status_code == 403
    for name in ("weijian", "beizhuang", "lingdao", "shenji"):
        assert person(name).get(f"/evaluation/sheets/{sheet.pk}/workbook/").status_code == 404
        assert upload(person(name), sheet, content).status_code == 404
    move_window("2020Q3", -60)
    assert upload(shuiwu, sheet, content).status_code == 409
    assert shuiwu.post(f"/evaluation/sheets/{sheet.pk}/workbook/99/undo/").status_code == 404


def test_a_pasted_block_brings_texts_along(shuiwu, sheet):
    from tests.evaluation.sheets.test_sheet_paste import preview

    name = cell(sheet).organisation.name
    answer = preview(shuiwu, sheet, f"名称\t得分\t存在问题\t改进建议\n{name}\t88\t保洁不及时\t加密巡查\n")
    assert "4 列，按名称对齐" in text(answer)
    assert write(shuiwu, sheet, form_of(answer)).status_code == 204
    first = cell(sheet)
    assert (first.value, first.problems, first.suggestions) == (88, "保洁不及时", "加密巡查")
