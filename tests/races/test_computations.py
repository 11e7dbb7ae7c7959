"""正式核定 pressed by two while a decision comes between, on real connections: the newest version stands on the inputs of now."""

import threading
from decimal import Decimal
from typing import Any

import pytest
from django.utils import timezone

from evaluation.engine.queries.holding import difference
from evaluation.enums import RankingKind
from evaluation.models import Mark, Period, Ranking, Scheme
from evaluation.periods.services import inputs_moved
from evaluation.ranking import services
from miyun_kpi.acts.acting import acting
from miyun_kpi.lib.actors import Actor
from tests.factories.rankings import actor_of, filed_quarter, person
from tests.races.control import somebody_waits, unlock, wait_for
from tests.races.test_reviews import at_once

pytestmark = pytest.mark.postgres


@pytest.fixture
def quarter(transactional_db: None, gazette: None) -> tuple[Period, list[Actor]]:
    office = [actor_of(person(name, "区政府办公室", "evaluation_office")) for name in ("first", "second")]
    return filed_quarter(), office


def two_with_a_decision_between(quarter: Any, monkeypatch: pytest.MonkeyPatch, kind: str, after: str) -> list[Any]:
    """The first has come past `after`; a mark moves, and the second computes, or waits for the first."""
    period, (first, second) = quarter
    scheme = Scheme.objects.get(track="township", year=2020)
    compute = services.compute_trial if kind == RankingKind.TRIAL else services.compute_official
    has_come, has_moved, second_is_done = threading.Event(), threading.Event(), threading.Event()
    step = getattr(services, after)

    def step_and_wait(*args: Any, **kwargs: Any) -> Any:
        found = step(*args, **kwargs)
        if not has_come.is_set():
            has_come.set()
            assert has_moved.wait(20)
            wait_for(lambda: second_is_done.is_set() or somebody_waits(), "the second neither computes nor waits")
        return found

    monkeypatch.setattr(services, after, step_and_wait)

    def begin() -> Ranking:
        return compute(actor=first, scheme=scheme, period=period, at=timezone.now())[0]

    def come_between() -> Ranking:
        assert has_come.wait(20)
        try:
            with acting(second, timezone.now()):
                mark = Mark.objects.filter(sheet__period=period, sheet__scheme=scheme, value__gt=1).order_by("pk")[0]
                Mark.objects.filter(pk=mark.pk).update(value=(mark.value or Decimal(0)) - 1)
                inputs_moved(scheme.pk, [period.pk])
            has_moved.set()
            return compute(actor=second, scheme=scheme, period=period, at=timezone.now())[0]
        finally:
            second_is_done.set()

    outcomes = at_once([begin, come_between])
    assert all(isinstance(one, Ranking) for one in outcomes), outcomes
    return outcomes


def newest() -> Ranking:
    return Ranking.objects.select_related("scheme", "period").get(overtaken=False)


@pytest.mark.parametrize("after", ["engine_inputs", "build"])
@pytest.mark.parametrize("kind", ["trial", "official"])
def test_the_newest_of_two_computations_has_the_inputs_of_now(
    quarter: Any, monkeypatch: pytest.MonkeyPatch, kind: str, after: str
) -> None:
    """Nobody is told that the two engines differ, because one of them read before the mark and the other after it."""
    _, second = two_with_a_decision_between(quarter, monkeypatch, kind, after)
    assert newest() == second and difference(newest()) == []


@pytest.mark.control("test_the_newest_of_two_computations_has_the_inputs_of_now")
def test_without_the_lock_what_was_read_before_the_mark_overtakes_what_was_read_after(
    quarter: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The right computation is history, and the void one is the one to be signed."""
    unlock(monkeypatch, Scheme)
    first, _ = two_with_a_decision_between(quarter, monkeypatch, "official", "_require_settled")
    assert newest() == first
    assert difference(newest())
