"""A 并入 that is taken back by two at the same moment is taken back once."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from miyun_kpi.audit.models import AuditEntry
from miyun_kpi.lib.errors import Conflict
from miyun_kpi.organisations import revoking
from miyun_kpi.organisations.models import Organisation, Reorganisation
from miyun_kpi.organisations.queries import resolve
from miyun_kpi.organisations.services import Seen, merge_organisations
from tests.factories.rankings import actor_of, person
from tests.races.control import unlock
from tests.races.test_reviews import at_once, wait_after

pytestmark = pytest.mark.postgres


def revoked_twice(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """Both have seen that the change stands, as far as the locks let them."""
    actors = [actor_of(person(name, "区政府办公室", "system_admin")) for name in ("one", "two")]
    old, new = resolve("区民政局"), resolve("区财政局")
    assert old is not None and new is not None
    at = timezone.now()
    change = merge_organisations(
        actor=actors[0],
        merged=[Seen(old.code, old.version)],
        into=Seen(new.code, new.version),
        number="密编〔2020〕1号",
        on=timezone.localdate(at) - timedelta(days=1),
        at=at,
    )
    wait_after(monkeypatch, revoking, "_require_revocable")
    given = {"reorganisation_id": change.pk, "reason": "选错了接收的单位", "at": at}
    return at_once([lambda actor=actor: revoking.revoke_change(actor=actor, **given) for actor in actors])


def told() -> int:
    return AuditEntry.objects.filter(action="organisations.organisation.change-revoked").count()


def test_taken_back_twice_at_once_it_is_taken_back_once(
    transactional_db: None, gazette: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    outcomes = revoked_twice(monkeypatch)
    assert sorted(type(one).__name__ for one in outcomes) == ["Conflict", "Reorganisation"], outcomes
    assert next(one for one in outcomes if isinstance(one, Conflict)).code == "revoked"
    assert told() == 1 and Organisation.objects.get(name="区民政局").valid_to is None


@pytest.mark.control("test_taken_back_twice_at_once_it_is_taken_back_once")
def test_without_the_locks_it_is_taken_back_twice(
    transactional_db: None, gazette: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    unlock(monkeypatch, Organisation)
    outcomes = revoked_twice(monkeypatch)
    assert [type(one).__name__ for one in outcomes] == ["Reorganisation"] * 2, outcomes
    assert told() == 2 and Reorganisation.objects.count() == 1
