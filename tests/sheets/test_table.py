"""The one reader: every declared kind on both sides of its limits, and everything odd by address, all at once."""

import io
from datetime import date, datetime
from decimal import Decimal

import pytest
from openpyxl import Workbook

from miyun_kpi.lib.errors import Refused
from miyun_kpi.sheets.columns import read_day
from miyun_kpi.sheets.table import (
    BY_CELL,
    BY_SHEET,
    YES_NO,
    ColumnSpec,
    Kind,
    TableSpec,
    read_table,
    read_tables,
)

NAME = ColumnSpec("name", "名称", required=True, longest=10)
SPEC = TableSpec(
    [
        NAME,
        ColumnSpec("area", "面积", Kind.NUMBER, places=2, least=Decimal(1), most=Decimal(100)),
        ColumnSpec("on", "日期", Kind.DAY, least=date(2020, 1, 1), most=date(2020, 12, 31)),
        ColumnSpec("kind", "类别", Kind.CHOICE, words={"甲类": "a", "乙类": "b"}),
        ColumnSpec("mark", "得分", Kind.FIGURE),
    ]
)
HEAD = [one.title for one in SPEC.columns]


def book(*rows, head=HEAD, above=0, change=None, title="表"):
    made = Workbook()
    page = made.active
    page.title = title
    for number in range(above):
        page.append([f"说明 {number}"])
    page.append(list(head))
    for row in rows:
        page.append(list(row))
    if change:
        change(page)
    out = io.BytesIO()
    made.save(out)
    return out.getvalue()


def read(*rows, spec=SPEC, **given):
    return read_table(book(*rows, **given), spec, file_name="a.xlsx")


def said(*rows, **given):
    return [one.message for one in read(*rows, **given).problems]


def only(key, value, **given):
    """Value and sentence of one cell, beside a name and a mark."""
    cells = {"name": "名", "mark": "1", key: value}
    table = read([cells.get(one.key) for one in SPEC.columns], **given)
    return table.rows[0][key], [one.message for one in table.problems]


# ── kinds ────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("key", "value", "typed"),
    [
        ("name", "一二三四五六七八九十", "一二三四五六七八九十"), ("name", " 名 ", "名"), ("name", 12, "12"), ("name", date(2020, 1, 2), "2020-01-02"),
        ("area", 1, 1), ("area", 100, 100), ("area", "99.99", Decimal("99.99")), ("area", "１２．５", Decimal("12.5")),
        ("area", " 7 ", 7), ("area", None, None),
        ("on", date(2020, 1, 1), date(2020, 1, 1)), ("on", datetime(2020, 12, 31, 8, 30), date(2020, 12, 31)),
        ("on", "2020年10月31日", date(2020, 10, 31)), ("on", "２０２０/1/2", date(2020, 1, 2)), ("on", "2020.10.31", date(2020, 10, 31)),
        ("on", None, None), ("kind", "甲类", "a"), ("kind", "乙 类", "b"), ("kind", None, None),
        ("mark", 88.5, "88.5"), ("mark", " 八十 ", "八十"), ("mark", None, ""),
    ],
)  # fmt: skip  # a table of kinds
def test_a_cell_comes_back_as_its_kind(key, value, typed):
    assert only(key, value) == (typed, [])


@pytest.mark.parametrize(
    ("key", "value", "sentence"),
    [
        ("name", "一二三四五六七八九十一", "A2（名称）：有 11 字，超过 10 字，请精简。"), ("name", "  ", "A2（名称）：是空白，请写明。"),
        ("area", "0.99", "B2（面积）：须在 1 与 100 之间。"), ("area", "100.01", "B2（面积）：须在 1 与 100 之间。"),
        ("area", "1.234", "B2（面积）：“1.234”超过 2 位小数。最多写 2 位小数，系统不代为舍入。"),
        ("area", "-5", "B2（面积）：“-5”是负数。面积不能小于 0。"), ("area", "五", "B2（面积）：“五”不是数字。请写阿拉伯数字，例如 86.5。"),
        ("on", "2019-12-31", "C2（日期）：须在 2020-01-01 与 2020-12-31 之间。"), ("on", date(2021, 1, 1), "C2（日期）：须在 2020-01-01 与 2020-12-31 之间。"),
        ("on", "2020-13-01", "C2（日期）：读不成日期，请写成 2020-10-31。"), ("on", 44000, "C2（日期）：读不成日期，请写成 2020-10-31。"),
        ("kind", "丙类", "D2（类别）：只能是：甲类、乙类。"),
    ],
)  # fmt: skip  # a table of limits
def test_beyond_its_limit_a_cell_is_named_with_the_limit(key, value, sentence):
    typed, sentences = only(key, value)
    assert sentences == [sentence] and not typed


