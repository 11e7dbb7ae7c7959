"""How many acts the main tasks take, from the desk on, at 1366×640, by mouse and without one."""

from collections.abc import Callable
from typing import Any

import pytest

from evaluation.models import Figure, FigureBatch, MarkSheet, Review
from miyun_kpi.registers.models import Record
from tests.factories.feedback import computed_quarter, feedback_of, opened
from tests.factories.sheets import water_sheet
from tests.journeys.filing import paste
from tests.journeys.hand import BOTH_WAYS, Hand
from tests.journeys.test_ranking import sign_in
from tests.journeys.test_safety import HAZARD, fill_in_a_hazard

pytestmark = pytest.mark.browser


def at_the_desk(page: Any, who: str, keys: bool) -> Hand:
    sign_in(page, who)
    page.goto("/")
    return Hand(page, keys=keys)


@BOTH_WAYS
def test_a_sheet_is_pasted_and_filed_with_six(live_demo: None, page: Any, keys: bool) -> None:
    """The column with a sentence beside each mark, as it stands in the evaluator's own table."""
    sheet = water_sheet()
    hand = at_the_desk(page, "shuiwu", keys)
    hand.click(f"a[href='/evaluation/sheets/{sheet.pk}/']")
    page.wait_for_selector("[data-matrix]")
    number = sheet.marks.count()
    lines = [f"{90 - one % 4}\t巡河记录不全\t补齐记录" for one in range(number)]
    paste(page, "\r\n".join(lines) + "\r\n")
    hand.acts += 1
    hand.click("#paste-form [data-write]")
    page.wait_for_selector(f"text={number}/{number}")
    hand.click("[data-file-ask]")
    page.wait_for_selector("form[data-file] button:not([type=button])")
    if page.locator("#confirm-reason").count():
        hand.fill("#confirm-reason", "与日常检查记录一致")
    hand.click("form[data-file] button:not([type=button])")
    page.wait_for_selector("text=已报送，不能再改")
    assert MarkSheet.objects.get(pk=sheet.pk).receipt_number
    assert hand.acts <= 6, hand.acts


@pytest.fixture
def feedback(transactional_db: None, gazette: None) -> str:
    ranking = opened(computed_quarter())
    return f"/evaluation/feedback/{feedback_of(ranking).pk}/"


@BOTH_WAYS
def test_a_unit_says_that_its_paper_is_right_with_two(feedback: str, page: Any, keys: bool) -> None:
    hand = at_the_desk(page, "town", keys)
    hand.click("a:has-text('反馈单待核对')")
    page.wait_for_selector(".feedback-table")
    hand.click("button:has-text('核对无误')")
    page.wait_for_selector("text=核对无误，town")
    assert hand.acts <= 2, hand.acts


@BOTH_WAYS
def test_a_review_is_asked_for_with_five(feedback: str, page: Any, keys: bool) -> None:
    hand = at_the_desk(page, "town", keys)
    hand.click("a:has-text('反馈单待核对')")
    hand.click("tr:has-text('河长制和水环境治理') a:has-text('申请复核')")
    page.wait_for_selector("[name=reason]")
    hand.fill("[name=reason]", "断面水质七月已经达标，监测报告可证")
    hand.click("button:has-text('请负责人签意见')")
    page.wait_for_selector("text=待单位负责人同意")
    assert Review.objects.count() == 1 and hand.acts <= 5, hand.acts


@BOTH_WAYS
def test_all_unconfirmed_figures_are_confirmed_by_two_persons_with_ten(
    live_demo: None, new_page: Callable[..., Any], keys: bool
) -> None:
    first = new_page()
    one = at_the_desk(first, "zhengfuban1", keys)
    one.click("a[href$='/township/']:has-text('处未确认')")
    one.click("[data-pick-unsettled]")
    chosen = int(first.inner_text("[data-chosen]"))
    assert chosen >= 50
    one.click("button:has-text('确认或改定…')")
    first.wait_for_selector("[name=page]")
    one.fill("[name=page]", "第31页")
    one.fill("[name=reason]", "与印发原件逐处核对一致")
    one.click("button:has-text('提请复核')")
    first.wait_for_selector("h1:has-text('数字确认单')")
    second = new_page()
    two = at_the_desk(second, "zhengfuban2", keys)
    two.click("a:has-text('方案数字确认单')")
    two.click("button:has-text('核对无误，通过')")
    second.wait_for_selector("text=已复核")
    assert not Figure.objects.unconfirmed().filter(scheme__track="township", kind="weight").exists()
    assert FigureBatch.objects.get().changes.count() == chosen
    assert one.acts + two.acts <= 10, (one.acts, two.acts)


@BOTH_WAYS
def test_a_hazard_asks_for_eight_fields_and_none_of_a_later_step(live_demo: None, page: Any, keys: bool) -> None:
    sign_in(page, "anwei")
    page.goto("/safety/records/hazards/new/")
    shown = page.locator("main form").locator("input:visible, textarea:visible, select:visible")
    names = [name for name in shown.evaluate_all("all => all.map((one) => one.name)") if name]
    assert len(names) <= 8, names
    hand = Hand(page, keys=keys)
    fill_in_a_hazard(page)
    hand.click("main button:has-text('登记')")
    page.wait_for_selector("text=拟挂牌")
    record = Record.objects.get(values__title=HAZARD["title"])
    assert record.stage == "proposed" and not record.values.get("done")
