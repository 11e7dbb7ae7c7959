"""The history of 任免 goes out as a workbook and comes in again."""

import io
from datetime import date

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from openpyxl import load_workbook

from miyun_kpi.lib.errors import Refused
from miyun_kpi.proposals.models import Proposal
from miyun_kpi.proposals.services import decide
from personnel.excel import HISTORY, acts_workbook, read_history, template
from personnel.models import Act, Notice
from personnel.queries import terms as queries
from personnel.services.history import record_history
from tests.factories.rankings import BACKEND, person
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


# ── 更正通知 of before go-live (0088) ────────────────────────────────────────────────────────────────────────────────

WRONG, RIGHT = "密政发〔2019〕3号", "密政发〔2019〕9号"


def wrong_line(**more):
    return line(WRONG, "2019-05-06", "卜更义", "任") | more


def right_lines(**more):
    return [
        line(RIGHT, "2019-07-01", "卜更一", "任", corrects=WRONG, effective_on="2019-05-06") | more,
        line(RIGHT, "2019-07-01", "卜更义", "免", corrects=WRONG, effective_on="2019-05-06") | more,
    ]


def line(number, dated, who, kind, **more):
    given = {"number": number, "dated": dated, "meeting": "区政府第50次常务会议", "person": who, "kind": kind}
    return given | {"organisation": "区经信局", "title": "副局长", "months": 0, "same": "是"} | more


def workbook_of(*lines):
    book = load_workbook(io.BytesIO(template(at=AT)))
    for one in lines:
        book.active.append([one.get(column.key) for column in HISTORY.columns])
    return saved(book)


def read(*lines):
    return read_history(workbook_of(*lines), file_name="a.xlsx", today=AT.date())


def problems(*lines):
    with pytest.raises(Refused) as refusal:
        read(*lines)
    return [(one.code, one.message) for one in refusal.value.errors]


@pytest.mark.parametrize("order", ["wrong first", "right first"])
def test_a_correction_of_before_is_linked_to_its_paper_and_goes_out_and_in(hands, order):
    lines = [wrong_line(), *right_lines()] if order == "wrong first" else [*right_lines(), wrong_line()]
    rows, _ = read(*lines)
    assert record_history(actor=hands[0], rows=rows, at=AT) == 3
    right, wrong = Notice.objects.get(number=RIGHT), Notice.objects.get(number=WRONG)
    assert (right.corrects, right.effective_on, right.kind) == (wrong, date(2019, 5, 6), "更正通知")
    assert held(date(2020, 1, 1), "卜更一") == ["区经信局副局长"] and held(date(2020, 1, 1), "卜更义") == []
    out = acts_workbook(queries.standing_acts(), viewer="甲", at=AT)
    assert read_history(out, file_name="a.xlsx", today=AT.date()) == ([], 35), "as it went out it is known"
    head, *cells = [one for one in load_workbook(io.BytesIO(out)).active.iter_rows(values_only=True) if one[0]][2:]
    assert {(one[-2], one[-1]) for one in cells if one[0] == RIGHT} == {(WRONG, "2019-05-06")}, head
    # Into an empty register it comes as it went out.
    Act.objects.filter(notice__in=[right, wrong]).delete()
    right.delete()
    wrong.delete()
    rows, known = read_history(out, file_name="a.xlsx", today=AT.date())
    assert (len(rows), known) == (3, 32)
    record_history(actor=hands[0], rows=rows, at=AT)
    again = Notice.objects.get(number=RIGHT)
    assert again.corrects.number == WRONG and again.effective_on == date(2019, 5, 6)


def test_the_paper_may_be_registered_already_and_its_spelling_is_one(hands):
    record_history(actor=hands[0], rows=read(wrong_line())[0], at=AT)
    rows, known = read(wrong_line(), *right_lines(corrects="密政发[2019] ３号", effective_on=None))
    assert (len(rows), known) == (2, 1)
    record_history(actor=hands[0], rows=rows, at=AT)
    right = Notice.objects.get(number=RIGHT)
    assert right.corrects.number == WRONG and right.effective_on == date(2019, 7, 1), "from its own day"


