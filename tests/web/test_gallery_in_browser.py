"""The galleries in Chromium: accessible, inside the screen, and the script of every page at work."""

import pytest
from axe_playwright_python.sync_playwright import Axe

pytestmark = [pytest.mark.browser, pytest.mark.urls("tests.web.gallery_urls"), pytest.mark.django_db(transaction=True)]


def problems(page):
    found = Axe().run(page, options={"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "best-practice"]})
    return [
        f"{one['id']}: {node['html'][:160]} {node.get('failureSummary', '')[:200]}"
        for one in found.response["violations"]
        for node in one["nodes"]
    ]


@pytest.mark.parametrize(
    "address", ["/gallery/matrix/", "/gallery/states/", "/gallery/reading/", "/sign-in/", "/nowhere/"]
)
@pytest.mark.parametrize(("width", "height"), [(1366, 640), (390, 844)])
def test_pages_pass_axe_and_do_not_scroll_sideways(new_page, address, width, height):
    page = new_page(width=width, height=height)
    page.goto(address)
    found = problems(page)
    assert not found, "\n".join(found)
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_slash_searches_and_question_mark_opens_the_keys_unless_one_is_typing(page):
    page.goto("/gallery/matrix/")
    page.keyboard.press("/")
    assert page.evaluate("document.activeElement.id") == "search"
    page.keyboard.type("a?")
    assert page.input_value("#search") == "a?" and page.is_hidden("#keys")
    page.keyboard.press("Escape")
    page.keyboard.press("?")
    assert page.is_visible("#keys")
    page.keyboard.press("Escape")
    assert page.is_hidden("#keys")


def test_the_first_stop_jumps_to_the_table(page):
    page.goto("/gallery/matrix/")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "跳到表格"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "table"


def test_rows_keep_their_height_in_every_state(page):
    page.goto("/gallery/matrix/")
    heights = page.eval_on_selector_all(
        ".matrix tbody tr", "rows => rows.map(r => Math.round(r.getBoundingClientRect().height))"
    )
    assert len(heights) == 21 and set(heights) == {24}


def test_the_dock_stays_on_the_screen_while_the_table_scrolls(page):
    page.goto("/gallery/matrix/")
    for scroll in (0, 200):
        page.evaluate(f"window.scrollTo(0, {scroll})")
        box = page.locator(".dock-bar").bounding_box()
        assert box["y"] + box["height"] <= 640
    assert page.locator(".matrix thead th").first.bounding_box()["y"] == 0


def test_an_expired_sign_in_keeps_what_was_typed_and_sends_it_again(page):
    answers = iter([(401, "登录已过期。"), (200, "")])
    page.route("**/save/", lambda route: (lambda a: route.fulfill(status=a[0], body=a[1]))(next(answers)))
    page.goto("/gallery/matrix/")
    page.evaluate(
        """() => { const i = document.querySelector('.matrix tr.is-blank input'); i.id = 'cell'; i.name = 'value';
        i.setAttribute('hx-post', '/save/'); i.setAttribute('hx-trigger', 'change'); i.setAttribute('hx-swap', 'none'); htmx.process(i); }"""
    )
    page.fill("#cell", "88.5")
    page.locator("#cell").blur()
    page.wait_for_selector("#expired:not([hidden])")
    assert "没有保存" in page.inner_text("#expired")
    assert page.input_value("#cell") == "88.5"
    with page.expect_request("**/save/") as sent:
        page.click("text=已登录，再存一次")
    assert "value=88.5" in (sent.value.post_data or "")
    assert page.is_hidden("#expired")


def test_print_hides_the_bars_and_keeps_the_notice(page):
    page.goto("/gallery/states/")
    page.emulate_media(media="print")
    assert page.is_hidden(".topbar") and page.is_hidden(".side") and page.is_visible(".print-notice")
    assert page.is_visible(".watermark")
