"""Numbers of audit entries are not drawn in the order of commits: "acted since" goes by the position of the streams."""

import threading
from collections.abc import Mapping

import pytest
from django.db import connection, transaction
from django.utils import timezone

from miyun_kpi.audit import queries
from miyun_kpi.audit.models import AuditEntry
from miyun_kpi.audit.queries import has_acted_since, position, verify
from miyun_kpi.audit.services import record
from miyun_kpi.lib.actors import Actor
from tests.races.control import ask_anew

pytestmark = pytest.mark.postgres
ONE, OTHER = Actor(label="甲", user_id=1001), Actor(label="乙", user_id=1002)


def act(actor: Actor, action: str) -> None:
    record(actor=actor, action=action, subject="audit", at=timezone.now())


def race() -> tuple[Mapping[str, int], int]:
    """One draws its number, another draws a later one and commits; what a reader knows then, by streams and by number."""
    for action in ("audit.anchor.checked", "evaluation.demo.redated"):
        act(OTHER, action)
    written, commit = threading.Event(), threading.Event()

    def slow() -> None:
        try:
            with transaction.atomic():
                act(ONE, "audit.anchor.checked")
                written.set()
                assert commit.wait(20)
        finally:
            connection.close()

    thread = threading.Thread(target=slow)
    thread.start()
    try:
        assert written.wait(20)
        # Another stream is not held by the first, and its number is the later one.
        act(OTHER, "evaluation.demo.redated")
        known, newest = position(), AuditEntry.objects.latest("seq").seq
    finally:
        commit.set()
        thread.join(20)
    return known, newest


def test_an_act_that_drew_its_number_first_and_commits_last_is_seen(transactional_db):
    known, newest = race()
    late = AuditEntry.objects.get(actor_user_id=ONE.user_id)
    assert late.seq < newest, "the order of numbers is not that of commits"
    assert has_acted_since(known, ONE.user_id) and not has_acted_since(position(), ONE.user_id)
    assert not has_acted_since(known, OTHER.user_id) and verify().intact


@pytest.mark.control("test_an_act_that_drew_its_number_first_and_commits_last_is_seen")
def test_by_the_order_of_numbers_the_act_would_never_be_seen(transactional_db, monkeypatch):
    """The guard taken out: every stream asked by the one number of the pages, as before streams had their own."""
    known, newest = race()
    behind = AuditEntry.objects.filter(seq__gt=newest)
    monkeypatch.setattr(queries.AuditEntry, "objects", behind, raising=False)
    ask_anew(monkeypatch)
    assert not has_acted_since(known, ONE.user_id)
