from datetime import date, datetime
from decimal import Decimal

import pytest
from django.test import Client

from disclosure.rules.duties import fulfilled
from disclosure.rules.ratio import Policy, series
from disclosure.services import applications
from disclosure.services.reminders import send_notices
from miyun_kpi.duties.rules.cadence import SHANGHAI
from miyun_kpi.inbox.models import Notice
from miyun_kpi.registers.services.records import create_record
from tests.disclosure.conftest import create, somebody
from tests.duties.conftest import AT, opened, period_of
from tests.factories.rankings import BACKEND, person

__all__ = ["opened"]


def test_the_ratio_grows_as_documents_are_opened():
    policies = [
        Policy(date(2020, 1, 5), date(2020, 1, 6)),
        Policy(date(2020, 2, 5), date(2020, 7, 1)),
        Policy(date(2020, 6, 30), None),
    ]
    found = [(p.day, p.opened, p.whole, p.percent) for p in series(policies, date(2020, 7, 1))]
    assert found == [
        (date(2020, 3, 31), 1, 2, Decimal("50.0")),
        (date(2020, 6, 30), 1, 3, Decimal("33.3")),
        (date(2020, 7, 1), 2, 3, Decimal("66.7")),
    ]
    assert series([], date(2020, 7, 1)) == []


@pytest.mark.parametrize(
    ("kind", "values", "span"),
    [
        ("meetings", {"held_on": "2020-09-30"}, ("14/三（六）/1/1", "2020Q3")),
        ("meetings", {"held_on": "2020-10-01"}, ("14/三（六）/1/1", "2020Q4")),
        ("interpretations", {"held_on": "2020-10-01", "head": "yes"}, ("14/三（三）/2/1", "2020")),
        ("interpretations", {"held_on": "2020-10-01", "head": "no"}, None),
        ("welfare", {"held_on": "2020-10-01"}, None),
    ],
)
def test_a_record_belongs_to_the_span_of_its_day(kind, values, span):
    assert fulfilled(kind, values) == span


def test_a_meeting_leads_to_the_report_it_fulfils(opened, author):
    meeting = {"topic": "会议", "unit": "北庄镇", "held_on": "2020-06-20", "meeting": "town", "live": "none"}
    row = create_record(
        actor=somebody("北庄镇", "reporter", 21), app="disclosure", kind="meetings", typed=meeting, at=AT
    )
    client = Client()
    client.force_login(person("bz", "北庄镇", "reporter"), backend=BACKEND)
    owed = period_of("14/三（六）/1/1", "北庄镇", "2020Q2")
    assert client.get(f"/disclosure/duties/{row.pk}/").headers["Location"] == f"/duties/periods/{owed.pk}/"
    assert client.get(f"/disclosure/duties/{create(author).pk}/").status_code == 404


def test_notices_are_sent_once_near_the_day_and_once_after_it(author):
    def at(text):
        return datetime.fromisoformat(f"{text}T09:00").replace(tzinfo=SHANGHAI)

    applications.receive(
        actor=author,
        received_on=date(2020, 7, 1),
        way="net",
        applicant_kind="natural",
        applicant="王某某",
        contact="",
        content="低保标准",
        at=at("2020-07-02"),
    )
    assert send_notices(at=at("2020-07-23")) == 0
    assert send_notices(at=at("2020-07-24")) == 1 and send_notices(at=at("2020-07-27")) == 0
    assert send_notices(at=at("2020-07-30")) == 1
    assert not Notice.objects.filter(title__contains="王某某").exists()
    assert send_notices(at=at("2021-01-04")) == 2  # of the unit and of the district
    assert send_notices(at=at("2021-02-01")) == 0
