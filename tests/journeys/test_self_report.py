"""自查报告 in the browser: an item is stored alone, then the rest as one."""

from typing import Any

import pytest

from evaluation.models import SelfReport
from miyun_kpi.drafts.models import Draft
from tests.journeys.stage import SAVED
from tests.journeys.test_ranking import sign_in

pytestmark = pytest.mark.browser
PLACE = "/evaluation/self-reports/2020/beizhuang-zhen/"


def test_items_are_stored_one_by_one_and_the_rest_with_the_report(live_demo: None, page: Any) -> None:
    sign_in(page, "beizhuang")
    page.goto(PLACE)
    items = page.locator("article:has(textarea)")
    for number, text in ((0, "清淤三段"), (1, "造林 20 亩")):
        items.nth(number).locator("textarea").first.fill(text)
    items.nth(0).get_by_role("button", name="存这一项").click()
    items.nth(0).locator("text=已存").wait_for()
    assert [line.done for line in SelfReport.objects.get().lines.all()] == ["清淤三段"]
    assert items.nth(1).locator("textarea").first.input_value() == "造林 20 亩", "what is not stored yet stays"
    # What is stored is not offered back, and what is not is: the draft knows the one from the other.
    page.wait_for_selector(SAVED)
    page.reload()
    page.wait_for_selector("#kept button:has-text('放回')")
    assert "有 1 处没有存上" in page.inner_text("#kept") and "不能再填" not in page.inner_text("#kept")
    page.click("#kept button:has-text('放回')")
    items.nth(1).get_by_role("button", name="存这一项").click()
    items.nth(1).locator("text=已存").wait_for()
    page.wait_for_selector("#draft-state", state="hidden")
    page.reload()
    page.wait_for_load_state("networkidle")
    assert not page.locator("#kept section").count()
    page.fill("#summary", "全年任务总体完成")
    page.click("button:has-text('保存草稿')")
    page.wait_for_selector("text=导出报告")
    assert not Draft.objects.exists()
    report = SelfReport.objects.get()
    assert (report.summary, report.version) == ("全年任务总体完成", 3)
    assert {"清淤三段", "造林 20 亩"} <= {line.done for line in report.lines.all()}
