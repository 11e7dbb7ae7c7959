"""Before a merger in Chromium: what goes along is listed as soon as a unit is chosen; and a record is handed over."""

from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe

from miyun_kpi.registers.models import Record
from tests.factories.rankings import person
from tests.journeys.test_ranking import sign_in

pytestmark = pytest.mark.browser


def fits_a_phone(page: Any) -> None:
    """No cell is cut off at the right; a page that scrolls inside a box would hide what to do."""
    page.set_viewport_size({"width": 390, "height": 844})
    rights = (
        "[...document.querySelectorAll('main td, main dd, main input')].map(one => one.getBoundingClientRect().right)"
    )
    widest = max(page.evaluate(rights))
    assert widest <= 390
    page.set_viewport_size({"width": 1366, "height": 768})


def test_what_goes_along_is_listed_and_a_record_changes_hands(live_demo: None, new_page: Any) -> None:
    person("xitong9", "区财政局", "system_admin")
    one = new_page()
    sign_in(one, "xitong9")
    one.goto("/organisations/tuiyijunren-ju/merge/")
    one.select_option("[name='merged']", label="区民政局")
    one.wait_for_selector("text=区民政局名下的事项")
    assert not Axe().run(one).response["violations"]
    fits_a_phone(one)
    row = Record.objects.filter(kind="safety.hazards", stage="working", struck_at__isnull=True).first()
    assert row is not None and row.owner is not None
    two = new_page()
    sign_in(two, "anwei")
    two.goto(f"/safety/records/hazards/{row.pk}/")
    two.click("summary:has-text('移交')")
    two.fill("[name='to']", "太师屯镇")
    two.fill("form[action$='hand-over/'] [name='reason']", "库区划归太师屯镇管")
    assert not Axe().run(two).response["violations"]
    fits_a_phone(two)
    two.click("form[action$='hand-over/'] button")
    two.wait_for_selector("text=起移交给太师屯镇")
    row.refresh_from_db()
    assert row.owner.name == "太师屯镇"
