"""What the office gives back stands on the desk of the unit that wrote it, and on the office's again once it was changed."""

from dataclasses import replace

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from miyun_kpi.registers.desk import desk_items
from miyun_kpi.registers.models import Record
from miyun_kpi.registers.services import records
from tests.duties.conftest import acting
from tests.registers.test_records import another
from tests.safety.test_safety import AT, make, office, second, step, town

__all__ = ["office", "second", "town"]
WHY = "消火栓数与上月相差较大"


def table(town, day="2020-06-30"):
    return make(town, "fire-stations", as_of=day, small="1", hydrants="10")


def changed(actor, row, **typed):
    version = Record.objects.get(pk=row.pk).version
    given = {"app": "safety", "kind": "fire-stations", "record_id": row.pk, "version": version}
    return records.change_record(actor=actor, typed=row.values | typed, at=AT, **given)


def asked(actor):
    return [(item.group, item.action) for item in desk_items(actor, AT)]


def test_a_table_goes_back_to_its_town_and_waits_for_no_one_else_until_it_is_changed(office, second, town):
    row = table(town)
    assert asked(second) == [("to-check", "接受")] and asked(town) == []
    step(office, row, "returned", reason=WHY)
    (item,) = desk_items(town, AT)
    assert (item.group, item.state, item.action) == ("returned", "returned", "修改") and WHY in item.context
    assert item.url == f"/safety/records/fire-stations/{row.pk}/"
    assert asked(second) == asked(office) == []
    assert asked(acting("溪翁庄镇", "reporter")) == [] == asked(acting("北庄镇", "leader"))
    changed(town, Record.objects.get(pk=row.pk), hydrants="9")
    assert asked(town) == [] and asked(second) == [("to-check", "接受")]
    step(second, row, "accept")
    assert asked(town) == asked(second) == []


def test_one_that_was_accepted_and_is_given_back_comes_to_the_town_too(office, second, town):
    row = table(town)
    step(office, row, "accept")
    step(second, row, "returned", reason=WHY)
    assert asked(town) == [("returned", "修改")] and asked(office) == []
    changed(town, Record.objects.get(pk=row.pk), hydrants="9")
    step(second, row, "returned", reason="还是不对，请核对")
    (item,) = desk_items(town, AT)
    assert "还是不对" in item.context, "the last opinion"


def test_not_for_whoever_gave_it_back_nor_for_who_stands_in_for_him(office, town):
    row = table(town)
    step(office, row, "returned", reason=WHY)
    Record.objects.filter(pk=row.pk).update(hand_id=town.user_id)
    assert asked(town) == []
    assert asked(replace(another(town, 77), stands_for=town.user_id)) == []
    assert asked(another(town, 77)) == [("returned", "修改")]


@pytest.mark.parametrize("whose", ["town", "office"])
def test_however_many_came_back_the_questions_are_as_many(office, second, town, whose):
    reader = town if whose == "town" else second

    def questions():
        with CaptureQueriesContext(
            connection,
        ) as asked_:
            desk_items(reader, AT)
        return len(asked_)

    step(office, table(town), "returned", reason=WHY)
    few = questions()
    for month in ("01", "02", "03", "04"):
        step(office, table(town, f"2020-{month}-28"), "returned", reason=WHY)
    assert questions() == few
