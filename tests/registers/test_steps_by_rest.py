"""A step by REST fills the fields it asks for, as its page does; a misspelt field is refused and no step is taken."""

import json

import pytest
from django.test import Client

from miyun_kpi.registers.models import Record
from tests.registers.test_records import api, create, office, town

__all__ = ["office", "town"]
pytestmark = pytest.mark.urls("tests.registers.site")


@pytest.fixture
def step(office):
    """Posts a step of an outfall whose note stands already."""
    row = create(office, note="上一回写的")
    headers = api("北庄镇", "reporter")

    def send(**body):
        given = json.dumps({"step": "ask", "version": row.version} | body)
        address = f"/api/v1/sample/outfall/{row.pk}/steps/"
        return Client().generic("POST", address, given, "application/json", headers=headers)

    send.row = row
    return send


@pytest.mark.parametrize(
    "wrong", [{"done_on": "2020-07-01"}, {"values": {"nothing": "1"}}, {"values": {"flow": "5"}}, {"note": "已封堵"}]
)
def test_a_field_it_does_not_know_is_refused_by_name(step, wrong):
    answer = step(**wrong)
    assert answer.status_code in (400, 422) and next(iter(wrong.get("values", wrong))) in answer.content.decode()
    assert Record.objects.get(pk=step.row.pk).stage == "open"


def test_what_the_step_asks_for_is_filled_with_it(step):
    answer = step(values={"note": "已封堵"})
    assert answer.status_code == 200, answer.content.decode()
    assert (answer.json()["stage"], answer.json()["values"]["note"]) == ("asked", "已封堵")


def test_without_values_those_that_stand_are_kept(step):
    assert step().json()["values"]["note"] == "上一回写的"
