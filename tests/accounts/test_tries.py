"""Budgets of failed sign-ins beside the lock: of an account everywhere, of an address, of the whole site, of the old password."""

import re
import threading
from datetime import timedelta

import pytest
import time_machine
from django.db import connection
from django.test import Client

from miyun_kpi.accounts import services
from miyun_kpi.accounts.models import Tries
from miyun_kpi.accounts.services import tries
from miyun_kpi.audit.models import AuditEntry, Result
from miyun_kpi.lib.actors import Actor
from tests.accounts.people import AT, PASSWORD, person

HERE = "10.1.2.3"
db = pytest.mark.django_db


@pytest.fixture
def clock():
    with time_machine.travel(AT, tick=False) as traveller:
        yield traveller


@pytest.fixture
def limits(settings):
    def set_(**given):
        settings.SIGN_IN_TRIES = {"account": 100, "address": 100, "all": 100} | given

    return set_


def try_in(username="jing", password="wrong", address=HERE):
    return Client(REMOTE_ADDR=address).post("/sign-in/", {"username": username, "password": password})


def words(answer):
    return re.sub('value="[A-Za-z0-9]{64}"', "", answer.content.decode())


@db
def test_one_account_is_guessed_from_many_addresses_so_often_and_no_more(clock, marker, limits):
    limits(account=6)
    answers = [try_in(address=f"10.0.0.{n}") for n in range(1, 9)]
    assert [one.status_code for one in answers] == [403] * 6 + [429] * 2
    assert "请在 10:15 以后再试" in words(answers[-1]) and answers[-1]["Retry-After"] == "901"
    assert try_in(password=PASSWORD, address="10.0.0.99").status_code == 429, "the right one is not looked at either"
    entry = AuditEntry.objects.get(action="accounts.tries.account")
    assert (entry.subject, entry.result) == ("user:jing", Result.REFUSED), "said once, however many come"
    clock.shift(timedelta(minutes=14, seconds=59))
    assert try_in(password=PASSWORD, address="10.0.0.99").status_code == 429
    clock.shift(timedelta(seconds=1))
    assert try_in(password=PASSWORD, address="10.0.0.99").status_code == 302


@db
def test_whoever_signed_in_there_lately_is_not_kept_out_by_strangers(clock, marker, limits):
    assert try_in(password=PASSWORD).status_code == 302
    limits(account=3, all=3)
    for n in range(4):
        try_in(address=f"10.0.0.{n}")
    assert try_in(password=PASSWORD, address="10.0.0.99").status_code == 429
    assert try_in(password=PASSWORD).status_code == 302
    clock.shift(timedelta(days=29))
    for n in range(4):
        try_in(address=f"10.0.0.{n}")
    assert try_in(password=PASSWORD).status_code == 302, "signing in again has made it another month"
    clock.shift(timedelta(days=31))
    for n in range(4):
        try_in(address=f"10.0.0.{n}")
    assert try_in(password=PASSWORD).status_code == 429


@db
def test_one_password_on_many_accounts_from_one_address_ends_soon(clock, marker, limits):
    limits(address=5)
    answers = [try_in(f"name{n}") for n in range(7)]
    assert [one.status_code for one in answers] == [403] * 5 + [429] * 2
    assert "您所在的网络地址" in words(answers[-1]) and "请在 10:15 以后再试" in words(answers[-1])
    assert try_in(password=PASSWORD, address="10.9.9.9").status_code == 302, "another address goes on"


@db
def test_a_colleague_behind_the_same_address_is_not_locked_out_by_one_account(clock, marker, admin, limits):
    limits(address=6)
    for _ in range(5):
        try_in("guan")
    for _ in range(30):
        assert "锁定 15 分钟" in words(try_in("guan")), "what is locked counts nowhere"
    assert try_in(password=PASSWORD).status_code == 302
    assert AuditEntry.objects.filter(action="accounts.session.locked").count() == 1


@db
def test_the_whole_site_has_a_budget(clock, marker, limits):
    limits(all=4)
    answers = [try_in(f"name{n}", address=f"10.0.0.{n}") for n in range(5)]
    assert [one.status_code for one in answers] == [403] * 4 + [429]
    assert "全站这一刻钟" in words(answers[-1])


