"""The panel beside the row one is at: what is typed and said in it stays, whatever answer comes late."""

from typing import Any

import pytest

from evaluation.models import MarkSheet
from tests.journeys.test_mark_matrix import codes, matrix, row, saved, sheet

pytestmark = pytest.mark.browser
__all__ = ["matrix", "sheet"]


def test_a_refused_reason_is_said_at_its_box_and_the_cell_keeps_its_value(matrix: Any, sheet: MarkSheet) -> None:
    page = matrix
    page.locator("[data-cell]").first.focus()
    page.keyboard.type("86.625")
    page.keyboard.press("Enter")
    saved(page, sheet, 1)
    page.keyboard.press("ArrowUp")
    page.keyboard.press("n")
    page.locator("#na-reason:focus").wait_for()
    page.keyboard.type("无")
    page.click("text=标为不适用")
    page.locator("[data-panel-form='not-applicable'] #panel-refusal").wait_for()
    assert "4 至 500 字" in page.inner_text("#panel-refusal")
    assert row(page, sheet, 1).locator("input[name=value]").input_value() == "86.625"
    assert page.input_value("#na-reason") == "无" and page.inner_text("[data-pending]") == "0"


@pytest.mark.parametrize("late", ["the panel asked for first", "the row that is stored"])
def test_a_reason_is_typed_on_while_the_panel_is_drawn_anew(matrix: Any, sheet: MarkSheet, late: str) -> None:
    """An answer that came late took the panel's place: the rest of the sentence went nowhere."""
    page, held, code = matrix, [], codes(sheet)[0]
    first = late == "the panel asked for first"

    def hold(route: Any) -> None:
        if held:
            route.continue_()
        else:
            held.append(route)

    panel = f"**/rows/{code}/"
    page.route(panel if first else "**/marks/", hold)
    with page.expect_request(panel):
        page.locator("[data-cell]").first.focus()
    page.keyboard.type("86.625")
    page.keyboard.press("Enter")
    if first:
        saved(page, sheet, 1)
    with page.expect_response(panel):
        page.keyboard.press("ArrowUp")
    page.locator(f"#row-panel[data-panel='{code}'] #na-reason").click()
    page.keyboard.type("线上没有")
    (route,) = held
    with page.expect_response(panel):
        route.continue_()
    # What is done with the answer is done before a frame is drawn after it.
    page.evaluate("() => new Promise((go) => requestAnimationFrame(() => setTimeout(go, 0)))")
    page.keyboard.type("这项材料")
    assert page.input_value("#na-reason") == "线上没有这项材料"
