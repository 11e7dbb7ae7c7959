"""A cell of the matrix in Chromium: selected whole until F2 or a double click, whatever was clicked before."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest

from evaluation.models import DeductionLine, MarkSheet, Rulebook, RulebookLine
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


def stored(page: Any) -> None:
    while page.evaluate("() => window.kpiMatrix.unfinished()"):
        page.wait_for_timeout(50)


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
    stored(page)
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
    stored(page)
    assert values(sheet)[:2] == [Decimal(5), Decimal("77.255")]


def test_the_last_cell_stays_selected_after_it_was_stored(matrix: Any, sheet: MarkSheet) -> None:
    page = matrix
    last = cell(page, sheet, 20)
    last.click()
    page.keyboard.type("66")
    page.keyboard.press("Enter")
    stored(page)
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


def test_a_mark_typed_over_deductions_asks_and_is_taken_back_with_its_lines(matrix: Any, sheet: MarkSheet) -> None:
    page = matrix
    book = Rulebook.objects.create(
        share_figure=sheet.share_figure, number=2, title="细则", published_at=sheet.period.starts_at, published_by="x"
    )
    line = RulebookLine.objects.create(rulebook=book, order=1, text="迟报")
    marks = list(sheet.marks.order_by("order"))
    for reason in ("7 月迟报", "8 月迟报"):
        DeductionLine.objects.create(mark=marks[0], line=line, points=Decimal("11.375"), reason=reason)
    page.reload()
    first = cell(page, sheet, 1)
    first.click()
    page.keyboard.type("96")
    page.keyboard.press("Enter")
    asked = page.locator("tr.is-replaces")
    asked.wait_for()
    said = asked.locator(".words")
    assert "这一格有 2 条扣分明细" in said.inner_text()
    assert said.evaluate("(one) => one.scrollWidth <= one.clientWidth"), "nothing of the question is cut off"
    assert values(sheet)[0] == Decimal("77.25") and page.inner_text("[data-pending]") == "1"
    page.click("text=仍为 77.25")
    row(page, sheet, 1).locator("text=扣分 2 条").wait_for()
    assert DeductionLine.objects.filter(mark=marks[0]).count() == 2
    cell(page, sheet, 1).click()
    page.keyboard.type("96")
    page.keyboard.press("Enter")
    page.click("text=改为 96，删去明细")
    row(page, sheet, 1).locator("text=已存").wait_for()
    stored(page)
    assert values(sheet)[0] == 96 and not DeductionLine.objects.filter(mark=marks[0]).exists()
    page.keyboard.press("Control+z")
    row(page, sheet, 1).locator("text=扣分 2 条").wait_for()
    assert values(sheet)[0] == Decimal("77.25")
    stood = DeductionLine.objects.filter(mark=marks[0]).order_by("pk").values_list("reason", flat=True)
    assert list(stood) == ["7 月迟报", "8 月迟报"]


def test_what_waited_for_the_network_is_stored_by_itself(matrix: Any, sheet: MarkSheet) -> None:
    page = matrix
    page.context.set_offline(True)
    cell(page, sheet, 1).click()
    for text in ("81", "82", "83"):
        page.keyboard.type(text)
        page.keyboard.press("Enter")
    row(page, sheet, 3).locator("text=未保存").wait_for()
    page.context.set_offline(False)
    stored(page)
    assert values(sheet)[:3] == [81, 82, 83] and page.is_hidden("#expired"), "by the event of the browser"

    page.route("**/sheets/**", lambda route: route.abort())
    cell(page, sheet, 4).click()
    for text in ("84", "85"):
        page.keyboard.type(text)
        page.keyboard.press("Enter")
    row(page, sheet, 5).locator("text=未保存").wait_for()
    page.unroute("**/sheets/**")
    page.keyboard.type("86")
    page.keyboard.press("Enter")
    stored(page)
    assert values(sheet)[3:6] == [84, 85, 86] and page.is_hidden("#expired"), "by the next cell that comes through"
