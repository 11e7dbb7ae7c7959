"""A declared method is published with its 细则 line, tried on the last period first, and withdrawn with a reason."""

import json
from dataclasses import replace
from decimal import Decimal

import pytest

from evaluation.models import Mark, Rulebook, RulebookLine
from evaluation.sheets.rules.methods import Kind, method_of
from evaluation.sheets.services.rulebooks import LineInput
from miyun_kpi.audit.models import AuditEntry
from tests.factories.markup import one_line
from tests.factories.methods import (
    WENLV,
    as_sent,
    publish_methods,
    put_month,
    rate_of,
    tourism_evaluator,
    tourism_sheet,
    tourism_table,
)
from tests.factories.sheets import person

pytestmark = pytest.mark.usefixtures("demo")
TEXT = "旅游收入未完成目标的，每低一个百分点扣一分"


@pytest.fixture
def sheet():
    tourism_evaluator()
    return tourism_sheet()


@pytest.fixture
def table(sheet):
    return tourism_table()


@pytest.fixture
def wenlv(sheet):
    return person(WENLV)


def address(sheet):
    return f"/evaluation/rulebooks/{sheet.share_figure_id}/"


def test_the_page_offers_methods_without_a_single_number(wenlv, sheet, table):
    text = one_line(wenlv.get(address(sheet)).content.decode())
    assert "完成率" in text and "加权多率" in text and f'<option value="{table.pk}"' in text
    assert 'name="m-step" inputmode="decimal" value=""' in text
    assert not any(f'name="{name}" inputmode="decimal" value="1' in text for name in ("m-step", "m-cap", "m-floor"))


def test_a_method_is_published_with_its_line_and_read_by_those_evaluated(wenlv, sheet, table):
    sent = as_sent(LineInput(TEXT, "50", rate_of(table)), LineInput("其他问题", "2"))
    assert wenlv.post(address(sheet), sent).status_code == 302
    first, second = RulebookLine.objects.filter(rulebook__share_figure=sheet.share_figure_id)
    assert method_of(first.method).kind is Kind.RATE and second.method is None
    town = one_line(person("beizhuang").get(address(sheet)).content.decode())
    said = "完成率＝完成（亿元）÷目标（亿元）；封顶 100 %，保底 0 %，比封顶每低 1 个百分点扣 1 分"
    assert said in town and 'name="m-kind"' not in town and "撤回这一条" not in town
    entry = AuditEntry.objects.filter(action="evaluation.rulebook.published").latest("seq")
    assert said in (lines := json.loads(entry.data)["lines"])[0]["method"] and "method" not in lines[1]
    again = one_line(wenlv.get(address(sheet)).content.decode())
    assert 'name="m-cap" inputmode="decimal" value="100"' in again, "the next version begins with this one"


def test_a_refused_method_keeps_what_was_typed(wenlv, sheet, table):
    wrong = rate_of(table, cap="60", floor="60")
    answer = wenlv.post(address(sheet), as_sent(LineInput(TEXT, "50", wrong)))
    text = one_line(answer.content.decode())
    assert answer.status_code == 422 and "第 1 条：封顶 60 %、保底 60 % 不成" in text
    assert 'name="m-cap" inputmode="decimal" value="60"' in text and "目标（亿元） 完成（亿元）" in text
    assert not Rulebook.objects.filter(share_figure=sheet.share_figure_id).exists()


def test_a_method_without_words_is_refused(wenlv, sheet, table):
    answer = wenlv.post(address(sheet), as_sent(LineInput("", "", rate_of(table))))
    assert answer.status_code == 422 and "要写内容" in answer.content.decode()


def test_the_table_of_another_is_not_offered_and_is_refused(wenlv, sheet, table):
    table.kept_for_id = sheet.marks.first().organisation_id
    table.save()
    assert f'<option value="{table.pk}"' not in wenlv.get(address(sheet)).content.decode()
    answer = wenlv.post(address(sheet), as_sent(LineInput(TEXT, "", rate_of(table))))
    assert answer.status_code == 422 and "不是本单位在这项指标下按单位列的表" in answer.content.decode()


