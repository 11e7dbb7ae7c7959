"""旅游收入 of sixteen towns in Chromium, from the workbook of the 数据表 to the filed sheet, by the keyboard, nothing worked out outside."""

import io
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from openpyxl import load_workbook

from evaluation.models import DataTable, DeductionLine, MarkSheet
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
from tests.factories.sheets import person
from tests.journeys.filing import paste
from tests.journeys.test_ranking import sign_in

pytestmark = pytest.mark.browser


def workbook_of(table: DataTable) -> bytes:
    """The template with 1.20 as the target and a hundredth more for each town."""
    opened = load_workbook(io.BytesIO(person(WENLV).get(f"/evaluation/data-tables/{table.pk}/template.xlsx").content))
    page = opened.active
    heads = [str(cell.value) for row in page.iter_rows() for cell in row if cell.value]
    assert any("目标" in head for head in heads)
    first = next(row for row in range(1, page.max_row + 1) if page.cell(row, 1).value == "单位") + 1
    for n in range(16):
        page.cell(first + n, 2).value = 1.20
        page.cell(first + n, 3).value = float(Decimal("1.05") + Decimal(n) / 100)
    out = io.BytesIO()
    opened.save(out)
    return out.getvalue()


def test_from_the_imported_table_to_the_filed_sheet(live_demo: None, new_page: Callable[..., Any]) -> None:
    tourism_evaluator()
    sheet, table = tourism_sheet(), tourism_table()
    publish_methods(sheet, LineInput("未完成目标的，每低一个百分点扣一分", "", rate_of(table)))
    page = new_page(width=1366, height=640)
    sign_in(page, WENLV)
    page.goto(f"/evaluation/data-tables/{table.pk}/")
    page.select_option("[name=period]", "2020-09")
    page.set_input_files(
        "[name=workbook]",
        {"name": "旅游收入.xlsx", "mimeType": "application/octet-stream", "buffer": workbook_of(table)},
    )
    page.press("form[action$='/import/'] button", "Enter")
    page.wait_for_selector("form[action$='/import/accept/']")
    page.press("form[action$='/import/accept/'] button", "Enter")
    page.wait_for_url("**month=2020-09")
    page.goto(f"/evaluation/sheets/{sheet.pk}/")
    assert page.locator("tr[data-row] input[placeholder]").count() == 16
    assert not MarkSheet.objects.get(pk=sheet.pk).marks.exclude(value=None).exists()
    page.keyboard.press("g")
    row = page.locator("tr[data-row]").first
    assert "完成率 87.5 %，按细则第 1 条扣 12.5 分" in row.inner_text()
    page.keyboard.type("95")
    page.keyboard.press("Enter")
    page.wait_for_selector("tr.is-differs")
    asked = row.locator(".note-line")
    assert asked.locator("label").inner_text() == "这样打的理由"
    assert asked.locator(".words").evaluate("(one) => one.scrollWidth <= one.clientWidth"), "the sentence stands whole"
    assert asked.locator("input").bounding_box()["width"] > 180
    page.keyboard.press("ArrowUp")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.name") == "override-reason"
    page.keyboard.press("Enter")
    asked.locator("text=没有保存：请写理由，4 字以上").wait_for()
    page.keyboard.type("景区停业两月不可归责")
    page.keyboard.press("Enter")
    row.locator("text=已存").wait_for()
    page.keyboard.press("g")
    page.keyboard.press("a")
    question = page.locator("#accept-confirm")
    question.wait_for()
    assert "空白的 15 格采纳" in question.inner_text()
    page.keyboard.press("Enter")
    page.keyboard.press("Escape")
    question.wait_for(state="hidden")
    assert sheet.marks.exclude(value=None).count() == 1, "a stray letter accepts nothing"
    assert page.evaluate("document.activeElement.name") == "value"
    page.keyboard.press("a")
    page.keyboard.press("Tab")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    assert "16/16" in page.inner_text("#sheet-dock")
    values = list(sheet.marks.order_by("order").values_list("value", flat=True))
    assert values[:3] == [Decimal(95), Decimal("88.333"), Decimal("89.167")] and values[-1] == 100
    assert DeductionLine.objects.filter(mark__sheet=sheet, accepted=True).count() == 15
    heights = page.evaluate("Array.from(document.querySelectorAll('tr[data-row]')).map((row) => row.offsetHeight)")
    assert max(heights) <= 26, "a row keeps its height with its deductions"
    # The typed mark has its reason for the office; what goes on the unit's paper is written beside it.
    page.locator("tr[data-row] [name=problems]").first.focus()
    page.keyboard.type("停业两月，收入未达目标")
    page.keyboard.press("Enter")
    page.wait_for_selector("#sheet-checks .one-reason", state="detached")
    page.focus("[data-file-ask]")
    page.keyboard.press("Enter")
    if page.locator("#confirm-reason").count():
        page.focus("#confirm-reason")
        page.keyboard.type("按细则和数据表算出")
    page.focus("form[data-file] button:not([type=button])")
    page.keyboard.press("Enter")
    page.wait_for_selector("text=回执号")
    assert MarkSheet.objects.get(pk=sheet.pk).state == "filed"


