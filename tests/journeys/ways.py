"""Twenty ways of losing what is typed into a form (decision 0114).

The night goes every way on every form (night_lost_text.py), the suite some of them (test_lost_text.py). What is sealed is
never in the browser: where the server cannot be reached, the page says that it must not be closed.
"""

from collections.abc import Callable
from typing import Any

from miyun_kpi.accounts.models import User
from miyun_kpi.drafts.models import Draft
from tests.journeys.stage import KEPT, Form, Stage
from tests.journeys.test_ranking import PASSWORD

OTHER = "shuiwu"
UNSAVED = "#draft-state:has-text('草稿未保存')"


def reloaded_at_once(stage: Stage) -> None:
    stage.write()
    stage.page.reload()


def reloaded(stage: Stage) -> None:
    stage.write()
    stage.saved()
    stage.page.reload()


def back_and_forth(stage: Stage) -> None:
    stage.page.goto("/inbox/")
    stage.open()
    stage.write()
    stage.page.go_back()
    stage.page.wait_for_load_state("load")
    stage.open()


def a_link_is_clicked(stage: Stage) -> None:
    stage.write()
    stage.page.click("a.brand")
    stage.page.wait_for_url("**/")
    stage.open()


def the_tab_is_closed(stage: Stage) -> None:
    stage.write()
    stage.saved()
    stage.another_tab()
    stage.open()


def the_tab_is_closed_at_once(stage: Stage) -> None:
    stage.write()
    stage.another_tab()
    stage.open()


def power_is_lost(stage: Stage) -> None:
    stage.write()
    stage.saved()
    stage.page.context.close()
    stage.page = stage.new_page()
    stage.door(stage.page, stage.form.who)
    stage.open()


def elsewhere(stage: Stage) -> None:
    stage.write()
    stage.saved()
    stage.page = stage.new_page()
    stage.door(stage.page, stage.form.who)
    stage.open()


def signed_out_at_once(stage: Stage) -> None:
    stage.write()
    stage.page.locator("form[action='/sign-out/']").evaluate("(form) => form.requestSubmit()")
    stage.page.wait_for_selector("h2:has-text('登录')")
    assert stage.readable() == []
    stage.door(stage.page, stage.form.who)
    stage.open()


def session_over_before_the_button(stage: Stage) -> None:
    stage.write()
    stage.saved()
    stage.end_session()
    stage.press()
    stage.page.wait_for_selector("h2:has-text('登录')")
    stage.door(stage.page, stage.form.who)
    stage.open()


def session_over_while_typing(stage: Stage) -> None:
    stage.end_session()
    stage.write()
    stage.page.wait_for_selector("#expired:has-text('登录已过期，登录后接着存')")
    with stage.page.context.expect_page() as opened:
        stage.page.click("#expired a:has-text('在新页登录')")
    stage.door(opened.value, stage.form.who)
    stage.page.click("#expired button:has-text('已登录，接着存')")
    stage.saved()
    assert stage.readable() == [], "what is sent is not in the browser"
    stage.another_tab()
    stage.open()


def session_over_and_the_tab_left(stage: Stage) -> None:
    stage.end_session()
    stage.write()
    stage.page.wait_for_selector(UNSAVED)
    _left_without_the_server(stage)
    stage.door(stage.page, stage.form.who)
    stage.open()


def _left_without_the_server(stage: Stage) -> None:
    """What is sealed stays on the page alone, which says so."""
    if stage.form.sealed:
        stage.page.wait_for_selector("#expired:has-text('不留在浏览器里，先不要关')")
    assert stage.readable() == list(stage.form.fields.values())
    stage.unkept = bool(stage.form.sealed)
    stage.another_tab()
    stage.page.goto("/sign-in/")


def no_network(stage: Stage) -> None:
    stage.page.context.set_offline(True)
    stage.write()
    stage.press()
    stage.page.wait_for_selector("#expired:has-text('没有发出，未保存：没有网络')")
    stage.page.context.set_offline(False)
    # Back by itself, without a press.
    stage.saved()
    stage.another_tab()
    stage.open()


def no_network_and_the_tab_closed(stage: Stage) -> None:
    stage.page.context.set_offline(True)
    stage.write()
    stage.page.wait_for_selector(UNSAVED)
    context = stage.page.context
    if stage.form.sealed:
        stage.page.wait_for_selector("#expired:has-text('不留在浏览器里，先不要关')")
    assert stage.readable() == list(stage.form.fields.values())
    stage.unkept = bool(stage.form.sealed)
    stage.another_tab()
    context.set_offline(False)
    stage.open()


def the_server_breaks(stage: Stage) -> None:
    stage.write()
    _answered(stage, 500)
    stage.open()


