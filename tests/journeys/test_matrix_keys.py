"""Keys of the matrix where something was refused, in Chromium: they act there, and Esc leads back to the cell it is about."""

from typing import Any

import pytest

from evaluation.models import Mark, MarkSheet
from tests.factories.sheets import fill, water_sheet
from tests.journeys.filing import file_it
from tests.journeys.test_mark_matrix import codes, focused, other_saves, row
from tests.journeys.test_ranking import sign_in

pytestmark = pytest.mark.browser


@pytest.fixture
def sheet(live_demo: None) -> MarkSheet:
    made = water_sheet()
    fill(made)
    return made


@pytest.fixture
def matrix(page: Any, sheet: MarkSheet) -> Any:
    sign_in(page, "shuiwu")
    page.goto(f"/evaluation/sheets/{sheet.pk}/")
    return page


def refused_filing(page: Any, sheet: MarkSheet) -> str:
    """One cell is emptied behind the page, and 报送 refused: the focus stands on the refusal. Returns the unit's code."""
    last = codes(sheet)[-1]
    Mark.objects.filter(sheet=sheet, organisation__code=last).update(value=None)
    file_it(page)
    page.wait_for_selector("section.say-refused:focus")
    return last


@pytest.mark.parametrize("key", ["g", "Enter", "Escape"])
def test_from_a_refused_filing_keys_lead_to_the_cell(matrix: Any, sheet: MarkSheet, key: str) -> None:
    page, last = matrix, refused_filing(matrix, sheet)
    page.keyboard.press("e")
    assert page.is_hidden("#side-place"), "letters act"
    page.keyboard.press("e")
    page.keyboard.press(key)
    assert page.evaluate("document.activeElement.name") == "value" and focused(page) == last


def test_letters_act_in_a_refused_cell_that_was_left(matrix: Any, sheet: MarkSheet) -> None:
    page = matrix
    row(page, sheet, 1).locator("[name=value]").click()
    page.keyboard.type("105")
    page.keyboard.press("Enter")
    row(page, sheet, 1).locator("text=105 超过本表满分 100").wait_for()
    page.keyboard.press("ArrowUp")
    page.keyboard.press("e")
    assert page.is_hidden("#side-place") and row(page, sheet, 1).locator("[name=value]").input_value() == "105"
    page.keyboard.press("e")
    # While it is typed in, a letter is a letter.
    page.keyboard.type("7e")
    assert row(page, sheet, 1).locator("[name=value]").input_value() == "7e" and page.is_visible("#side-place")


def test_esc_leads_from_the_question_in_a_row_and_from_the_panel_to_the_cell(matrix: Any, sheet: MarkSheet) -> None:
    page, code = matrix, codes(sheet)
    row(page, sheet, 1).locator("[name=value]").click()
    page.keyboard.type("86")
    other_saves(sheet, 1, "88")
    page.keyboard.press("Enter")
    row(page, sheet, 1).locator("[data-act=ask-override]").click()
    page.keyboard.type("现场复核")
    page.keyboard.press("Escape")
    assert page.evaluate("document.activeElement.name") == "value" and focused(page) == code[0]
    assert row(page, sheet, 1).locator("[name=override-reason]").input_value() == "现场复核"
    row(page, sheet, 3).locator("[name=value]").click()
    page.wait_for_selector(f"[data-panel='{code[2]}']")
    page.keyboard.press("n")
    page.keyboard.type("短")
    page.click("text=标为不适用")
    page.wait_for_selector("#panel-refusal")
    assert page.evaluate("document.activeElement.id") == "na-reason", "what was refused stands at its box"
    page.keyboard.press("Escape")
    assert page.evaluate("document.activeElement.name") == "value" and focused(page) == code[2]
    assert page.input_value("#na-reason") == "短"
