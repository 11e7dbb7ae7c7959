"""A month in Chromium: the unit fills its lines by keys and reports, the evaluator accepts and gives back, the office looks."""

from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe

from miyun_kpi.duties.models import DutyPeriod
from tests.journeys.test_ranking import sign_in

pytestmark = pytest.mark.browser
PAGE = "/evaluation/tracking/beizhuang-zhen/2020-09/"


def own(**where: Any) -> Any:
    found = DutyPeriod.objects.filter(unit__organisation__code="beizhuang-zhen", period="2020-09", **where)
    return found.select_related("unit__duty", "report").order_by("pk")


def line(page: Any, number: int) -> Any:
    return page.locator(f"#line-{own().get(unit__duty__key=f'tracked/2020/township/{number}').pk}")


def field(page: Any, number: int, name: str) -> Any:
    return line(page, number).locator(f"[name='{name}']")


def saved(page: Any, number: int) -> None:
    line(page, number).locator("text=已存").wait_for()


@pytest.fixture
def month(page: Any, live_demo: None) -> Any:
    sign_in(page, "beizhuang")
    page.goto(PAGE)
    return page


def test_a_unit_fills_its_month_by_keys_and_reports_it(month: Any) -> None:
    # One key: as last month, and on to the next line.
    field(month, 1, "progress").focus()
    month.keyboard.press("F8")
    saved(month, 1)
    assert own().get(unit__duty__key="tracked/2020/township/1").report.unchanged
    assert month.evaluate("document.activeElement.closest('[data-line]').id") == line(month, 2).get_attribute("id")
    # Enter saves what was typed.
    field(month, 4, "course").select_option("on-course")
    field(month, 4, "progress").fill("潮河三段清淤完成")
    month.keyboard.press("Enter")
    saved(month, 4)
    assert own().get(unit__duty__key="tracked/2020/township/4").report.progress == "潮河三段清淤完成"
    # A refused line keeps what was typed and says why beside it.
    field(month, 6, "course").select_option("stuck")
    field(month, 6, "problem").fill("")
    field(month, 6, "progress").fill("节能改造停工")
    month.keyboard.press("Enter")
    line(month, 6).locator("text=须写问题").wait_for()
    assert field(month, 6, "progress").input_value() == "节能改造停工"
    field(month, 6, "problem").fill("资金未到位")
    month.keyboard.press("Enter")
    saved(month, 6)
    # Leaving a line saves it too.
    field(month, 7, "progress").fill("造林 20 亩")
    field(month, 8, "progress").focus()
    saved(month, 7)
    # The button that cannot act yet goes to the first line that lacks something.
    month.get_by_role("link", name="报送月报").click()
    assert month.evaluate("document.activeElement.closest('[data-line]').id") == line(month, 2).get_attribute("id")
    month.get_by_role("button", name="先报已存的 4 项").click()
    month.locator("text=待审核").first.wait_for()
    assert own(state="filed").count() == 4


def test_an_evaluator_accepts_a_selection_and_gives_one_back_with_its_observation(month: Any) -> None:
    field(month, 4, "course").select_option("on-course")
    field(month, 4, "progress").fill("潮河三段清淤完成")
    month.keyboard.press("Enter")
    saved(month, 4)
    month.get_by_role("button", name="先报已存的 1 项").click()
    month.locator("text=待审核").first.wait_for()
    month.context.clear_cookies()
    sign_in(month, "shuiwu")
    month.goto("/evaluation/tracking/review/")
    month.get_by_role("link", name="北庄镇").click()
    month.get_by_label("退回意见").fill("请写明清淤的河段长度")
    month.get_by_role("button", name="退回", exact=True).click()
    month.get_by_text("退回意见", exact=True).first.wait_for()
    month.goto("/evaluation/tracking/review/")
    month.get_by_label("全选").check()
    month.get_by_role("button", name="通过选中的").click()
    month.get_by_text("没有符合条件的月报").wait_for()
    assert not DutyPeriod.objects.filter(
        unit__duty__key="tracked/2020/township/4", period="2020-09", state="filed"
    ).exists()
    month.context.clear_cookies()
    sign_in(month, "beizhuang")
    month.goto(PAGE)
    line(month, 4).locator("text=请写明清淤的河段长度").wait_for()


def test_the_office_goes_from_the_cell_to_the_call_for_correction(month: Any) -> None:
    month.context.clear_cookies()
    sign_in(month, "zhengfuban1")
    month.goto("/evaluation/tracking/heat-map/?track=township")
    month.locator("td.heat-3 a, td.heat-4 a").first.click()
    month.locator("#chosen .pairs a").first.click()
    month.get_by_label("整改要求").fill("补报缺的一项并说明原因")
    month.get_by_label("整改期限").fill("2099-01-04")
    month.get_by_role("button", name="发起整改").click()
    month.get_by_text("补报缺的一项并说明原因").wait_for()


@pytest.mark.parametrize(("who", "address"), [("beizhuang", PAGE), ("zhengfuban1", "/evaluation/tracking/heat-map/")])
def test_the_pages_of_tracking_pass_the_accessibility_rules(page: Any, live_demo: None, who: str, address: str) -> None:
    sign_in(page, who)
    page.goto(address)
    found = Axe().run(page, options={"runOnly": ["wcag2a", "wcag2aa"]})
    assert found.violations_count == 0, found.generate_report()
