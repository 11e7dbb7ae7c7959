"""The password profile 等保: kinds of signs, words of the house, history and age."""

from datetime import timedelta

import pytest
import time_machine
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.test import Client

from miyun_kpi import profile
from miyun_kpi.accounts.access import actor_in_post
from miyun_kpi.accounts.models import PasswordRecord
from miyun_kpi.audit.models import AuditEntry
from miyun_kpi.operations.password_desk import desk_items
from tests.accounts.people import AT, PASSWORD, actor

pytestmark = pytest.mark.django_db
NEW = "Grand-Canal-77"


@pytest.fixture
def dengbao(settings):
    settings.PASSWORD_PROFILE, settings.PASSWORD_DAYS = profile.DENGBAO, 90
    settings.AUTH_PASSWORD_VALIDATORS = profile.password_validators(profile.DENGBAO)


def said(password, user):
    with pytest.raises(ValidationError) as refused:
        validate_password(password, user)
    return " ".join(refused.value.messages)


@pytest.mark.parametrize(
    ("password", "sentence"),
    [
        ("Kw3-zqPx9", "太短"),
        ("kw3zqpx9vv", "种类太少"),
        ("kwe-zqp-xvbb", "种类太少"),
        ("P@ssw0rd2026", "本系统"),
        ("Miyun@2020", "本系统"),
        ("M1yun-Kw3zq", "本系统"),
        ("miyun2020KPI", "本系统"),
        ("密云Kw3zqPx9v", "本系统"),
        ("Summer@2026", "加一个年份"),
        ("Drag0n!2025", "加一个年份"),
        ("1999-2026-Aa", "加一个年份"),
        ("Liu-Jing-Yi-4k", "本系统"),
        ("Shuiwuju-Kw3z", "本系统"),
    ],
)
def test_what_is_refused_says_why(dengbao, marker, password, sentence):
    marker.username, marker.display_name = "liu.jing", "刘静"
    marker.save()
    unit = marker.posts.get().organisation
    unit.code = "shuiwuju"
    unit.save()
    assert sentence in said(password, marker)


@pytest.mark.parametrize("password", ["Kw3-zqPx9v", "kw3-zqpx9v", "Rain-20-falls", "窗前明月光Kw3zq"])
def test_what_is_taken(dengbao, marker, password):
    validate_password(password, marker)


def test_the_plain_profile_takes_what_it_took(marker):
    for password in ("Miyun@2020", "kw3zqpx9vv"):
        validate_password(password, marker)
    assert not PasswordRecord.objects.exists()


def test_the_last_five_are_not_taken_again(dengbao, marker, signed_in):
    client, old = signed_in(marker), PASSWORD
    marker.set_password(PASSWORD)
    marker.save()
    client.force_login(marker)
    for number in range(5):
        new = f"Grand-Canal-{number}{number}"
        assert client.post("/accounts/password/", {"old": old, "new": new, "again": new}).status_code == 302
        old = new
    assert PasswordRecord.objects.filter(user=marker).count() == 5
    for again, taken in (("Grand-Canal-00", False), (PASSWORD, True)):
        answer = client.post("/accounts/password/", {"old": old, "new": again, "again": again})
        assert (answer.status_code == 302) is taken, answer.content.decode()
        assert taken or "最近 5 次用过的都不能再用" in answer.content.decode()


def sign_in(client=None):
    client = client or Client()
    client.post("/sign-in/", {"username": "jing", "password": PASSWORD})
    return client


def test_after_ninety_days_it_must_be_changed_before_anything_else(marker, dengbao):
    with time_machine.travel(AT, tick=False) as clock:
        assert sign_in().get("/accounts/me/").status_code == 200, "one set before the profile counts from now"
        assert PasswordRecord.objects.get().set_at == AT
        clock.shift(timedelta(days=89, hours=23))
        assert sign_in().get("/accounts/me/").status_code == 200
        clock.shift(timedelta(hours=1))
        client = sign_in()
        assert client.get("/accounts/me/")["Location"] == "/accounts/password/"
        assert "这个密码用满 90 天了" in client.get("/accounts/password/").content.decode()
        assert AuditEntry.objects.filter(action="accounts.password.expired").count() == 1
        client.post("/accounts/password/", {"old": PASSWORD, "new": NEW, "again": NEW})
        assert client.get("/accounts/me/").status_code == 200


def test_two_weeks_before_it_stands_on_the_desk(marker, dengbao):
    PasswordRecord.objects.create(user=marker, encoded="x", set_at=AT)
    at = AT + timedelta(days=76)
    assert desk_items(actor(marker), at - timedelta(seconds=1)) == []
    (item,) = desk_items(actor(marker), at)
    assert (item.due_at, item.group) == (AT + timedelta(days=90), "later")
    assert desk_items(actor(marker), AT + timedelta(days=88))[0].group == "due-soon"


def test_no_reminder_where_passwords_do_not_grow_old(marker):
    PasswordRecord.objects.create(user=marker, encoded="x", set_at=AT)
    assert desk_items(actor_in_post(marker, None), AT + timedelta(days=1000)) == []


def test_which_profile_a_site_has():
    assert profile.password_profile("", served=True) == profile.DENGBAO
    assert profile.password_profile("", served=False) == profile.PLAIN
    assert profile.password_profile("plain", served=True) == profile.PLAIN
    with pytest.raises(SystemExit, match="KPI_PASSWORD_PROFILE=“strong”不认识"):
        profile.password_profile("strong", served=True)
