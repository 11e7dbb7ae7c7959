"""A form belongs to the post it was drawn for, comes without signs that nobody sees, and is done once."""

import re
from datetime import date

import pytest
from django.test import Client
from django.utils import timezone

from disclosure.models import Application
from farmland.models import Application as Quota
from miyun_kpi.accounts.models import Post, User
from miyun_kpi.acts.acting import acting
from miyun_kpi.lib.actors import SYSTEM, Actor
from miyun_kpi.organisations.models import Organisation
from miyun_kpi.web import once
from miyun_kpi.web.models import SentForm
from tests.clock import Day, dated
from tests.factories.rankings import BACKEND, person

pytestmark = pytest.mark.django_db
NEW = "/disclosure/applications/new/"
TYPED = {
    "received_on": Day(0),
    "way": "net",
    "applicant_kind": "natural",
    "applicant": "李某",
    "contact": "13800000000",
    "content": "某年某镇的水环境数据",
}


@pytest.fixture
def browser(gazette):
    """Somebody with a post in each of two bureaus, whose browser checks what it sends like a real one."""
    user = person("minzheng", "区民政局", "reporter")
    other = Organisation.objects.get(name="区水务局")
    Post.objects.create(user=user, organisation=other, role="reporter", title="", starts_on=date(2020, 1, 1))
    client = Client(enforce_csrf_checks=True)
    client.force_login(user, backend=BACKEND)
    return client


def drawn(client: Client, address: str = NEW, field: str = "content") -> dict[str, str]:
    """The hidden fields of the page's own form."""
    page = client.get(address).content.decode()
    form = next(part for part in page.split("<form")[1:] if f'name="{field}"' in part.split("</form>")[0])
    return dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', form.split("</form>")[0]))


def switch(client: Client, organisation: str) -> None:
    post = Post.objects.get(user__username="minzheng", organisation__name=organisation)
    token = drawn(client)["csrfmiddlewaretoken"]
    assert client.post("/accounts/switch-post/", {"post": post.pk, "csrfmiddlewaretoken": token}).status_code == 302


def test_a_page_that_was_drawn_for_another_post_does_nothing(browser):
    hidden = drawn(browser)
    switch(browser, "区水务局")
    answer = browser.post(NEW, hidden | dated(TYPED))
    assert answer.status_code == 409 and "您在别的窗口换了岗位" in answer.content.decode()
    assert not Application.objects.exists()
    switch(browser, "区民政局")
    assert browser.post(NEW, hidden | dated(TYPED)).status_code == 302
    assert Application.objects.get().organisation.name == "区民政局"


def test_a_page_of_a_post_that_has_ended_says_so(browser):
    hidden = drawn(browser)
    Post.objects.filter(pk=hidden["acting_post"]).update(revoked_on=timezone.localdate())
    answer = browser.post(NEW, hidden | dated(TYPED))
    said = answer.content.decode()
    assert answer.status_code == 409 and "打开这一页时的岗位已经收回或到期" in said and "换了岗位" not in said
    assert not Application.objects.exists()


def test_what_htmx_sends_from_another_post_does_nothing_either(browser):
    hidden = drawn(browser)
    del hidden["acting_post"]
    answer = browser.post(NEW, hidden | dated(TYPED), headers={"X-Acting-Post": "0"})
    assert answer.status_code == 409 and not Application.objects.exists()


def test_the_same_form_sent_again_is_done_once_and_leads_to_the_same_place(browser):
    hidden = drawn(browser)
    first = browser.post(NEW, hidden | dated(TYPED))
    again = browser.post(NEW, hidden | dated(TYPED) | {"kept": "anothermark1"})
    assert first.status_code == again.status_code == 302 and first["Location"] == again["Location"]
    assert Application.objects.count() == 1


def test_whose_answer_was_never_made_is_not_done_again(browser, monkeypatch):
    """The process ends after the act and before its answer: the form is claimed, and leads nowhere yet."""
    hidden = drawn(browser)
    monkeypatch.setattr(once.Claim, "led", lambda self, location: None)
    browser.post(NEW, hidden | dated(TYPED))
    monkeypatch.setattr(once, "ANSWERED_WITHIN", 0.1)
    again = browser.post(NEW, hidden | dated(TYPED))
    assert again.status_code == 409 and "没有再办一遍。请刷新看结果" in again.content.decode()
    assert Application.objects.count() == 1


