"""通报 pressed twice at the same moment on real connections: one bulletin; and without the lock the race is real."""

import threading
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection, connections
from django.utils import timezone

from evaluation.enums import RankingState
from evaluation.models import Ranking, Scheme
from evaluation.ranking import services
from miyun_kpi.audit.models import AuditEntry
from miyun_kpi.lib.actors import Actor
from miyun_kpi.lib.errors import Conflict
from tests.factories.rankings import actor_of, filed_quarter, official, person, signed
from tests.factories.tampering import unguarded
from tests.races.control import Meeting

pytestmark = pytest.mark.postgres


@pytest.fixture
def computed(transactional_db: None, gazette: None) -> tuple[Ranking, list[Actor]]:
    first = actor_of(person("first", "区政府办公室", "evaluation_office"))
    others = [actor_of(person(name, "区政府办公室", "evaluation_office")) for name in ("second", "third")]
    return signed(official("township", filed_quarter(), by=first), by=first), others


@pytest.fixture
def together(monkeypatch: pytest.MonkeyPatch) -> Iterator[Meeting]:
    """Both wait for each other after having read that the ranking is not yet published; whoever is locked out never comes."""
    meeting, require = Meeting(), services._require_publishable

    def require_and_wait(actor: Actor, ranking: Ranking) -> None:
        require(actor, ranking)
        meeting.wait()

    monkeypatch.setattr(services, "_require_publishable", require_and_wait)
    yield meeting


def press_twice(ranking: Ranking, actors: list[Actor]) -> list[Any]:
    outcomes: list[Any] = []

    def press(actor: Actor) -> None:
        try:
            outcomes.append(
                services.publish_ranking(actor=actor, ranking_id=ranking.pk, at=timezone.now(), scope="total")
            )
        except Exception as error:
            outcomes.append(error)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=press, args=(actor,)) for actor in actors]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    return outcomes


def bulletins() -> int:
    return AuditEntry.objects.filter(action="evaluation.ranking.published").count()


def test_pressed_twice_it_is_published_once(computed: Any, together: Meeting) -> None:
    assert connection.vendor == "postgresql"
    ranking, actors = computed
    outcomes = press_twice(ranking, actors)
    published = [one for one in outcomes if isinstance(one, Ranking)]
    refused = [one for one in outcomes if isinstance(one, Conflict)]
    assert len(published) == len(refused) == 1, outcomes
    assert refused[0].code == "already-published"
    ranking.refresh_from_db()
    assert ranking.state == RankingState.PUBLISHED
    assert ranking.published_by == published[0].published_by
    assert bulletins() == 1


@pytest.mark.control("test_pressed_twice_it_is_published_once")
def test_without_the_lock_it_would_be_published_twice(
    computed: Any, together: Meeting, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The control arm: the same two presses, only the row lock, and the guard behind it, taken away."""
    ranking, actors = computed
    queryset = type(Ranking.objects.all())
    real = queryset.select_for_update

    def unlocked(self: Any, *args: Any, **kwargs: Any) -> Any:
        return self.all() if self.model in (Ranking, Scheme) else real(self, *args, **kwargs)

    monkeypatch.setattr(queryset, "select_for_update", unlocked)
    with unguarded():
        outcomes = press_twice(ranking, actors)
    assert [type(one) for one in outcomes] == [Ranking, Ranking], outcomes
    assert bulletins() == 2
