"""One line of navigation for every post, by keyboard and on a phone; and the job on one screen."""

from collections.abc import Callable
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe

from tests.factories.sheets import water_sheet
from tests.journeys.test_ranking import sign_in

pytestmark = pytest.mark.browser

WHO = ("shuiwu", "zhengfuban1", "beizhuang", "lingdao", "shenji")
PAGES = (
    "/evaluation/rankings/",
    "/evaluation/supervision/",
    "/evaluation/visits/",
    "/evaluation/schemes/2020/township/",
)
# A row is seen when nothing of it is behind the dock or below the window.
SEEN = """() => {
  const dock = document.querySelector(".dock-bar").getBoundingClientRect().top;
  return Array.from(document.querySelectorAll("tr[data-row]")).filter((row) => {
    const box = row.getBoundingClientRect();
    return Math.round(box.height) === 24 && box.bottom <= Math.min(dock, innerHeight);
  }).length;
}"""


def wrong(page: Any) -> list[str]:
    """What axe finds serious or moderate on the page."""
    found = Axe().run(page).response["violations"]
    return [
        f"{one['id']}: {node['html'][:160]}"
        for one in found
        if one["impact"] in ("critical", "serious", "moderate")
        for node in one["nodes"]
    ]


@pytest.mark.parametrize("who", WHO)
def test_the_bar_is_one_line_at_1366_and_hides_nothing_at_390(
    live_demo: None, new_page: Callable[..., Any], who: str
) -> None:
    page = new_page()
    sign_in(page, who)
    for path in PAGES:
        page.set_viewport_size({"width": 1366, "height": 640})
        page.goto(path)
        assert page.locator(".subbar").bounding_box()["height"] <= 35, path
        assert page.locator("nav[aria-label='本栏目'] a").count() <= 12, path
        page.set_viewport_size({"width": 390, "height": 844})
        assert page.evaluate("document.documentElement.scrollWidth") <= 390, path
        boxes = [one.bounding_box() for one in page.locator("nav[aria-label='本栏目'] a").all()]
        assert all(box["height"] >= 40 and box["x"] + box["width"] <= 390 for box in boxes), path
        assert wrong(page) == [], path


@pytest.mark.parametrize("path", ["/disclosure/", "/safety/", "/water/", "/finance/", "/farmland/", "/postdoc/"])
def test_the_first_pages_of_registers_pass_axe_and_fit(
    live_demo: None, new_page: Callable[..., Any], path: str
) -> None:
    page = new_page()
    sign_in(page, "beizhuang")
    for width in (1366, 390):
        page.set_viewport_size({"width": width, "height": 844})
        page.goto(path)
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        assert wrong(page) == []


def test_the_form_of_a_register_is_in_two_columns_and_leads_to_what_is_wrong(live_demo: None, page: Any) -> None:
    sign_in(page, "anwei2")
    page.goto("/safety/records/hazards/new/")
    left, right = (page.locator(f".form-two .field >> nth={n}").bounding_box() for n in (0, 1))
    assert left["y"] == right["y"] and right["x"] >= left["x"] + left["width"]
    assert not page.is_visible("label:has-text('验收意见')")
    page.click(".form-wide button.btn-primary")
    page.wait_for_selector(".summary-box:focus")
    page.click(".summary-box a:text-is('整改期限')")
    assert page.evaluate("location.hash") == "#f-due_on" and wrong(page) == []


def test_other_subjects_open_and_close_by_keyboard(live_demo: None, page: Any) -> None:
    sign_in(page, "shuiwu")
    page.goto("/evaluation/sheets/")
    page.focus(".others summary")
    page.keyboard.press("Enter")
    assert page.is_visible(".others a:text-is('人事任免')")
    page.keyboard.press("Escape")
    assert not page.is_visible(".others a:text-is('人事任免')")


def test_the_places_are_walked_by_keyboard(live_demo: None, page: Any) -> None:
    sign_in(page, "shuiwu")
    page.goto("/evaluation/sheets/")
    links = page.locator("nav[aria-label='本栏目'] a")
    links.first.focus()
    for number in range(1, links.count()):
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.textContent") == links.nth(number).inner_text()
    page.locator(".subbar a:text-is('结果')").focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**/evaluation/rankings/")
    assert page.locator(".subbar [aria-current=true]").inner_text() == "结果"
    assert page.locator(".subbar [aria-current=page]").inner_text() == "排名"


def test_eighteen_rows_of_the_matrix_are_seen_at_640(live_demo: None, page: Any) -> None:
    sheet = water_sheet()
    sign_in(page, "shuiwu")
    page.goto(f"/evaluation/sheets/{sheet.pk}/")
    assert page.evaluate(SEEN) >= 18
    assert wrong(page) == []
    page.locator(".window-line summary").focus()
    assert "距报送截止" in page.locator(".window-line summary").inner_text()
    page.keyboard.press("Enter")
    assert page.locator(".window-line .window-bar").is_visible(), "the four dates, for who asks"
