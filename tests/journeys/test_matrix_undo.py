"""Ctrl+Z at the matrix, in Chromium: the last save goes back, whatever field it was of, and nothing beside it."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest

from evaluation.models import DeductionLine, MarkSheet, Rulebook, RulebookLine
from evaluation.sheets.services.rulebooks import LineInput
from tests.factories.methods import (
    WENLV,
    publish_methods,
    put_month,
    rate_of,
    tourism_evaluator,
    tourism_sheet,
    tourism_table,
)
from tests.factories.sheets import cell, water_sheet
from tests.journeys.test_mark_matrix import row
from tests.journeys.test_ranking import sign_in

pytestmark = pytest.mark.browser


def stored(page: Any) -> None:
    page.wait_for_function("() => !window.kpiMatrix.unfinished()")


def stands(sheet: MarkSheet, number: int) -> tuple[Decimal | None, str, str]:
    mark = cell(sheet, number)
    return mark.value, mark.problems, mark.suggestions


def back(page: Any) -> None:
    page.keyboard.press("Control+z")
    stored(page)


@pytest.fixture
def sheet(live_demo: None) -> MarkSheet:
    return water_sheet()


@pytest.fixture
def matrix(page: Any, sheet: MarkSheet) -> Any:
    sign_in(page, "shuiwu")
    page.goto(f"/evaluation/sheets/{sheet.pk}/")
    return page


def test_each_field_goes_back_in_the_order_of_saving(matrix: Any, sheet: MarkSheet) -> None:
    page = matrix
    row(page, sheet, 1).locator("[name=value]").click()
    for text in ("91", "台账迟报", "按月核对"):
        page.keyboard.type(text)
        page.keyboard.press("Tab" if text != "按月核对" else "Enter")
        stored(page)
    assert stands(sheet, 1) == (Decimal(91), "台账迟报", "按月核对")
    assert page.evaluate("document.activeElement.name") == "suggestions", "in the next row, where nothing is typed"
    back(page)
    assert stands(sheet, 1) == (Decimal(91), "台账迟报", "")
    assert page.evaluate("document.activeElement.closest('tr').dataset.code + document.activeElement.name") == (
        cell(sheet, 1).organisation.code + "suggestions"
    ), "the cursor is where something went"
    back(page)
    assert stands(sheet, 1) == (Decimal(91), "", "")
    back(page)
    assert stands(sheet, 1) == (None, "", "")
    # What is being typed stays the browser's own to take back.
    row(page, sheet, 1).locator("[name=problems]").click()
    page.keyboard.type("甲")
    page.keyboard.press("Control+z")
    assert row(page, sheet, 1).locator("[name=problems]").input_value() == "" and stands(sheet, 1)[0] is None


def test_a_text_goes_back_and_the_deductions_beside_it_stay(matrix: Any, sheet: MarkSheet) -> None:
    page, mark = matrix, cell(sheet, 1)
    book = Rulebook.objects.create(
        share_figure=sheet.share_figure, number=2, title="细则", published_at=sheet.period.starts_at, published_by="x"
    )
    line = RulebookLine.objects.create(rulebook=book, order=1, text="迟报")
    mark.value, mark.deduction_count = Decimal("88.5"), 1
    mark.save()
    DeductionLine.objects.create(mark=mark, line=line, points=Decimal("11.5"), reason="8 月迟报")
    page.reload()
    row(page, sheet, 1).locator("[name=problems]").fill("台账迟报")
    page.keyboard.press("Enter")
    stored(page)
    # Refused in the same row: what was typed there stays typed, and is not sent along.
    row(page, sheet, 1).locator("[name=value]").fill("105")
    page.keyboard.press("Enter")
    row(page, sheet, 1).locator("text=105 超过本表满分 100").wait_for()
    page.keyboard.press("Control+z")
    row(page, sheet, 1).locator("[name=problems]").wait_for()
    assert stands(sheet, 1) == (Decimal("88.5"), "", "") and DeductionLine.objects.filter(mark=mark).count() == 1
    assert row(page, sheet, 1).locator("[name=value]").input_value() == "105"


def test_what_is_still_being_saved_is_what_goes(matrix: Any, sheet: MarkSheet) -> None:
    page = matrix
    row(page, sheet, 1).locator("[name=value]").click()
    for figure in ("91", "92"):
        page.keyboard.type(figure)
        page.keyboard.press("Enter")
        stored(page)
    held: list[Any] = []
    page.route("**/marks/", lambda route: route.continue_() if held else held.append(route))
    page.keyboard.type("93")
    page.keyboard.press("Enter")
    page.keyboard.press("Control+z")
    page.keyboard.press("Control+z")
    while not held:
        page.wait_for_timeout(20)
    held[0].continue_()
    stored(page)
    assert [stands(sheet, number)[0] for number in (1, 2, 3)] == [91, None, None]


def test_a_mark_goes_back_with_its_reason(live_demo: None, new_page: Callable[..., Any]) -> None:
    tourism_evaluator()
    sheet, table = tourism_sheet(), tourism_table()
    publish_methods(sheet, LineInput("未完成目标的，每低一个百分点扣一分", "", rate_of(table)))
    put_month(table, "2020-09")
    page = new_page(width=1366, height=640)
    sign_in(page, WENLV)
    page.goto(f"/evaluation/sheets/{sheet.pk}/")
    first = page.locator("tr[data-row]").first
    for figure, reason in (("95", "景区停业两月"), ("94", "核减一家景区")):
        first.locator("[name=value]").fill(figure)
        page.keyboard.press("Enter")
        first.locator("[name=override-reason]").fill(reason)
        page.keyboard.press("Enter")
        first.locator("text=已存").wait_for()
        stored(page)
    assert (cell(sheet).value, cell(sheet).reason) == (94, "核减一家景区")
    back(page)
    assert (cell(sheet).value, cell(sheet).reason) == (95, "景区停业两月")
