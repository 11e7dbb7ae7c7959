"""耕地占补 in Chromium: an application, its reservation, fees and tickets by 区财政局, posted by 区规自分局, proved."""

from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe

from farmland.models import Application
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

    purse = new_page()
    sign_in(purse, "caizhengnong")
    row = Application.objects.get(name="演示新项目")
    purse.goto(f"/farmland/applications/{row.pk}/")
    purse.click(".side button:text-is('核费')")
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
    pool.wait_for_selector("h2:has-text('奖励')")
    assert [pool.locator(".f-taken").nth(n).inner_text() for n in range(1, 4)] == ["12.8400", "9.6600", "1.0000"]
    pool.goto("/farmland/")
    pool.click("button:has-text('从零重放核对')")
    pool.wait_for_selector("text=一致")
    assert pool.locator("svg.f-flow .f-link").count() > 8 and not Axe().run(pool).response["violations"]
    row.refresh_from_db()
    assert row.state == "posted"