def test_a_form_is_forgotten_after_ten_minutes(browser):
    hidden = drawn(browser)
    browser.post(NEW, hidden | dated(TYPED))
    kept = SentForm.objects.get()
    kept.sent_at -= once.KEPT
    kept.save()
    assert once.led_to(kept.key, timezone.now()) == ""
    assert browser.post(NEW, hidden | dated(TYPED)).status_code == 302 and Application.objects.count() == 2
    SentForm.objects.update(sent_at=kept.sent_at)
    browser.post(NEW, drawn(browser) | dated(TYPED))
    assert not SentForm.objects.filter(pk=kept.pk).exists() and SentForm.objects.count() == 1


def test_another_content_or_another_drawing_is_another_act(browser):
    hidden = drawn(browser)
    browser.post(NEW, hidden | dated(TYPED))
    browser.post(NEW, hidden | dated(TYPED) | {"content": "另一年某镇的水环境数据"})
    browser.post(NEW, drawn(browser) | dated(TYPED))
    assert Application.objects.count() == 3


def test_what_was_refused_may_be_sent_again(browser):
    hidden = drawn(browser)
    assert browser.post(NEW, hidden | dated(TYPED) | {"content": ""}).status_code == 422
    assert browser.post(NEW, hidden | dated(TYPED) | {"content": ""}).status_code == 422
    assert browser.post(NEW, hidden | dated(TYPED)).status_code == 302


def test_signs_that_nobody_sees_do_not_arrive_but_a_password_is_as_typed(browser):
    assert (
        browser.post(
            NEW, drawn(browser) | dated(TYPED) | {"content": "某\u200b年\u202e的\x01数\x1f据\x85\ufeff第\u00ad一份"}
        ).status_code
        == 302
    )
    assert Application.objects.get().content == "某年的数据第一份"
    user = User.objects.get(username="minzheng")
    user.set_password("pass\u200bword-long")
    user.save()
    client = Client()
    answer = client.post("/sign-in/", {"username": "min\u200bzheng", "password": "pass\u200bword-long"})
    assert answer.status_code == 302


@pytest.fixture
def pool_office(gazette):
    client = Client(enforce_csrf_checks=True)
    client.force_login(person("guizi", "区规自分局", "register_office"), backend=BACKEND)
    return client


QUOTA = "/farmland/applications/new/"
ASKED_FOR = {
    "name": "丙项目",
    "applicant": "某公司",
    "investor": "social",
    "commercial": "yes",
    "district_pays": "no",
    "public": "no",
    "town": "十里堡",
    "area": "23.5",
    "approval_number": "密政批9号",
    "approval_on": "2020-01-05",
}


def test_a_form_whose_act_was_undone_is_not_answered_as_done(pool_office):
    """Sent again from the page that still stands open: told what happened since; the next press acts."""
    form = drawn(pool_office, QUOTA, "area") | ASKED_FOR
    led = pool_office.post(QUOTA, form)["Location"]
    (row,) = Quota.objects.all()
    assert pool_office.post(QUOTA, form)["Location"] == led, "while it stands, it was done"
    hidden = drawn(pool_office, led, "reason")
    address = f"/farmland/applications/{row.pk}/act/strike/"
    assert pool_office.post(address, hidden | {"reason": "登记错了，重来"}).status_code == 302
    again = pool_office.post(QUOTA, form)
    page = again.content.decode()
    assert again.status_code == 409 and "已经办过" in page and "又有“撤销指标使用申请”（" in page
    assert f"{row.number}" in page and "），没有再办一遍" in page
    assert 'value="23.5"' in page and Quota.objects.count() == 1
    token = re.findall(r'name="csrfmiddlewaretoken" value="([^"]*)"', page)[-1]
    assert pool_office.post(QUOTA, form | {"csrfmiddlewaretoken": token}).status_code == 302
    assert Quota.objects.count() == 2


def test_what_was_only_read_since_or_done_by_the_server_stands(browser):
    form = drawn(browser) | dated(TYPED)
    led = browser.post(NEW, form)["Location"]
    thing = f"application:{Application.objects.get().pk}"
    with acting(Actor(label="某人", user_id=1), timezone.now()) as act:
        act.record("disclosure.applicant.shown", thing, reason="核对申请人")
    with acting(SYSTEM, timezone.now()) as act:
        act.record("disclosure.application.changed", thing, act="提醒")
    assert browser.post(NEW, form)["Location"] == led and Application.objects.count() == 1


def test_whose_answer_was_never_made_says_what_happened_since_too(browser, monkeypatch):
    form = drawn(browser) | dated(TYPED)
    monkeypatch.setattr(once.Claim, "led", lambda self, location: None)
    browser.post(NEW, form)
    with acting(Actor(label="某人", user_id=1), timezone.now()) as act:
        act.record("disclosure.application.changed", f"application:{Application.objects.get().pk}", act="撤回")
    page = browser.post(NEW, form).content.decode()
    assert "已经办过" in page and "没有再办一遍" in page and Application.objects.count() == 1
