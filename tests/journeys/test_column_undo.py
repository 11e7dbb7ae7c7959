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


def test_the_key_goes_from_cell_to_column(live_demo: None, page: Any) -> None:
    sheet = water_sheet()
    sign_in(page, "shuiwu")
    page.goto(f"/evaluation/sheets/{sheet.pk}/")
    page.locator("[data-cell]").first.focus()
    paste(page, "\r\n".join(["90"] * 20) + "\r\n")
    page.wait_for_selector("#paste-preview")
    page.click("#paste-form [data-write]")
    page.wait_for_selector("#undo-column")
    assert values(sheet) == [Decimal(90)] * 20
    # A cell that was typed since goes first, alone; the next press is at the column, and Enter takes it back.
    first = page.locator("tr[data-row]").first
    first.locator("[data-cell]").focus()
    page.keyboard.type("95")
    page.keyboard.press("Enter")
    page.wait_for_selector("tr[data-row]:first-child[data-value='95.0']")
    page.keyboard.press("Control+z")
    page.wait_for_selector("tr[data-row]:first-child[data-value='90.0']")
    page.keyboard.press("Control+z")
    assert page.evaluate("document.activeElement.closest('#undo-column') !== null")
    page.keyboard.press("Enter")
    # The first cell was changed since: asked about, the others go.
    page.wait_for_selector("button[name=untouched]")
    assert values(sheet) == [Decimal(90)] * 20
    page.locator("[data-cell]").first.focus()
    page.keyboard.press("Control+z")
    page.keyboard.press("Enter")
    page.wait_for_selector("#undo-column", state="detached")
    assert values(sheet) == [Decimal(90), *[None] * 19]
