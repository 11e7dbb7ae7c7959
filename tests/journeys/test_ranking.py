"""The office computes a trial, opens a 得分明细 and reads the clause behind a line."""

import re
from collections.abc import Callable
from typing import Any

import pytest

from evaluation.models import Ranking
from miyun_kpi.accounts.models import User

pytestmark = pytest.mark.browser

PASSWORD = "jintian-tianqi-henhao"


def sign_in(page: Any, username: str) -> None:
    user = User.objects.get(username=username)
    user.set_password(PASSWORD)
    user.save()
    page.goto("/sign-in/")
    page.fill("[name=username]", username)
    page.fill("[name=password]", PASSWORD)
    page.press("[name=password]", "Enter")
    page.wait_for_selector("text=退出", state="attached")


def test_from_the_trial_to_the_clause_behind_a_line(live_demo: None, page: Any) -> None:
    sign_in(page, "zhengfuban1")
    page.goto("/evaluation/rankings/")
    page.click("tr:has-text('2020年第二季度'):has-text('镇街、功能区') button:has-text('试算')")
    page.wait_for_selector("text=输入没有变化，没有再算")
    assert page.locator("table.ranking tbody tr").count() == 21
    page.focus("table.ranking a:has-text('北庄镇')")
    assert page.locator("tr:has(a:text-is('北庄镇')) .exact").first.is_visible(), "four decimals on focus"
    page.keyboard.press("Enter")
    page.wait_for_selector("h1:has-text('得分明细')")
    total = page.inner_text("dd.the-total")
    assert total == page.inner_text("tr.grand td.score")
    page.click("tr.line:has-text('河长制') a[data-clause]")
    page.wait_for_selector("#quotation .quote")
    assert "河长制" in page.inner_text("#quotation .quote")
    assert "/rows/" in page.url, "the clause opens beside the 得分明细"


def test_on_a_phone_a_row_unfolds_to_its_receipt(live_demo: None, new_page: Callable[..., Any]) -> None:
    page = new_page(width=390, height=844)
    sign_in(page, "lingdao")
    page.goto("/evaluation/rankings/")
    page.click(".ranking-links a:has-text('镇街、功能区'):has-text('第二季度')")
    page.wait_for_selector(".ranking-phone li")
    assert page.evaluate("document.documentElement.scrollWidth") <= 390, "nothing scrolls sideways"
    assert not page.locator("table.ranking").is_visible()
    row = page.locator(".ranking-phone li:has-text('北庄镇')")
    assert row.bounding_box()["height"] >= 64
    row.locator("summary").click()
    link = row.locator("a:has-text('打开得分明细')")
    assert link.bounding_box()["height"] >= 40
    link.click()
    page.wait_for_selector(".receipt-phone li")
    assert page.locator(".receipt-phone li").count() == 24
    assert page.evaluate("document.documentElement.scrollWidth") <= 390


@pytest.mark.parametrize(
    ("address", "landscape"),
    [("/evaluation/rankings/{}/", True), ("/evaluation/rankings/{}/rows/beizhuang-zhen/", False)],
)
def test_each_prints_on_one_sheet_of_a4(live_demo: None, page: Any, address: str, landscape: bool) -> None:
    sign_in(page, "lingdao")
    page.goto(address.format(Ranking.objects.get(scheme__track="township").pk))
    paper = page.pdf(prefer_css_page_size=True)
    boxes = re.findall(rb"/MediaBox \[0 0 ([\d.]+) ([\d.]+)\]", paper)
    assert len(boxes) == 1
    assert (float(boxes[0][0]) > float(boxes[0][1])) == landscape
