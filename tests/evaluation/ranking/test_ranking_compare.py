"""Two computations of a track compared as the office chooses, trials and other periods too."""

import io
import re

import openpyxl
import pytest
from django.test import Client
from django.utils import timezone

from evaluation.models import Mark, Ranking
from evaluation.ranking.services import compute_trial
from miyun_kpi.accounts.models import User
from tests.evaluation.conftest import actor_named
from tests.factories.rankings import BACKEND


@pytest.fixture
def office(demo):
    return client_of("zhengfuban1")


def client_of(username):
    client = Client()
    client.force_login(User.objects.get(username=username), backend=BACKEND)
    return client


def trial(track="township"):
    return Ranking.objects.get(scheme__track=track, period__code="2020Q2", number=1)


def changed_trial(by=3):
    """A second trial after one mark has been lowered by hand in the store."""
    first = trial()
    mark = Mark.objects.filter(sheet__period=first.period, sheet__scheme=first.scheme, value__gt=50).first()
    Mark.objects.filter(pk=mark.pk).update(value=mark.value - by)
    made, new = compute_trial(
        actor=actor_named("zhengfuban1"), scheme=first.scheme, period=first.period, at=timezone.now()
    )
    assert new
    return made, mark.organisation


def test_two_trials_are_compared_and_the_changed_unit_is_named(office):
    first = trial()
    second, unit = changed_trial()
    page = office.get(f"/evaluation/rankings/{second.pk}/changes/?with={first.pk}")
    assert page.status_code == 200
    rows = re.findall(r'<th scope="row">(\S+)', page.content.decode())
    assert unit.name in rows
    back = office.get(f"/evaluation/rankings/{first.pk}/changes/?with={second.pk}").content.decode()
    assert "第 1 次试算对第 2 次试算" in back
    assert re.search(rf'<option value="{second.pk}" selected>', back) or "与哪一次比" not in back
    book = openpyxl.load_workbook(
        io.BytesIO(office.get(f"/evaluation/rankings/{second.pk}/changes.xlsx?with={first.pk}").content)
    )
    assert any(unit.name == cell.value for row in book.active.iter_rows() for cell in row)


def test_another_period_of_the_track_can_be_chosen(office):
    first = trial()
    second, _ = changed_trial()
    from evaluation.models import Period

    other, _ = compute_trial(
        actor=actor_named("zhengfuban1"),
        scheme=first.scheme,
        period=Period.objects.get(code="2020Q3"),
        at=timezone.now(),
    )
    page = office.get(f"/evaluation/rankings/{other.pk}/changes/?with={first.pk}").content.decode()
    assert "对2020年第二季度第 1 次试算" in page
    assert len(re.findall(r"<option ", page)) == 2 and f'value="{second.pk}"' in page


@pytest.mark.parametrize("wanted", ["department", "999999", "x", "１"])
def test_another_track_and_nonsense_are_not_found(office, wanted):
    number = trial("department").pk if wanted == "department" else wanted
    assert office.get(f"/evaluation/rankings/{trial().pk}/changes/?with={number}").status_code == 404


def test_who_does_not_see_both_whole_chooses_nothing(demo):
    """A real township with real rankings: what it sees of others is cut, so it gets no comparison of its own making."""
    first = trial()
    second, _ = changed_trial()
    assert client_of("beizhuang").get(f"/evaluation/rankings/{second.pk}/changes/?with={first.pk}").status_code == 404
    assert client_of("lingdao").get(f"/evaluation/rankings/{second.pk}/changes/?with={first.pk}").status_code == 200


def test_the_choice_takes_no_more_queries_with_more_computations(office, django_assert_max_num_queries):
    second, _ = changed_trial()
    address = f"/evaluation/rankings/{second.pk}/changes/"
    office.get(address)
    with django_assert_max_num_queries(30) as one:
        office.get(address)
    number = len(one)
    changed_trial(4)
    changed_trial(5)
    # The number beside 工作台 is read anew after an act of one's own, and remembered.
    office.get("/gazette/")
    with django_assert_max_num_queries(number):
        office.get(address)