@pytest.mark.parametrize(
    ("key", "value", "typed", "sentence"),
    [
        ("name", "甲_x0001_乙", "甲乙", ""), ("name", "甲_x000B_乙_x001F_", "甲乙", ""), ("name", "甲_x007F_乙_x0085_", "甲乙", ""),
        ("name", "甲\u202e乙\u200b", "甲乙", ""),
        ("name", "甲　😀𠮷é", "甲　😀𠮷é", ""), ("name", "甲\n乙\t丙", "甲\n乙\t丙", ""),
        ("area", "1\u200b2", 12, ""), ("on", "2020-10-31\u202c", date(2020, 10, 31), ""), ("kind", "甲\ufeff类", "a", ""), ("mark", "8_x0002_8", "", "E2（得分）：有看不见的控制字符，不知道原来写的是什么数。请删去这一格，重新写。"),
        ("mark", "\u202e5.98", "", "E2（得分）：有看不见的控制字符，不知道原来写的是什么数。请删去这一格，重新写。"), ("mark", "\u202d5.98\u202c", "5.98", ""),
        ("name", "甲_x0000_乙", "", "A2（名称）：含有读不出的字符，请重写。"), ("area", "1_x0000_", None, "B2（面积）：含有读不出的字符，请重写。"),
    ],
)  # fmt: skip  # a table of characters
def test_signs_that_nobody_sees_are_not_read_and_letters_stay(key, value, typed, sentence):
    assert only(key, value) == (typed, [sentence] if sentence else [])


LOST = "是超过 15 位的数值，表格软件只留前 15 位，后面几位已经丢失。请把这一列设为“文本”，照原件重新录入。"
UNSURE = "是科学计数的数值，看不出原来写的是什么。请把这一列设为“文本”，照原件重新录入。"


@pytest.mark.parametrize(
    ("key", "value", "shape", "typed", "sentence"),
    [
        ("name", 1380013800, "General", "1380013800", ""), ("mark", 13800138000, "General", "13800138000", ""),
        ("name", 110101199003071234, "0", "", f"A2（名称）：{LOST}"), ("name", 10**15, "General", "", f"A2（名称）：{LOST}"),
        ("area", 10**15, "General", None, f"B2（面积）：{LOST}"), ("mark", 10**15, "General", "", f"E2（得分）：{LOST}"),
        ("name", 100000, "0.00E+00", "", f"A2（名称）：{UNSURE}"), ("name", 0.00005, "General", "", f"A2（名称）：{UNSURE}"),
        ("area", 12.5, "0.00E+00", Decimal("12.5"), ""), ("mark", 12.5, "0.00E+00", "12.5", ""),
        ("name", 999, "00000", "00999", ""), ("area", 9, "00000", 9, ""), ("area", 9, "00-00", 9, ""),
        ("name", 999, "00-00", "", "A2（名称）：是按格式补零显示的数值，存的是 999，不知道要哪一个。请把这一列设为“文本”，照原件重新录入。"),
    ],
)  # fmt: skip  # a table of numbers
def test_a_number_as_text_is_what_one_sees_or_is_refused(key, value, shape, typed, sentence):
    at = f"{'ABCDE'[[one.key for one in SPEC.columns].index(key)]}2"

    def shaped(page):
        page[at].number_format = shape

    assert only(key, value, change=shaped) == (typed, [sentence] if sentence else [])


@pytest.mark.parametrize(
    ("limits", "inside", "outside", "sentence"),
    [
        ({"least": Decimal(3)}, "3", "2", "不能小于 3。"),
        ({"most": Decimal(3)}, "3", "3.1", "不能大于 3。"),
        ({"signed": True, "most": Decimal(0)}, "－2.5", "1", "不能大于 0。"),
    ],
)
def test_a_limit_on_one_side(limits, inside, outside, sentence):
    spec = TableSpec([ColumnSpec("n", "数", Kind.NUMBER, places=1, **limits)])
    assert not read([inside], head=["数"], spec=spec).problems
    assert said([outside], head=["数"], spec=spec) == [f"A2（数）：{sentence}"]


