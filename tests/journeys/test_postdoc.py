"""博士后 in Chromium: somebody enters, the subsidy is asked for, reviewed, paid to the unit and passed on to the person."""

from datetime import date, timedelta
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe

from postdoc.models import Application, Station, Stay
from postdoc.rules.calendar import last_day
from tests.journeys.test_ranking import sign_in

pytestmark = pytest.mark.browser


def test_from_the_entry_to_the_money_in_hand(live_demo: None, new_page: Any) -> None:
    today, station = date.today(), Station.objects.get()
    # A month can be asked for once it is complete.
    entered = today - timedelta(days=40)
    unit = new_page()
    sign_in(unit, "yuanqu")
    unit.goto("/postdoc/")
    assert not Axe().run(unit).response["violations"]
    unit.goto(f"/postdoc/stations/{station.pk}/enter/")
    for name, value in (
        ("name", "陈某某"),
        ("document_number", "E55667788"),
        ("born_on", "1992-02-03"),
        ("approval", "京博〔2020〕9号"),
        ("entered_on", entered.isoformat()),
        ("ends_on", last_day(entered, 24).isoformat()),
        ("project", "水源保护"),
        ("flow_station", "某大学"),
        ("station_mentor", "导师某"),
        ("agreement_on", entered.isoformat()),
        ("degree_on", (entered - timedelta(days=60)).isoformat()),
    ):
        unit.fill(f"[name='{name}']", value)
    # The approval lies forty days back: it is 补登, with its paper.
    unit.click("summary:has-text('补登')")
    unit.fill("[name='late_source']", "京博〔2020〕9号")
    unit.fill("[name='late_reason']", "批准文件上周才转到本单位")
    for name, label in (("document_kind", "护照"), ("station_mentor_title", "正高级"), ("standing", "应届博士毕业生")):
        unit.select_option(f"[name='{name}']", label=label)
    unit.click("button:has-text('登记进站')")
    unit.wait_for_selector("text=不符合进站条件")
    assert unit.input_value("[name='name']") == "陈某某"
    unit.check("[name='upright']")
    unit.click("button:has-text('登记进站')")
    unit.wait_for_selector("h1:has-text('陈**')")
    assert "陈某某" not in unit.content() and not Axe().run(unit).response["violations"]
    row = Stay.objects.latest("pk")

    unit.goto("/postdoc/applications/")
    unit.click(f"tr:has-text('第 {row.number} 号 陈**') >> text=申报")
    unit.wait_for_selector("button:has-text('报送区人社局')")
    for box in unit.query_selector_all("[name='materials']"):
        box.check()
    unit.click("button:has-text('报送区人社局')")
    unit.wait_for_selector("text=待区人社局审核")
    asked = Application.objects.latest("pk")

    treasury = new_page()
    sign_in(treasury, "caizheng")
    treasury.goto("/postdoc/money/")
    for name, value in (("amount", "500000"), ("document", "预算批复"), ("on", today.isoformat())):
        treasury.fill(f"[name='{name}']", value)
    treasury.click("button:has-text('提出录入预算')")
    treasury.wait_for_selector("text=待第二人确认")
    second = new_page()
    sign_in(second, "caizheng2")
    second.goto("/")
    second.click("a:has-text('录入博士后专项经费预算')")
    second.click("button:has-text('确认，办理')")
    second.wait_for_selector("text=已确认")
    treasury.goto("/postdoc/money/")
    treasury.wait_for_selector("text=500,000.00")

    office = new_page()
    sign_in(office, "renshe")
    office.goto("/")
    office.click(f"a:has-text('在站生活补贴：申报第 {asked.number} 号')")
    office.select_option("[name='decision']", label="通过")
    office.click("button:has-text('提交审核结论')")
    office.wait_for_selector("text=待区财政局拨付")

    for page, label in ((treasury, "区财政局拨付"), (unit, "拨付给本人")):
        page.goto(f"/postdoc/applications/{asked.pk}/")
        # Sum and payee follow from the approval: the voucher is all that is typed.
        page.select_option("[name='kind']", label=label)
        page.fill("[name='proof']", "凭9")
        if label == "拨付给本人":
            page.fill("[name='note_text']", "核定免缴个人所得税")
        page.click("button:has-text('登记这一笔')")
        page.wait_for_selector(f"tbody >> text={label}")
    asked.refresh_from_db()
    assert asked.received == asked.passed == asked.amount

    office.goto(f"/postdoc/stays/{row.pk}/")
    office.click("summary:has-text('查看个人信息')")
    office.fill("#look-reason", "核对拨付账号")
    office.click("button:has-text('查看一次')")
    office.wait_for_selector("text=E55667788")
    office.goto(f"/postdoc/stays/{row.pk}/")
    assert "E55667788" not in office.content()
