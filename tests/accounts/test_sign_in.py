import re
from datetime import datetime, timedelta

import pytest
import time_machine
from django.conf import settings
from django.test import Client

from miyun_kpi.accounts import queries, services
from miyun_kpi.audit.models import AuditEntry
from miyun_kpi.lib.errors import NotAllowed, NotFound
from tests.accounts.people import AT, PASSWORD, actor
from tests.factories.tokens import issue_token

pytestmark = pytest.mark.django_db
HERE, THERE = "10.1.2.3", "10.9.9.9"


def try_in(username="jing", password="wrong", address=HERE, **fields):
    client = Client(REMOTE_ADDR=address)
    return client.post("/sign-in/", {"username": username, "password": password, **fields})


def test_the_right_password_opens_the_desk(marker):
    assert try_in(password=PASSWORD)["Location"] == "/"


def test_a_wrong_password_says_how_many_tries_are_left(marker):
    answer = try_in()
    assert answer.status_code == 403 and "还可以试 4 次" in answer.content.decode()


def test_an_unknown_name_and_a_wrong_password_are_answered_alike(marker):
    known, unknown = try_in(), try_in("nobody")
    assert known.status_code == unknown.status_code
    shown = [re.sub('value="[A-Za-z0-9]{64}"', "", answer.content.decode()) for answer in (known, unknown)]
    assert shown[0].replace("jing", "nobody") == shown[1]


def test_five_failures_lock_the_account_at_this_address_for_a_quarter_of_an_hour(marker):
    with time_machine.travel(AT, tick=False) as clock:
        for _ in range(4):
            assert try_in().status_code == 403
        fifth = try_in()
        assert fifth.status_code == 429 and "锁定 15 分钟" in fifth.content.decode()
        assert try_in(password=PASSWORD).status_code == 429, "the right password does not open it either"
        assert try_in(password=PASSWORD, address=THERE).status_code == 302, "another address is not affected"
        clock.shift(timedelta(minutes=14, seconds=59))
        assert try_in(password=PASSWORD).status_code == 429
        clock.shift(timedelta(seconds=2))
        assert try_in(password=PASSWORD).status_code == 302, "what was tried meanwhile does not lengthen the lock"


def test_another_account_at_the_locked_address_is_not_affected(marker, admin):
    for _ in range(5):
        try_in()
    assert try_in("guan", PASSWORD).status_code == 302


def test_a_success_forgets_the_failures_before(marker):
    for _ in range(4):
        try_in()
    assert try_in(password=PASSWORD).status_code == 302
    assert "还可以试 4 次" in try_in().content.decode()


def test_a_lock_is_listed_and_released_for_its_address_only(marker, admin, security):
    with time_machine.travel(AT, tick=False):
        for address in (HERE, THERE):
            for _ in range(5):
                try_in(address=address)
        try_in("guan")
        found = {(lock.username, lock.address) for lock in queries.locks(AT)}
        assert found == {("jing", HERE), ("jing", THERE)}
        assert queries.locks(AT + timedelta(minutes=16)) == []
        with pytest.raises(NotAllowed):
            services.release_lock(actor=actor(admin), username="jing", address=HERE, at=AT)
        services.release_lock(actor=actor(security), username="jing", address=HERE, at=AT)
        assert try_in(password=PASSWORD).status_code == 302
        assert try_in(password=PASSWORD, address=THERE).status_code == 429
        with pytest.raises(NotFound):
            services.release_lock(actor=actor(security), username="jing", address=HERE, at=AT)
    assert AuditEntry.objects.filter(action="accounts.lock.released", subject="user:jing").count() == 1


def test_no_password_is_kept_of_a_failed_sign_in(marker):
    from axes.models import AccessAttempt

    try_in(password="Secret-word-9")
    assert not any("Secret-word-9" in attempt.post_data for attempt in AccessAttempt.objects.all())


def test_a_disabled_account_and_a_client_cannot_sign_in(marker, django_user_model):
    marker.is_active = False
    marker.save()
    assert try_in(password=PASSWORD).status_code == 403
    issue_token(client="x", organisation=None, role="", at=AT)
    for password in ("", "!", "x"):
        assert "_auth_user_id" not in try_in("client:x", password).client.session


@pytest.mark.parametrize(
    "target", ["https://evil.example/", "//evil.example/", "/\\evil.example", "javascript:alert(1)", "http:evil"]
)
def test_an_address_of_another_host_is_not_followed(marker, target):
    answer = try_in(password=PASSWORD, next=target)
    assert (answer.status_code, answer["Location"]) == (302, settings.LOGIN_REDIRECT_URL)


def test_an_address_of_this_host_is_followed(marker):
    assert try_in(password=PASSWORD, next="/inbox/?page=2")["Location"] == "/inbox/?page=2"


def test_signing_in_remembers_when_one_was_here_before(marker):
    before = AT - timedelta(days=3)
    marker.last_login = before
    marker.save()
    client = Client()
    client.post("/sign-in/", {"username": "jing", "password": PASSWORD})
    assert datetime.fromisoformat(client.session["previous_sign_in"]) == before
