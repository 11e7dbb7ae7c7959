"""Administration and the desk in Chromium: accessible, inside the screen, and one person's way to the first desk."""

import pytest
from axe_playwright_python.sync_playwright import Axe

from miyun_kpi.accounts.enums import Role
from miyun_kpi.accounts.models import Post
from miyun_kpi.audit.models import AuditEntry
from miyun_kpi.inbox.services import Message, send
from tests.accounts.people import AT, PASSWORD, person, unit
from tests.factories.tokens import issue_token

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
PAGES = {
    "guan": ("/accounts/people/", "/accounts/people/new/", "/accounts/people/jing/account/"),
    "an": ("/accounts/posts/", "/accounts/portfolios/", "/accounts/locks/", "/accounts/tokens/"),
    "shen": ("/audit/", "/audit/{entry}/"),
    "jing": ("/", "/inbox/", "/inbox/week/", "/accounts/me/", "/accounts/password/"),
}


@pytest.fixture
def people(transactional_db, gazette):
    """One of each, a notice, an issued token, and so something in every list."""
    person("guan", Role.SYSTEM_ADMIN)
    person("an", Role.SECURITY_ADMIN)
    person("shen", Role.AUDITOR, "区审计局")
    person("jing", Role.EVALUATOR, "区水务局")
    issue_token(client="平台", organisation=unit(), role=Role.EVALUATOR, at=AT)
    send([Message("k", unit().pk, "打分表已开启", "请按时报送。", url="/", clause="13·附件4·4")], at=AT)


def sign_in(page, username, password=PASSWORD):
    page.goto("/sign-in/")
    page.fill("#username", username)
    page.fill("#password", password)
    page.click("button:has-text('登录')")
    return page


def problems(page):
    found = Axe().run(page, options={"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "best-practice"]})
    return [f"{one['id']}: {n['html'][:200]}" for one in found.response["violations"] for n in one["nodes"]]


@pytest.mark.parametrize(("width", "height"), [(1366, 640), (390, 844)])
@pytest.mark.parametrize("username", PAGES)
def test_every_page_passes_axe_and_does_not_scroll_sideways(people, new_page, username, width, height):
    page = sign_in(new_page(width=width, height=height), username)
    # Entries are numbered where the sequence of the database stands.
    entry = AuditEntry.objects.order_by("seq").values_list("seq", flat=True)[0]
    for address in (one.format(entry=entry) for one in PAGES[username]):
        assert page.goto(address).status == 200
        assert problems(page) == [], address
        assert page.evaluate("document.documentElement.scrollWidth") <= width, address


def test_from_a_new_account_to_its_first_desk(people, new_page):
    admin = sign_in(new_page(), "guan")
    admin.click("a:has-text('账号') >> nth=-1")
    admin.goto("/accounts/people/new/")
    admin.fill("#id_username", "liuyi")
    admin.fill("#id_display_name", "刘一")
    admin.click("button:has-text('建立账号')")
    first = admin.inner_text("#secret")

    security = sign_in(new_page(), "an")
    security.click("a:has-text('核实后放行')")
    security.click("button:has-text('放行')")
    second = security.inner_text("#secret")
    security.click("nav a:text-is('岗位')")
    security.fill("#id_username", "liuyi")
    security.fill("#id_organisation", "区水务局")
    security.select_option("#id_role", Role.AUDITOR)
    security.fill("#id_ends_on", "2020-01-01")
    security.click("button:has-text('授予岗位')")
    assert "结束日期不能早于开始日期" in security.inner_text(".say-refused")
    assert security.input_value("#id_username") == "liuyi"
    security.fill("#id_ends_on", "")
    security.select_option("#id_role", Role.EVALUATOR)
    security.click("button:has-text('授予岗位')")
    security.wait_for_selector("h1:has-text('区水务局 · 考评经办')")

    new = new_page()
    new.goto("/sign-in/")
    new.click("a:has-text('用激活码设置密码')")
    for box, typed in (("username", "liuyi"), ("first", first), ("second", second)):
        new.fill(f"#id_{box}", typed)
    new.fill("#id_new", "Grand-Canal-77")
    new.fill("#id_again", "Grand-Canal-77")
    new.click("button:has-text('设置密码')")
    sign_in(new, "liuyi", "Grand-Canal-77")
    new.wait_for_selector("h1:text-is('我的工作台')")
    while new.locator("button:has-text('标为已读')").count():
        new.locator("button:has-text('标为已读')").first.click()
        new.wait_for_load_state()
    assert new.locator(".notices .unread").count() == 0
    assert Post.objects.filter(user__username="liuyi", role=Role.EVALUATOR).count() == 1


def test_a_double_click_grants_once_and_hands_over_once(people, new_page):
    person("jie")
    page = sign_in(new_page(), "an")
    page.goto(f"/accounts/posts/{Post.objects.get(user__username='jing').pk}/")
    page.fill("#id_to", "jie")
    page.fill("#id_first_day", "2099-01-01")
    page.dblclick("button:has-text('交接岗位')")
    page.wait_for_selector("h1:has-text('区水务局 · 考评经办')")
    assert Post.objects.filter(user__username="jie").count() == 1
