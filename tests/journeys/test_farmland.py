"""耕地占补 in Chromium: an application, its reservation, fees and tickets by 区财政局, posted by 区规自分局, proved."""

from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe

from farmland.models import Application, Warrant
from tests.journeys.test_ranking import sign_in

pytestmark = pytest.mark.browser


def test_from_the_application_to_the_proof(live_demo: None, new_page: Any) -> None:
    pool = new_page()
    sign_in(pool, "guizi")
    pool.goto("/farmland/applications/new/")
    facts = {
        "name": "演示新项目",
        "applicant": "某公司",
        "town": "十里堡",
        "area": "２３．５",
        "approval_number": "密政批9号",
        "approval_on": "2026-01-05",
    }
    for name, value in facts.items():
        pool.fill(f"[name='{name}']", value)
    for name, value in (("investor", "social"), ("commercial", "yes"), ("district_pays", "no"), ("public", "no")):
        pool.check(f"[name='{name}'][value='{value}']")
    pool.click("main button:has-text('登记申请')")
    pool.wait_for_selector("text=如现在预留")
    assert not Axe().run(pool).response["violations"]
    pool.click("aside button:has-text('预留'), .side button:has-text('预留')")
    pool.wait_for_selector("text=与记账一致")
    pool.click(".side button:text-is('核销')")
    pool.wait_for_selector("text=费用还没有核定，没有核销")
    assert not Axe().run(pool).response["violations"]

    purse = new_page()
    sign_in(purse, "caizhengnong")
    row = Application.objects.get(name="演示新项目")
    purse.goto(f"/farmland/applications/{row.pk}/")
    purse.click(".side button:text-is('核费')")
    confirm(new_page, "caizhengfuhe", purse.url)
    purse.goto(f"/farmland/applications/{row.pk}/")
    for kind, amount, number in (("in_reclamation", "352500", "票91"), ("in_compensation", "4700000.00", "票92")):
        purse.click("summary:has-text('登记缴费票据')")
        form = "form[action$='/ticket/'] "
        purse.select_option(form + "[name='kind']", kind)
        purse.fill(form + "[name='amount']", amount)
        purse.fill(form + "[name='ticket']", number)
        purse.click(form + "button")
    purse.wait_for_selector("td:has-text('4,700,000.00') >> nth=1")
    assert not Axe().run(purse).response["violations"]

    pool.goto(f"/farmland/applications/{row.pk}/")
    pool.click(".side button:text-is('核销')")
    pool.wait_for_selector("text=待第二人确认")
    confirm(new_page, "guizifuhe", pool.url)
    pool.goto(f"/farmland/applications/{row.pk}/")
    pool.wait_for_selector("h2:has-text('奖励')")
    assert [pool.locator(".f-taken").nth(n).inner_text() for n in range(1, 4)] == ["12.8400", "9.6600", "1.0000"]
    pool.goto("/farmland/")
    pool.click("button:has-text('从零重放核对')")
    pool.wait_for_selector("text=一致")
    assert pool.locator("svg.f-flow .f-link").count() > 8 and not Axe().run(pool).response["violations"]
    row.refresh_from_db()
    assert row.state == "posted"
    pay_a_reward(purse, new_page, row)


def confirm(new_page: Any, name: str, address: str) -> None:
    """Another of the office, on the page that the first one was led to."""
    second = new_page()
    sign_in(second, name)
    second.goto(address)
    assert not Axe().run(second).response["violations"]
    second.click("button:has-text('确认，办理')")
    second.wait_for_selector("text=已确认")
    second.close()


def pay_a_reward(purse: Any, new_page: Any, row: Application) -> None:
    """Decided by two for one lot and project, then paid by a voucher; 冲正 begins at its line."""
    purse.goto("/farmland/payable/")
    assert not Axe().run(purse).response["violations"]
    due = purse.locator("tr", has_text="演示新项目，十里堡-01").first
    due.locator("summary").click()
    due.locator("button:has-text('提出核定')").click()
    purse.wait_for_selector("text=待第二人确认")
    confirm(new_page, "caizhengfuhe", purse.url)
    purse.goto("/farmland/payable/")
    waiting = purse.locator("tr", has_text="演示新项目，十里堡-01").first
    waiting.locator("input[name='ticket']").fill("付91")
    waiting.locator("button:has-text('登记凭证')").click()
    purse.goto("/farmland/money/")
    line = purse.locator("tr", has_text="付91")
    assert "演示新项目" in line.inner_text()
    line.locator("text=冲正…").click()
    purse.wait_for_selector("text=重新待付")
    assert not Axe().run(purse).response["violations"]
    assert Warrant.objects.get(money__ticket="付91").entry.application == row