def test_required_and_blank_by_kind():
    spec = TableSpec([NAME, ColumnSpec("on", "日期", Kind.DAY, required=True), ColumnSpec("yes", "是否", Kind.CHOICE, required=True, words=YES_NO)])  # fmt: skip  # one spec
    assert said(["名", None, None], head=["名称", "日期", "是否"], spec=spec) == [
        "B2（日期）：是空白，请写日期，例如 2020-10-31。",
        "C2（是否）：是空白，请写明。",
    ]
    (row,) = read(["名", "2020-10-31", "否"], head=["名称", "日期", "是否"], spec=spec).rows
    assert (row["on"], row["yes"]) == (date(2020, 10, 31), False)


def test_a_number_stored_as_text_is_a_number_and_text_stays_text():
    def as_text(page):
        page["B2"], page["A2"] = "0012.50", "007"
        page["A2"].number_format = page["B2"].number_format = "@"

    (row,) = read(["x"], change=as_text).rows
    assert (row["name"], row["area"]) == ("007", Decimal("12.50"))


@pytest.mark.parametrize(
    ("key", "value", "shown", "sentence"),
    [
        ("area", 0.915, "0.0%", "是百分比格式：显示 91.5%，存的是 0.915"), ("mark", 0.5, "0%", "是百分比格式：显示 50%，存的是 0.5"),
        ("kind", 0.5, "0%", "是百分比格式"), ("name", 0.5, "0%", "是百分比格式"), ("on", 0.5, "0%", "是百分比格式"),
        ("area", date(2020, 1, 2), None, "是日期（2020-01-02），不是数。"), ("mark", date(2020, 1, 2), None, "是日期（2020-01-02），不是数。"),
        ("area", True, None, "是逻辑值（TRUE），不是数。"), ("mark", False, None, "是逻辑值（FALSE），不是数。"),
        ("area", "=1+1", None, "是公式，请选中后“选择性粘贴—数值”"), ("name", '="名"', None, "是公式"), ("on", "=TODAY()", None, "是公式"),
    ],
)  # fmt: skip  # a table of odd cells
def test_an_odd_cell_is_asked_about_once_with_its_readings(key, value, shown, sentence):
    place = f"{'ABCDE'[[one.key for one in SPEC.columns].index(key)]}2"

    def odd(page):
        page[place] = value
        if shown:
            page[place].number_format = shown

    (message,) = said(["名", None, None, None, "1"], change=odd)
    assert message.startswith(f"{place}（") and sentence in message


# ── the head ─────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("above", [0, 1, 9])
def test_the_head_may_stand_below_other_lines(above):
    table = read(["甲", 5], above=above)
    assert table.head == above + 1 and table.rows[0].place("area") == f"B{above + 2}"


def test_a_head_below_the_tenth_line_is_not_looked_for():
    with pytest.raises(Refused) as refusal:
        read(["甲"], above=10)
    assert refusal.value.code == "no-head" and refusal.value.message.startswith(
        "找不到表头（须有“名称”一列），没有读入"
    )


def test_a_line_above_that_bears_the_first_title_is_not_the_head():
    made = book(["甲", 5], head=["名称"], change=lambda page: page.insert_rows(2))

    def retitled(page):
        for column, title in enumerate(HEAD, start=1):
            page.cell(3, column).value = title
        page["A4"], page["B4"] = "甲", 5

    table = read(head=["名称"], change=retitled)
    assert made and table.head == 3 and [row["area"] for row in table.rows] == [5]


def test_columns_may_stand_in_any_order_and_titles_in_any_width():
    (row,) = read(["甲类", 12, "名"], head=["类 别", "面积", "名称"], spec=TableSpec(SPEC.columns[:2] + [SPEC.columns[3]])).rows  # fmt: skip  # one row
    assert (row["name"], row["area"], row["kind"]) == ("名", 12, "a")


def test_a_missing_column_stops_the_rows_and_is_named_by_its_row():
    table = read(["名", "坏"], head=HEAD[:4], above=2)
    assert [one.message for one in table.problems] == ["第 3 行：缺“得分”一列。请照模板补上。"]
    assert not table.rows and not table.whole


