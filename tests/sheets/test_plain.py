"""The survey in bulk says what the careful one says, or nothing: on plain books, odd ones, and books with pieces struck out."""

import io
import random
import re
import struct
import zipfile
from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal

import pytest
from openpyxl import Workbook
from openpyxl.styles import PatternFill
from openpyxl.worksheet.datavalidation import DataValidation

from miyun_kpi.lib.errors import Refused
from miyun_kpi.sheets import careful, child, plain
from miyun_kpi.sheets.read import Limits, _parted, read_workbook
from miyun_kpi.sheets.write import Column, Sheet, workbook
from tests.sheets.test_read import rezip, saved

LIMITS = dict(Limits().__dict__)
SHEET = "xl/worksheets/sheet1.xml"
SEEDS = 400
VALUES = (
    None,
    "",
    "字",
    "12:30 :c x",
    "a\nb",
    " 空 ",
    "<f>",
    0,
    7,
    -3,
    91.5,
    1e20,
    1e15,
    110101199003071234,
    0.00001,
    0.1,
    True,
    False,
    date(2020, 10, 31),
    "=1+1",
)
# A number and a format that shows another figure of it, or none that does.
SHOWN = (
    (0.915, "0.0%"),
    (999, "00000"),
    (999, "000-0000"),
    (999, '"No."00000'),
    (999, '0"号"0'),
    (999, "0\\-0"),
    (999, "[Red]000"),
    (1e9, "0.00E+00"),
    (5, "#,##0.00"),
    (5, '0.00"00"'),
)


def careful_survey(content: bytes) -> object:
    try:
        return careful.survey(content, LIMITS)
    except careful.Stop as stop:
        return stop.answer
    except Exception:
        return "broken-file"


def book_of(dice: random.Random) -> bytes:
    """Of a few sheets, most of them plain; odd things here and there."""
    book = Workbook()
    for number in range(dice.randint(1, 3)):
        page = book.active if number == 0 else book.create_sheet(f"表{number}")
        values = VALUES[: -1 if dice.random() < 0.9 else None]
        for _ in range(dice.randint(0, 12)):
            page.append([dice.choice(values) for _ in range(dice.randint(0, 9))])
        if dice.random() < 0.3:
            page.merge_cells("A20:B21")
        if dice.random() < 0.3:
            page.column_dimensions["C"].hidden = True
        if dice.random() < 0.06:
            page.row_dimensions[2].hidden = True
        if dice.random() < 0.06:
            page["B3"], page["B3"].number_format = dice.choice(SHOWN)
        if dice.random() < 0.06:
            page["C4"] = "#REF!"
        if dice.random() < 0.05:
            page["AZ9000"].fill = PatternFill("solid", fgColor="FFFF00")
        if dice.random() < 0.05:
            page[dice.choice(("A2001", "CW3", "CV2000"))] = 1
        if dice.random() < 0.3:
            rule = DataValidation(type="decimal", operator="between", formula1="0", formula2="9")
            page.add_data_validation(rule)
            rule.add("A1:A9")
        if dice.random() < 0.1:
            page.sheet_state = "hidden" if number else "visible"
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


PIECES = (
    b"",
    b"<c r='A1'/>",
    b'<c r="A1" t="e"><v>#REF!</v></c>',
    b"<f>1</f>",
    b"<!-- x -->",
    b"<![CDATA[<f>]]>",
    b"&lt;",
    b'hidden="1" ',
    b' t="e"',
    b"9" * 8,
    b"x:",
    b"</row>",
    b'" ',
)


def struck(content: bytes, dice: random.Random) -> bytes:
    name = dice.choice((SHEET, SHEET, SHEET, "xl/workbook.xml", "xl/styles.xml"))

    def change(member: str, text: bytes) -> bytes:
        if member != name:
            return text
        # At a tag or inside one, where it is felt.
        places = [found.start() + dice.choice((0, 0, 1, 2, 3)) for found in re.finditer(rb"[< >]", text)]
        at = dice.choice(places)
        return text[:at] + dice.choice((*PIECES, text[at : at + 30])) + text[at + dice.choice((0, 0, 0, 1, 2, 9)) :]

    return rezip(content, change)


def flipped(content: bytes, dice: random.Random) -> bytes:
    raw = bytearray(content)
    for _ in range(dice.randint(1, 3)):
        raw[dice.randrange(len(raw))] = dice.randrange(256)
    return bytes(raw)


