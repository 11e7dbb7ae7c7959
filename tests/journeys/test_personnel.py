"""人事 in Chromium: a notice drafted line by line, issued by a second person, read by everybody; a wrong name is told."""

from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.utils import timezone

from personnel.models import Notice
from tests.factories.rankings import person
from tests.journeys.test_ranking import sign_in

pytestmark = pytest.mark.browser


def test_a_notice_from_the_first_line_to_its_issue(live_demo: None, new_page: Any) -> None:
    one, two, unit = new_page(), new_page(), new_page()
    sign_in(one, "renshi")
    one.goto("/personnel/?on=2020-07-06")
    assert not Axe().run(one).response["violations"]
    one.click("text=任免通知 >> nth=0")
    one.fill("#meeting", "区政府第90次常务会议")
    one.click("button:has-text('拟一份通知')")
    for kind, who, where, title in (
        ("remove", "李志新", "区文旅局", "副局长"),
        ("appoint", "李志新", "区体育局", "副局长"),
        ("appoint", "张艳", "区生态环境综合执法大队", "队长"),
    ):
        one.select_option("[name='kind']", kind)
        one.fill("[name='person']", who)
        one.fill("[name='organisation']", where)
        one.fill("[name='title']", title)
        one.click("button:has-text('加上')")
        if who == "张艳":
            # Known from 16号: asked whether it is the same person, with everything typed still there.
            one.wait_for_selector("text=请先答“同一人？”")
            assert one.input_value("[name='title']") == title
            one.select_option("[name='same']", "yes")
            one.click("button:has-text('加上')")
        one.wait_for_selector(f"th:has-text('{who}')")
    said = one.inner_text("main")
    assert "李志新由区文旅局副局长转任区体育局副局长" in said and "不能印发" in said
    assert not Axe().run(one).response["violations"]
    one.click("[aria-label^='删去张艳']")
    one.wait_for_selector("text=不能印发", state="detached")
    one.click("button:has-text('送审，')")
    one.wait_for_selector("text=由您拟稿或送审，请另一位同事登记")
    address = one.url

    # A reporter of 区水务局 sees nothing of it yet.
    person("shuiwu9", "区水务局", "reporter")
    sign_in(unit, "shuiwu9")
    assert unit.goto(address).status == 404

    sign_in(two, "renshi2")
    two.goto("/")
    two.click("a:has-text('印发') >> nth=0")
    number = f"密政发〔{timezone.localdate().year}〕90号"
    two.fill("[name='number']", number)
    two.click("button:has-text('印发') >> nth=0")
    two.wait_for_selector(f"text={number}")
    assert Notice.objects.get(number=number).acts.count() == 2
    assert "李志新同志任区体育局副局长；" in two.inner_text("main")

    unit.goto(address)
    assert "免去李志新同志区文旅局副局长职务。" in unit.inner_text("main")
