"""A pasted column: the preview writes nothing, the column is written all or nothing."""

import re
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evaluation.models import Mark, MarkSheet
from evaluation.sheets.rules.column import read_clipboard, statistics
from miyun_kpi.audit.models import AuditEntry
from miyun_kpi.lib.errors import Refused
from tests.factories.markup import one_line
from tests.factories.sheets import cell, fill, person, save

HTMX = {"hx-request": "true"}


def preview(client, sheet, text, start=""):
    return client.post(f"/evaluation/sheets/{sheet.pk}/paste/", {"clipboard": text, "start": start}, headers=HTMX)


def rows_of(answer) -> list[dict[str, str]]:
    """The rows of a preview as the browser would send them back, with state and note."""
    found = []
    for row in re.findall(r"<tr class=\"[\w -]*\"><td.*?</tr>", one_line(answer.content.decode()), re.S):
        fields = dict(re.findall(r'name="(organisation|version|pasted|read)"[^>]*?value="([^"]*)"', row))
        fields["state"] = re.search(r"<span class=\"state.*?</svg><span>(.*?)</span>", row, re.S)[1]
        fields["note"] = re.search(r'<td class="note">(.*?)(?: ?<select|<input|</td>)', row, re.S)[1]
        found.append(fields)
    return found


def write(client, sheet, rows, **extra):
    names = ("organisation", "version", "pasted", "read")
    data = {name: [row.get(name, "") for row in rows] for name in names}
    data |= {name: [row.get(name, "") for row in rows] for name in ("choice", "reason")}
    return client.post(f"/evaluation/sheets/{sheet.pk}/column/", data | extra, headers=HTMX)


def values(sheet):
    return list(sheet.marks.order_by("order").values_list("value", flat=True))


def column(*texts, count=20, value="88"):
    return "\r\n".join([*texts, *[value] * (count - len(texts))]) + "\r\n"


def test_a_preview_writes_nothing_and_says_how_each_cell_is_read(shuiwu, sheet):
    save(shuiwu, sheet, cell(sheet, 1), value="88.5")
    save(shuiwu, sheet, cell(sheet, 2), value="87.5")
    before = AuditEntry.objects.count()
    answer = preview(shuiwu, sheet, column("88.5", "89", "９１．５", "", "八十六", "103"))
    rows = rows_of(answer)
    assert answer.status_code == 200 and len(rows) == 20
    assert [row["state"] for row in rows[:7]] == ["不变", "将改动", "将写入", "空白", "不能写", "不能写", "将写入"]
    assert rows[1]["note"] == "87.5 → 89.0（+1.5）" and "全角" in rows[2]["note"] and rows[2]["read"] == "91.5"
    assert "不当作 0" in rows[3]["note"] and "不是数字" in rows[4]["note"] and "超过本表满分" in rows[5]["note"]
    assert "先改 2 处" in one_line(answer.content.decode())
    assert values(sheet)[:3] == [Decimal("88.5"), Decimal("87.5"), None] and AuditEntry.objects.count() == before


def test_one_refused_cell_holds_back_the_whole_column_until_it_is_corrected(shuiwu, sheet):
    rows = rows_of(preview(shuiwu, sheet, column("八十六")))
    answer = write(shuiwu, sheet, rows)
    assert answer.status_code == 422 and "整列没有写入" in answer.content.decode() and values(sheet) == [None] * 20
    rows[0]["read"] = "86"
    answer = write(shuiwu, sheet, rows)
    assert answer.status_code == 204 and answer["X-Written"] == "20"
    assert values(sheet) == [86, *[88] * 19]
    assert AuditEntry.objects.filter(action="evaluation.marks.saved").count() == 1, "one act"


def test_an_empty_cell_of_the_clipboard_leaves_what_is_stored(shuiwu, sheet):
    save(shuiwu, sheet, cell(sheet, 2), value="77")
    write(shuiwu, sheet, rows_of(preview(shuiwu, sheet, column("88", "", ""))))
    assert values(sheet)[:4] == [88, 77, None, 88]


def test_replacing_not_applicable_by_a_value_asks(shuiwu, sheet):
    save(shuiwu, sheet, cell(sheet, 1), not_applicable="1", reason="河段已移交")
    rows = rows_of(preview(shuiwu, sheet, column("0")))
    assert rows[0]["state"] == "请确认" and "0 与不适用不同" in rows[0]["note"]
    assert write(shuiwu, sheet, rows).status_code == 422
    rows[0]["choice"] = "keep"
    assert write(shuiwu, sheet, rows).status_code == 204
    assert cell(sheet, 1).value is None and cell(sheet, 1).not_applicable and values(sheet)[1] == 88
    rows = rows_of(preview(shuiwu, sheet, column("0")))
    rows[0]["choice"] = "mine"
    assert write(shuiwu, sheet, rows).status_code == 204
    assert cell(sheet, 1).value == 0 and not cell(sheet, 1).not_applicable


