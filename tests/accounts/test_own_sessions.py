"""我的登录: one's own sessions are listed, ended, and limited in number."""

from datetime import timedelta

import pytest
import time_machine
from django.contrib.sessions.models import Session
from django.test import Client

from miyun_kpi.accounts.models import OpenSession
from miyun_kpi.accounts.services import sessions_of
from miyun_kpi.accounts.services.sessions import browser_in_words
from miyun_kpi.audit.models import AuditEntry
from tests.accounts.people import AT, PASSWORD

pytestmark = pytest.mark.django_db
PAGE = "/accounts/sessions/"
EDGE = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/120.0 Safari/537.36 Edg/120.0"


@pytest.fixture
def clock():
    with time_machine.travel(AT, tick=False) as traveller:
        yield traveller


def sign_in(username="jing", address="10.1.2.3", agent=EDGE):
    client = Client(REMOTE_ADDR=address, HTTP_USER_AGENT=agent)
    assert client.post("/sign-in/", {"username": username, "password": PASSWORD}).status_code == 302
    return client


def lives(client):
    return client.get("/accounts/me/").status_code == 200


def number_of(client):
    return OpenSession.objects.get(key=client.session.session_key).pk


def test_the_page_says_since_when_where_and_with_what_and_which_one_it_is(clock, marker):
    sign_in(address="10.9.9.9", agent="Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0")
    text = sign_in().get(PAGE).content.decode()
    assert "10.9.9.9" in text and "Firefox，Linux" in text and "Edge，Windows" in text
    assert text.count("本机，这一次") == 1 and text.count('name="session"') == 1
    assert not any(row.key in text for row in OpenSession.objects.all()), "the key of a session is shown to nobody"


def test_one_is_ended_and_the_others_go_on(clock, marker):
    here, there, third = sign_in(), sign_in(address="10.9.9.9"), sign_in(address="10.8.8.8")
    assert here.post(PAGE, {"session": number_of(there)})["Location"] == PAGE
    assert (lives(here), lives(there), lives(third)) == (True, False, True)
    entry = AuditEntry.objects.get(action="accounts.session.ended")
    assert entry.subject == "user:jing" and "10.9.9.9" in entry.data


def test_all_others_are_ended_and_this_one_stays(clock, marker):
    here, others = sign_in(), [sign_in(), sign_in()]
    here.post(PAGE)
    assert lives(here) and not any(map(lives, others))
    assert AuditEntry.objects.filter(action="accounts.session.ended").count() == 2


def test_somebody_elses_and_ones_own_are_not_ended_by_number(clock, marker, admin):
    here, foreign = sign_in(), sign_in("guan")
    for wanted in (foreign, here):
        assert here.post(PAGE, {"session": number_of(wanted)}).status_code == 404
    assert here.post(PAGE, {"session": "x"}).status_code == 400
    assert lives(here) and lives(foreign)


def test_one_more_than_the_limit_ends_the_longest_unused(clock, marker, settings):
    settings.SESSIONS_MOST = 2
    first, second = sign_in(), sign_in()
    clock.shift(timedelta(minutes=5))
    assert lives(first), "used once more, it is the younger one now"
    third = sign_in()
    assert (lives(first), lives(second), lives(third)) == (True, False, True)
    assert AuditEntry.objects.filter(action="accounts.session.displaced").count() == 1


def test_another_person_does_not_count(clock, marker, admin, settings):
    settings.SESSIONS_MOST = 1
    foreign, here = sign_in("guan"), sign_in()
    assert lives(foreign) and lives(here)


def test_what_is_over_is_not_listed(clock, marker):
    sign_in().post("/sign-out/")
    sign_in()
    clock.shift(timedelta(minutes=30, seconds=1))
    here = sign_in()
    assert [one.key for one in sessions_of(marker.pk, AT + timedelta(minutes=31)).rows] == [here.session.session_key]
    assert OpenSession.objects.count() == 1, "rows of what is over are thrown away"


def test_a_new_password_ends_the_others_and_lists_this_one_under_its_new_key(clock, marker):
    here, there = sign_in(), sign_in()
    here.post("/accounts/password/", {"old": PASSWORD, "new": "Grand-Canal-77", "again": "Grand-Canal-77"})
    assert lives(here) and not lives(there)
    assert [row.key for row in OpenSession.objects.all()] == [here.session.session_key]
    assert "本机，这一次" in here.get(PAGE).content.decode()
    assert not Session.objects.filter(session_key=there.session.session_key).exists()


@pytest.mark.parametrize(
    ("agent", "words"),
    [
        (EDGE, "Edge，Windows"),
        (EDGE.replace("Edg/", "QIHU 360SE/"), "360，Windows"),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X) Version/17.0 Safari/604.1", "Safari，iPhone"),
        ("Mozilla/5.0 (Linux; Android 14) Chrome/120.0 Mobile Safari/537.36", "Chrome，安卓"),
        ("curl/8", "不认识的浏览器"),
        ("", "不认识的浏览器"),
    ],
)
def test_a_browser_is_said_in_two_words(agent, words):
    assert browser_in_words(agent) == words