def test_what_is_typed_is_stored_before_the_column_is_accepted(live_demo: None, new_page: Callable[..., Any]) -> None:
    tourism_evaluator()
    sheet, table = tourism_sheet(), tourism_table()
    publish_methods(sheet, LineInput("未完成目标的，每低一个百分点扣一分", "", rate_of(table)))
    put_month(table, "2020-09")
    page = new_page(width=1366, height=640)
    sign_in(page, WENLV)
    page.goto(f"/evaluation/sheets/{sheet.pk}/")
    page.keyboard.press("g")
    page.keyboard.type("60")
    page.press("[data-accept-ask]", "Enter")
    page.wait_for_selector("tr.is-differs")
    assert not sheet.marks.exclude(value=None).exists(), "the typed mark asks why first"
    page.keyboard.press("Escape")
    page.wait_for_selector("tr.is-differs", state="detached")
    page.locator("tr[data-row]").nth(1).locator("[data-act=accept]").click()
    page.locator("tr[data-row]").nth(1).locator("text=已存").wait_for()
    assert sheet.marks.exclude(value=None).count() == 1


@pytest.mark.parametrize("width", [1366, 1024])
def test_a_pasted_column_that_departs_can_be_worked_in_the_window(
    live_demo: None, new_page: Callable[..., Any], width: int
) -> None:
    tourism_evaluator()
    sheet, table = tourism_sheet(), tourism_table()
    publish_methods(sheet, LineInput("未完成目标的，每低一个百分点扣一分", "", rate_of(table)))
    put_month(table, "2020-09")
    page = new_page(width=width, height=768)
    sign_in(page, WENLV)
    page.goto(f"/evaluation/sheets/{sheet.pk}/")
    page.locator("[data-cell]").first.focus()
    paste(page, "\r\n".join(["60", "61.5", *[""] * 14]) + "\r\n")
    page.wait_for_selector("#paste-preview")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), "nothing is pushed out of the window"
    reasons, button = page.locator("#paste-preview input.wide"), page.locator("#paste-form [data-write]")
    for n, left in ((0, "写入整列（先改 1 处）"), (1, "写入整列")):
        box = reasons.nth(n).bounding_box()
        panel = page.locator("#preview-side").bounding_box()
        assert box["x"] + box["width"] <= panel["x"] or box["y"] + box["height"] <= panel["y"], "the panel covers none"
        reasons.nth(n).fill("数据口径与往年不同")
        assert button.inner_text().strip() == left
    with page.expect_navigation():
        button.click()
    assert list(sheet.marks.order_by("order").values_list("value", flat=True))[:2] == [Decimal("60"), Decimal("61.5")]
