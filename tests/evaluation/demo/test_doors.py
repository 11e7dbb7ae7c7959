"""Every state of the evaluation has a door that somebody in a post really goes through, or is final and listed as such."""

from datetime import datetime

import pytest
from django.db import models

from tests.doors import parts, table
from tests.doors.walking import problems_of

ACTS = table.ACTS | parts.ACTS
pytestmark = [pytest.mark.timeout(600), pytest.mark.once]


@pytest.mark.parametrize("model", ACTS, ids=lambda model: model.__name__)
def test_every_state_has_a_door_or_is_final(told: datetime, model: type[models.Model]) -> None:
    assert problems_of(model, told) == []
