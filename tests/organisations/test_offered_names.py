"""What an input of an organisation offers: names with their aliases, fetched once, without those that have ended."""

import re
from datetime import date

import pytest
from django.test import Client

from miyun_kpi.organisations.models import Organisation
from tests.factories.rankings import BACKEND, person

pytestmark = pytest.mark.django_db


@pytest.fixture
def client(gazette):
    one = Client()
    one.force_login(person("anwei-names", "区安委会办公室", "register_office"), backend=BACKEND)
    return one


def test_names_and_aliases_are_offered_and_ended_ones_are_not(client, django_assert_max_num_queries):
    Organisation.objects.filter(name="鼓楼街道").update(valid_to=date(2021, 1, 1))
    with django_assert_max_num_queries(8):
        answer = client.get("/organisations/names/")
    offered = dict(re.findall(r'<option value="([^"]+)">([^<]*)</option>', answer.content.decode()))
    assert "区水务局" in offered and "水务局" in offered["区水务局"] and "鼓楼街道" not in offered
    assert answer["Cache-Control"] == "private, max-age=600"


def test_an_input_asks_for_them_when_somebody_comes_to_it(client):
    page = client.get("/safety/records/hazards/new/").content.decode()
    inputs = re.findall(r"<input[^>]+list=\"organisation-names\"[^>]*>", page)
    assert inputs and all(
        'hx-get="/organisations/names/"' in one and 'hx-trigger="focus once"' in one for one in inputs
    )
    assert page.count('<datalist id="organisation-names"></datalist>') == 1