def test_names_and_values_are_aligned_by_name_and_alias_whatever_their_order(shuiwu, sheet):
    names = [m.organisation.name for m in sheet.marks.select_related("organisation").order_by("order")]
    text = "单位\t得分\n" + "\n".join(f"{name}\t{60 + n}" for n, name in reversed(list(enumerate(names))))
    rows = rows_of(preview(shuiwu, sheet, text))
    assert [row["read"] for row in rows] == [f"{60 + n}.0" for n in range(20)]
    assert write(shuiwu, sheet, rows).status_code == 204
    assert values(sheet) == [60 + n for n in range(20)]


@pytest.mark.parametrize(
    ("line", "sentence"),
    [
        ("不老屯县\t80", "“不老屯县”不是已知的单位名称"),
        ("中关村密云园\t80", "中关村密云园无此项任务，不打分"),
        ("区水务局\t80", "区水务局不在这张打分表里"),
        ("鼓楼街道\t80\n鼓楼街道\t81", "鼓楼街道在剪贴板里出现了两次"),
    ],
)
def test_a_name_without_a_row_is_named_and_nothing_is_written(shuiwu, sheet, line, sentence):
    answer = preview(shuiwu, sheet, f"果园街道\t88\n{line}")
    assert sentence in answer.content.decode()
    assert "btn-blocked" in answer.content.decode()


def test_a_line_that_fits_no_unit_holds_the_whole_column_back_also_when_writing_is_pressed(shuiwu, sheet):
    answer = preview(shuiwu, sheet, "某某街道\t70\r\n北庄镇\t81\r\n")
    strays = re.findall(r'name="stray" value="([^"]*)"', answer.content.decode())
    assert len(strays) == 1 and "某某街道" in strays[0]
    pressed = write(shuiwu, sheet, rows_of(answer), stray=strays, source="paste")
    assert pressed.status_code == 422 and "整列没有写入" in pressed.content.decode()
    assert "某某街道" in pressed.content.decode() and set(values(sheet)) == {None}


def test_values_with_their_texts_and_without_names_are_aligned_in_order(shuiwu, sheet):
    lines = [f"{90 - n % 4}\t巡河记录不全\t补齐记录" for n in range(20)]
    answer = preview(shuiwu, sheet, "\r\n".join(lines) + "\r\n")
    assert "20 行 × 3 列，按本表次序对齐" in answer.content.decode()
    rows = rows_of(answer)
    assert [row["read"] for row in rows[:3]] == ["90.0", "89.0", "88.0"]


@pytest.mark.parametrize(
    "text", ["1\t88\t缺记录\r\n２\t90\t无\r\n3\t70\t\r\n", "序\t名称\r\n7\t甲\r\n8\t乙\r\n9\t丙\r\n"]
)
def test_a_column_that_counts_the_rows_is_named_as_what_it_is(text):
    with pytest.raises(Refused, match="第一列像是序号"):
        read_clipboard(text)


def test_marks_that_go_up_one_by_one_are_marks():
    found = read_clipboard("80\t缺记录\t补记录\n81\t无\t\n82\t\t\n")
    assert [(one.name, one.text) for one in found] == [(None, "80"), (None, "81"), (None, "82")]


@pytest.mark.parametrize(
    "text",
    [
        "1\t88\r\n3\t90\r\n",
        "88\t记录不全\r\n",
        "鼓楼街道\t88\r\n果园街道\t90\r\n",
    ],
)
def test_what_may_be_a_count_or_a_name_is_not_taken_for_marks(text):
    assert all(one.name is not None for one in read_clipboard(text))


def test_an_organisation_without_the_task_may_stand_in_the_clipboard_with_an_empty_cell(shuiwu, sheet):
    answer = preview(shuiwu, sheet, "果园街道\t88\n中关村密云园\t–")
    assert "整列不能写" not in answer.content.decode()


def test_more_rows_than_the_table_are_named(shuiwu, sheet):
    answer = preview(shuiwu, sheet, column(count=22, value="77"))
    assert "剪贴板比本表多 2 行（“77”、“77”）" in answer.content.decode()


def test_a_short_column_begins_at_the_focused_row(shuiwu, sheet):
    start = cell(sheet, 19).organisation.code
    rows = rows_of(preview(shuiwu, sheet, "70\n71", start=start))
    assert write(shuiwu, sheet, rows).status_code == 204
    assert values(sheet) == [None] * 18 + [70, 71]
    answer = preview(shuiwu, sheet, "70\n71\n72", start=start)
    assert "剪贴板比本表多 1 行（“72”）" in answer.content.decode()


def test_a_cell_changed_in_between_is_refused_with_both_values_and_two_choices(shuiwu, sheet):
    rows = rows_of(preview(shuiwu, sheet, column("86.5")))
    save(person("shuiwu"), sheet, cell(sheet, 1), value="88.125")
    answer = write(shuiwu, sheet, rows)
    text = answer.content.decode()
    assert answer.status_code == 422 and "改为 88.125，您贴的是 86.5" in text and values(sheet)[1] is None
    assert "用现在存着的 88.125" in text and "用 86.5 并写明理由" in text
    rows[0] |= {"choice": "mine:1", "reason": "短"}
    assert write(shuiwu, sheet, rows).status_code == 422, "overriding needs a reason"
    rows[0]["reason"] = "现场复核后更正"
    save(person("shuiwu"), sheet, cell(sheet, 1), value="89")
    assert write(shuiwu, sheet, rows).status_code == 422, "a choice made on an older value does not count"
    rows[0]["choice"] = "mine:2"
    assert write(shuiwu, sheet, rows).status_code == 204
    assert cell(sheet, 1).value == Decimal("86.5") and cell(sheet, 1).reason == "现场复核后更正"


