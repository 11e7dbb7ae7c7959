"""扣分原因: filing names every mark below full without a deduction line or a sentence; one sentence may serve many rows."""

import pytest

from evaluation.models import Mark, MarkSheet, Rulebook, RulebookLine, Scheme, SheetEvent
from evaluation.sheets.queries.checks import sheet_checks
from evaluation.sheets.queries.sheet_facts import held_marks
from evaluation.sheets.services.marks import DeductionInput, RowInput, save_marks
from miyun_kpi.audit.models import AuditEntry
from tests.evaluation.conftest import NOW, actor_named
from tests.factories.sheets import cell, file, fill, person, save, seen_at, water_sheet

pytestmark = pytest.mark.django_db
ONE = "排污口台账缺三季度编码"


@pytest.fixture
def sheet(demo) -> MarkSheet:
    """Filled, three marks below full and without a word."""
    found = water_sheet()
    fill(found, "100")
    for number, value in ((2, "97.5"), (5, "91"), (9, "88.5")):
        Mark.objects.filter(pk=cell(found, number).pk).update(value=value)
    return found


def give(client, sheet, numbers, sentence=ONE, **older):
    seen = seen_at(sheet, numbers, **older)
    return client.post(f"/evaluation/sheets/{sheet.pk}/reason/", {"one_reason": sentence, "seen": seen})


def test_filing_names_each_mark_below_full_that_says_nothing(shuiwu, sheet):
    answer = file(shuiwu, sheet)
    text = answer.content.decode()
    assert answer.status_code == 422 and "有 3 家低于满分而没有扣分原因" in text
    for number in (2, 5, 9):
        assert f'href="#row-{cell(sheet, number).organisation.code}"' in text
    assert f'href="#row-{cell(sheet, 1).organisation.code}"' not in text
    assert not SheetEvent.objects.filter(sheet=sheet).exists()
    save(shuiwu, sheet, cell(sheet, 2), problems=ONE)
    save(shuiwu, sheet, cell(sheet, 5), problems=ONE)
    one = file(shuiwu, sheet).content.decode()
    assert f"{cell(sheet, 9).organisation.name}低于满分，须有扣分明细，或写一句扣分原因。没有报送" in one
    save(shuiwu, sheet, cell(sheet, 9), problems=ONE)
    assert file(shuiwu, sheet).status_code == 302


def test_a_line_of_deductions_is_a_reason(shuiwu, sheet):
    start = sheet.period.starts_at
    book = Rulebook.objects.create(
        share_figure=sheet.share_figure, number=90, title="细则", published_at=start, published_by="某人"
    )
    line = RulebookLine.objects.create(rulebook=book, order=1, text="月报迟报一次")
    mark = cell(sheet, 9)
    row = RowInput(mark.organisation.code, mark.version, deductions=(DeductionInput(line.pk, "2", "七月迟报"),))
    save_marks(actor=actor_named("shuiwu"), sheet_id=sheet.pk, rows=[row], at=NOW())
    assert cell(sheet, 9).value == 98
    codes = {cell(sheet, number).organisation.code for number in (2, 5)}
    assert sheet_checks(sheet, held_marks(sheet), NOW()).without_reason == codes


def test_one_sentence_is_written_to_many_rows_in_one_act(shuiwu, sheet):
    page = shuiwu.get(f"/evaluation/sheets/{sheet.pk}/").content.decode()
    assert "一句话写到多家（3 家没有扣分原因）" in page
    assert give(shuiwu, sheet, (2, 5, 9)).status_code == 302
    for number, value in ((2, "97.5"), (5, "91"), (9, "88.5")):
        mark = cell(sheet, number)
        assert (mark.problems, f"{mark.value.normalize():f}") == (ONE, value)
    assert cell(sheet, 1).problems == ""
    assert AuditEntry.objects.filter(action="evaluation.marks.saved").count() == 1
    assert "一句话写到多家" not in shuiwu.get(f"/evaluation/sheets/{sheet.pk}/").content.decode()
    assert file(shuiwu, sheet).status_code == 302


@pytest.mark.parametrize(
    "numbers, sentence, older, status, said",
    [
        ((), ONE, {}, 422, "一家都没有勾选"),
        ((2, 5), "短", {}, 422, "请写一句扣分原因"),
        ((2, 5), ONE, {"version": 40}, 409, "整批没有写入"),
    ],
)
def test_what_is_refused_writes_nothing_and_loses_nothing(shuiwu, sheet, numbers, sentence, older, status, said):
    answer = give(shuiwu, sheet, numbers, sentence, **older)
    text = answer.content.decode()
    assert answer.status_code == status and said in text
    assert f"required>{sentence}</textarea>" in text
    assert not Mark.objects.filter(sheet=sheet, problems=sentence).exists()


def test_what_a_row_says_already_is_not_written_over(shuiwu, sheet):
    save(shuiwu, sheet, cell(sheet, 5), problems="污泥台账不全")
    answer = give(shuiwu, sheet, (2, 5))
    assert answer.status_code == 422 and "已写了存在问题" in answer.content.decode()
    assert cell(sheet, 5).problems == "污泥台账不全" and cell(sheet, 2).problems == ""


def test_only_who_writes_the_sheet_gives_reasons(shuiwu, sheet):
    assert give(person("weijian"), sheet, (2,)).status_code == 404
    assert give(person("zhengfuban1", "evaluation_office"), sheet, (2,)).status_code == 403
    give(shuiwu, sheet, (2, 5, 9))
    assert file(shuiwu, sheet).status_code == 302
    Mark.objects.filter(sheet=sheet).update(problems="")
    assert give(shuiwu, sheet, (2,)).status_code == 409


def test_the_setting_off_and_work_handled_on_paper_ask_for_no_reason(shuiwu, sheet, demo):
    offline = MarkSheet.objects.filter(indicator__offline_only=True, period__code="2020Q3").first()
    fill(offline, "90")
    assert not sheet_checks(offline, held_marks(offline), NOW()).hard
    assert sheet_checks(sheet, held_marks(sheet), NOW()).hard
    Scheme.objects.update(reasons_required=False)
    assert file(shuiwu, sheet).status_code == 302
