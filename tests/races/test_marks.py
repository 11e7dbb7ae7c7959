"""Two evaluators on one cell, on real connections: nothing accepted is lost; and without the version the race is real."""

import json
import threading
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection, connections
from django.utils import timezone

from evaluation.models import Mark, MarkSheet
from evaluation.sheets.services import marks
from evaluation.sheets.services.marks import RowInput, save_marks
from miyun_kpi.audit.models import AuditEntry
from miyun_kpi.lib.decimals import plain
from miyun_kpi.lib.errors import Conflict
from tests.evaluation.conftest import actor_named
from tests.factories.sheets import water_sheet
from tests.races.control import unlock
from tests.races.test_reviews import wait_after

pytestmark = pytest.mark.postgres

ROUNDS = 12


class AnyVersion(int):
    """A version that agrees with every other: what a save without the check would send."""

    def __eq__(self, other: object) -> bool:
        return True

    def __ne__(self, other: object) -> bool:
        return False

    __hash__ = int.__hash__


@pytest.fixture
def mark(live_demo: None) -> Mark:
    assert connection.vendor == "postgresql"
    return water_sheet().marks.select_related("organisation", "sheet").order_by("order")[0]


def together(count: int, act: Callable[[int], Any]) -> list[Any]:
    outcomes: list[Any] = [None] * count

    def run(number: int) -> None:
        try:
            outcomes[number] = act(number)
        except Exception as error:
            outcomes[number] = error
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=(number,)) for number in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return outcomes


def save(mark: Mark, value: Decimal, version: int) -> None:
    row = RowInput(mark.organisation.code, version, value=plain(value))
    save_marks(actor=actor_named("shuiwu"), sheet_id=mark.sheet_id, rows=[row], at=timezone.now())


def saves() -> list[tuple[str, str]]:
    entries = AuditEntry.objects.filter(action="evaluation.marks.saved").order_by("seq")
    return [(row["old"], row["new"]) for entry in entries for row in json.loads(entry.data)["rows"]]


def one_more(mark: Mark, barrier: threading.Barrier, *, blind: bool) -> Callable[[int], int]:
    """Each adds 1 to the mark `ROUNDS` times, from the value it read; a refused save reads again."""

    def act(_: int) -> int:
        refused = 0
        for _ in range(ROUNDS):
            while True:
                seen = Mark.objects.get(pk=mark.pk)
                if blind:
                    barrier.wait(30)
                try:
                    save(mark, (seen.value or Decimal(0)) + 1, AnyVersion(seen.version) if blind else seen.version)
                    break
                except Conflict as conflict:
                    assert conflict.code == "stale"
                    refused += 1
            if blind:
                barrier.wait(30)
        return refused

    return act


def test_two_evaluators_on_one_cell_lose_nothing(mark: Mark) -> None:
    outcomes = together(2, one_more(mark, threading.Barrier(2), blind=False))
    assert all(isinstance(one, int) for one in outcomes), outcomes
    mark.refresh_from_db()
    assert mark.value == mark.version == 2 * ROUNDS
    told = saves()
    assert [new for _, new in told] == [str(n) for n in range(1, 2 * ROUNDS + 1)]
    assert [old for old, _ in told[1:]] == [new for _, new in told[:-1]], "each save began from the one before"


@pytest.mark.control(
    "test_two_evaluators_on_one_cell_lose_nothing",
    "test_of_two_who_saw_the_same_value_the_second_is_told_what_is_stored",
)
def test_without_the_version_one_of_two_is_lost(mark: Mark) -> None:
    outcomes = together(2, one_more(mark, threading.Barrier(2), blind=True))
    assert outcomes == [0, 0], outcomes
    mark.refresh_from_db()
    assert mark.value == ROUNDS, "the other half was overwritten without a word"


def test_of_two_who_saw_the_same_value_the_second_is_told_what_is_stored(mark: Mark) -> None:
    outcomes = together(2, lambda number: save(mark, Decimal(80 + number), 0))
    (refused,) = [one for one in outcomes if isinstance(one, Conflict)]
    assert outcomes.count(None) == 1
    mark.refresh_from_db()
    assert refused.errors[0].current == {"value": plain(mark.value or Decimal(0)), "version": 1}


def test_two_columns_at_once_are_written_one_whole_or_not_at_all(mark: Mark) -> None:
    sheet = MarkSheet.objects.get(pk=mark.sheet_id)
    codes = list(sheet.marks.order_by("order").values_list("organisation__code", flat=True))

    def column(number: int) -> None:
        # In opposite orders, so that row locks taken one by one would meet head on.
        rows = [RowInput(code, 0, value=str(70 + number)) for code in (codes if number else reversed(codes))]
        save_marks(actor=actor_named("shuiwu"), sheet_id=sheet.pk, rows=rows, at=timezone.now())

    outcomes = together(2, column)
    assert sorted(type(one).__name__ for one in outcomes) == ["Conflict", "NoneType"], outcomes
    assert len(set(sheet.marks.values_list("value", flat=True))) == 1


@pytest.mark.control("test_two_columns_at_once_are_written_one_whole_or_not_at_all")
def test_without_the_lock_two_columns_are_both_told_that_they_stand(
    mark: Mark, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Both found every cell as it was; what one wrote is gone without a word, or the two stop one another."""
    sheet = MarkSheet.objects.get(pk=mark.sheet_id)
    codes = list(sheet.marks.order_by("order").values_list("organisation__code", flat=True))
    unlock(monkeypatch, MarkSheet)
    wait_after(monkeypatch, marks, "_read_rows")

    def column(number: int) -> None:
        rows = [RowInput(code, 0, value=str(70 + number)) for code in codes]
        save_marks(actor=actor_named("shuiwu"), sheet_id=sheet.pk, rows=rows, at=timezone.now())

    outcomes = together(2, column)
    assert outcomes == [None, None], outcomes
    assert set(sheet.marks.values_list("version", flat=True)) == {1}