def test_keeping_the_stored_value_writes_the_rest(shuiwu, sheet):
    rows = rows_of(preview(shuiwu, sheet, column("86.5")))
    save(person("shuiwu"), sheet, cell(sheet, 1), value="88")
    rows[0]["choice"] = "keep:1"
    assert write(shuiwu, sheet, rows).status_code == 204
    assert values(sheet) == [88] * 20 and cell(sheet, 1).version == 1


def test_a_column_that_looks_like_points_asks_once(shuiwu, sheet):
    rows = rows_of(preview(shuiwu, sheet, column("2.5", value="2.8")))
    answer = write(shuiwu, sheet, rows)
    assert answer.status_code == 422 and "疑似按分值打分" in answer.content.decode() and values(sheet) == [None] * 20
    assert write(shuiwu, sheet, rows, confirmed="looks-like-points").status_code == 204
    assert values(sheet)[0] == Decimal("2.5")


def test_a_deduction_that_would_be_replaced_is_said(shuiwu, sheet):
    from evaluation.models import DeductionLine, Rulebook, RulebookLine

    book = Rulebook.objects.create(
        share_figure=sheet.share_figure, number=2, title="细则", published_at=sheet.period.starts_at, published_by="x"
    )
    line = RulebookLine.objects.create(rulebook=book, order=1, text="迟报")
    fill(sheet)
    DeductionLine.objects.create(mark=cell(sheet), line=line, points=Decimal("11.5"), reason="迟报")
    rows = rows_of(preview(shuiwu, sheet, column("80")))
    assert "取代原有的 1 条扣分明细" in rows[0]["note"]


@pytest.mark.parametrize(
    ("text", "sentence"), [("  \n ", "没有内容"), ("1\t2\t3\t4\t5", "有 5 列"), ("1\n" * 201, "有 201 行")]
)
def test_what_is_no_column_is_refused_in_words(shuiwu, sheet, text, sentence):
    answer = preview(shuiwu, sheet, text)
    assert answer.status_code == 422 and sentence in answer.content.decode()


def test_neither_preview_nor_column_opens_a_foreign_or_a_filed_sheet(shuiwu, sheet):
    rows = rows_of(preview(shuiwu, sheet, column()))
    assert preview(person("weijian"), sheet, column()).status_code == 404
    assert write(person("weijian"), sheet, rows).status_code == 404
    assert preview(person("zhengfuban2"), sheet, column()).status_code == 403
    MarkSheet.objects.filter(pk=sheet.pk).update(state="filed", filed_at=sheet.period.due_at)
    assert preview(shuiwu, sheet, column()).status_code == 409
    assert write(shuiwu, sheet, rows).status_code == 409
    assert not Mark.objects.filter(sheet=sheet, version__gt=0).exists()


@pytest.mark.parametrize(
    "data", [{}, {"organisation": ["a"], "version": ["x"]}, {"organisation": ["a", "b"], "version": ["1"]}]
)
def test_a_malformed_column_is_refused_in_words(shuiwu, sheet, data):
    answer = shuiwu.post(f"/evaluation/sheets/{sheet.pk}/column/", data, headers=HTMX)
    assert answer.status_code == 400 and "读不懂" in answer.content.decode()


# ── the clipboard as a spreadsheet writes it ─────────────────────────────────────────────────────


@given(
    st.lists(
        st.text(st.characters(blacklist_categories=("Cs", "Cc"), blacklist_characters='"\u2028\u2029\x85'), max_size=8),
        min_size=1,
        max_size=60,
    )
)
def test_a_column_comes_back_row_by_row(texts):
    if not any(text.strip() for text in texts):
        texts = [*texts, "1"]
    assert [one.text for one in read_clipboard("\r\n".join(texts) + "\r\n")] == texts


def test_a_quoted_cell_with_a_line_break_is_one_row():
    assert [one.text for one in read_clipboard('88\r\n"8\n6"\r\n')] == ["88", "8\n6"]


@pytest.mark.parametrize("text", ["", "\n", "\t\n\t"])
def test_an_empty_clipboard_is_refused(text):
    with pytest.raises(Refused):
        read_clipboard(text)


def test_statistics_of_nothing_are_nothing():
    assert statistics([]).mean is None and statistics([]).deviation is None


def test_a_row_the_clipboard_lacks_stays_as_it_is_and_says_so(shuiwu, sheet):
    save(shuiwu, sheet, cell(sheet, 20), value="77")
    rows = rows_of(preview(shuiwu, sheet, column(count=19)))
    assert (rows[19]["state"], rows[19]["note"]) == ("不变", "剪贴板没有这一行")
