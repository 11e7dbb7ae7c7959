"""Ways of losing what is typed, each on one of ten forms; every way on every form in the night (night_lost_text.py)."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.journeys import ways
from tests.journeys.stage import FORMS, Form, Stage
from tests.journeys.ways import OTHER, go, let_in

pytestmark = pytest.mark.browser
# Those that differ most in what they go through.
SHORT: tuple[tuple[Callable[[Stage], None], str], ...] = (
    (ways.reloaded_at_once, "重大隐患"),
    (ways.the_tab_is_closed, "依申请公开"),
    (ways.power_is_lost, "进站"),
    (ways.signed_out_at_once, "机构"),
    (ways.session_over_while_typing, "危险源"),
    (ways.no_network_and_the_tab_closed, "水案"),
    (ways.the_server_breaks, "占补立项"),
    (ways.refused_and_left, "绿色企业"),
    (ways.two_windows, "加减分"),
    (ways.another_signs_in_between, "自查报告"),
)


def test_no_way_loses_what_is_typed(live_demo: None, new_page: Callable[..., Any]) -> None:
    assert {name for _, name in SHORT} == set(FORMS)
    let_in(OTHER, *(form.who for form in FORMS.values()))
    for way, name in SHORT:
        go(new_page, FORMS[name], way)


def test_what_is_not_written_back_is_found_missing(live_demo: None, new_page: Callable[..., Any]) -> None:
    """The control: a page without the keeper loses it, and the look at it says so."""
    form = Form(FORMS["机构"].who, FORMS["机构"].address, FORMS["机构"].fields)
    let_in(form.who)

    def without(stage: Stage) -> None:
        stage.page.context.set_default_timeout(10_000)
        stage.page.route("**/keep*.js", lambda route: route.fulfill(body="", content_type="text/javascript"))
        stage.open()
        stage.write()
        stage.page.reload()

    with pytest.raises(Exception, match="Timeout"):
        go(new_page, form, without)
