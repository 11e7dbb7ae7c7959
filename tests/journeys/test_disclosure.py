"""政务公开 in Chromium: an item written by 民政, audited by its head, exported by the office, its address entered back."""

from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe

from miyun_kpi.registers.models import Record
from tests.journeys.test_ranking import sign_in

pytestmark = pytest.mark.browser


def test_an_item_from_the_first_line_to_its_address_on_the_website(live_demo: None, new_page: Any) -> None:
    one = new_page()
    sign_in(one, "minzheng")
    one.goto("/disclosure/")
    assert not Axe().run(one).response["violations"]
    one.goto("/disclosure/records/charities/new/")
    for name, value in (("title", "慈善组织认定名单"), ("unit", "区民政局"), ("organisation", "某慈善协会")):
        one.fill(f"[name='{name}']", value)
    one.select_option("[name='channel']", "site")
    for name in ("agencies", "third"):
        one.select_option(f"[name='{name}']", "no")
    one.click("button:has-text('登记')")
    one.click("button:has-text('报请审核')")
    one.wait_for_selector("text=待审核")

    two = new_page()
    sign_in(two, "minzhengfuze")
    two.goto("/disclosure/reviews/")
    two.click("text=慈善组织认定名单 >> nth=0")
    assert not Axe().run(two).response["violations"]
    for box in two.query_selector_all("[name='checks']"):
        box.check()
    two.check("[name='decision'][value='passed']")
    two.click("button:has-text('提交审核结论')")
    two.wait_for_selector("text=已审核")

    three = new_page()
    sign_in(three, "zhengwu")
    three.goto("/disclosure/packages/")
    three.click("button:has-text('导出所选')")
    three.fill("[aria-label='慈善组织认定名单的发布地址']", "https://www.bjmy.gov.cn/a.html")
    three.fill("#published-on", "2020-09-01")
    three.click("button:has-text('登记发布')")
    three.wait_for_selector("text=https://www.bjmy.gov.cn/a.html")
    assert Record.objects.get(values__title="慈善组织认定名单").stage == "published"
