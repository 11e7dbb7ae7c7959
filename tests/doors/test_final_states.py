"""What is final is little, named, and rests on something; facts found out later are taken in beside it."""

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.apps import apps
from django.utils import timezone

from evaluation.filing.services.population import decide_unit_decision, revoke_unit_decision
from evaluation.models import UnitDecision, Veto
from evaluation.year.services.vetoes import decide_veto, revoke_veto
from miyun_kpi.audit.models import AuditEntry
from miyun_kpi.registers.models import Record
from miyun_kpi.registers.registry import all_kinds
from miyun_kpi.registers.services.records import strike_record
from tests.doors.examples import example
from tests.doors.finals import MOST, doors_of_later_facts, final_states, later_facts
from tests.doors.later import ANEW
from tests.doors.makers import a_unit_decision, a_veto
from tests.doors.table import WHY
from tests.doors.test_registers import KINDS, Walk
from tests.doors.walking import states_of
from tests.evaluation.conftest import _demo_of_module, actor_named, demo

__all__ = ["_demo_of_module", "demo"]
FINALS = final_states()


def test_there_are_few_and_each_rests_on_a_clause_or_a_reading():
    assert 0 < len(FINALS) <= MOST
    names = [one.name for one in FINALS]
    states = [state for one in FINALS for state in one.states]
    assert len(set(names)) == len(names) and len(set(states)) == len(states)
    for one in FINALS:
        assert one.states and re.match(r"reading: .{20}|\d+号", one.rests_on), one.name


def test_each_is_a_state_that_there_is():
    for state in (state for one in FINALS for state in one.states):
        label, _, code = state.rpartition(".")
        if state != "registers.Record.struck":
            assert code in states_of(apps.get_model(label)), state


def struck_and_entered_anew() -> None:
    """The same record, its unique fields too, once the wrong one was struck."""
    walk = Walk(*KINDS["finance.risky"])
    values = example(walk.kind, walk.places, walk.start.date())
    who = next(one for one in walk.people if walk.rights.adds(one.actor))
    row = walk.enter(who, values)
    strike_record(
        actor=who.actor, app="finance", kind="risky", record_id=row.pk, version=row.version, reason=WHY, at=walk.start
    )
    right = walk.enter(who, values | {"listed_on": str(walk.start.date() - timedelta(days=1)), "name": "另一个"})
    assert right.pk != row.pk and Record.objects.get(pk=row.pk).struck_at is not None


def veto_anew(revoke: bool) -> None:
    one, two, at = actor_named("zhengfuban1"), actor_named("zhengfuban2"), timezone.now()
    row = a_veto(one, at)
    row = decide_veto(actor=two, veto_id=row.pk, version=row.version, confirm=revoke, note=WHY, at=at)
    if revoke:
        revoke_veto(actor=one, veto_id=row.pk, version=row.version, note=WHY, at=at)
    assert Veto.objects.get(pk=row.pk).state == ("revoked" if revoke else "returned")
    assert a_veto(two, at).pk != row.pk


def unit_decision_anew(revoke: bool) -> None:
    one, two, at = actor_named("zhengfuban1"), actor_named("zhengfuban2"), timezone.now()
    row = a_unit_decision(one, at)
    row = decide_unit_decision(actor=two, decision_id=row.pk, version=row.version, confirm=revoke, note=WHY, at=at)
    if revoke:
        revoke_unit_decision(actor=one, decision_id=row.pk, version=row.version, note=WHY, at=at)
    assert UnitDecision.objects.get(pk=row.pk).state == ("revoked" if revoke else "returned")
    assert a_unit_decision(two, at).pk != row.pk


PERFORMED: dict[tuple[str, str], Callable[[], Any]] = {
    ("registers.Record.struck", "create_record"): struck_and_entered_anew,
    ("evaluation.Veto.revoked", "record_veto"): lambda: veto_anew(True),
    ("evaluation.Veto.returned", "record_veto"): lambda: veto_anew(False),
    ("evaluation.UnitDecision.revoked", "record_unit_decision"): lambda: unit_decision_anew(True),
    ("evaluation.UnitDecision.returned", "record_unit_decision"): lambda: unit_decision_anew(False),
    **ANEW,
}


@pytest.mark.parametrize(("state", "fact"), sorted(doors_of_later_facts()))
def test_a_fact_found_out_later_is_taken_in(demo, state, fact):
    """The wrong one is taken back, and the right one entered with that very fact."""
    assert state in {state for one in FINALS for state in one.states} and fact in later_facts()
    before = AuditEntry.objects.count()
    PERFORMED[state, doors_of_later_facts()[state, fact]]()
    assert AuditEntry.objects.count() > before


# Of a register that knows a thing once: stages nothing leads out of, for the thing does not come back.
DONE_FOR_GOOD = {
    "water.village": {"running"},  # it stands on
    "water.nitrogen": {"closed"},  # a plant is rebuilt once
    "water.network": {"settled"},  # a section gets its owner once
    "water.case": {"closed"},  # another case has another 文号
    "safety.sources": {"gone"},  # another filing has another number
    "finance.listing": {"listed"},
    "finance.bonds": {"granted"},
    "finance.subsidies": {"paid", "refused"},  # only read (0087)
}


def test_what_a_register_knows_once_can_come_back():
    """Its key is taken: where no step leads on, the same thing could never be registered again without striking the truth."""
    found: dict[str, set[str]] = {}
    for kind, _ in all_kinds():
        closed = {one.code for one in kind.stages if one.closed} if kind.unique else set()
        left = closed - {source for step in kind.steps for source in step.sources}
        if left and kind.app != "sample":
            found[kind.key] = left
    assert found == DONE_FOR_GOOD
