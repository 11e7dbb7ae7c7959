"""区安委会办公室 in Chromium: a 重大隐患 registered, listed by a second person, reported by its town, verified by a third."""

from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe

from miyun_kpi.registers.models import Record
from tests.factories.rankings import person
from tests.journeys.test_ranking import sign_in

pytestmark = pytest.mark.browser
HAZARD = {
    "title": "临街商户燃气管线老化",
    "place": "某街 1 号",
    "unit": "北庄镇",
    "listed_by": "区安委会办公室",
    "requirement": "更换管线",
    "due_on": "2099-12-31",
}


def fill_in_a_hazard(page: Any) -> None:
    for name, value in HAZARD.items():
        page.fill(f"main [name='{name}']", value)
    page.select_option("main [name='town']", label="北庄镇")


def test_a_hazard_from_the_first_line_to_its_verification(live_demo: None, new_page: Any) -> None:
    one = new_page()
    sign_in(one, "anwei")
    one.goto("/safety/")
    assert not Axe().run(one).response["violations"]
    one.click("text=挂牌督办 >> nth=0")
    one.click("text=登记重大隐患")
    fill_in_a_hazard(one)
    one.click("button:has-text('登记')")
    one.wait_for_selector("text=拟挂牌")
    assert "请另一位同事办理" in one.inner_text("main")
    address = one.url

    two = new_page()
    sign_in(two, "anwei2")
    two.goto(address)
    two.fill("#list-number", "密安办〔2020〕7号")
    two.click("button:has-text('挂牌') >> nth=0")
    two.wait_for_selector("text=整改中")

    town = new_page()
    sign_in(town, "beizhuang")
    town.goto(address)
    town.fill("#ask-done", "已更换并试压合格")
    town.click("button:has-text('报请验收')")
    town.wait_for_selector("text=待验收")

    person("anwei3", "区安委会办公室", "register_office")
    three = new_page()
    sign_in(three, "anwei3")
    three.goto("/")
    three.click("a:has-text('验收销号') >> nth=0")
    three.fill("#close-verified", "现场查看属实")
    three.click("button:has-text('验收销号')")
    three.wait_for_selector("text=已销号")
    assert Record.objects.get(values__title="临街商户燃气管线老化").stage == "closed"
