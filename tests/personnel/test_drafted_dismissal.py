"""A dismissal is a draft until its removal is issued: nothing that others read moves when it is recorded."""

import re
from datetime import timedelta

import pytest
from django.test import Client

from miyun_kpi.organisations.leader_parts import Reading
from personnel.desk import desk_items
from personnel.leader_part import overdue
from personnel.queries import terms as queries
from personnel.services.issue import issue
from personnel.services.probation import record_decision
from personnel.services.reminders import send_notices
from tests.factories.rankings import BACKEND, actor_of
from tests.factories.rankings import person as account
from tests.personnel.test_personnel import hands
from tests.personnel.test_withdrawn_decision import ENDED, act, decided, dismissed, put_on_paper

__all__ = ["act", "hands"]


def seen(leader, client):
    """What the leader's line says, and the page of 试用期 without what changes with every answer."""
    page = client.get("/personnel/probations/").content.decode()
    lines = [line for each in (False, True) for line in overdue(Reading(leader, ENDED, each=each))]
    return lines, re.search(r"<tbody>.*</tbody>", page, re.S).group()


def test_a_recorded_dismissal_moves_nothing_for_others(hands, act):
    leader = account("leader", "区政府办公室", "leader")
    client = Client()
    client.force_login(leader, backend=BACKEND)
    before = seen(actor_of(leader), client)
    assert any("区水务局副局长" in one.title for one in before[0])
    made = decided(hands[0], act, "dismissed")
    assert seen(actor_of(leader), client) == before
    assert all("李测试" not in one.title for one in desk_items(hands[0], ENDED)), "人事 itself has decided it"
    send_notices(at=ENDED + timedelta(days=1))
    row, common = put_on_paper(hands, made)
    assert seen(actor_of(leader), client) == before
    issue(actor=hands[1], version=row.version, number="密政发〔2021〕9号", dated=ENDED.date(), **common)
    lines, page = seen(actor_of(leader), client)
    assert not any("区水务局副局长" in one.title for one in lines) and "免去试任职务" in page


def test_recorded_before_its_last_day_the_probation_still_runs_for_others(hands, act):
    early = ENDED - timedelta(days=120)
    record_decision(
        actor=hands[0], act_id=act.pk, outcome="dismissed", decided_on=early.date(), basis="考核不合格", at=early
    )

    def state(**more):
        found = queries.probations(queries.book(), early.date(), **more)
        return next(one.state for one in found if one.line.began.pk == act.pk)

    assert (state(), state(office=True)) == ("running", "dismissed")


@pytest.mark.parametrize("each", [False, True])
def test_an_issued_dismissal_is_not_overdue(hands, act, each):
    dismissed(hands, act)
    leader = actor_of(account("leader", "区政府办公室", "leader"))
    assert not any("区水务局副局长" in one.title for one in overdue(Reading(leader, ENDED, each=each)))
