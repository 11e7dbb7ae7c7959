"""Workbooks out: text is text, numbers are exact, nothing is a formula."""

import io
import random
import re
import zipfile
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import openpyxl
import pytest
from openpyxl.worksheet._writer import ALL_TEMP_FILES

from miyun_kpi.lib.errors import Refused
from miyun_kpi.sheets import write
from miyun_kpi.sheets.write import Column, Sheet, workbook

AT = datetime(2020, 7, 16, 9, 12, tzinfo=UTC)


def written(rows, places=4):
    sheet = Sheet("表", [Column("名称"), Column("数", 10, places)], rows, lines=["题目"], notes=["说明"])
    return workbook([sheet], title="题目", at=AT)


def values(content):
    return list(openpyxl.load_workbook(io.BytesIO(content)).active.values)


@pytest.mark.parametrize("text", ["=1+1", "+86", "-3", "@SUM(A1)", "007", "2020-07", "  空格 ", "a\x00b\x0bc"])
def test_text_stays_text_whatever_it_begins_with(text):
    content = written([[text, None]])
    cell = openpyxl.load_workbook(io.BytesIO(content)).active["A3"]
    assert cell.data_type in ("s", "inlineStr")
    assert cell.value == text.replace("\x00", "").replace("\x0b", "")
    assert b"<f>" not in zipfile.ZipFile(io.BytesIO(content)).read("xl/worksheets/sheet1.xml")


@pytest.mark.parametrize("text", ["89.0026", "0.1", "99999999999.9999", "0.0001", "100", "12345.6700"])
def test_a_number_is_stored_with_exactly_its_digits(text):
    raw = zipfile.ZipFile(io.BytesIO(written([["甲", Decimal(text)]]))).read("xl/worksheets/sheet1.xml").decode()
    stored = raw.split('r="B3"')[1].split("<v>")[1].split("</v>")[0]
    assert Decimal(stored) == Decimal(text) and "e" not in stored.lower()
    assert openpyxl.load_workbook(io.BytesIO(written([["甲", Decimal(text)]]))).active["B3"].number_format == "0.0000"


def test_a_number_that_a_spreadsheet_would_change_is_refused():
    with pytest.raises(ValueError, match="more than 15 digits"):
        written([["甲", Decimal("1234567890123.4567")]])


def test_missing_is_an_empty_cell_and_a_short_row_is_an_error():
    assert openpyxl.load_workbook(io.BytesIO(written([["甲", None]]))).active["B3"].value is None
    with pytest.raises(ValueError):
        written([["甲"]])


def test_the_same_call_gives_the_same_content():
    def sheets(content):
        book = zipfile.ZipFile(io.BytesIO(content))
        return {name: book.read(name) for name in book.namelist() if "core.xml" not in name}

    assert sheets(written([["甲", Decimal("1.5")]])) == sheets(written([["甲", Decimal("1.5")]]))


def test_a_sheet_is_whole_or_refused_and_leaves_nothing_behind(monkeypatch):
    monkeypatch.setattr(write, "MOST_ROWS", 3)
    assert values(written([("a", 1)] * 3))[2:5] == [("a", 1)] * 3
    before = set(ALL_TEMP_FILES)
    with pytest.raises(Refused) as refused:
        written([("a", 1)] * 4)
    assert refused.value.code == "too-many-rows" and "没有导出" in refused.value.message
    assert set(ALL_TEMP_FILES) == before


def test_rows_are_written_as_they_are_read():
    """A generator is enough: a long list is never held whole."""
    assert values(written(("x", n) for n in range(3)))[2:5] == [("x", 0), ("x", 1), ("x", 2)]


def test_every_row_of_a_column_has_the_style_that_its_first_one_has():
    columns = [
        Column("名称"),
        Column("数", places=2),
        Column("填", open=True),
        Column("限", open=True, limits=[Decimal(9)]),
    ]
    rows = [["甲", Decimal("1.50"), None, None], ["乙", None, "写", Decimal(3)], [None, 2, "再写", None]]
    page = openpyxl.load_workbook(io.BytesIO(workbook([Sheet("表", columns, rows)], title="表", at=AT)))["表"]
    assert [[cell.value for cell in row] for row in page.iter_rows(min_row=2)] == [
        ["甲", 1.5, None, None],
        ["乙", None, "写", 3],
        [None, 2, "再写", None],
    ]
    assert page["B2"].number_format == page["B4"].number_format == "0.00"
    assert {page[f"A{n}"].font.name for n in (2, 3)} == {"宋体"}
    for n in (2, 3, 4):
        for letter in "CD":
            assert not page[f"{letter}{n}"].protection.locked and page[f"{letter}{n}"].fill.fgColor.rgb == "FFFFFBE8"
        assert page[f"A{n}"].protection.locked
    assert page["C3"].number_format == "@" and page["D3"].number_format == "General"


def test_text_is_text_where_it_is_typed_anew_and_a_number_stays_one():
    columns = [
        Column("电话", text=True),
        Column("编号"),
        Column("数", places=2),
        Column("限", open=True, limits=[Decimal(9)]),
    ]
    rows = [["01069041234", "007", Decimal("1.50"), "不适用"], [None, None, "", None], ["", 12, None, None]]
    page = openpyxl.load_workbook(io.BytesIO(workbook([Sheet("表", columns, rows)], title="表", at=AT)))["表"]
    shapes = [[cell.number_format for cell in row] for row in page.iter_rows(min_row=2)]
    assert shapes == [
        ["@", "@", "0.00", "General"],
        ["@", "General", "General", "General"],
        ["@", "General", "General", "General"],
    ]
    assert page["A2"].value == "01069041234" and page["B4"].value == 12 and page["A3"].value is None
    # What is typed below the last row, as in a template, is kept as well.
    assert page.column_dimensions["A"].number_format == "@" and page.column_dimensions["B"].number_format == "General"


SAID = (None, "", "字", "  a ", "a\nb", "\n", "<&>\"']]>", "=1+1", "\x01é😀", 0, -3, Decimal("1.50"), Decimal("1E+3"))


def test_a_row_written_as_text_is_what_the_library_writes_of_its_cells(monkeypatch):
    def content() -> str:
        dice = random.Random(7)
        columns = [
            Column("甲", 9),
            Column("乙", 9, 2),
            Column("丙", 9, 0, open=True),
            Column("丁", 9, 1, open=True, limits=[Decimal(9)] * 300),
        ]
        rows = [[dice.choice(SAID) for _ in columns] for _ in range(299)] + [["字" * 40_000, None, "", 1]]
        made = workbook(
            [Sheet("表", columns, rows, lines=["题目"], notes=["说明"], filled_in=True)], title="题目", at=AT
        )
        parts = zipfile.ZipFile(io.BytesIO(made))
        # An element without content may be one tag or two.
        return (
            re.sub(r"(<(c|row)\b[^<>]*[^/<>])></\2>", r"\1/>", parts.read("xl/worksheets/sheet1.xml").decode())
            + parts.read("xl/styles.xml").decode()
        )

    def styled(*given: object) -> str:
        raise write._Styled

    as_text = content()
    monkeypatch.setattr(write._Page, "row_text", styled)
    same = as_text == content()  # a difference of two such texts is nothing to look at
    assert same


@pytest.mark.parametrize("character", ["\ufffe", "\ud800"])
def test_a_character_that_no_file_holds_is_an_error_and_leaves_nothing_behind(character):
    before = len(ALL_TEMP_FILES)
    with pytest.raises(ValueError):
        written([[character, None]])
    assert not any(Path(one).exists() for one in ALL_TEMP_FILES[before:])
