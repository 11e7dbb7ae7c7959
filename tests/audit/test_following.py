"""What followed on an act: the same things, by whoever; of an act on many reports each of them; never a reading."""

from dataclasses import replace
from datetime import timedelta

import pytest

from miyun_kpi.audit.following import followed_by, requests_at
from miyun_kpi.audit.services import record
from miyun_kpi.lib.actors import SYSTEM, Actor
from tests.clock import now

pytestmark = pytest.mark.django_db
ME = Actor("甲", user_id=1, request_id="a" * 16)
OTHER = Actor("乙", user_id=2, request_id="b" * 16)


def followed(first, then, *, own=False, by=OTHER):
    """The action that followed on `first`, each an action, a subject and its data."""
    at = now()
    for actor, (action, subject, data), moment in ((ME, first, at), (by, then, at + timedelta(minutes=1))):
        record(actor=actor, action=action, subject=subject, data=data, at=moment)
    assert requests_at(at, 1) == {ME.request_id}
    found = followed_by(requests_at(at, 1), at, own=own)
    return found.action if found else ""


FILED = ("evaluation.sheet.filed", "mark-sheet:1", {})
RECONCILED = ("farmland.money.reconciled", "farmland-month:2020-09", {"lines": 3})
ACCEPTED = ("duties.reports.accepted", "duty-periods", {"lines": [7, 8]})
RETURNED = ("duties.report.returned", "duty-period:8", {})


def marks(*units):
    return ("evaluation.marks.saved", "mark-sheet:1", {"rows": [{"organisation": one} for one in units]})


@pytest.mark.parametrize(
    ("first", "then", "said"),
    [
        (FILED, ("evaluation.sheet.reopened", "mark-sheet:1", {}), "evaluation.sheet.reopened"),
        (FILED, ("evaluation.sheet.reopened", "mark-sheet:2", {}), ""),
        (("registers.record.revoked", "record:1", {}), ("registers.record.viewed", "record:1", {}), ""),
        (ACCEPTED, RETURNED, "duties.report.returned"),
        (RETURNED, ACCEPTED, "duties.reports.accepted"),
        (ACCEPTED, ("duties.report.returned", "duty-period:9", {}), ""),
        (RECONCILED, ("farmland.money.reversed", "farmland-money:4", {}), ""),
        (RETURNED, RECONCILED, ""),
        (marks("miyun-zhen", "bulaotun-zhen"), marks("gubeikou-zhen"), ""),
        (marks("miyun-zhen", "bulaotun-zhen"), marks("bulaotun-zhen"), "evaluation.marks.saved"),
        (marks("miyun-zhen"), FILED, "evaluation.sheet.filed"),
        (FILED, marks("miyun-zhen"), "evaluation.marks.saved"),
    ],
)
def test_what_is_done_to_the_same_things_followed(first, then, said):
    assert followed(first, then) == said


def test_what_the_server_does_by_itself_or_in_the_same_request_did_not_follow():
    moved = ("evaluation.sheet.reopened", "mark-sheet:1", {})
    assert followed(FILED, moved, by=SYSTEM) == ""
    assert followed(FILED, moved, by=replace(OTHER, request_id=ME.request_id)) == ""


def test_of_a_page_whatever_the_same_person_does_in_the_same_subject_follows():
    elsewhere = ("farmland.money.reversed", "farmland-money:4", {})
    assert followed(RECONCILED, elsewhere, own=True, by=replace(ME, request_id="c" * 16)) == "farmland.money.reversed"
    assert followed(RECONCILED, elsewhere, own=True, by=OTHER) == ""
