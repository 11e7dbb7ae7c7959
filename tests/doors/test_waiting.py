"""A step that has to wait for a day, and one whose fields are asked a second time."""

from datetime import timedelta

import pytest
from django.utils import timezone

from miyun_kpi.registers.desk import desk_items
from tests.doors.examples import example, filled
from tests.doors.people import Person
from tests.doors.test_registers import BACKEND, KINDS, Walk, perform
from tests.evaluation.conftest import _demo_of_module, demo

__all__ = ["_demo_of_module", "demo"]


def taken(walk: Walk, row, code: str, who: Person, at, **typed: str):
    step = walk.kind.step(code)
    perform(walk.kind, who, row, step, filled(walk.kind, step, row.values, walk.places, at.date()) | typed, at)
    row.refresh_from_db()


def page_of(walk: Walk, who: Person, row) -> str:
    walk.client.force_login(who.user, backend=BACKEND)
    session = walk.client.session
    session["post_id"] = who.post.pk
    session.save()
    return walk.client.get(f"/{walk.kind.app}/records/{walk.kind.code}/{row.pk}/").content.decode()


def test_a_step_stands_on_the_desk_from_the_day_it_can_be_taken(demo):
    """列入 of the black list: not while the period for objections runs, and the page says until when."""
    walk, now = Walk(*KINDS["safety.black-list"]), timezone.now()
    one, two, three = [who for who in walk.people if who.relation == "keeper" and who.actor.role == "register_office"]
    row = walk.enter(one, example(walk.kind, walk.places, now.date() - timedelta(days=9)))
    until = now.astimezone().date() + timedelta(days=5)
    taken(walk, row, "notice", two, now, objection_until=until.isoformat())
    assert f"列入（异议期至（{until}）还没有过）" in page_of(walk, three, row)
    for days, waits in ((0, False), (5, False), (6, True)):
        items = [one for one in desk_items(three.actor, now + timedelta(days=days)) if one.url.endswith(f"/{row.pk}/")]
        assert bool(items) is waits, days
    # Who registered it or gave notice is not asked for what they may not do.
    for who in (one, two):
        assert not [item for item in desk_items(who.actor, now + timedelta(days=9)) if item.url.endswith(f"/{row.pk}/")]
        assert "前面的步骤由您办过" in page_of(walk, who, row)


@pytest.mark.parametrize("first", ["grant", "refuse"])
def test_a_second_extension_is_asked_for_on_the_page(demo, first):
    """The day of the first stands in the field; the unit obliged says the new one, on the only page where it can."""
    walk = Walk(*KINDS["safety.hazards"])
    at = walk.start
    office = next(who for who in walk.people if who.relation == "keeper")
    mine = [who for who in walk.people if who.relation == "listed_by" and who.actor.role == "register_office"]
    unit = next(who for who in walk.people if who.relation == "unit" and who.actor.role == "reporter")
    row = walk.enter(office, example(walk.kind, walk.places, at.date()))
    taken(walk, row, "list", mine[0], at)
    taken(walk, row, "extend", unit, at)
    taken(walk, row, first, mine[0], at)
    text = page_of(walk, unit, row)
    said = row.values["extension_to"]
    assert 'name="extension_to"' in text and f'value="{said}"' in text