def _answered(stage: Stage, status: int) -> None:
    said = {"status": status, "body": "没有办成", "content_type": "text/html; charset=utf-8"}
    stage.page.route("**/*", lambda r: r.fulfill(**said) if _is_post_of_form(r) else r.fallback())
    stage.press()
    stage.page.wait_for_selector("text=没有办成")
    stage.page.unroute("**/*")


def the_line_breaks_under_the_form(stage: Stage) -> None:
    stage.write()
    stage.page.route("**/*", lambda r: r.abort() if _is_post_of_form(r) else r.fallback())
    with stage.page.expect_event("requestfailed", lambda one: one.method == "POST" and "/drafts/" not in one.url):
        stage.press()
    stage.page.unroute("**/*")
    stage.open()


def _is_post_of_form(route: Any) -> bool:
    return bool(route.request.method == "POST" and "/drafts/" not in route.request.url)


def drafts_are_refused(stage: Stage) -> None:
    stage.page.route("**/drafts/**", lambda r: r.fulfill(status=500, body=""))
    stage.write()
    stage.page.wait_for_selector("#expired:has-text('未保存：服务器没有办成这一步')")
    stage.page.unroute("**/drafts/**")
    if stage.form.sealed:
        stage.page.click("#expired button:has-text('再存一次')")
        stage.saved()
    stage.page.reload()


def refused_and_left(stage: Stage) -> None:
    stage.write()
    _answered(stage, 422)
    stage.page.goto("/inbox/")
    stage.open()


def two_windows(stage: Stage) -> None:
    """The other window's text is offered beside this one's, and none is written over."""
    stage.write()
    stage.saved()
    other = stage.open(stage.page.context.new_page())
    other.wait_for_selector("#kept button")
    where, word = stage.form.first, "7.25" if "area" in stage.form.first else "第二个窗口的"
    stage.write({where: word}, other)
    stage.saved(other)
    other.close()
    stage.another_tab()
    stage.open()
    stage.page.wait_for_selector("#kept section >> nth=1")
    # The younger one first; what then stands in the field is shown beside it, to be copied.
    stage.page.locator("#kept button:text-is('放回')").first.click()
    assert stage.page.locator(where).first.input_value() == word
    stage.page.locator("#kept button:text-is('放回')").first.click()
    assert stage.texts[where] in stage.page.inner_text("#kept")
    stage.write({where: stage.texts[where]})


def another_signs_in_between(stage: Stage) -> None:
    """A types, the session ends, B signs in here: nothing offered, nothing readable. A signs in again: offered."""
    stage.write()
    stage.saved()
    stage.end_session()
    stage.page.goto("/sign-in/")
    stage.door(stage.page, OTHER)
    for address in ("/", stage.address):
        stage.page.goto(address)
        stage.page.wait_for_load_state("load")
        stage.page.wait_for_timeout(300)
        assert stage.page.locator("#kept section").count() == 0 and stage.readable() == []
    stage.page.context.clear_cookies()
    stage.page.goto("/sign-in/")
    stage.door(stage.page, stage.form.who)
    stage.open()


def storage_is_forbidden(stage: Stage) -> None:
    forbid = "Storage.prototype.setItem = function () { throw new DOMException('full', 'QuotaExceededError'); };"
    stage.page.add_init_script(forbid)
    stage.open()
    stage.write()
    stage.saved()
    stage.page.reload()


WAYS: list[Callable[[Stage], None]] = [
    reloaded_at_once,
    reloaded,
    back_and_forth,
    a_link_is_clicked,
    the_tab_is_closed,
    the_tab_is_closed_at_once,
    power_is_lost,
    elsewhere,
    signed_out_at_once,
    session_over_before_the_button,
    session_over_while_typing,
    session_over_and_the_tab_left,
    no_network,
    no_network_and_the_tab_closed,
    the_server_breaks,
    the_line_breaks_under_the_form,
    drafts_are_refused,
    refused_and_left,
    two_windows,
    another_signs_in_between,
    storage_is_forbidden,
]


def let_in(*names: str) -> None:
    for name in names:
        user = User.objects.get(username=name)
        user.set_password(PASSWORD)
        user.save()


def go(new_page: Callable[..., Any], form: Form, way: Callable[[Stage], None]) -> None:
    """One way on one form, from nothing."""
    Draft.objects.all().delete()
    stage = Stage(new_page, form)
    way(stage)
    stage.found()
    leaked = [text for text in form.sealed.values() if text in stage.page.evaluate(KEPT)]
    assert leaked == [], "what is sealed is never in the browser"
    stage.page.context.close()
