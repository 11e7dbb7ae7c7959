"""绿色金融 in Chromium: a wrong code is refused, a second person recognises, a bank reports, 三个不低于 stand beside its figures."""

from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe

from tests.journeys.test_ranking import sign_in

pytestmark = pytest.mark.browser
CODE = "91350100M000100Y43"
PAGES = (
    "/finance/",
    "/finance/records/enterprises/",
    "/finance/grades/",
    "/finance/trial/",
    "/finance/rates/",
    "/finance/settings/",
    "/finance/returns/",
    "/finance/banks/",
    "/finance/fund/",
    "/finance/indicators/",
    "/finance/insurance/",
    "/finance/vetoes/",
    "/finance/glossary/",
    "/duties/19/",
)


def clean(page: Any, address: str = "") -> None:
    if address:
        page.goto(address)
    found = Axe().run(page).response["violations"]
    assert not found, (page.url, [(each["id"], each["nodes"][0]["html"][:200]) for each in found])


def test_from_a_wrong_code_to_the_three_conditions(live_demo: None, new_page: Any) -> None:
    one = new_page()
    sign_in(one, "jinrong")
    for address in PAGES:
        clean(one, address)
    one.goto("/finance/records/enterprises/new/")
    one.fill("[name='name']", "清流环保公司")
    one.fill("[name='code']", CODE[:-1] + "4")
    one.fill("[name='industry']", "污水处理")
    one.select_option("[name='focus']", "6")
    one.click("button:has-text('登记')")
    one.wait_for_selector("text=校验位不符")
    assert one.input_value("[name='industry']") == "污水处理", "nothing typed is lost"
    one.fill("[name='code']", CODE)
    one.click("button:has-text('登记')")
    one.wait_for_selector("h1:has-text('清流环保公司')")
    one.fill("#check-standard", "绿色产业指导目录 2.1")
    one.click("button:has-text('初审通过')")
    one.wait_for_selector(".page-head :text('初审通过')")
    address = one.url

    two = new_page()
    sign_in(two, "jinrong2")
    two.goto(address)
    two.select_option("#recognise-level", "1")
    two.fill("#recognise-recognised_on", "2026-01-10")
    two.fill("#recognise-review_on", "2099-01-10")
    two.click("button:has-text('认定入库')")
    two.wait_for_selector(".page-head :text('已入库')")
    clean(two)

    bank = new_page()
    sign_in(bank, "yinhang")
    bank.goto("/finance/returns/")
    bank.click("button:has-text('打开这个季度')")
    bank.wait_for_selector("button:has-text('保存并报送')")
    clean(bank)
    for name, value in (("loans", "99000"), ("green", "17599.99"), ("increment", "1500"), ("customers", "41")):
        bank.fill(f"[name='{name}']", value)
    bank.click("button:has-text('保存并报送')")
    bank.wait_for_selector(".page-head :text('待审核')")
    verdicts = bank.locator("td[data-label='结论']").all_inner_texts()
    assert [text.strip() for text in verdicts] == ["不符合", "符合", "符合"], (
        "9.9999% is below 10%, equal increments pass"
    )
    report = bank.url

    one.goto(report)
    one.check("[name='accept'][value='accept']")
    one.click("button:has-text('定下结论')")
    one.wait_for_selector(".page-head :text('已接受')")
    one.goto("/finance/trial/?level=1&principal=12000000&from_on=2020-06-01&to_on=2020-09-01")
    assert "46,000.00" in one.inner_text("main")
