"""A stranger's workbook is read or refused in one sentence; it never takes the server with it."""

import io
import time
import zipfile
from datetime import date

import pytest
from openpyxl import Workbook
from openpyxl.comments import Comment

from miyun_kpi.lib.errors import Refused
from miyun_kpi.sheets.read import Limits, address, read_workbook


def saved(fill, book=None) -> bytes:
    book = book or Workbook()
    fill(book)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def rezip(content: bytes, change) -> bytes:
    """The archive with members changed: `change(name, bytes) -> bytes | None`."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            text = change(name, old.read(name))
            if text is not None:
                new.writestr(name, text)
    return out.getvalue()


PLAIN = saved(lambda b: b.active.append(["序", 3, 3.1, "0.5 ", None, "尾"]))


def refusal(content: bytes, **limits) -> Refused:
    with pytest.raises(Refused) as caught:
        read_workbook(content, limits=Limits(**limits))
    assert caught.value.message.endswith(("。", "！")) and "没有读入" in caught.value.message
    return caught.value


def test_cells_come_back_as_text_with_their_own_digits():
    (sheet,) = read_workbook(PLAIN)
    assert [cell.text for cell in sheet.rows[0]] == ["序", "3", "3.1", "0.5 ", "", "尾"]
    assert sheet.cell(9, 9).blank and sheet.name == "Sheet"


def test_an_empty_corner_does_not_shift_the_addresses():
    content = saved(lambda b: b.active.__setitem__("C4", "角"))
    (sheet,) = read_workbook(content)
    assert sheet.cell(4, 3).text == "角"


def test_a_date_and_a_truth_value_say_so():
    from datetime import date

    def fill(book):
        book.active.append([date(2020, 1, 2), True])

    (sheet,) = read_workbook(saved(fill))
    assert [cell.kind for cell in sheet.rows[0]] == ["date", "flag"]


def test_formulas_are_refused_with_every_address():
    def fill(book):
        book.active.title = "分值"
        book.active["B2"], book.active["C3"] = "=1+2", "=B2"

    said = refusal(saved(fill))
    assert said.code == "formulas" and "“分值”B2、“分值”C3" in said.message
    assert [error.field for error in said.errors] == ["分值!B2", "分值!C3"]


def test_text_that_looks_like_a_formula_is_text():
    def fill(book):
        book.active["A1"] = "=1+1"
        book.active["A1"].data_type = "s"

    (sheet,) = read_workbook(saved(fill))
    assert sheet.cell(1, 1).text == "=1+1"


@pytest.mark.parametrize(
    ("shape", "percent"),
    [
        ("0%", True),
        ("0.00%", True),
        ("0.0%;[Red]-0.0%", True),
        ('0"%"', False),
        ("0\\%", False),
        ("0.00", False),
        ("General", False),
        ("[$-804]0.0%", True),
    ],
)
def test_a_number_shown_as_a_percentage_says_so(shape, percent):
    def fill(book):
        book.active["B2"], book.active["B3"] = 0.915, "0.915"
        book.active["B2"].number_format = book.active["B3"].number_format = shape

    (sheet,) = read_workbook(saved(fill))
    assert sheet.cell(2, 2).kind == ("percent" if percent else "") and sheet.cell(2, 2).text == "0.915"
    assert sheet.cell(3, 2).kind == "" and ("显示 91.5%" in sheet.cell(2, 2).odd) is percent


@pytest.mark.parametrize(
    ("value", "shape", "text", "kind"),
    [
        (999, "00000", "00999", ""),
        (123456, "00000", "123456", ""),
        (0, "000", "000", ""),
        (-9, "000", "-9", "padded"),
        (9.5, "000", "9.5", "padded"),
        (999, "000-0000", "999", "padded"),
        (999, '"No."00000', "999", "padded"),
        (999, '0"号"0', "999", "padded"),
        (999, "[Red]000", "999", "padded"),
        (999, "0", "999", ""),
        (999, "0.00", "999", ""),
        (999, "#,##0.00;[Red]-#,##0.00", "999", ""),
        (999, '0.0"00"', "999", ""),
        (100000, "0.00E+00", "100000", "exponent"),
        (100000, "##0.0E+0", "100000", "exponent"),
        (100000, "0.0E+00;@", "100000", "exponent"),
        (0.00005, "0.000%", "5e-05", "percent"),
        (0.00005, "General", "5e-05", "tiny"),
        (0.0001, "General", "0.0001", ""),
        (999_999_999_999_999, "General", "999999999999999", ""),
        (13800138000, "General", "13800138000", ""),
        (1_000_000_000_000_000, "General", "1000000000000000.0", "long"),
        (-1_000_000_000_000_000, "0", "-1000000000000000.0", "long"),
        (110101199003071234, "0", "1.101011990030712e+17", "long"),
        (110101199003071234, "00000", "1.101011990030712e+17", "long"),
    ],
)
def test_a_number_shown_as_another_figure_or_too_long_says_so(value, shape, text, kind):
    def fill(book):
        book.active["B2"], book.active["B3"] = value, "字"
        book.active["B2"].number_format = book.active["B3"].number_format = shape

    (sheet,) = read_workbook(saved(fill))
    assert (sheet.cell(2, 2).text, sheet.cell(2, 2).kind) == (text, kind)
    assert sheet.cell(3, 2) == ("字", "")


def test_a_day_in_a_format_with_an_e_stays_a_day():
    def fill(book):
        book.active["B2"], book.active["B2"].number_format = date(2020, 10, 31), "e-mm-dd hh:mm:00"

    (sheet,) = read_workbook(saved(fill))
    assert sheet.cell(2, 2).kind == "date"


def test_formulas_come_back_as_such_where_the_caller_names_them():
    def fill(book):
        book.active.append([1, "=A1+1", 3])

    content = saved(fill)
    (sheet,) = read_workbook(content, formulas=True)
    assert [(cell.text, cell.kind) for cell in sheet.rows[0]] == [("1", ""), ("=", "formula"), ("3", "")]
    assert list(sheet.formulas) == ["B1"]


def test_a_hidden_row_is_told_however_many_there_are():
    def fill(book):
        for number in range(1, 401):
            book.active.append([number])
            book.active.row_dimensions[number].hidden = True

    (sheet,) = read_workbook(saved(fill))
    assert len(sheet.hidden_rows) == 400


def test_hidden_and_merged_places_are_told():
    def fill(book):
        page = book.active
        for row in range(1, 6):
            page.append([row, row, row])
        page.row_dimensions[3].hidden = True
        page.column_dimensions["B"].hidden = True
        page.merge_cells("A4:B5")
        other = book.create_sheet("藏")
        other.sheet_state = "hidden"

    first, second = read_workbook(saved(fill))
    assert first.hidden_rows == {3} and first.hidden_columns == {2} and list(first.merged) == ["A4:B5"]
    assert second.hidden and not first.hidden


def test_an_old_workbook_is_told_the_way_out():
    said = refusal(bytes.fromhex("d0cf11e0a1b11ae1") + b"\0" * 600)
    assert said.code == "old-xls" and "另存为" in said.message


def test_a_password_is_recognised():
    content = bytes.fromhex("d0cf11e0a1b11ae1") + b"\0" * 500 + "EncryptedPackage".encode("utf-16-le") + b"\0" * 100
    assert refusal(content).code == "password"


def test_an_encrypted_member_counts_as_a_password():
    content = bytearray(PLAIN)
    place = content.index(b"PK\x01\x02") + 8
    content[place] |= 1
    assert refusal(bytes(content)).code == "password"


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "empty-file"),
        (b"name,value\n1,2\n", "not-xlsx"),
        (b"<html><table></table></html>", "not-xlsx"),
        (b"PK\x03\x04 cut off", "broken-file"),
        (PLAIN[: len(PLAIN) // 2], "broken-file"),
        (rezip(PLAIN, lambda n, t: None if n == "xl/workbook.xml" else t), "not-xlsx"),
        (rezip(PLAIN, lambda n, t: t[:-40] if n.startswith("xl/worksheets/") else t), "broken-file"),
        (rezip(PLAIN, lambda n, t: b"\xff\xfe<x" if n == "xl/workbook.xml" else t), "broken-file"),
        (rezip(PLAIN, lambda n, t: None if n.startswith("xl/worksheets/") else t), "broken-file"),
    ],
)
def test_what_is_no_workbook_is_refused_politely(content, code):
    assert refusal(content).code == code


def test_a_macro_is_refused():
    content = io.BytesIO(PLAIN)
    with zipfile.ZipFile(content, "a") as archive:
        archive.writestr("xl/vbaProject.bin", b"x")
    assert refusal(content.getvalue()).code == "macros"


def test_an_entity_bomb_is_refused_at_once():
    bomb = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;">]>'
    content = rezip(PLAIN, lambda n, t: t.replace(b"<worksheet", bomb + b"<worksheet", 1) if "sheet1" in n else t)
    assert refusal(content).code == "broken-file"


def test_a_file_that_unpacks_to_far_more_is_refused():
    def change(name, text):
        return text.replace(b"</worksheet>", b" " * 30_000_000 + b"</worksheet>") if "sheet1" in name else text

    content = rezip(PLAIN, change)
    assert len(content) < 200_000
    started = time.monotonic()
    assert refusal(content).code == "unpacks-too-large"
    assert time.monotonic() - started < 5


def test_a_member_that_lies_about_its_size_is_stopped_all_the_same():
    content = rezip(
        PLAIN, lambda n, t: t.replace(b"</worksheet>", b" " * 3_000_000 + b"</worksheet>") if "sheet1" in n else t
    )
    raw = bytearray(content)
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        info = next(i for i in archive.infolist() if "sheet1" in i.filename)
    size = info.file_size.to_bytes(4, "little")
    for place in [n for n in range(len(raw) - 4) if raw[n : n + 4] == size]:
        raw[place : place + 4] = (1000).to_bytes(4, "little")
    assert refusal(bytes(raw), unpacked=1_000_000).code in ("broken-file", "unpacks-too-large")


def test_a_cell_far_away_is_named():
    for cell, code in (("A5000", "too-many-rows"), ("ZZ3", "too-many-columns"), ("XFD1048576", "too-many-rows")):
        said = refusal(saved(lambda b, c=cell: b.active.__setitem__(c, 1)))
        assert said.code == code and cell in said.message and "请删去这张表以外的内容" in said.message


def test_a_far_cell_with_colour_but_nothing_in_it_does_no_harm():
    from openpyxl.styles import PatternFill

    def fill(book):
        book.active["A1"] = "x"
        book.active["AZ9000"].fill = PatternFill("solid", fgColor="FFFF00")

    assert read_workbook(saved(fill))[0].cell(1, 1).text == "x"


def test_too_many_members_sheets_and_bytes_are_refused():
    content = io.BytesIO(PLAIN)
    with zipfile.ZipFile(content, "a") as archive:
        for number in range(250):
            archive.writestr(f"xl/media/{number}.png", b"")
    assert refusal(content.getvalue()).code == "too-many-members"
    assert refusal(saved(lambda b: [b.create_sheet() for _ in range(15)])).code == "too-many-sheets"
    said = refusal(PLAIN, file=1000)
    assert said.code == "file-too-large"


def test_a_process_that_takes_too_long_or_too_much_is_ended():
    def fill(book):
        for _ in range(400):
            book.active.append(["字" * 50] * 60)

    content = saved(fill)
    said = refusal(content, memory=30_000_000)
    assert said.code in ("too-heavy", "broken-file")


def test_comments_and_pictures_beside_the_cells_do_no_harm():
    def fill(book):
        book.active["A1"] = 1
        book.active["A1"].comment = Comment("看", "我")

    assert read_workbook(saved(fill))[0].cell(1, 1).text == "1"


@pytest.mark.parametrize(("place", "name"), [((7, 2), "B7"), ((1, 26), "Z1"), ((3, 27), "AA3"), ((1, 702), "ZZ1")])
def test_addresses_are_those_of_the_sheet(place, name):
    assert address(*place) == name
