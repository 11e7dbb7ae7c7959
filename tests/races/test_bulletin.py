"""A bulletin edited and sent for review at the same moment: what is reviewed is what was read; final only once."""

import threading
from collections.abc import Callable, Iterator
from datetime import date
from typing import Any

import pytest
from django.db import connection, connections
from django.utils import timezone

from evaluation.bulletin.rules.bulletin_draft import Options
from evaluation.bulletin.services import bulletins as services
from evaluation.enums import BulletinState
from evaluation.models import Bulletin, Ranking
from miyun_kpi.lib.actors import Actor
from miyun_kpi.lib.errors import Conflict
from tests.factories.rankings import actor_of, filed_quarter, official, person, published, signed
from tests.races.control import Meeting

pytestmark = pytest.mark.postgres

NUMBER = "密政办字〔2020〕20号"


@pytest.fixture
def drafted(transactional_db: None, gazette: None) -> tuple[Bulletin, list[Actor]]:
    actors = [actor_of(person(name, "区政府办公室", "evaluation_office")) for name in ("first", "second", "third")]
    ranking = published(signed(official("township", filed_quarter(), by=actors[0]), by=actors[0]), by=actors[1])
    bulletin = services.draft_bulletin(
        actor=actors[0], ranking_ids=[ranking.pk], kind="report", options=Options(), at=timezone.now()
    )
    return bulletin, actors


@pytest.fixture
def together(monkeypatch: pytest.MonkeyPatch) -> Iterator[Meeting]:
    """Both wait for each other after having found the version fresh; whoever is locked out never comes."""
    meeting, require = Meeting(), services._require_version

    def require_and_wait(bulletin: Bulletin, version: int) -> None:
        require(bulletin, version)
        meeting.wait()

    monkeypatch.setattr(services, "_require_version", require_and_wait)
    yield meeting


def at_once(*acts: Callable[[], Any]) -> list[Any]:
    outcomes: list[Any] = []

    def run(act: Callable[[], Any]) -> None:
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
        thread.join(30)
    return outcomes


def edit_and_submit(bulletin: Bulletin, actors: list[Actor]) -> list[Any]:
    given = {"bulletin_id": bulletin.pk, "version": 1, "at": timezone.now()}
    return at_once(
        lambda: services.save_bulletin(actor=actors[1], content={"text": "改过的一段"}, **given),
        lambda: services.submit_bulletin(actor=actors[0], **given),
    )


def unlock(monkeypatch: pytest.MonkeyPatch) -> None:
    queryset = type(Bulletin.objects.all())
    real = queryset.select_for_update

    def unlocked(self: Any, *args: Any, **kwargs: Any) -> Any:
        return self.all() if self.model in (Bulletin, Ranking) else real(self, *args, **kwargs)

    monkeypatch.setattr(queryset, "select_for_update", unlocked)


def test_of_an_edit_and_a_submission_at_once_one_is_told(drafted: Any, together: Meeting) -> None:
    assert connection.vendor == "postgresql"
    bulletin, actors = drafted
    outcomes = edit_and_submit(bulletin, actors)
    assert sorted(type(one) for one in outcomes if isinstance(one, Conflict)) == [Conflict], outcomes
    bulletin.refresh_from_db()
    assert bulletin.version == 2
    edited = bulletin.versions.count() == 2
    assert edited == (bulletin.state == BulletinState.DRAFT), "what was sent is what its sender had read"


@pytest.mark.control("test_of_an_edit_and_a_submission_at_once_one_is_told")
def test_without_the_lock_both_would_go_through(
    drafted: Any, together: Meeting, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The control arm: the row lock taken away, a text is changed behind the back of its sender."""
    bulletin, actors = drafted
    unlock(monkeypatch)
    outcomes = edit_and_submit(bulletin, actors)
    assert [type(one) for one in outcomes] == [Bulletin, Bulletin], outcomes


def finalise_twice(bulletin: Bulletin, actors: list[Actor], together: Meeting) -> list[Any]:
    together.abort()
    save = {"bulletin_id": bulletin.pk, "version": 1, "at": timezone.now()}
    services.save_bulletin(actor=actors[0], content={"issuer_mark": "密云区政府办文件"}, **save)
    services.submit_bulletin(actor=actors[0], bulletin_id=bulletin.pk, version=2, at=timezone.now())
    together.reset()
    final = {"bulletin_id": bulletin.pk, "version": 3, "dated": date(2020, 7, 20), "at": timezone.now()}
    return at_once(
        lambda: services.finalise_bulletin(actor=actors[1], number=NUMBER, **final),
        lambda: services.finalise_bulletin(actor=actors[2], number="密政办字〔2020〕21号", **final),
    )


def test_two_people_finalise_at_once_and_it_is_final_once(drafted: Any, together: Meeting) -> None:
    bulletin, actors = drafted
    outcomes = finalise_twice(bulletin, actors, together)
    assert sorted(type(one).__name__ for one in outcomes) == ["Bulletin", "Conflict"], outcomes
    bulletin.refresh_from_db()
    assert bulletin.state == BulletinState.FINAL and bulletin.versions.count() == 3
    assert bulletin.versions.first().content["number"] == bulletin.number


@pytest.mark.control("test_two_people_finalise_at_once_and_it_is_final_once")
def test_without_the_lock_only_the_store_keeps_it_from_a_second_number(
    drafted: Any, together: Meeting, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Both went through; the second would write over what is final and is answered by an error of the store, or by the
    number of a version, which it takes for a 发文字号 that nobody has used."""
    bulletin, actors = drafted
    unlock(monkeypatch)
    outcomes = finalise_twice(bulletin, actors, together)
    said = {getattr(one, "code", type(one).__name__) for one in outcomes}
    assert said in ({"Bulletin", "InternalError"}, {"Bulletin", "number-taken"}), outcomes
