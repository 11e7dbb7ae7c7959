"""What units propose: two administrators who release the same list at once carry each of it out once (0106)."""

import threading
from typing import Any

import pytest

from miyun_kpi.accounts.enums import Role
from miyun_kpi.accounts.models import Post, User
from miyun_kpi.acts import two_persons
from miyun_kpi.audit.models import AuditEntry
from miyun_kpi.powers.services import release
from miyun_kpi.proposals.models import Proposal
from miyun_kpi.proposals.stored import given_of
from tests.accounts.people import actor, person
from tests.clock import now
from tests.powers.people import UNIT, asked, new, people
from tests.races.control import meet, unlock
from tests.races.test_marks import together

pytestmark = pytest.mark.postgres
LIST = 3


def released_by_two(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """Accounts to shut, before two system administrators; both have the first in their hands before either writes."""
    them = people()
    administrators = [actor(them.system), actor(person("guan-er", Role.SYSTEM_ADMIN))]
    for number in range(LIST):
        person(f"ren-{number}", Role.REPORTER, UNIT)
        asked(them.liaison, "unit-account-shut", username=f"ren-{number}", reason="调离本单位，已交接")
    chosen = list(Proposal.objects.order_by("pk").values_list("pk", "version"))
    barrier, real = threading.Barrier(2), two_persons.release

    def meet_and_release(*given: Any, **more: Any) -> None:
        meet(barrier)
        real(*given, **more)

    monkeypatch.setattr(two_persons, "release", meet_and_release)
    return together(2, lambda number: release(actor=administrators[number], chosen=chosen, at=now()))


def test_a_list_that_two_release_at_once_is_carried_out_once(
    transactional_db: None, gazette: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    outcomes = released_by_two(monkeypatch)
    told = [one for found in outcomes for one in found]
    assert sum(one.done is not None for one in told) == LIST
    assert {one.refusal.code for one in told if one.refusal} <= {"stale", "wrong-state", "busy"}
    assert AuditEntry.objects.filter(action="proposals.proposal.confirmed").count() == LIST
    assert AuditEntry.objects.filter(action="accounts.account.disabled").count() == LIST
    assert not User.objects.filter(username__startswith="ren-", is_active=True).exists()


@pytest.mark.control("test_a_list_that_two_release_at_once_is_carried_out_once")
def test_without_the_locks_both_have_released_it(
    transactional_db: None, gazette: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    unlock(monkeypatch, Proposal, User, Post)
    outcomes = released_by_two(monkeypatch)
    assert sum(one.done is not None for found in outcomes for one in found) > LIST
    assert AuditEntry.objects.filter(action="proposals.proposal.confirmed").count() > LIST


@pytest.mark.no_control("the guard is the unique key of the user name; without it the table cannot be made")
def test_one_name_that_two_lists_hold_is_made_once(
    transactional_db: None, gazette: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Past the key of proposals: two units, one user name, two system administrators."""
    them = people()
    rows = [new(them.liaison), new(them.strangers, "xin-b")]
    second = Proposal.objects.filter(pk=rows[1].pk)
    second.update(given=rows[0].given | {"organisation": rows[1].given["organisation"]})
    kind, given = given_of(second.get())
    # As the other list would have said it: what reads otherwise is refused before it comes to the name.
    second.update(said=[list(pair) for pair in kind.said(given)])
    administrators = [actor(them.system), actor(person("guan-er", Role.SYSTEM_ADMIN))]
    barrier, real = threading.Barrier(2), User.objects.create_user

    def meet_and_create(*given: Any, **more: Any) -> User:
        meet(barrier)
        return real(*given, **more)

    monkeypatch.setattr(User.objects, "create_user", meet_and_create)
    outcomes = together(
        2, lambda number: release(actor=administrators[number], chosen=[(rows[number].pk, 1)], at=now())
    )
    assert sorted(one.refusal.code if one.refusal else "" for found in outcomes for one in found) == [
        "",
        "username-taken",
    ]
    assert User.objects.filter(username="xin").count() == 1
    assert Proposal.objects.filter(code="unit-post").count() == 1
