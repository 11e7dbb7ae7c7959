"""No model with states stays out of the walk: it is walked, or says why what looks like a state is none."""

from collections.abc import Iterator

import pytest
from django.apps import apps
from django.db import models

from tests.doors.facts import FACTS
from tests.doors.finals import final_states
from tests.doors.walking import ACTS, states_of

FOREIGN = ("django", "axes", "knox")
CALLED = {"state", "phase", "stage", "status", "standing", "outcome", "decision", "resolution", "verdict", "result"}
ON_OFF = {"active", "is_active", "current", "closed", "ended", "void"}
DAYS = (models.DateField, models.DateTimeField, models.BooleanField)


def tells_a_state(field: models.Field) -> bool:
    """A choice with such a name, a day or an answer that is filled in one day, a switch."""
    if field.choices and field.name in CALLED:
        return True
    return (field.null and isinstance(field, DAYS)) or (isinstance(field, models.BooleanField) and field.name in ON_OFF)


def undeclared(found: list[type[models.Model]]) -> Iterator[str]:
    for model in found:
        if model not in ACTS and not model.__module__.startswith(FOREIGN):
            fields = (field for field in model._meta.concrete_fields if tells_a_state(field))
            yield from (f"{model._meta.label}.{field.name}" for field in fields)


def test_every_model_with_a_state_is_walked_or_says_why_not() -> None:
    found = set(undeclared(list(apps.get_models())))
    assert found - set(FACTS) == set(), "walk it (tests/doors/subject_*.py), or say in facts.py why it is no state"
    assert set(FACTS) - found == set(), "these are walked or gone"


@pytest.mark.parametrize(
    "field",
    [
        models.CharField("状态", max_length=4, choices=[("a", "甲")]),
        models.DateTimeField("撤销时间", null=True),
        models.BooleanField("在用", default=True),
        models.BooleanField("同意", null=True),
    ],
    ids=["a choice", "a day", "a switch", "an answer"],
)
def test_a_new_model_with_a_state_that_nobody_declared_is_refused(field: models.Field) -> None:
    field.set_attributes_from_name("state" if field.choices else "active")
    made = type("Made", (), {"_meta": type("M", (), {"label": "x.Made", "concrete_fields": [field]})})
    assert list(undeclared([made])) == [f"x.Made.{field.name}"]


def test_the_walk_covers_these_models_and_states() -> None:
    """So that a walk that lost its models is seen: figures of 2026-11."""
    states = [f"{model._meta.label}.{code}" for model in ACTS for code in states_of(model)]
    assert len(ACTS) >= 69 and len(states) >= 208 and len(set(states)) == len(states)
    assert all(acts and len({one.name for one in acts}) == len(acts) for acts in ACTS.values())
    assert {state for row in final_states() for state in row.states} <= {*states, "registers.Record.struck"}
