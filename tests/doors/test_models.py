"""The states of the other subjects, on the rows of their demonstration: each has a door, or is final and listed as such."""

from datetime import timedelta

import pytest
from django.db import models
from django.utils import timezone

from tests.doors.subjects import ACTS, LATER
from tests.doors.walking import problems_of
from tests.evaluation.conftest import _demo_of_module, demo

__all__ = ["_demo_of_module", "demo"]


@pytest.mark.parametrize("model", ACTS, ids=lambda model: model._meta.label)
def test_every_state_has_a_door_or_is_final(demo: None, model: type[models.Model]) -> None:
    assert problems_of(model, timezone.now() + LATER.get(model, timedelta())) == []
