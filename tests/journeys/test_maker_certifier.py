"""Maker and certifier through a sheet in Chromium: a workbook filled offline, checks, certification, and back."""

import io
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from openpyxl import load_workbook

from evaluation.models import MarkSheet, Scheme
from miyun_kpi.accounts.models import Post, User
from miyun_kpi.organisations.queries import resolve
from tests.factories.sheets import water_sheet
from tests.journeys.filing import one_reason
from tests.journeys.test_ranking import sign_in

pytestmark = pytest.mark.browser


@pytest.fixture
def sheet(live_demo: None) -> MarkSheet:
    Scheme.objects.update(certification=True)
    user = User.objects.create_user("shenhe", "x" * 12, display_name="水务审核")
    Post.objects.create(user=user, organisation=resolve("区水务局"), role="certifier", starts_on=date(2020, 1, 1))
    return water_sheet()


def fill_offline(page: Any, folder: Path) -> Path:
    """Download, type into the open cells, save."""
    with page.expect_download() as download:
        page.click("text=下载工作簿")
    content = Path(download.value.path()).read_bytes()
    book = load_workbook(io.BytesIO(content))
    for number in range(20):
        book["打分"][f"F{5 + number}"] = 81 + number * 0.5
    book["打分"]["F5"], book["打分"]["H5"] = 75, "雨污混接点整改慢"
    book["打分"]["F6"] = "八十六"
    filled = folder / "填好.xlsx"
    book.save(filled)
    return filled


def accessible(page: Any) -> None:
    found = Axe().run(page, options={"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"]})
    wrong = [f"{one['id']}: {node['html'][:160]}" for one in found.response["violations"] for node in one["nodes"]]
    assert not wrong, "\n".join(wrong)


def test_a_sheet_from_the_workbook_to_the_certified_receipt(
    sheet: MarkSheet, new_page: Callable[..., Any], tmp_path: Path
) -> None:
    maker, address = new_page(), f"/evaluation/sheets/{sheet.pk}/"
    sign_in(maker, "shuiwu")
    maker.goto(address)
    maker.click("[data-act=workbook-help]")
    maker.set_input_files("#workbook-file", fill_offline(maker, tmp_path))
    maker.click("text=上传并预览")
    maker.wait_for_selector("#paste-preview")
    assert "F6：“八十六”不是数字" in maker.inner_text("#paste-preview")
    accessible(maker)
    maker.fill("#paste-preview .cannot input[name=read]", "86")
    maker.click("#paste-form [data-write]")
    maker.wait_for_selector("text=20/20")
    assert "撤销这次写入（20 格改回原值）" in maker.inner_text("main")
    assert "须写改进建议" in maker.inner_text("#sheet-checks")

    maker.click("[data-file-ask]")
    assert "补上后才能报送" in maker.inner_text("#file-confirm")
    maker.click("#file-confirm a[data-goto]")
    maker.locator("textarea[name=suggestions]").first.fill("限期改造混接点")
    maker.keyboard.press("Enter")
    maker.locator("#sheet-checks:not(:has-text('须写改进建议'))").wait_for()
    one_reason(maker)
    maker.click("[data-file-ask]")
    maker.wait_for_selector("#confirm-reason")
    accessible(maker)
    maker.fill("#confirm-reason", "本季集中整治，普遍提高")
    maker.click("text=确认送审")
    maker.wait_for_selector("text=已送审，待审核")

    certifier = new_page()
    sign_in(certifier, "shenhe")
    certifier.goto("/")
    certifier.click("a:has-text('打分表待审核：')")
    certifier.wait_for_selector("text=等您审核")
    assert "本季集中整治，普遍提高" in certifier.inner_text("main, .columns")
    accessible(certifier)
    certifier.fill("#certify-note", "檀营地区与检查记录不符")
    certifier.click("text=退回送审人")
    certifier.wait_for_selector("text=这张表由区水务局打分")

    maker.goto(address)
    assert "檀营地区与检查记录不符" in maker.inner_text("main, .columns")
    maker.click("[data-file-ask]")
    maker.fill("#confirm-reason", "已按检查记录核对")
    maker.click("text=确认送审")
    maker.wait_for_selector("text=已送审，待审核")
    certifier.goto(address)
    certifier.click("text=审核通过，报送")
    certifier.wait_for_selector("text=已报送，不能再改")
    sheet.refresh_from_db()
    assert sheet.state == "filed" and sheet.receipt_number in certifier.inner_text(".dock")


def test_the_workbook_is_taken_back_in_one_press(sheet: MarkSheet, page: Any, tmp_path: Path) -> None:
    sign_in(page, "shuiwu")
    page.goto(f"/evaluation/sheets/{sheet.pk}/")
    page.click("[data-act=workbook-help]")
    page.set_input_files("#workbook-file", fill_offline(page, tmp_path))
    page.click("text=上传并预览")
    page.fill("#paste-preview .cannot input[name=read]", "86")
    page.click("#paste-form [data-write]")
    page.wait_for_selector("text=20/20")
    page.click("text=撤销这次写入")
    page.wait_for_selector("text=空白20")
    assert not sheet.marks.filter(value__isnull=False).exists()
