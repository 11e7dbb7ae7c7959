"""A cell of the matrix in Chromium: selected whole until F2 or a double click, whatever was clicked before."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest

from evaluation.models import MarkSheet
from tests.factories.sheets import fill, water_sheet
from tests.journeys.test_mark_matrix import row, values
from tests.journeys.test_ranking import sign_in

pytestmark = pytest.mark.browser


@pytest.fixture
def sheet(live_demo: None) -> MarkSheet:
    made = water_sheet()
    fill(made, "77.25")
    return made


@pytest.fixture
def matrix(page: Any, sheet: MarkSheet) -> Any:
    sign_in(page, "shuiwu")
    page.goto(f"/evaluation/sheets/{sheet.pk}/")
    return page


def cell(page: Any, sheet: MarkSheet, number: int) -> Any:
    return row(page, sheet, number).locator("input[name=value]")


def right_edge(box: Any) -> dict[str, float]:
    size = box.bounding_box()
    return {"x": size["width"] - 4, "y": size["height"] / 2}


def test_a_selected_cell_is_replaced_whatever_was_clicked(matrix: Any, sheet: MarkSheet) -> None:
    page = matrix
    first = cell(page, sheet, 1)
    for _ in range(2):
        first.click(position=right_edge(first))
    page.keyboard.type("7")
    assert first.input_value() == "7", "clicked twice"
    page.keyboard.press("Enter")
    second = cell(page, sheet, 2)
    second.click(position=right_edge(second))
    page.keyboard.type("8")
    assert second.input_value() == "8", "come by Enter, then clicked"
    page.keyboard.press("ArrowDown")
    third = cell(page, sheet, 3)
    page.keyboard.press("End")
    page.keyboard.type("9")
    assert third.input_value() == "9", "an arrow within the cell makes no caret"
    page.keyboard.press("Enter")
    row(page, sheet, 4).locator("[name=problems]").click()
    fourth = cell(page, sheet, 4)
    fourth.click(position=right_edge(fourth))
    page.keyboard.type("6")
    page.keyboard.press("Enter")
    page.wait_for_function("() => !window.kpiMatrix.unfinished()")
    assert values(sheet)[:4] == [7, 8, 9, 6]


def test_f2_or_a_double_click_edits_in_the_cell(matrix: Any, sheet: MarkSheet) -> None:
    page = matrix
    first = cell(page, sheet, 1)
    first.click()
    page.keyboard.press("F2")
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("Backspace")
    page.keyboard.type("1")
    assert first.input_value() == "77.15"
    first.click(position=right_edge(first))
    page.keyboard.press("Backspace")
    assert first.input_value() == "77.1", "while it is edited a click places the caret"
    page.keyboard.press("Escape")
    page.keyboard.type("5")
    assert first.input_value() == "5", "Esc ends the editing"
    page.keyboard.press("Enter")
    second = cell(page, sheet, 2)
    second.dblclick()
    page.keyboard.type("5")
    assert second.input_value() == "77.255"
    page.keyboard.press("ArrowDown")
    page.wait_for_function("() => !window.kpiMatrix.unfinished()")
    assert values(sheet)[:2] == [Decimal(5), Decimal("77.255")]


def test_the_last_cell_stays_selected_after_it_was_stored(matrix: Any, sheet: MarkSheet) -> None:
    page = matrix
    last = cell(page, sheet, 20)
    last.click()
    page.keyboard.type("66")
    page.keyboard.press("Enter")
    page.wait_for_function("() => !window.kpiMatrix.unfinished()")
    page.keyboard.type("5")
    assert last.input_value() == "5"


def test_on_a_phone_a_tap_opens_the_row_and_changes_nothing(sheet: MarkSheet, new_page: Callable[..., Any]) -> None:
    page = new_page(width=390, height=844)
    sign_in(page, "shuiwu")
    page.goto(f"/evaluation/sheets/{sheet.pk}/")
    line = row(page, sheet, 1)
    for _ in range(2):
        line.locator(".phone-value").click()
    page.wait_for_selector("#row-panel[data-panel]", state="attached")
    page.keyboard.type("8")
    assert line.locator(".phone-value").inner_text() == "77.25" and values(sheet)[0] == Decimal("77.25")