def test_a_number_that_is_not_found_is_one_clear_error_of_its_row(hands):
    found = problems(right_lines(corrects="密政发〔2018〕7号")[0])
    assert [code for code, _ in found] == ["unknown-number"]
    assert "没有登记过“密政发〔2018〕7号”" in found[0][1] and "更正的文号" in found[0][1]


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ({"corrects": RIGHT}, "更正的是自己"),
        ({"effective_on": "2019-05-05"}, "早于被更正的通知（2019-05-06）"),
        ({"effective_on": "2019-07-02"}, "晚于成文日期 2019-07-01"),
        ({"corrects": ""}, "没有写更正的文号"),
    ],
)
def test_a_link_that_cannot_be_is_told(hands, more, words):
    found = problems(wrong_line(), right_lines(**more)[0])
    assert len(found) == 1 and words in found[0][1]


def test_two_papers_that_correct_each_other_are_told_and_so_are_two_links_of_one(hands):
    one, other = wrong_line(corrects=RIGHT, dated="2019-07-01", effective_on=""), right_lines(effective_on="")[0]
    assert all("互相更正" in words for _, words in problems(one, other))
    first, second = right_lines()
    assert ("differs" in dict(problems(wrong_line(), first, second | {"corrects": ""} | {"effective_on": ""}))) is True
    opening = line("", "", "周旧人", "期初任职", corrects=WRONG)
    assert any("期初任职没有文号" in words for _, words in problems(wrong_line(), opening))


def test_what_is_registered_is_not_linked_anew_by_an_import(hands):
    record_history(actor=hands[0], rows=read(wrong_line(), *right_lines(corrects="", effective_on=""))[0], at=AT)
    found = problems(wrong_line(), *right_lines())
    assert {code for code, _ in found} == {"number-taken"} and "导入不改已登记的" in found[0][1]
    assert read(wrong_line(), *right_lines(corrects="", effective_on="")) == ([], 3)


def test_a_workbook_of_before_without_the_columns_is_read(hands):
    book = load_workbook(io.BytesIO(workbook_of(wrong_line())))
    book.active.delete_cols(len(HISTORY.columns) - 1, 2)
    rows, _ = read_history(saved(book), file_name="a.xlsx", today=AT.date())
    assert [row.corrects for row in rows] == [""]


def test_by_page_previewed_accepted_and_linked_both_ways(hands):
    client = Client()
    client.force_login(person("renshi", "区委组织部", "register_office"), backend=BACKEND)
    file = SimpleUploadedFile("a.xlsx", workbook_of(wrong_line(), *right_lines()))
    preview = client.post("/personnel/history/", {"workbook": file}).content.decode()
    assert WRONG in preview and "提请导入 3 项" in preview
    carried = preview.split('name="read" value="')[1].split('"')[0]
    answer = client.post("/personnel/history/accept/", {"read": carried})
    assert answer.status_code == 302 and not Notice.objects.filter(number=RIGHT).exists(), "nothing before the second"
    asked = client.get(answer["Location"]).content.decode()
    assert WRONG in asked and "3 项" in asked
    row = Proposal.objects.get()
    refused = client.post(f"/proposals/{row.pk}/decide/", {"version": row.version, "decision": "confirm"})
    assert refused.status_code == 403 and not Notice.objects.filter(number=RIGHT).exists()
    decide(actor=hands[1], proposal_id=row.pk, version=row.version, confirm=True, note="", at=AT)
    right, wrong = Notice.objects.get(number=RIGHT), Notice.objects.get(number=WRONG)
    page = client.get(f"/personnel/notices/{right.pk}/").content.decode()
    assert f"/personnel/notices/{wrong.pk}/" in page and "自 2019-05-06 起" in page and "卜更一" in page
    assert f"/personnel/notices/{right.pk}/" in client.get(f"/personnel/notices/{wrong.pk}/").content.decode()