def test_it_is_tried_on_the_last_period_and_nothing_is_stored(wenlv, sheet, table):
    put_month(table, "2020-06")
    before = list(Mark.objects.values_list("pk", "value", "version"))
    answer = wenlv.post(address(sheet), as_sent(LineInput(TEXT, "", rate_of(table))) | {"try": "1"})
    text = one_line(answer.content.decode())
    assert answer.status_code == 200 and "2020年第二季度会怎样" in text and "算出 16 家" in text
    assert "目标 1.20 亿元，完成 1.05 亿元，完成率 87.5 %，按细则第 1 条扣 12.5 分" in text
    filed = tourism_sheet("2020Q2").marks.order_by("order").first()
    difference = Decimal("87.5") - filed.value
    assert f"{'+' if difference > 0 else '−'}{abs(difference):.3f}" in text
    assert 'name="m-cap" inputmode="decimal" value="100"' in text, "what was typed stands in the form"
    assert list(Mark.objects.values_list("pk", "value", "version")) == before
    assert not Rulebook.objects.filter(share_figure=sheet.share_figure_id).exists()


def test_a_trial_without_a_method_or_without_data_says_so(wenlv, sheet, table):
    none = wenlv.post(address(sheet), as_sent(LineInput(TEXT, "5")) | {"try": "1"})
    assert none.status_code == 422 and "没有一条写了计分办法" in none.content.decode()
    empty = wenlv.post(address(sheet), as_sent(LineInput(TEXT, "", rate_of(table))) | {"try": "1"})
    assert empty.status_code == 200 and "6 月还没有导入，不建议得分" in empty.content.decode()
    tourism_sheet("2020Q2").__class__.objects.filter(pk=tourism_sheet("2020Q2").pk).update(state="returned")
    never = wenlv.post(address(sheet), as_sent(LineInput(TEXT, "", rate_of(table))) | {"try": "1"})
    assert never.status_code == 422 and "没有上一期可试算" in never.content.decode()


def test_nobody_else_tries_or_withdraws(sheet, table):
    line = publish_methods(sheet, LineInput(TEXT, "", rate_of(table))).lines.get()
    sent = as_sent(LineInput(TEXT, "", rate_of(table))) | {"try": "1"}
    for who, status in (("beizhuang", 403), ("zhengfuban1", 403), ("shuiwu", 404)):
        assert person(who).post(address(sheet), sent).status_code == status
        way = f"{address(sheet)}lines/{line.pk}/withdraw/"
        assert person(who).post(way, {"reason": "数据口径有误"}).status_code == status
    line.refresh_from_db()
    assert line.withdrawn_at is None


def test_a_line_is_withdrawn_once_with_a_reason(wenlv, sheet, table):
    line = publish_methods(sheet, LineInput(TEXT, "", rate_of(table))).lines.get()
    way = f"{address(sheet)}lines/{line.pk}/withdraw/"
    short = wenlv.post(way, {"reason": "错"})
    assert short.status_code == 422 and 'value="错"' in short.content.decode()
    assert wenlv.post(way, {"reason": "数据口径有误"}).status_code == 302
    text = one_line(person("beizhuang").get(address(sheet)).content.decode())
    assert "撤回：数据口径有误" in text and "已记的扣分不变" in text
    again = wenlv.post(way, {"reason": "再撤回一次"})
    assert again.status_code == 409 and "没有再次撤回" in again.content.decode()
    entry = AuditEntry.objects.get(action="evaluation.rulebook.line-withdrawn")
    assert json.loads(entry.data)["reason"] == "数据口径有误" and json.loads(entry.data)["line"] == 1
    assert TEXT not in one_line(wenlv.get(address(sheet)).content.decode()).split("撤回：")[0].split("method-help")[0]
    other = wenlv.post(f"{address(sheet)}lines/{line.pk + 1000}/withdraw/", {"reason": "没有这一条"})
    assert other.status_code == 404


def test_parallel_lists_that_do_not_fit_are_unreadable(wenlv, sheet, table):
    sent = as_sent(LineInput(TEXT, "", rate_of(table)), LineInput("其他", "2"))
    for broken in ({"m-cap": ["100"]}, {"m-cap": []}, {"points": ["1"]}):
        assert wenlv.post(address(sheet), sent | broken).status_code == 400
    assert replace(LineInput(TEXT), points="1").method.empty