@db
def test_a_success_costs_nothing_and_no_name_is_kept(clock, marker, limits):
    limits(account=3, address=3, all=3)
    for _ in range(10):
        assert try_in(password=PASSWORD).status_code == 302
    try_in("My-Secret-Word-9")
    assert not any("secret" in one.key.lower() or "jing" in one.key for one in Tries.objects.all())


@db
def test_the_unknown_and_the_known_are_answered_alike(clock, marker, limits):
    limits(account=2)
    told = []
    for username in ("jing", "nobody"):
        for n in range(3):
            answer = try_in(username, address=f"10.0.0.{n}")
        told.append((answer.status_code, words(answer).replace("jing", "nobody")))
    assert told[0] == told[1] and told[0][0] == 429


@db
def test_the_old_password_is_guessed_five_times_in_a_quarter_of_an_hour(clock, marker, signed_in):
    client = signed_in(marker)

    def change(old):
        return client.post("/accounts/password/", {"old": old, "new": "Grand-Canal-77", "again": "Grand-Canal-77"})

    for _ in range(5):
        assert "现在的密码不对" in change("wrong").content.decode()
    for old in ("wrong", PASSWORD):
        answer = change(old)
        assert answer.status_code == 422 and "输错的次数太多，没有修改。请在 10:15 以后再试" in answer.content.decode()
    assert AuditEntry.objects.filter(action="accounts.tries.old").count() == 1
    clock.shift(timedelta(minutes=15))
    assert change(PASSWORD).status_code == 302


@db
def test_a_right_old_password_costs_nothing_whatever_is_wrong_with_the_new_one(clock, marker, signed_in):
    client = signed_in(marker)
    for _ in range(8):
        answer = client.post("/accounts/password/", {"old": PASSWORD, "new": "short", "again": "short"})
        assert "新密码太短" in answer.content.decode()


@db
def test_counters_that_are_over_are_thrown_away_and_places_kept(marker):
    services.take_try(actor=Actor(label="x", address=HERE), username="x", at=AT)
    services.right_password(actor=Actor(label="x", address=HERE), username="x", at=AT)
    assert Tries.objects.count() == 4
    assert tries.forget_old_tries(at=AT + timedelta(minutes=29)) == 0
    assert tries.forget_old_tries(at=AT + timedelta(minutes=31)) == 3
    assert tries.forget_old_tries(at=AT + timedelta(days=31)) == 1


def at_once(number):
    taken, gate = [], threading.Barrier(number)

    def take():
        try:
            gate.wait(10)
            services.take_try(actor=Actor(label="jing", address=HERE), username="jing", at=AT)
            taken.append(1)
        except services.TooManyTries:
            pass
        finally:
            connection.close()

    threads = [threading.Thread(target=take) for _ in range(number)]
    for one in threads:
        one.start()
    for one in threads:
        one.join(30)
    return len(taken)


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_many_at_once_get_no_more_than_many_in_turn(gazette, limits):
    limits(account=5)
    assert at_once(12) == 5
    assert Tries.objects.get(key__startswith="account:").spent == 5
    assert Tries.objects.get(key__startswith="address:").spent == 5, "who is refused has taken nothing anywhere"


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_read_and_then_written_the_same_budget_lets_more_through(gazette, limits, monkeypatch):
    """The control arm: a counter that is read first."""
    limits(account=5)
    gate = threading.Barrier(12)

    def spend(one, ends):
        Tries.objects.bulk_create([Tries(key=one.key, until=ends)], ignore_conflicts=True)
        spent = Tries.objects.get(key=one.key).spent
        if one.kind == "account":
            gate.wait(10)
        Tries.objects.filter(key=one.key).update(spent=spent + 1)
        return spent < one.limit

    person("other")
    Tries.objects.create(key=tries._key("account", "jing", at=AT), until=AT + timedelta(minutes=15))
    monkeypatch.setattr(tries, "_spend", spend)
    assert at_once(12) == 12