def test_an_optional_column_may_be_lacking_and_another_spelling_will_do():
    spec = TableSpec([ColumnSpec("flow", "流量（升）", Kind.NUMBER, also=("流量",)), ColumnSpec("note", "备注", optional=True)])  # fmt: skip  # one spec
    table = read([3], head=["流量"], spec=spec)
    (row,) = table.rows
    assert (row["flow"], row["note"], row.place("note"), table.problems) == (3, "", "第 2 行", [])
    row.wrong("note", "missing", "请写明。")
    assert table.problems[0].message == "第 2 行（备注）：请写明。"
    assert said([3, 4], head=["流量", "流量（升）"], spec=spec) == ["B1：“流量（升）”这一列出现了两次，请只留一列。"]


def test_unknown_and_doubled_columns_are_named_and_an_empty_one_is_not():
    assert said(["名"], head=[*HEAD, "名称", "备注", None]) == [
        "F1：“名称”这一列出现了两次，请只留一列。",
        "G1：模板里没有“备注”这一列，请删去。",
    ]
    assert said(["名", *[None] * 5, "字"], head=HEAD) == ["G1：模板里没有“（没有表头）”这一列，请删去。"]
    passed = TableSpec(SPEC.columns, passed=("备注",), surplus="另请看说明。")
    assert said(["名", *[None] * 4, "字", "字"], head=[*HEAD, "备注", "旁注"], spec=passed) == [
        "G1：模板里没有“旁注”这一列，请删去。另请看说明。"
    ]


# ── the page ─────────────────────────────────────────────────────────────────────────────────────


def test_hidden_merged_broken_and_computed_places_are_named_wherever_they_stand():
    def change(page):
        page.row_dimensions[3].hidden = True
        page.column_dimensions["B"].hidden = True
        page.merge_cells("A9:B9")
        page["E2"].value, page["E2"].data_type = "#REF!", "e"
        page["A7"], page["E7"], page["H1"] = "=1+1", "1", "=2+2"

    messages = said(["甲"], ["乙"], change=change)
    for sentence in (
        "A3：第 3 行是隐藏的，请取消隐藏后再导入。",
        "B1：“面积”这一列是隐藏的，请取消隐藏后再导入。",
        "A9:B9：是合并单元格，请取消合并，逐格写明。",
        "E2（得分）：是错误值（如 #REF!），请改成数值。",
        "A7（名称）：是公式，请选中后“选择性粘贴—数值”。",
        "H1：是公式，请选中后“选择性粘贴—数值”。",
    ):
        assert messages.count(sentence) == 1, (sentence, messages)


def test_a_hidden_page_is_named():
    made = Workbook()
    made.active.append(HEAD)
    made.active.append(["甲"])
    made.create_sheet("空")
    made.active.sheet_state = "hidden"
    made.active = 1
    out = io.BytesIO()
    made.save(out)
    (problem,) = read_table(out.getvalue(), SPEC).problems
    assert problem.message == "“Sheet”：这张表是隐藏的，请取消隐藏后再导入。"
    concealed = TableSpec(SPEC.columns, concealed=True)
    assert not read_table(out.getvalue(), concealed).problems


def test_blank_rows_between_and_behind_are_no_rows():
    table = read(["甲"], [None], ["  "], ["乙"], *[[None]] * 50, [""])
    assert [(row.number, row["name"]) for row in table.rows] == [(2, "甲"), (5, "乙")] and not table.problems


def test_nothing_below_the_head_is_refused():
    with pytest.raises(Refused) as refusal:
        read([None], ["  "])
    assert refusal.value.code == "no-rows"


def second(*rows, title="草稿", first="表"):
    def change(page):
        page.title = first
        other = page.parent.create_sheet(title)
        for row in rows:
            other.append(row)

    return change


