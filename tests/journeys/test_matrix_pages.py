"""The pages of sheets as they are looked at: accessible, within the window, read on a phone."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe

from evaluation.models import MarkSheet, Scheme
from evaluation.sheets.services.marks import RowInput
from evaluation.sheets.services.rulebooks import LineInput
from evaluation.sheets.services.workbooks import write_workbook
from miyun_kpi.accounts.models import Post, User
from tests.evaluation.conftest import NOW, actor_named
from tests.factories.methods import (
    WENLV,
    publish_methods,
    put_month,
    rate_of,
    tourism_evaluator,
    tourism_sheet,
    tourism_table,
)
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


# What a finger could write with, and what only opens it.
WRITES = """() => Array.from(document.querySelectorAll(
  '.columns button, .columns input, .columns textarea, .columns select, .dock button,' +
  // A fold that leads to a form; one of which cells something was written in is there to be read.
  '.columns details:has(button, input, textarea, select) > summary'
)).filter((one) => one.getClientRects().length).map((one) => one.outerHTML.slice(0, 120))"""


def test_on_a_phone_nothing_that_writes_is_offered_to_anybody(live_demo: None, new_page: Callable[..., Any]) -> None:
    """A column to take back, cells to accept, a scan to add, a reason for many; 审核; 退回重开 and 代录."""
    tourism_evaluator()
    sheet, table = tourism_sheet(), tourism_table()
    publish_methods(sheet, LineInput("未完成目标的，每低一个百分点扣一分", "", rate_of(table)))
    put_month(table, "2020-09")
    Scheme.objects.update(scan_required=True)
    cells = list(sheet.marks.select_related("organisation").order_by("order"))
    rows = [RowInput(cells[0].organisation.code, 0, "95", reason="景区停业两月")]
    assert write_workbook(actor=actor_named(WENLV), sheet_id=sheet.pk, rows=rows, at=NOW())
    User.objects.create_user("shenhe", "x" * 12, display_name="文旅审核")
    post = {"user": User.objects.get(username="shenhe"), "organisation": sheet.evaluator, "starts_on": date(2020, 1, 1)}
    Post.objects.create(role="certifier", **post)

    def offered(username: str, width: int) -> list[str]:
        page = new_page(width=width, height=844)
        sign_in(page, username)
        page.goto(f"/evaluation/sheets/{sheet.pk}/")
        page.wait_for_selector("#differences-later", state="detached")
        row = page.locator("tr[data-row]").first
        row.locator("th").click()
        page.wait_for_selector("#row-panel[data-panel]")
        assert "手机上只能看" in page.inner_text("main") or width > 720
        found: list[str] = page.evaluate(WRITES)
        page.close()
        return found

    for username in (WENLV, "zhengfuban1", "shenhe"):
        if username == "shenhe":
            Scheme.objects.update(certification=True)
            filed = {"state": "submitted", "filed_at": NOW(), "filed_by": "文旅经办", "filed_by_id": 1}
            MarkSheet.objects.filter(pk=sheet.pk).update(**filed)
        assert len(offered(username, 1366)) > 2, "at a desk there is what is hidden on the phone"
        assert not offered(username, 390), username


def test_the_head_and_the_dock_stay_while_49_rows_scroll_by(live_demo: None, page: Any) -> None:
    sheet = max(MarkSheet.objects.filter(period__code="2020Q2"), key=lambda one: one.marks.count())
    sign_in(page, "zhengfuban1")
    page.goto(f"/evaluation/sheets/{sheet.pk}/")
    heights = page.eval_on_selector_all(
        "tr[data-row]", "rows => rows.map(r => Math.round(r.getBoundingClientRect().height))"
    )
    assert len(heights) == 49 and set(heights) == {24}
    page.mouse.wheel(0, 700)
    page.wait_for_function("() => document.querySelector('[data-matrix] thead th').getBoundingClientRect().y === 0")
    dock = page.locator(".dock-bar").bounding_box()
    assert dock["y"] + dock["height"] <= 640
