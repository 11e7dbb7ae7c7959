"""A step of another hand: taken in person, with the second factor, and by no deputy of who stood before it (0096, 0097)."""

from dataclasses import replace

import pytest

from miyun_kpi.acts.proof import HOLDS
from miyun_kpi.lib.errors import NotAllowed, Refused
from miyun_kpi.registers.desk import desk_items
from miyun_kpi.registers.models import Record
from tests.duties.conftest import AT
from tests.registers.test_records import another, client_of, create, office, step, town

__all__ = ["office", "town"]
pytestmark = pytest.mark.urls("tests.registers.site")


@pytest.fixture
def asked(office, town):
    return step(another(town, 4), create(office, note="已封堵"), "ask")


def closed(row):
    return Record.objects.get(pk=row.pk).stage == "closed"


def test_it_asks_for_the_second_factor_and_other_steps_do_not(office, town, settings):
    settings.SECOND_FACTOR = "acts"
    row = step(another(town, 4), create(office, note="已封堵"), "ask")
    second = another(office, 5)
    for ago in (None, HOLDS * 2):
        with pytest.raises(Refused) as refusal:
            step(replace(second, proven_at=ago and AT - ago), row, "close")
        assert refusal.value.code == "second-factor" and not closed(row)
    step(replace(second, proven_at=AT - HOLDS), row, "close")
    assert closed(row)


def test_the_page_leads_to_the_code_and_keeps_what_was_typed(asked, settings):
    settings.SECOND_FACTOR = "acts"
    client = client_of("区生态环境局", "register_office")
    address = f"/sample/records/outfall/{asked.pk}/"
    typed = {"version": asked.version, "step": "close", "reason": "到现场看过，已经封堵"}
    answer = client.post(f"{address}step/", typed, headers={"referer": f"http://testserver{address}"})
    page = answer.content.decode()
    assert answer.status_code == 422 and "动态口令" in page and f"/accounts/proof/?next={address}" in page
    assert "到现场看过，已经封堵" in page and not closed(asked)


def test_a_token_takes_no_step_of_another_hand(asked, office):
    second = another(office, 5)
    with pytest.raises(NotAllowed) as refusal:
        step(replace(second, token_id="t"), asked, "close")
    assert refusal.value.code == "no-token" and not closed(asked)
    assert step(replace(second, token_id="t"), asked, "returned", reason="封堵不严").stage == "open"


def test_who_stands_in_for_a_hand_of_before_is_kept_from_it(office, town):
    # 4 asked (the step before), 3 extended (a step it is kept apart from).
    row = create(office, due_on="2020-07-01", note="已封堵")
    step(another(office, 3), row, "extend", typed={"later": "2020-08-31"})
    row = step(another(town, 4), row, "ask")
    for absent in (3, 4):
        deputy = replace(another(office, 6), stands_for=absent)
        assert desk_items(deputy, AT) == []
        with pytest.raises(NotAllowed, match="代理人") as refusal:
            step(deputy, row, "close")
        assert refusal.value.code == "second-person" and not closed(row)
    assert len(desk_items(replace(another(office, 6), stands_for=7), AT)) == 1
    step(replace(another(office, 6), stands_for=7), row, "close")
    assert closed(row)
