"""双人办理: of two who propose the same one waits, and what is released by two at once is carried out once (0084)."""

import threading
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from miyun_kpi.acts import two_persons
from miyun_kpi.acts.days import IN_TIME
from miyun_kpi.acts.enums import TwoPersonState
from miyun_kpi.audit.models import AuditEntry
from miyun_kpi.lib.actors import Actor
from miyun_kpi.lib.errors import Conflict
from miyun_kpi.proposals import registry, services
from miyun_kpi.proposals.models import Proposal
from miyun_kpi.proposals.services import decide, propose
from tests.duties.conftest import acting
from tests.finance_policy.conftest import AT
from tests.races.control import meet, unlock, without
from tests.races.test_marks import together
from tests.races.test_reviews import wait_after

pytestmark = pytest.mark.postgres
ON = date(2020, 10, 19)


def of_the_office(number: int) -> Actor:
    """区财政局, one person after the other."""
    return replace(acting("区财政局", "register_office"), user_id=number, label=f"第 {number} 人（区财政局）")


def asked(number: int, basis: str = "某文") -> Proposal:
    given: dict[str, Any] = {"kind": "paid-in", "amount": Decimal(100), "on": ON, "party": "区财政局", "basis": basis}
    return propose(actor=of_the_office(number), code="finance-fund", late=IN_TIME, asked_on=ON, at=AT, **given)


def kinds(outcomes: list[Any]) -> list[str]:
    return sorted(type(one).__name__ for one in outcomes)


# ── Proposed by two at once ──────────────────────────────────────────────────────────────────────────────────────────
def proposed_twice(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """Both have tried the act before the first of them waits."""
    wait_after(monkeypatch, services, "_try")
    return together(2, lambda number: asked(number + 1))


def test_of_two_who_propose_the_same_one_waits(
    transactional_db: None, gazette: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    outcomes = proposed_twice(monkeypatch)
    assert kinds(outcomes) == ["Conflict", "Proposal"]
    assert next(one for one in outcomes if isinstance(one, Conflict)).code == "already-proposed"
    assert Proposal.objects.count() == 1
    assert AuditEntry.objects.filter(action="proposals.proposal.proposed").count() == 1, "the other leaves no trace"


@pytest.mark.control("test_of_two_who_propose_the_same_one_waits")
def test_without_the_key_both_wait(transactional_db: None, gazette: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """One payment stands there twice, for a second person to confirm both."""
    with without(Proposal, "one_open_proposal_of_an_act_and_thing"):
        outcomes = proposed_twice(monkeypatch)
        assert kinds(outcomes) == ["Proposal", "Proposal"]
        assert Proposal.objects.filter(state=TwoPersonState.PROPOSED).count() == 2


# ── Released by two at once ──────────────────────────────────────────────────────────────────────────────────────────
@pytest.fixture
def paid(transactional_db: None, gazette: None, monkeypatch: pytest.MonkeyPatch) -> list[Decimal]:
    """What goes out: an act that would not know itself for the same one pressed twice, as the fund does by its basis."""
    out: list[Decimal] = []
    kind = registry.decision("finance-fund")
    paying = replace(kind, run=lambda *, actor, at, amount, **given: out.append(amount))
    monkeypatch.setitem(registry._known, "finance-fund", paying)
    return out


def released_twice(monkeypatch: pytest.MonkeyPatch, paid: list[Decimal]) -> list[Any]:
    """By the second and the third person; both have the proposal in their hands before either writes."""
    row = asked(1)
    paid.clear()  # Proposing tries the act.
    barrier, release = threading.Barrier(2), two_persons.release

    def meet_and_release(*given: Any, **more: Any) -> None:
        meet(barrier)
        release(*given, **more)

    monkeypatch.setattr(two_persons, "release", meet_and_release)
    given = {"proposal_id": row.pk, "version": row.version, "confirm": True, "note": "", "at": AT}
    return together(2, lambda number: decide(actor=of_the_office(number + 2), **given))


def test_what_two_release_at_once_is_carried_out_once(paid: list[Decimal], monkeypatch: pytest.MonkeyPatch) -> None:
    outcomes = released_twice(monkeypatch, paid)
    assert kinds(outcomes) == ["Conflict", "Proposal"] and paid == [100]
    row, confirmed = Proposal.objects.get(), next(one for one in outcomes if isinstance(one, Proposal))
    assert (row.state, row.confirmed_by_id) == (TwoPersonState.CONFIRMED, confirmed.confirmed_by_id)
    assert AuditEntry.objects.filter(action="proposals.proposal.confirmed").count() == 1


@pytest.mark.control("test_what_two_release_at_once_is_carried_out_once")
def test_without_the_lock_it_is_carried_out_twice(paid: list[Decimal], monkeypatch: pytest.MonkeyPatch) -> None:
    unlock(monkeypatch, Proposal)
    outcomes = released_twice(monkeypatch, paid)
    assert kinds(outcomes) == ["Proposal", "Proposal"] and paid == [100, 100]
    assert AuditEntry.objects.filter(action="proposals.proposal.confirmed").count() == 2
