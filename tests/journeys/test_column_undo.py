"""A written column is taken back with the key that takes back a cell, in Chromium, and nothing typed is lost by it."""

from decimal import Decimal
from typing import Any

import pytest

from evaluation.models import MarkSheet
from tests.factories.sheets import water_sheet
from tests.journeys.filing import paste
from tests.journeys.test_ranking import sign_in

pytestmark = pytest.mark.browser


def values(sheet: MarkSheet) -> list[Decimal | None]:
    return list(sheet.marks.order_by("order").values_list("value", flat=True))


def typed(page: Any, figure: str) -> None:
    page.locator("tr[data-row]").first.locator("[data-cell]").focus()
    page.keyboard.type(figure)
    page.keyboard.press("Enter")
    page.wait_for_selector(f"tr[data-row]:first-child[data-value='{figure}.0']")


def written(page: Any, sheet: MarkSheet, figure: str = "90") -> None:
    page.locator("[data-cell]").first.focus()
    paste(page, "\r\n".join([figure] * 20) + "\r\n")
    page.wait_for_selector("#paste-preview")
    with page.expect_navigation():
        page.click("#paste-form [data-write]")
    page.wait_for_selector("#undo-column")
    assert values(sheet) == [Decimal(figure)] * 20


def test_the_key_goes_from_cell_to_column(live_demo: None, page: Any) -> None:
    sheet = water_sheet()
    sign_in(page, "shuiwu")
    page.goto(f"/evaluation/sheets/{sheet.pk}/")
    written(page, sheet)
    # A cell that was typed since goes first, alone; the next press is at the column, and Enter takes all of it back.
    typed(page, "95")
    page.keyboard.press("Control+z")
    page.wait_for_selector("tr[data-row]:first-child[data-value='90.0']")
    page.keyboard.press("Control+z")
    assert page.evaluate("document.activeElement.closest('#undo-column') !== null")
    page.keyboard.press("Enter")
    page.wait_for_selector("main:has-text('20 格已改回原值')")
    page.wait_for_selector("#undo-column", state="detached")
    assert values(sheet) == [None] * 20


def test_what_stays_changed_is_asked_about(live_demo: None, page: Any) -> None:
    sheet = water_sheet()
    sign_in(page, "shuiwu")
    page.goto(f"/evaluation/sheets/{sheet.pk}/")
    written(page, sheet)
    typed(page, "95")
    # As the page stood before, its button takes all back: it is refused, says so, and offers the others.
    page.click("#undo-column button")
    page.wait_for_selector("button[name=untouched]")
    assert values(sheet) == [Decimal(95), *[Decimal(90)] * 19]
    page.locator("[data-cell]").first.focus()
    page.keyboard.press("Control+z")
    page.keyboard.press("Enter")
    page.wait_for_selector("#undo-column", state="detached")
    assert values(sheet) == [Decimal(95), *[None] * 19]


def test_the_key_goes_on_to_the_column_before(live_demo: None, page: Any) -> None:
    sheet = water_sheet()
    sign_in(page, "shuiwu")
    page.goto(f"/evaluation/sheets/{sheet.pk}/")
    for figure in ("90", "91"):
        written(page, sheet, figure)
    for left in (Decimal(90), None):
        page.keyboard.press("Control+z")
        assert page.evaluate("document.activeElement.closest('#undo-column') !== null")
        with page.expect_navigation():
            page.keyboard.press("Enter")
        assert values(sheet) == [left] * 20
    assert page.locator("#undo-column").count() == 0
