"""What an evaluator accepted from its own 细则 stands word for word on the 反馈单 and on the 得分明细 of the unit."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.utils import timezone

from evaluation.models import DeductionLine, MarkSheet
from evaluation.sheets.queries.methods import proposed_marks
from evaluation.sheets.services.marks import RowInput, save_marks
from evaluation.sheets.services.rulebooks import LineInput
from tests.factories.feedback import actor, client_of, feedback_of, opened, people
from tests.factories.markup import one_line
from tests.factories.methods import publish_methods, put_month, rate_of, tourism_evaluator, tourism_sheet, tourism_table
from tests.factories.rankings import computed, filed_quarter

# 北庄镇 is the tenth of the sixteen: 1.14 of 1.20.
WORDS = "目标 1.20 亿元，完成 1.14 亿元，完成率 95 %，按细则第 1 条扣 5 分（数据表“旅游收入”6 月第 1 版）"


@pytest.fixture
def ranking(db, gazette):
    people()
    period = filed_quarter()
    sheet, table = tourism_sheet("2020Q2"), tourism_table()
    publish_methods(sheet, LineInput("未完成目标的，每低一个百分点扣一分", "", rate_of(table)))
    put_month(table, "2020-06")
    MarkSheet.objects.filter(pk=sheet.pk).update(state="returned", reopened_until=timezone.now() + timedelta(days=1))
    marks, proposals = sheet.marks.select_related("organisation"), proposed_marks(sheet)
    rows = [RowInput(one.organisation.code, one.version, accepts=proposals[one.organisation_id].token) for one in marks]
    save_marks(actor=tourism_evaluator(), sheet_id=sheet.pk, rows=rows, at=timezone.now())
    MarkSheet.objects.filter(pk=sheet.pk).update(state="filed")
    return opened(computed("township", period, by=actor("office1")))


def test_the_accepted_sum_is_on_both_papers_word_for_word(ranking):
    feedback = feedback_of(ranking)
    line = DeductionLine.objects.get(mark__organisation__code="beizhuang-zhen", mark__sheet=tourism_sheet("2020Q2"))
    assert (line.points, line.reason) == (Decimal(5), WORDS)
    said = f"扣 5　{line.line.text}：{WORDS}"
    assert said in one_line(client_of("town").get(f"/evaluation/feedback/{feedback.pk}/").content.decode())
    receipt = one_line(
        client_of("office1").get(f"/evaluation/rankings/{ranking.pk}/rows/beizhuang-zhen/").content.decode()
    )
    assert "扣分明细" in receipt and said in receipt


def test_a_line_that_takes_nothing_off_is_no_finding(ranking):
    full = DeductionLine.objects.get(points=0)
    code = full.mark.organisation.code
    receipt = client_of("office1").get(f"/evaluation/rankings/{ranking.pk}/rows/{code}/").content.decode()
    assert "不扣分" in receipt
    deadlines = one_line(client_of("office1").get(f"/evaluation/deadlines/{ranking.pk}/").content.decode())
    assert "旅游收入" in deadlines and full.reason not in deadlines


def test_the_papers_keep_what_was_given_out_when_the_table_moves_on(ranking):
    put_month(tourism_sheet("2020Q2").indicator.data_tables.get(), "2020-06", {"beizhuang-zhen": ["1", "1", "0", None]})
    feedback = feedback_of(ranking)
    assert WORDS in one_line(client_of("town").get(f"/evaluation/feedback/{feedback.pk}/").content.decode())
