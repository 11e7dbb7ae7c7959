import pytest
from django.test import Client
from django.utils import translation

from miyun_kpi.accounts.services import random_password
from miyun_kpi.audit.models import AuditEntry
from tests.accounts.people import PASSWORD

pytestmark = pytest.mark.django_db
NEW = "Grand-Canal-77"


def change(client, old=PASSWORD, new=NEW, again=None):
    return client.post("/accounts/password/", {"old": old, "new": new, "again": new if again is None else again})


@pytest.mark.parametrize(
    ("new", "sentence"),
    [
        ("Short-9ab", "10"),
        ("12345678901", "数字"),
        ("password1234", "常见"),
        ("jing.yi.liu.1", "相似"),
        (PASSWORD, "与现在的一样"),
    ],
)
def test_a_weak_new_password_is_refused_with_its_reason(marker, signed_in, new, sentence):
    marker.username = "jing.yi.liu"
    marker.save()
    answer = change(signed_in(marker), new=new)
    assert answer.status_code == 422 and sentence in answer.content.decode()
    marker.refresh_from_db()
    assert marker.check_password(PASSWORD)


def test_ten_characters_are_enough_and_nine_are_not(marker, signed_in):
    client = signed_in(marker)
    assert change(client, new="Kw3-zqPx9").status_code == 422
    assert change(client, new="Kw3-zqPx9v").status_code == 302


def test_the_old_password_is_asked_and_the_new_one_twice(marker, signed_in):
    client = signed_in(marker)
    assert "现在的密码不对" in change(client, old="wrong").content.decode()
    assert "不一样" in change(client, again="Grand-Canal-78").content.decode()
    marker.refresh_from_db()
    assert marker.check_password(PASSWORD)


def test_a_changed_password_keeps_this_session_and_ends_the_others(marker, signed_in):
    elsewhere = Client()
    elsewhere.force_login(marker)
    marker.must_change_password = True
    marker.save()
    client = signed_in(marker)
    assert change(client)["Location"] == "/"
    assert client.get("/accounts/me/").status_code == 200
    assert elsewhere.get("/accounts/me/").status_code == 302
    assert AuditEntry.objects.filter(action="accounts.password.changed", subject="user:jing").exists()


def test_a_random_password_is_long_enough_and_never_the_same():
    made = {random_password() for _ in range(200)}
    assert len(made) == 200 and min(map(len, made)) >= 10
    assert not set("".join(made)) & set("0O1lI")


def test_the_sentences_are_chinese_whatever_the_language_and_each_is_said_once(marker, signed_in):
    with translation.override("en"):
        text = change(signed_in(marker), new="1234567").content.decode()
    assert "This password" not in text and text.count("新密码太短，没有修改。") == text.count("全是数字，没有修改") == 1
