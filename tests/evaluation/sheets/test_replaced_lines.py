"""A mark typed where 扣分明细 stands: asked by every door, told, and put back line by line."""

import re
from decimal import Decimal

import pytest

from evaluation.models import DeductionLine, Rulebook, RulebookLine
from evaluation.sheets.services.marks import RowInput, save_marks
from miyun_kpi.audit.models import AuditEntry
from miyun_kpi.lib.errors import Refused
from tests.evaluation.conftest import NOW, actor_named
from tests.evaluation.sheets.test_save_marks import save
from tests.evaluation.sheets.test_sheet_paste import column, preview, rows_of, write
from tests.factories.sheets import cell, fill, water_sheet

pytestmark = pytest.mark.django_db


@pytest.fixture
def sheet(demo):
    """20 cells of 88.5; of the first and the second by one line each."""
    made = water_sheet()
    fill(made)
    book = Rulebook.objects.create(
        share_figure=made.share_figure, number=2, title="细则", published_at=made.period.starts_at, published_by="x"
    )
    line = RulebookLine.objects.create(rulebook=book, order=1, text="迟报")
    for number in (1, 2):
        DeductionLine.objects.create(mark=cell(made, number), line=line, points=Decimal("11.5"), reason="8 月迟报")
    return made


def lines(sheet, number=1):
    return list(DeductionLine.objects.filter(mark=cell(sheet, number)).values_list("line", "points", "reason"))


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"value": "96"}, "改为 96，删去明细"),
        ({"value": ""}, "改为 空白，删去明细"),
        ({"not_applicable": "1", "reason": "河段已移交"}, "标为不适用，删去明细"),
    ],
)
def test_a_cell_asks_before_its_lines_go(shuiwu, sheet, given, words):
    stood = lines(sheet)
    answer = save(shuiwu, sheet, cell(sheet), **given)
    text = re.sub(r"\s+", " ", answer.content.decode())
    assert answer.status_code == 422 and "这一格有 1 条扣分明细" in text and words in text
    assert 'class="is-replaces"' in text
    assert lines(sheet) == stood and cell(sheet).value == Decimal("88.5")
    assert save(shuiwu, sheet, cell(sheet), replaces="1", **given).status_code == 200
    assert lines(sheet) == []
    assert "old_deductions" in str(AuditEntry.objects.filter(action="evaluation.marks.saved").latest("pk").data)


def test_what_went_is_put_back_line_by_line(shuiwu, sheet):
    stood = lines(sheet)
    answer = save(shuiwu, sheet, cell(sheet), value="96", replaces="1")
    token = re.search(r'data-restores="([^"]+)"', answer.content.decode())[1]
    other = save(shuiwu, sheet, cell(sheet, 3), restores=token)
    assert other.status_code == 400 and lines(sheet, 3) == [], "it is of one cell"
    assert save(shuiwu, sheet, cell(sheet), restores=token + "x").status_code == 400
    assert save(shuiwu, sheet, cell(sheet), restores=token).status_code == 200
    assert lines(sheet) == stood and cell(sheet).value == Decimal("88.5")


def test_the_same_value_and_a_text_leave_the_lines_without_a_question(shuiwu, sheet):
    assert save(shuiwu, sheet, cell(sheet), value="88.5").status_code == 200
    assert save(shuiwu, sheet, cell(sheet), problems="迟报两次").status_code == 200
    assert len(lines(sheet)) == 1


def test_several_cells_are_asked_about_once(sheet):
    actor = actor_named("shuiwu")
    rows = [RowInput(cell(sheet, n).organisation.code, cell(sheet, n).version, value="90") for n in (1, 2, 3)]
    with pytest.raises(Refused) as refused:
        save_marks(actor=actor, sheet_id=sheet.pk, rows=rows, at=NOW())
    assert refused.value.code == "replaces-deductions" and len(refused.value.errors) == 2
    assert "共 2 格有扣分明细" in refused.value.message
    assert cell(sheet, 3).value == Decimal("88.5"), "nothing is written"


def test_the_preview_of_a_column_asks_once_for_all_rows(shuiwu, sheet):
    shown = preview(shuiwu, sheet, column("80"))
    text = re.sub(r"\s+", "", shown.content.decode())
    assert "有2格的分是按扣分明细算出的" in text and "写入会删去这些明细" in text
    assert write(shuiwu, sheet, rows_of(shown)).status_code == 204
    assert lines(sheet) == [] and cell(sheet).value == 80
    again = preview(shuiwu, sheet, column("81"))
    assert "按扣分明细算出的" not in again.content.decode()
