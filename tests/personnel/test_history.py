"""The history of 任免 goes out as a workbook and comes in again."""

import io
from datetime import date

import pytest
from openpyxl import load_workbook

from miyun_kpi.lib.errors import Refused
from personnel.excel import acts_workbook, read_history
from personnel.models import Act, Notice
from personnel.queries import terms as queries
from personnel.services.history import record_history
from tests.personnel.test_personnel import AT, hands, held

__all__ = ["hands"]


def test_history_goes_out_and_comes_in_again(hands):
    content = acts_workbook(queries.standing_acts(), viewer="甲", at=AT)
    assert read_history(content, file_name="a.xlsx", today=AT.date()) == ([], 32)
    book = load_workbook(io.BytesIO(content))
    sheet = book.active
    sheet.append(
        [
            "密政发〔2019〕3号",
            "2019-05-06",
            "区政府第50次常务会议",
            "丁中全",
            "",
            "区经信局",
            "副局长",
            "任",
            12,
            "",
            "",
            "是",
        ]
    )
    sheet.append(["", "", "", "周旧人", "", "区教委", "副主任", "期初任职", None, ""])
    rows, known = read_history(saved(book), file_name="a.xlsx", today=AT.date())
    assert known == 32 and len(rows) == 2
    assert record_history(actor=hands[0], rows=rows, at=AT) == 2
    assert held(date(2020, 1, 1), "丁中全") == ["区经信局副局长"] and held(date(2020, 1, 1), "周旧人") == [
        "区教委副主任"
    ]
    sheet.append(["密政发〔2019〕4号", "2019-13-06", "", "甲", "", "没有局", "副主任", "升", 30, ""])
    sheet.append(
        ["密政发〔2020〕32号", "2020-07-05", "区政府第86次常务会议", "新添人", "", "区教委", "副主任", "任", 0, ""]
    )
    with pytest.raises(Refused) as refusal:
        read_history(saved(book), file_name="a.xlsx", today=AT.date())
    assert {one.code for one in refusal.value.errors} >= {
        "bad-date",
        "too-short",
        "unknown-organisation",
        "bad-choice",
        "bad-probation",
        "number-taken",
    }


def saved(book):
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def test_history_that_contradicts_writes_nothing(hands):
    row = ["密政发〔2019〕3号", date(2019, 5, 6), "", "张艳", "", "区生态环境综合执法大队", "队长", "appoint"]
    from personnel.services.history import HistoryRow

    with pytest.raises(Refused) as refusal:
        record_history(actor=hands[0], rows=[HistoryRow(*row, same="yes")], at=AT)
    assert refusal.value.code == "same-act-twice" and Act.objects.count() == 32
    assert not Notice.objects.filter(number=row[0]).exists()
