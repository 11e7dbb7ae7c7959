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
    picked = page.locator("[data-picked]")
    page.click("th input[name=item] >> nth=3")
    assert "".join(picked.inner_text().split()) == "已选1项0家"
    for n in (1, 2, 3):
        page.click(f"th input[name=unit] >> nth={n}")
    page.click("button:has-text('确认或改定…')")
    page.wait_for_selector("h1:has-text('确认或改定 3 处')")
    page.goto("/evaluation/schemes/2020/department/carriers/")
    page.check("input[name=unsettled]")
    page.click("button:has-text('确认或改定…')")
    page.wait_for_selector("h1:has-text('确认或改定 882 处')")


def test_the_cells_of_one_item_are_chosen_and_walked_through_by_key(live_demo: None, page: Any) -> None:
    sign_in(page, "zhengfuban1")
    page.goto("/evaluation/schemes/2020/department/carriers/")
    page.keyboard.press("g")
    page.wait_for_selector("#figure h2:has-text('区政府办公室')")
    assert "?item=" in page.url and page.evaluate("document.activeElement.classList.contains('fig-link')")
    chosen = page.locator("[data-chosen]")
    page.click("th button:has-text('选列')")
    assert chosen.inner_text() == "49"
    page.click("[data-pick-none]")
    page.click("tbody tr:nth-child(2) input")
    page.click("tbody tr:nth-child(4) input", modifiers=["Shift"])
    assert chosen.inner_text() == "3"
    page.click("[data-pick-none]")
    assert chosen.inner_text() == "0"
    page.focus("tbody tr:last-child .fig-link")
    item = page.url
    page.keyboard.press("g")
    page.wait_for_url(lambda url: url.partition("#")[0] != item.partition("#")[0])
    page.wait_for_selector("#figure h2")


def test_a_phone_reads_the_scheme_as_a_list(live_demo: None, new_page: Callable[..., Any]) -> None:
    page = new_page(width=390, height=844)
    sign_in(page, "beizhuang")
    page.goto("/evaluation/schemes/2020/township/")
    assert not page.locator("table[data-scheme]").is_visible()
    page.click("main summary >> nth=0")
    assert page.locator("details[open] li a").first.is_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    page.goto("/evaluation/schemes/2020/department/carriers/")
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    page.click("tbody th a >> nth=0")
    page.wait_for_selector("table[data-scheme] .fig-link")
    assert page.evaluate("document.documentElement.scrollWidth") <= 390


@pytest.mark.parametrize("width", [390, 1366])
def test_all_columns_of_one_unit_are_on_the_screen(live_demo: None, new_page: Callable[..., Any], width: int) -> None:
    """The names of what is examined are long: they wrap."""
    page = new_page(width=width, height=768)
    sign_in(page, "zhengfuban1")
    page.goto("/evaluation/schemes/2020/department/carriers/?unit=dizhen-ju")
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    box = page.locator(".carriers-box")
    assert box.evaluate("one => one.scrollWidth <= one.clientWidth + 1"), "no column is cut off"
