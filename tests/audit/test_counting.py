"""Refusals, failed sign-ins and exports stand in the audit: counted, from where, and under nobody's name."""

import json
from datetime import timedelta

import pytest
from django.db import DatabaseError, InterfaceError
from django.test import Client

from miyun_kpi.accounts.enums import Role
from miyun_kpi.audit import counting, services
from miyun_kpi.audit.models import AuditEntry
from miyun_kpi.audit.queries import verify
from tests.accounts.people import AT, PASSWORD, person

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("gazette", "nothing_counted")]


@pytest.fixture
def nothing_counted():
    counting._tallies.clear()
    yield
    counting._tallies.clear()


def told(action):
    counting.write(AT)
    return [(row, json.loads(row.data)) for row in AuditEntry.objects.filter(action=action).order_by("seq")]


def signed_in(user):
    client = Client()
    client.force_login(user)
    return client


def test_refused_addresses_of_one_person_are_one_entry_with_their_number():
    client = signed_in(person("jing", Role.EVALUATOR, "区水务局"))
    for _ in range(3):
        client.get("/accounts/people/", REMOTE_ADDR="10.1.1.1")
    client.get("/accounts/posts/1/", REMOTE_ADDR="10.1.1.1")
    client.get("/nowhere/", REMOTE_ADDR="10.1.1.2")
    rows = told(counting.REFUSED)
    assert [(row.actor_label, row.address, row.result, data["times"]) for row, data in rows] == [
        ("jing（区水务局 考评经办）", "10.1.1.1", "refused", 4),
        ("jing（区水务局 考评经办）", "10.1.1.2", "refused", 1),
    ]
    assert rows[0][1]["rows"][0] == {"what": "/accounts/people/", "status": 403, "times": 3}
    assert verify().intact


def test_a_stranger_is_nobody_whatever_name_is_typed():
    person("jing", Role.EVALUATOR, "区水务局")
    worn = "考评组甲（演示）（区政府办公室 考评办）"
    for _ in range(7):
        Client().post("/sign-in/", {"username": worn, "password": "x"})
    for _ in range(2):
        Client().post("/sign-in/", {"username": "jing", "password": "x"})
    (failed, data), *more = told(counting.FAILED)
    assert more == [] and failed.actor_label == "未登录" and failed.actor_user_id is None
    assert data["times"] == 9 and {one["what"] for one in data["rows"]} == {worn[:60], "jing"}
    locked = AuditEntry.objects.get(action="accounts.session.locked")
    assert (locked.actor_label, locked.subject) == ("未登录", f"user:{worn}"), "once, however often it goes on"
    assert not AuditEntry.objects.filter(actor_label__startswith="考评组甲").exists()


def test_exports_are_counted_and_answered_pages_are_not():
    admin = signed_in(person("guan", Role.SYSTEM_ADMIN))
    admin.get("/accounts/people/")
    for _ in range(2):
        assert admin.get("/accounts/people/workbook/").status_code == 200
    rows = told(counting.EXPORTED)
    assert [(row.result, data["rows"]) for row, data in rows] == [
        ("done", [{"what": "/accounts/people/workbook/", "status": 200, "times": 2}])
    ]
    assert told(counting.REFUSED) == []


def test_a_right_sign_in_and_what_says_nothing_of_anybody_are_not_counted():
    person("jing", Role.EVALUATOR, "区水务局")
    Client().post("/sign-in/", {"username": "jing", "password": PASSWORD})
    Client().get("/static/nothing.css")
    Client().get("/favicon.ico")
    assert counting.unwritten() == 0


def test_the_window_writes_by_itself_and_only_when_it_is_over(settings):
    settings.AUDIT_WINDOW_SECONDS = 60
    seen = counting.Seen(counting.REFUSED, counting.NOBODY, "10.1.1.1", "/x/", 404)
    assert not counting.due(AT)
    counting.note(seen, AT)
    assert not counting.due(AT + timedelta(seconds=59)) and counting.due(AT + timedelta(seconds=60))
    settings.AUDIT_WINDOW_SECONDS = 0
    Client().get("/sign-in/")
    assert AuditEntry.objects.filter(action=counting.REFUSED).count() == 1 and counting.unwritten() == 0


def test_thousands_of_addresses_stay_bounded_and_their_number_is_right():
    for n in range(counting.MOST + 200):
        counting.note(counting.Seen(counting.REFUSED, counting.NOBODY, "10.1.1.1", f"/{n}/", 404), AT)
    assert counting.unwritten() == counting.MOST + 200 and len(counting._tallies) <= counting.MOST + 1
    rows = told(counting.REFUSED)
    assert sum(data["times"] for _, data in rows) == counting.MOST + 200
    assert all(len(data["rows"]) <= counting.TOLD for _, data in rows)


@pytest.mark.parametrize("error", [DatabaseError, InterfaceError])
def test_while_the_store_is_busy_nothing_is_lost_and_nobody_is_stopped(monkeypatch, error):
    def busy(told):
        raise error

    seen = counting.Seen(counting.REFUSED, counting.NOBODY, "10.1.1.1", "/x/", 404)
    counting.note(seen, AT)
    monkeypatch.setattr(counting, "record_each", busy)
    assert counting.write(AT) == 0
    counting.note(seen, AT)
    monkeypatch.setattr(counting, "record_each", services.record_each)
    assert counting.write(AT) == 1
    assert json.loads(AuditEntry.objects.get(action=counting.REFUSED).data)["times"] == 2
