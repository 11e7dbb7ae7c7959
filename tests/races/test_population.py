"""A period opened twice at once, and opened while a merger runs: on real connections the population is one or the other."""

import threading
from typing import Any

import pytest
from django.db import connections
from django.utils import timezone

from evaluation.models import Figure, MarkSheet, PeriodUnit
from evaluation.periods import services as periods
from evaluation.periods.rules.calendar import default_window
from evaluation.sheets.services.periods import open_period
from miyun_kpi.lib.actors import SYSTEM
from miyun_kpi.lib.periods import PeriodCode
from miyun_kpi.organisations import services as organisations
from miyun_kpi.organisations.models import Organisation
from miyun_kpi.organisations.services import Seen, merge_organisations
from tests.factories.rankings import actor_of, person
from tests.races.control import Meeting, meet, unlock

pytestmark = pytest.mark.postgres
QUARTER = PeriodCode(2020, quarter=2)


def opening() -> Any:
    return open_period(actor=SYSTEM, code=QUARTER, at=timezone.now(), window=default_window(QUARTER))


def at_once(*acts: Any) -> list[Any]:
    outcomes: list[Any] = []

    def run(act: Any) -> None:
        try:
            outcomes.append(act())
        except Exception as error:
            outcomes.append(error)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=(act,)) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return outcomes


@pytest.fixture
def prepared(transactional_db: None, gazette: None) -> Any:
    Figure.objects.update(confirmed=True)
    return actor_of(person("admin", "区财政局", "system_admin"))


def test_opened_twice_at_once_it_freezes_everybody_once(prepared: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    meeting, freeze = Meeting(), periods.freeze_units

    def wait(*arguments: Any) -> None:
        meeting.wait()
        freeze(*arguments)

    monkeypatch.setattr("evaluation.sheets.services.periods.freeze_units", wait)
    outcomes = at_once(opening, opening)
    assert not [one for one in outcomes if isinstance(one, Exception)], outcomes
    assert PeriodUnit.objects.filter(scheme__track="township").count() == 21
    assert PeriodUnit.objects.filter(scheme__track="department").count() == 49
    assert MarkSheet.objects.count() == 57


@pytest.mark.parametrize("merge_first", [True, False])
def test_a_merger_at_the_moment_of_opening_is_in_it_or_after_it(
    prepared: Any, monkeypatch: pytest.MonkeyPatch, merge_first: bool
) -> None:
    """Whoever holds the organisations first goes first; the other waits and sees what was done."""
    holding, wait_for = threading.Event(), 1.0
    end, lock = organisations.end, periods.lock_units

    def slow_end(*arguments: Any) -> None:
        end(*arguments)
        holding.set()
        threading.Event().wait(wait_for)

    def slow_lock(*arguments: Any) -> Any:
        found = lock(*arguments)
        holding.set()
        threading.Event().wait(wait_for)
        return found

    if merge_first:
        monkeypatch.setattr(organisations, "end", slow_end)
    else:
        monkeypatch.setattr("evaluation.sheets.services.periods.lock_units", slow_lock)
    now = timezone.now()
    source, into = (Organisation.objects.get(code=code) for code in ("dachengzi-zhen", "beizhuang-zhen"))

    def merge() -> Any:
        return merge_organisations(
            number="密编〔2020〕1号",
            actor=prepared,
            merged=[Seen(source.code, source.version)],
            into=Seen(into.code, into.version),
            on=now.astimezone().date(),
            at=now,
        )

    def second(act: Any) -> Any:
        assert holding.wait(30)
        return act()

    acts = (merge, lambda: second(opening)) if merge_first else (opening, lambda: second(merge))
    outcomes = at_once(*acts)
    assert not [one for one in outcomes if isinstance(one, Exception)], outcomes
    ranked = set(PeriodUnit.objects.filter(scheme__track="township").values_list("organisation__code", flat=True))
    assert len(ranked) == (20 if merge_first else 21) and ("dachengzi-zhen" in ranked) != merge_first
    marked = set(MarkSheet.objects.filter(scheme__track="township").values_list("marks__organisation__code", flat=True))
    assert ("dachengzi-zhen" in marked) != merge_first


@pytest.mark.control("test_opened_twice_at_once_it_freezes_everybody_once")
def test_without_the_lock_and_the_question_the_second_opening_fails(
    prepared: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Both would freeze everybody; the store refuses the second, and whoever pressed it is told of an error."""
    barrier = threading.Barrier(2)

    def freeze(period: Any, scheme: Any, units: Any) -> None:
        meet(barrier)
        PeriodUnit.objects.bulk_create(periods.frozen_rows(period, scheme, units))

    unlock(monkeypatch, Organisation)
    monkeypatch.setattr("evaluation.sheets.services.periods.freeze_units", freeze)
    outcomes = at_once(opening, opening)
    assert [type(one).__name__ for one in outcomes if isinstance(one, Exception)] == ["IntegrityError"], outcomes


@pytest.mark.control("test_a_merger_at_the_moment_of_opening_is_in_it_or_after_it")
def test_without_the_lock_a_unit_is_ranked_that_had_ended(prepared: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """The merger is under way; the opening reads the units as they were and ranks one that is gone when it is done."""
    unlock(monkeypatch, Organisation)
    ended, opened = threading.Event(), threading.Event()
    end = organisations.end

    def slow_end(*arguments: Any) -> None:
        end(*arguments)
        ended.set()
        assert opened.wait(30)

    monkeypatch.setattr(organisations, "end", slow_end)
    now = timezone.now()
    source, into = (Organisation.objects.get(code=code) for code in ("dachengzi-zhen", "beizhuang-zhen"))

    def merge() -> Any:
        return merge_organisations(
            number="密编〔2020〕1号",
            actor=prepared,
            merged=[Seen(source.code, source.version)],
            into=Seen(into.code, into.version),
            on=now.astimezone().date(),
            at=now,
        )

    def second() -> Any:
        assert ended.wait(30)
        try:
            return opening()
        finally:
            opened.set()

    outcomes = at_once(merge, second)
    assert not [one for one in outcomes if isinstance(one, Exception)], outcomes
    assert PeriodUnit.objects.filter(organisation__code="dachengzi-zhen").exists()
    assert Organisation.objects.get(code="dachengzi-zhen").valid_to is not None
