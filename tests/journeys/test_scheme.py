"""The office walks through the unconfirmed figures by key, chooses some, proposes; a second person checks."""

from collections.abc import Callable
from typing import Any

import pytest

from evaluation.models import Figure, FigureBatch
from tests.journeys.test_ranking import sign_in

pytestmark = pytest.mark.browser


def figure(key: str) -> Figure:
    return Figure.objects.get(scheme__track="township", key=key)


def test_from_an_unreadable_weight_to_a_checked_batch(live_demo: None, new_page: Callable[..., Any]) -> None:
    first = new_page()
    sign_in(first, "zhengfuban1")
    first.goto("/evaluation/schemes/2020/township/")
    first.keyboard.press("g")
    first.wait_for_selector("#figure h2:has-text('污染防治')")
    assert first.evaluate("document.activeElement.classList.contains('fig-link')")
    first.keyboard.press("g")
    first.wait_for_selector("#figure h2:has-text('新城核心区分值')")
    assert "figure=" in first.url

    # Move and choose by keyboard: 财源建设 and 固投 of 新城核心区, one below the other.
    nine, ten = figure("weight/9/core"), figure("weight/10/core")
    first.focus(f"#f{nine.pk}")
    first.keyboard.press("Space")
    first.keyboard.press("ArrowDown")
    assert first.evaluate("document.activeElement.id") == f"f{ten.pk}"
    first.keyboard.press("Space")
    assert first.inner_text("[data-chosen]") == "2"
    first.keyboard.press("Enter")
    first.wait_for_selector("#figure >> text=第 9–14 项合计须为 25")
    first.click("button:has-text('确认或改定…')")

    first.fill(f"[name=value-{nine.pk}]", "10")
    first.fill("[name=page]", "第31页")
    first.fill("[name=reason]", "印发原件")
    first.click("button:has-text('提请复核')")
    first.wait_for_selector("text=新城核心区绿色发展各项分值之和为 27")
    assert first.input_value("[name=page]") == "第31页"
    first.fill(f"[name=value-{ten.pk}]", "3")
    first.click("button:has-text('提请复核')")
    first.wait_for_selector("h1:has-text('数字确认单')")
    assert first.locator("text=请考评办的另一位同事复核").is_visible()

    second = new_page()
    sign_in(second, "zhengfuban2")
    second.goto(f"/evaluation/batches/{FigureBatch.objects.get().pk}/")
    second.click("button:has-text('核对无误，通过')")
    second.wait_for_selector("text=已复核")
    assert (figure("weight/9/core").value, figure("weight/10/core").value) == ("10", "3")


def test_rows_columns_and_rectangles_of_the_matrix(live_demo: None, page: Any) -> None:
    sign_in(page, "zhengfuban1")
    page.goto("/evaluation/schemes/2020/department/carriers/")
    chosen = page.locator("[data-chosen]")
    page.click("th button:has-text('选列') >> nth=3")
    assert chosen.inner_text() == "49"
    page.click("[data-pick-none]")
    page.click("[data-pick-row] >> nth=1")
    assert chosen.inner_text() == "19"
    page.click("[data-pick-none]")
    page.click("tbody tr:nth-child(2) input >> nth=1")
    page.click("tbody tr:nth-child(4) input >> nth=3", modifiers=["Shift"])
    assert chosen.inner_text() == "9"
    page.click("[data-pick-unsettled]")
    assert chosen.inner_text() == "882"
    page.click("[data-pick-none]")
    assert chosen.inner_text() == "0"
    page.keyboard.press("g")
    page.wait_for_selector("#figure h2:has-text('区政府办公室')")


def test_a_phone_reads_the_scheme_as_a_list(live_demo: None, new_page: Callable[..., Any]) -> None:
    page = new_page(width=390, height=844)
    sign_in(page, "beizhuang")
    for address in ("/evaluation/schemes/2020/township/", "/evaluation/schemes/2020/department/carriers/"):
        page.goto(address)
        assert not page.locator("table[data-scheme]").is_visible()
        page.click("main summary >> nth=0")
        assert page.locator("details[open] li a").first.is_visible()
        assert page.evaluate("document.documentElement.scrollWidth") <= 390
