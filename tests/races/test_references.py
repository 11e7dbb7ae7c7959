"""An organisation is merged or renamed while an act refers to it: one waits for the other, and never both."""

from typing import Any

import pytest
from django.db.models import QuerySet
from django.utils import timezone

from miyun_kpi.acts import acting as kernel
from miyun_kpi.acts.acting import acting, at_the_end, lock_one
from miyun_kpi.api.enums import ChangeKind
from miyun_kpi.api.feed import announce
from miyun_kpi.inbox.services import Message
from miyun_kpi.lib.actors import SYSTEM
from miyun_kpi.organisations import merging, services
from miyun_kpi.organisations.models import Organisation
from miyun_kpi.registers.models import Record
from miyun_kpi.registers.registry import kind_of
from miyun_kpi.registers.services import moving
from miyun_kpi.registers.services.records import write
from tests.evaluation.conftest import actor_named
from tests.races.control import deadlocked, somebody_waits, until_somebody_waits, wait_for
from tests.races.test_reviews import at_once

pytestmark = pytest.mark.postgres


def told(place: Organisation) -> list[Message]:
    return [Message(key=f"race/{place.pk}", organisation_id=place.pk, title="某件事")]


def merged_while_its_record_is_held() -> list[Any]:
    """The act holds a record of the unit and then refers to the unit; the merger holds the unit and wants the record."""
    row = Record.objects.filter(kind="safety.hazards", owner__isnull=False).select_related("owner")[0]
    into = Organisation.objects.get(code="shuiwu-ju")
    held = []

    def act() -> None:
        with acting(SYSTEM, timezone.now()) as one:
            lock_one(Record.objects.filter(pk=row.pk))
            held.append(row.pk)
            until_somebody_waits()
            one.tell(told(row.owner))

    def merge() -> str:
        wait_for(lambda: bool(held))
        done = services.merge_organisations(
            number="密编〔2020〕1号",
            actor=actor_named("guanliyuan"),
            merged=[services.Seen(row.owner.code, row.owner.version)],
            into=services.Seen(into.code, into.version),
            on=timezone.localdate(),
            at=timezone.now(),
        )
        return str(done.units.get(part="successor").organisation.code)

    return at_once([act, merge])


def test_a_merger_waits_for_an_act_that_refers_to_the_unit(live_demo: None) -> None:
    assert merged_while_its_record_is_held() == [None, "shuiwu-ju"]


@pytest.mark.control("test_a_merger_waits_for_an_act_that_refers_to_the_unit")
def test_a_lock_that_forbids_references_too_deadlocks(live_demo: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """As it was: the whole row of the organisation locked, though a merger leaves its key alone."""
    plain = QuerySet.select_for_update

    def whole(self: Any, *args: Any, **given: Any) -> Any:
        return plain(self, *args, **given | ({"no_key": False} if self.model is Organisation else {}))

    monkeypatch.setattr(QuerySet, "select_for_update", whole)
    assert deadlocked(merged_while_its_record_is_held()) == ["40P01"]


def renamed_while_the_feed_is_held() -> list[Any]:
    """The act holds the feed and refers to the unit; the other renames it, which is another key, and wants the feed."""
    place = Organisation.objects.get(code="shuiwu-ju")
    held = []

    def act() -> None:
        with acting(SYSTEM, timezone.now()) as one:
            one.tell(told(place))
            announce(kind=ChangeKind.PUBLICATION, data={}, at=timezone.now())
            at_the_end(lambda: held.append(place.pk))
            at_the_end(until_somebody_waits)

    def rename() -> str:
        wait_for(lambda: bool(held))
        done = services.rename_organisation(
            number="密编〔2020〕1号",
            actor=actor_named("guanliyuan"),
            seen=services.Seen(place.code, place.version),
            name="区水利局",
            on=timezone.localdate(),
            at=timezone.now(),
        )
        return done.name

    return at_once([act, rename])


def test_a_new_name_waits_for_an_act_that_refers_to_the_unit(live_demo: None) -> None:
    assert renamed_while_the_feed_is_held() == [None, "区水利局"]


@pytest.mark.control("test_a_new_name_waits_for_an_act_that_refers_to_the_unit")
def test_references_checked_at_the_commit_deadlock(live_demo: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kernel, "_settling", lambda _: "")
    assert deadlocked(renamed_while_the_feed_is_held()) == ["40P01"]


def merged_while_a_new_record_is_changed(monkeypatch: pytest.MonkeyPatch) -> tuple[str, int]:
    """The record comes when the merger has taken its locks, and is being changed when the merger moves what is open."""
    row = Record.objects.filter(kind="safety.hazards", owner__isnull=False).select_related("owner")[0]
    into, source = Organisation.objects.get(code="shuiwu-ju"), row.owner
    Record.objects.filter(pk=row.pk).update(struck_at=timezone.now())
    lock, locked, held, merged = merging._lock, [], [], []

    def lock_and_wait(sources: Any, chosen: Any) -> None:
        lock(sources, chosen)
        locked.append(row.pk)
        wait_for(lambda: bool(held))

    monkeypatch.setattr(merging, "_lock", lock_and_wait)

    def change() -> None:
        wait_for(lambda: bool(locked))
        Record.objects.filter(pk=row.pk).update(struck_at=None)
        with acting(SYSTEM, timezone.now()):
            fresh = lock_one(Record.objects.filter(pk=row.pk))
            write(kind_of(fresh)[0], fresh, {**fresh.values, "place": "新址"}, SYSTEM, timezone.now())
            held.append(row.pk)
            wait_for(lambda: somebody_waits() or bool(merged))

    def merge() -> None:
        services.merge_organisations(
            number="密编〔2020〕1号",
            actor=actor_named("guanliyuan"),
            merged=[services.Seen(source.code, source.version)],
            into=services.Seen(into.code, into.version),
            on=timezone.localdate(),
            at=timezone.now(),
        )
        merged.append(row.pk)

    assert at_once([change, merge]) == [None, None]
    now = Record.objects.get(pk=row.pk)
    return now.values["place"], now.version - row.version


def test_a_merger_writes_over_nothing_that_came_after_its_locks(
    live_demo: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert merged_while_a_new_record_is_changed(monkeypatch) == ("新址", 1)


@pytest.mark.control("test_a_merger_writes_over_nothing_that_came_after_its_locks")
def test_unlocked_the_merger_takes_the_change_back(live_demo: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(moving, "lock_free", list)
    place, acts = merged_while_a_new_record_is_changed(monkeypatch)
    assert place != "新址" and acts == 1, "two have written, one version is told"
