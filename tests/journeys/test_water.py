"""水环境 in Chromium: 区水务局 enters a value of a target, a township a 五无 check; the pages pass the checks of access."""

from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe

from miyun_kpi.registers.models import Record
from tests.journeys.test_ranking import sign_in

pytestmark = pytest.mark.browser


def test_a_target_is_measured_and_a_water_body_checked(live_demo: None, new_page: Any) -> None:
    one = new_page()
    sign_in(one, "shuiwuban")
    for address in ("/water/", "/water/villages/", "/water/projects/", "/water/targets/treated/"):
        one.goto(address)
        found = Axe().run(one).response["violations"]
        assert not found, (address, [(each["id"], each["nodes"][0]["html"][:200]) for each in found])
    for name, value in (("day", "2020-09-30"), ("numerator", "90"), ("denominator", "100"), ("source", "九月月报")):
        one.fill(f"#entry [name='{name}']", value)
    one.click("button:has-text('保存这一期')")
    one.wait_for_selector("text=90 ÷ 100")
    assert "达到" in one.inner_text(".page-head") and "未达到" not in one.inner_text(".page-head")

    town = new_page()
    sign_in(town, "beizhuang")
    body = Record.objects.filter(kind="water.body", owner__code="beizhuang-zhen").first()
    assert body is not None
    town.goto(f"/water/records/body/{body.pk}/")
    town.click("text=看核查、登记核查")
    assert not Axe().run(town).response["violations"]
    for name in ("no_sewage", "no_floating", "no_rubbish", "no_smell", "no_building"):
        town.select_option(f"[name='{name}']", "yes")
    town.fill("[name='checked_by']", "某人")
    town.click("button:has-text('保存核查')")
    town.wait_for_selector("text=五无达标")
