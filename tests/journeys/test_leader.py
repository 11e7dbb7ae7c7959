"""A district leader in Chromium through a quarter and the year: the map of reports, a trial, a 得分明细, the plan, the sealed form."""

from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.utils import timezone

from evaluation.models import LeaderTally, Scheme
from evaluation.year.services.leader_survey import open_survey
from tests.evaluation.conftest import actor_named
from tests.journeys.test_ranking import sign_in

pytestmark = pytest.mark.browser


def test_a_leader_looks_and_fills_the_form_that_nobody_reads(live_demo: None, page: Any) -> None:
    scheme = Scheme.objects.get(track="township")
    open_survey(
        actor=actor_named("zhengfuban1"),
        scheme_id=scheme.pk,
        items="履职成效 100",
        basis="区政府办工作安排",
        due_on=timezone.localdate(),
        at=timezone.now(),
    )
    sign_in(page, "lingdao")
    page.goto("/evaluation/tracking/heat-map/")
    page.click("a:has-text('北庄镇') >> nth=0")
    page.wait_for_selector("h1:has-text('北庄镇')")
    page.goto("/evaluation/rankings/")
    page.click("main a:has-text('2020年第二季度') >> nth=0")
    page.goto(f"/evaluation/year-end/2020/{scheme.track}/plan/")
    assert not Axe().run(page).response["violations"]
    page.goto(f"/evaluation/year-end/2020/{scheme.track}/effect/")
    assert "任何岗位" in page.inner_text("main")
    page.locator("tr:has-text('北庄镇') input").fill("101")
    page.click("button:has-text('提交并封存')")
    page.wait_for_selector("[aria-invalid=true]")
    assert page.locator("tr:has-text('北庄镇') input").input_value() == "101", "what was typed stays"
    page.locator("tr:has-text('北庄镇') input").fill("91.5")
    page.click("button:has-text('提交并封存')")
    page.wait_for_selector("text=已封存")
    assert "91.5" not in page.inner_text("main")
    assert LeaderTally.objects.get(survey__scheme=scheme, organisation__name="北庄镇").forms == 1