def test_both_say_the_same_of_whatever_is_not_passed_on():
    ways: tuple[Callable[[bytes, random.Random], bytes], ...] = (lambda content, dice: content, struck, flipped)
    told = dict.fromkeys(ways, 0)
    for seed in range(SEEDS):
        dice = random.Random(seed)
        way = dice.choice(ways)
        content = way(book_of(dice), dice)
        found = plain.survey(content, LIMITS)
        assert found is None or found == careful_survey(content), seed
        told[way] += found is not None
    assert all(number > SEEDS // 40 for number in told.values()), told


def test_both_ways_give_the_same_cells():
    told = 0
    for seed in range(60):
        content = book_of(random.Random(seed))
        joined = child.of_plain(content, LIMITS)
        if joined is not None:
            told += 1
            sheets = child.with_texts(content, careful.survey(content, LIMITS))
            assert _parted(joined) == {"sheets": sheets}, seed
    assert told > 10


def changed(old: bytes, new: bytes) -> bytes:
    def change(name: str, text: bytes) -> bytes:
        if name == SHEET:
            assert old in text, old
            return text.replace(old, new, 1)
        return text

    return rezip(PLAIN, change)


def fill(book: Workbook) -> None:
    page = book.active
    page.append(["单位", "得分", "注"])
    page.append(["北庄镇", 91.5, "好"])
    page.append(["大城子镇", 88, None])


PLAIN = saved(fill)
FIRST, NUMBER = b'<c r="A2" t="inlineStr">', b'<c r="B2" t="n">'


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (FIRST, b'<c r="A2" t="e">'),
        (FIRST, b"<c r='A2' t='e'>"),
        (FIRST, b'<c r="A2" t = "e">'),
        (FIRST, b'<c r="A2" t="&#101;">'),
        (FIRST, b'<c r="A2" a=">" t="e">'),
        (FIRST, b'<c t="e" r="A2">'),
        (FIRST, b'<c\nr="A2" t="e">'),
        (FIRST, b'<c r="A2"\nt="e">'),
        (NUMBER, NUMBER + b"<f>1+1</f>"),
        (NUMBER, NUMBER + b"<f/>"),
        (NUMBER, NUMBER + b"<f\nt='shared'/>"),
        (NUMBER, NUMBER + b'<x:f xmlns:x="u">1</x:f>'),
        (NUMBER, b'<c r="B2001" t="n">'),
        (NUMBER, b'<c r="CW2" t="n">'),
        (b'<row r="2">', b'<row r="2" hidden="1">'),
        (b'<row r="2">', b'<row r="2" hidden="&#49;">'),
        (b'<row r="2">', b'<row r="2" hidden = "true">'),
        (b'<row r="2">', b'<row hidden="0" r="x">'),
        (b'<row r="2">', b'<x:row xmlns:x="u" r="2"><c r="A2" t="e"/></x:row><row r="2">'),
        (b'<row r="2">', b'<row r="2"><mergeCell ref="A1:B2"/>'),
        (b'<row r="2">', b'<row r="2"><col hidden="1" min="1" max="2"/>'),
        (b"<sheetData>", b'<c r="A1" t="e"><v>1</v></c><sheetData>'),
        (b"</sheetData>", b'</sheetData><row r="3" hidden="1"/>'),
        (b"</sheetData>", b'</sheetData><sheetData><row r="3" hidden="1"/></sheetData>'),
        (b"</sheetData>", b'</sheetData><x:sheetData xmlns:x="u"><x:c r="A3" t="e"/></x:sheetData>'),
        (b"<sheetData>", b"<sheetData><!-- </sheetData> -->"),
        (b"<sheetData>", b"<sheetData><![CDATA[ <c ]]>"),
        (b"<sheetData>", b"<sheetData><?x <f> ?>"),
        (b"</row>", b""),
        (b"</sheetData>", b"<x:y/></sheetData>"),
    ],
)
def test_whatever_would_have_to_be_told_is_left_to_the_careful_one(old, new):
    assert plain.survey(changed(old, new), LIMITS) is None


