"""Eight writers and a reader on real connections: no change is lost, none comes twice, in whatever order they commit."""

import os
import random
import threading
from collections.abc import Callable

import pytest
from django.db import connections, transaction
from django.utils import timezone

from miyun_kpi.api.enums import ChangeKind
from miyun_kpi.api.feed import append, changes_after
from miyun_kpi.api.models import Change, ChangeHead
from tests.races.control import meet_before_saving, unlock
from tests.races.test_reviews import at_once

pytestmark = pytest.mark.postgres
WRITERS = 8
CHANGES = int(os.environ.get("KPI_TEST_CHANGES", "2000"))


def write(writer: int, count: int) -> None:
    chance = random.Random(writer)
    for number in range(count):
        try:
            with transaction.atomic():
                append(kind=ChangeKind.ORGANISATION, data={"w": writer, "n": number}, at=timezone.now())
                if chance.random() < 0.1:
                    raise ZeroDivisionError
        except ZeroDivisionError:
            append(kind=ChangeKind.ORGANISATION, data={"w": writer, "n": number}, at=timezone.now())


def test_no_change_is_lost_or_repeated_while_eight_write(transactional_db):
    each, ended, seen = CHANGES // WRITERS, threading.Event(), []

    def read() -> None:
        cursor = ""
        while True:
            over = ended.is_set()
            page = changes_after(cursor, size=50)
            seen.extend((row.seq, row.data["w"], row.data["n"]) for row in page.changes)
            cursor = page.next
            if over and not page.more and not page.changes:
                return

    def run(act: Callable[[], None]) -> None:
        try:
            act()
        finally:
            connections.close_all()

    reader = threading.Thread(target=run, args=(read,))
    reader.start()
    writers = [threading.Thread(target=run, args=(lambda w=w: write(w, each),)) for w in range(WRITERS)]
    for thread in writers:
        thread.start()
    for thread in writers:
        thread.join()
    ended.set()
    reader.join()
    assert [seq for seq, _, _ in seen] == list(range(1, WRITERS * each + 1)), "a gap, a repetition or another order"
    assert sorted((w, n) for _, w, n in seen) == [(w, n) for w in range(WRITERS) for n in range(each)]


def test_a_number_is_not_given_before_the_one_before_it_is_there(transactional_db):
    """Commit order is the order of numbers: the second writer waits for the first, whose change nobody has seen yet."""
    ChangeHead.objects.get_or_create(pk=1)
    holds, goes = threading.Event(), threading.Event()

    def slow() -> int:
        with transaction.atomic():
            seq = append(kind=ChangeKind.PUBLICATION, data={}, at=timezone.now())
            holds.set()
            assert goes.wait(20)
        return seq

    def quick() -> int:
        assert holds.wait(20)
        return append(kind=ChangeKind.PUBLICATION, data={}, at=timezone.now())

    def look() -> list[int]:
        assert holds.wait(20)
        found = [row.seq for row in changes_after("").changes]
        goes.set()
        return found

    assert at_once([slow, quick, look]) == [1, 2, []]
    assert list(Change.objects.values_list("seq", flat=True)) == [1, 2]


@pytest.mark.control(
    "test_no_change_is_lost_or_repeated_while_eight_write",
    "test_a_number_is_not_given_before_the_one_before_it_is_there",
)
def test_without_the_lock_two_writers_take_one_number_and_one_is_lost(transactional_db, monkeypatch):
    """The second reads the head while the first has not committed; the store refuses it, and its act with it."""
    ChangeHead.objects.get_or_create(pk=1)
    unlock(monkeypatch, ChangeHead)
    meet_before_saving(monkeypatch, Change)
    outcomes = at_once([lambda: append(kind=ChangeKind.PUBLICATION, data={}, at=timezone.now())] * 2)
    assert sorted(type(one).__name__ for one in outcomes) == ["IntegrityError", "int"], outcomes
    assert list(Change.objects.values_list("seq", flat=True)) == [1]
