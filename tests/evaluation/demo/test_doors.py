"""Every state of the evaluation has a door that somebody in a post really goes through, or is final and listed as such."""

from datetime import datetime

import pytest
from django.apps import apps
from django.db import models

from tests.doors.table import ACTS
from tests.doors.walking import problems_of

pytestmark = [pytest.mark.timeout(600), pytest.mark.once]


@pytest.mark.parametrize("model", ACTS, ids=lambda model: model.__name__)
def test_every_state_has_a_door_or_is_final(told: datetime, model: type[models.Model]) -> None:
    assert problems_of(model, told) == []


def test_every_model_of_the_evaluation_with_a_state_is_walked() -> None:
    found = {
        model
        for model in apps.get_app_config("evaluation").get_models()
        for field in model._meta.concrete_fields
        if field.name == "state" and field.choices
    }
    assert found == set(ACTS)