def test_an_empty_second_page_is_nothing_a_written_one_is_named_and_two_heads_are_refused():
    assert not said(["甲"], change=second())
    assert said(["甲"], change=second(["字"])) == ["还有一张表“草稿”写了内容，只读“表”。要用的并到那里，再删去这一张。"]
    with pytest.raises(Refused) as refusal:
        read(["甲"], change=second(HEAD, ["乙"]))
    assert refusal.value.message == "工作簿里有 2 张表，没有读入。请只留模板里的那一张。"
    named = TableSpec(SPEC.columns, sheet="名单", beside=("填写说明",))
    assert said(["甲"], spec=named, change=second(["字"], first="名 单")) == [
        "还有一张表“草稿”写了内容，只读“名单”。要用的并到那里，再删去这一张。"
    ]
    assert not said(["甲"], spec=named, change=second(["字"], first="名单", title="填写说明"))
    assert not said(["甲"], spec=named, change=second(first="另一个名字"))
    with pytest.raises(Refused, match="请只留“名单”那一张"):
        read(["甲"], spec=named, change=second(HEAD, first="另一个名字"))


def test_several_tables_are_read_by_the_names_of_their_pages():
    specs = [TableSpec(SPEC.columns, sheet=name, where=BY_SHEET) for name in ("甲表", "乙表", "丙表")]

    def change(page):
        page.title = "甲表"
        for title in ("乙表", "草稿"):
            page.parent.create_sheet(title).append(["名称", "x"])

    found = read_tables(book(["名", "坏"], change=change), specs, file_name="C:\\桌面\\a.xlsx")
    assert list(found.tables) == ["甲表", "乙表"] and found.source.startswith("a.xlsx sha256:")
    messages = [one.message for one in found.problems]
    assert messages[0].startswith("“甲表”B2：“坏”不是数字") and found.problems[0].field == "甲表!B2"
    assert messages[1] == "“乙表”B1：模板里没有“x”这一列，请删去。"
    assert "“乙表”第 1 行：缺“面积”一列。请照模板补上。" in messages
    assert messages[-1] == "还有一张表“草稿”写了内容，只读“甲表”、“乙表”、“丙表”。要用的并到那里，再删去这一张。"


# ── what the door adds ───────────────────────────────────────────────────────────────────────────


def test_fifty_problems_come_at_once_in_the_order_of_the_rows():
    table = read(*[["名", "坏"]] * 50)
    with pytest.raises(Refused) as refusal:
        table.refuse_if_wrong()
    assert refusal.value.message == "有 50 处要改，整个文件没有读入。请改好后再上传。"
    assert [one.field for one in refusal.value.errors] == [f"B{number}" for number in range(2, 52)]


def test_a_single_problem_is_the_sentence_itself():
    with pytest.raises(Refused, match="B2（面积）：“坏”不是数字"):
        read(["名", "坏"]).refuse_if_wrong()


def test_the_door_says_nothing_more_of_a_cell_that_could_not_be_read():
    table = read(["名", "坏"], spec=TableSpec(SPEC.columns, where=BY_CELL))
    (row,) = table.rows
    row.wrong("area", "own", "是门上的话。")
    row.wrong("name", "own", "没有这个名称。")
    assert [one.message.partition("：")[0] for one in table.problems] == ["B2", "A2"] and row.spoilt == {"area"}


def test_a_judge_of_the_door_refuses_a_cell_by_its_own_sentence():
    def judge(text):
        raise Refused("own", f"“{text}”不行，没有保存。请改。")

    table = read(["名"])
    assert table.rows[0].judged("name", judge, "名") is None and table.rows[0].judged("name", str, 3) == "3"
    assert table.problems[0].message == "A2（名称）：“名”不行。请改。"


@pytest.mark.parametrize("text", ["2020-2-30", "20-01-01", "2020-01", "二〇二〇年", "2020-01-01-01", "", "一"])
def test_what_is_no_day(text):
    assert read_day(text) is None


@pytest.mark.parametrize("sign", ["_x000B_", "_x000C_", "_x001F_"])
@pytest.mark.parametrize("form", ["12{0}", "{0}12", "1{0}2"])
def test_a_number_with_a_control_in_its_cell_is_said_and_not_read_without_it(sign, form):
    (problem,) = read(["甲", form.format(sign), "2020-10-31", "甲类", "3"]).problems
    assert problem.code == "bad-character" and problem.message.startswith("B2（面积）：有看不见的控制字符")
    (problem,) = read(["甲", "12", "2020-10-31", "甲类", form.format(sign)]).problems
    assert problem.code == "bad-character" and problem.field == "E2"
    found = read([form.format(sign), "12", "2020-10-31", "甲类", "3"])
    assert not found.problems and found.rows[0]["name"] == "12", "of a text it goes, as from a page"
