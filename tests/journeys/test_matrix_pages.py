"""The pages of sheets as they are looked at: accessible, within the window, read on a phone."""

from collections.abc import Callable
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe

from evaluation.models import MarkSheet
from tests.factories.sheets import water_sheet
from tests.journeys.test_ranking import sign_in

pytestmark = pytest.mark.browser


@pytest.mark.parametrize(("width", "height"), [(1366, 640), (390, 844)])
def test_the_pages_pass_axe_and_do_not_scroll_sideways(
    live_demo: None, new_page: Callable[..., Any], width: int, height: int
) -> None:
    page, sheet = new_page(width=width, height=height), water_sheet()
    sign_in(page, "shuiwu")
    for path in (
        f"sheets/{sheet.pk}/",
        "sheets/",
        f"sheets/{sheet.pk}/print/",
        "rulebooks/",
        f"rulebooks/{sheet.share_figure_id}/",
    ):
        page.goto(f"/evaluation/{path}")
        found = Axe().run(page, options={"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"]})
        wrong = [f"{one['id']}: {node['html'][:160]}" for one in found.response["violations"] for node in one["nodes"]]
        assert not wrong, path + "\n" + "\n".join(wrong)
        assert page.evaluate("document.documentElement.scrollWidth") <= width, path


def test_on_a_phone_the_matrix_is_only_read(live_demo: None, new_page: Callable[..., Any]) -> None:
    page, sheet = new_page(width=390, height=844), water_sheet()
    sign_in(page, "shuiwu")
    page.goto(f"/evaluation/sheets/{sheet.pk}/")
    assert page.is_visible("text=手机上只能看，不能打分")
    assert page.locator("input[name=value]:visible, textarea:visible, form[data-file]:visible").count() == 0


def test_the_head_and_the_dock_stay_while_49_rows_scroll_by(live_demo: None, page: Any) -> None:
    sheet = max(MarkSheet.objects.filter(period__code="2020Q2"), key=lambda one: one.marks.count())
    sign_in(page, "zhengfuban1")
    page.goto(f"/evaluation/sheets/{sheet.pk}/")
    heights = page.eval_on_selector_all(
        "tr[data-row]", "rows => rows.map(r => Math.round(r.getBoundingClientRect().height))"
    )
    assert len(heights) == 49 and set(heights) == {24}
    page.mouse.wheel(0, 700)
    page.wait_for_timeout(200)
    assert page.locator("[data-matrix] thead th").first.bounding_box()["y"] == 0
    dock = page.locator(".dock-bar").bounding_box()
    assert dock["y"] + dock["height"] <= 640
