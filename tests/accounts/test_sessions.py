from datetime import timedelta
from unittest import mock

import pytest
import time_machine
from django.contrib.sessions.backends.db import SessionStore
from django.contrib.sessions.models import Session
from django.urls import NoReverseMatch, URLPattern, URLResolver, get_resolver, reverse

from tests.accounts.people import AT

pytestmark = pytest.mark.django_db
PAGE = "/accounts/me/"


@pytest.fixture
def clock():
    with time_machine.travel(AT, tick=False) as traveller:
        yield traveller


def test_after_half_an_hour_without_a_request_one_is_signed_out(clock, marker, signed_in):
    client = signed_in(marker)
    assert client.get(PAGE).status_code == 200
    clock.shift(timedelta(minutes=30))
    assert client.get(PAGE).status_code == 200
    clock.shift(timedelta(minutes=30, seconds=1))
    answer = client.get(PAGE + "?a=1")
    assert (answer.status_code, answer["Location"]) == (302, "/sign-in/?next=/accounts/me/%3Fa%3D1")
    assert "_auth_user_id" not in client.session


def test_after_ten_hours_one_is_signed_out_however_busy(clock, marker, signed_in):
    client = signed_in(marker)
    for _ in range(30):
        assert client.get(PAGE).status_code == 200
        clock.shift(timedelta(minutes=20))
    assert client.get(PAGE).status_code == 200, "exactly ten hours"
    clock.shift(timedelta(seconds=1))
    assert client.get(PAGE).status_code == 302


def test_the_time_last_seen_is_written_at_most_once_a_minute(clock, marker, signed_in):
    client = signed_in(marker)
    client.get(PAGE)
    save = SessionStore.save
    with mock.patch.object(SessionStore, "save", autospec=True, side_effect=save) as written:
        for _ in range(59):
            clock.shift(timedelta(seconds=1))
            client.get(PAGE)
        assert written.call_count == 0
        clock.shift(timedelta(seconds=1))
        client.get(PAGE)
        client.get(PAGE)
        assert written.call_count == 1


def test_a_fragment_without_a_session_is_told_where_to_sign_in_and_keeps_the_page(client, db):
    answer = client.get(PAGE, headers={"HX-Request": "true"})
    assert (answer.status_code, answer["X-Sign-In"]) == (401, "/sign-in/")
    assert "内容仍在页面上" in answer.content.decode()


def test_a_disabled_account_is_out_at_its_next_request(marker, signed_in):
    client = signed_in(marker)
    marker.is_active = False
    marker.save()
    assert client.get(PAGE).status_code == 302


def pages(resolver=None, namespace=""):
    """Every named address of the URL configuration, with arguments made up."""
    samples = {"int": 1, "str": "x", "slug": "x", "path": "x"}
    for one in (resolver or get_resolver()).url_patterns:
        if isinstance(one, URLResolver):
            yield from pages(one, namespace + (f"{one.namespace}:" if one.namespace else ""))
        elif isinstance(one, URLPattern) and one.name:
            kinds = {name: type(c).__name__ for name, c in one.pattern.converters.items()}
            values = {n: samples["int"] if kind == "IntConverter" else "x" for n, kind in kinds.items()}
            yield namespace + one.name, values


def test_every_page_sends_the_signed_out_to_sign_in(client, gazette):
    open_pages = {
        "accounts:activate",
        "accounts:sign-in",
        "operations:first",
        "operations:demo",
        "operations:demo-enter",
    }
    tried = 0
    for name, values in pages():
        try:
            address = reverse(name, kwargs=values)
        except NoReverseMatch:
            values = {key: value if value == 1 else "2020" for key, value in values.items()}
            address = reverse(name, kwargs=values)
        if name in open_pages or address.startswith(("/api/", "/healthz", "/readyz", "/metrics", "/static/")):
            continue
        for answer in (client.get(address), client.post(address)):
            assert answer.status_code == 302 and answer["Location"].startswith("/sign-in/?next="), (name, answer)
        tried += 1
    assert tried > 20
    assert not Session.objects.exists(), "looking at the door starts no session"


def test_whoever_must_change_the_password_reaches_nothing_else(marker, signed_in):
    marker.must_change_password = True
    marker.save()
    client = signed_in(marker)
    for address in (PAGE, "/", "/inbox/", "/gazette/", "/organisations/"):
        assert client.get(address)["Location"] == "/accounts/password/"
    assert client.get("/accounts/password/").status_code == 200
    assert client.post("/sign-out/").status_code == 302


def test_pages_are_not_kept_by_the_browser_and_answers_of_the_api_are_asked_again(marker, signed_in):
    page, api = signed_in(marker).get(PAGE), signed_in(marker).get("/api/v1/nothing/")
    assert page["Cache-Control"] == "private, no-store" and api["Cache-Control"] == "private, no-cache"
    assert page["Permissions-Policy"].startswith("camera=(), geolocation=()")


def test_signing_out_takes_the_pages_along(marker, signed_in):
    assert signed_in(marker).post("/sign-out/")["Clear-Site-Data"] == '"cache"'


def test_what_a_page_asks_by_a_timer_is_no_sign_of_life(clock, marker, signed_in):
    client = signed_in(marker)
    client.get(PAGE)
    for _ in range(6):
        clock.shift(timedelta(minutes=5))
        assert client.get(PAGE, headers={"X-Quiet": "1"}).status_code == 200
    clock.shift(timedelta(seconds=1))
    assert client.get(PAGE, headers={"X-Quiet": "1"}).status_code == 302