@pytest.mark.parametrize(
    ("old", "new", "hidden", "merged"),
    [
        (b"</sheetData>", b'</sheetData><mergeCells><mergeCell ref="A1:B1"/></mergeCells>', [], ["A1:B1"]),
        (b"<sheetData>", b'<cols><col min="2" max="900" hidden="1"/></cols><sheetData>', list(range(2, 101)), []),
        (b'<row r="2">', b'<row r="2" spans="1:3" x:dyDescent="0.25" xmlns:x="u" hidden="false">', [], []),
        (FIRST, b'<c r="A2" s="0" t="inlineStr">', [], []),
        (b"</sheetData>", b'</sheetData><x:f xmlns:x="u">1</x:f><f>1</f>', [], []),
    ],
)
def test_what_office_programs_write_is_plain(old, new, hidden, merged):
    content = changed(old, new)
    found = plain.survey(content, LIMITS)
    assert found == careful.survey(content, LIMITS)
    assert found[0][2]["hidden_columns"] == hidden and found[0][2]["merged"] == merged


def test_what_we_write_and_what_is_filled_in_is_plain():
    columns = [Column("单位"), Column("得分", places=1, open=True, limits=[Decimal(9)] * 2), Column("注")]
    rows = [["北庄镇", Decimal("8.5"), None], ["大城子镇", None, "好"]]
    ours = workbook(
        [Sheet("打分", columns, rows, filled_in=True), Sheet("本表标识", columns[:1], [["x"]])],
        title="表",
        at=datetime(2020, 10, 31),
    )
    for content in (PLAIN, ours):
        assert plain.survey(content, LIMITS) == careful.survey(content, LIMITS)
        assert child.of_plain(content, LIMITS) is not None


@pytest.mark.parametrize(
    ("start", "encoding"),
    [('<?xml version="1.0" encoding="UTF-16"?>', "utf-16"), ('<?xml version="1.0" encoding="GBK"?>', "gbk")],
)
def test_another_encoding_is_left_to_the_careful_one(start, encoding):
    def change(name: str, text: bytes) -> bytes:
        return (
            (start + text.decode().partition("?>")[2] if "?>" in text.decode() else start + text.decode()).encode(
                encoding
            )
            if name == SHEET
            else text
        )

    assert plain.survey(rezip(PLAIN, change), LIMITS) is None


def test_an_archive_with_extras_is_left_to_the_careful_one():
    commented, doubled, wrong = io.BytesIO(PLAIN), io.BytesIO(PLAIN), bytearray(PLAIN)
    with zipfile.ZipFile(commented, "a") as archive:
        archive.comment = b"x"
    with pytest.warns(UserWarning, match="Duplicate"), zipfile.ZipFile(doubled, "a") as archive:
        archive.writestr(SHEET, b"<worksheet/>")
    with zipfile.ZipFile(io.BytesIO(PLAIN)) as archive:
        offset = archive.getinfo(SHEET).header_offset
    named, extra = struct.unpack_from("<HH", PLAIN, offset + 26)
    wrong[offset + 30] ^= 1
    for content in (commented.getvalue(), doubled.getvalue(), bytes(wrong), PLAIN + b"x", PLAIN[:-1]):
        assert plain.survey(content, LIMITS) is None
    wrong[offset + 30] ^= 1
    wrong[offset + 30 + named + extra + 20] ^= 1
    assert plain.survey(bytes(wrong), LIMITS) is None


def test_a_character_that_would_part_a_cell_is_told_as_it_is():
    """The reader turns _x0000_ into the character; whatever comes of it, it comes of it in its own cell."""
    content = saved(lambda book: book.active.append(["a_x0000_b", "c"]))
    rows = read_workbook(content)[0].rows
    assert len(rows[0]) == 2 and rows[0][1].text == "c"


def test_a_book_of_many_kinds_comes_back_with_them():
    content = saved(lambda book: book.active.append(["字", 3, 3.5, 1e20, True, date(2020, 10, 31), None, ""]))
    assert child.of_plain(content, LIMITS) is not None
    cells = read_workbook(content)[0].rows[0]
    assert [(cell.text, cell.kind) for cell in cells[:6]] == [
        ("字", ""),
        ("3", ""),
        ("3.5", ""),
        ("1e+20", "long"),
        ("TRUE", "flag"),
        ("2020-10-31", "date"),
    ]


def test_a_plain_book_is_refused_over_its_limits():
    content = saved(lambda book: [book.active.append([1] * 5) for _ in range(30)])
    with pytest.raises(Refused) as caught:
        read_workbook(content, limits=Limits(rows=29))
    assert caught.value.code == "too-many-rows" and "A30" in caught.value.message
    with pytest.raises(Refused) as caught:
        read_workbook(content, limits=Limits(columns=4))
    assert caught.value.code == "too-many-columns" and "E1" in caught.value.message
