"""A filter that is unknown, or says something unknown, is refused: a typo neither widens a list nor empties it."""

import inspect
import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.utils import timezone
from rest_framework import serializers
from rest_framework.views import APIView

import miyun_kpi.urls
from miyun_kpi.lib.actors import SYSTEM
from miyun_kpi.organisations.api import OrganisationField
from tests.factories.tokens import issue_token

assert miyun_kpi.urls
# drf-spectacular's own answer, with its own parameters.
ELSEWHERE = {"miyun_kpi.api.schema.Schema"}
PLACES = {"organisation", "unit", "town", "owner", "evaluator"}


def views(of: type[APIView] = APIView) -> Iterator[type[APIView]]:
    for one in of.__subclasses__():
        if one.__module__.partition(".")[0] not in ("tests", "rest_framework", "drf_spectacular"):
            yield one
        yield from views(one)


def reads(view: type[APIView]) -> str:
    return inspect.getsource(inspect.unwrap(view.get))


READERS = [one for one in views() if hasattr(one, "get")]


def test_every_answer_reads_its_parameters_as_declared():
    assert len(READERS) > 60
    assert {f"{one.__module__}.{one.__name__}" for one in READERS if "read_params(" not in reads(one)} == ELSEWHERE


def filters(
    of: type[serializers.Serializer[Any]] = serializers.Serializer,
) -> Iterator[type[serializers.Serializer[Any]]]:
    for one in of.__subclasses__():
        if re.search(r"(Filters|Query)\Z", one.__name__) and one.__module__.partition(".")[0] != "tests":
            yield one
        yield from filters(one)


def test_a_filter_by_a_body_understands_its_names_and_knows_what_is_none():
    found = {
        f"{one.__name__}.{name}": field for one in filters() for name, field in one().fields.items() if name in PLACES
    }
    assert len(found) > 6
    assert [name for name, field in found.items() if not isinstance(field, OrganisationField)] == []


@pytest.fixture
def asked(gazette, client):
    """What a token without a post is answered."""
    _, text = issue_token(actor=SYSTEM, client="x", organisation=None, role="", at=timezone.now())
    return lambda address: client.get(f"/api/v1/{address}", headers={"authorization": f"Token {text}"})


@pytest.mark.parametrize(
    ("address", "code"),
    [
        ("safety/hazards/?town=没有这个镇", "unknown-organisation"),
        ("safety/hazards/?owner=没有这个局", "unknown-organisation"),
        ("adjustments/?organisation=没有这个局", "unknown-organisation"),
        ("farmland/lots/?town=没有这个镇", "unknown-organisation"),
        ("appointments/?organisation=没有这个局", "unknown-organisation"),
        ("duties/?document=2020-99", "unknown-document"),
        ("duty-periods/?document=2020-99", "unknown-document"),
        ("green/returns/?period=2020-3", "bad-period"),
        ("green/returns/?period=2020-09", "bad-period"),
    ],
)
def test_what_is_none_is_refused_and_named(asked, address, code):
    given = asked(address)
    assert (given.status_code, given.json()["code"]) == (400, code)


def test_a_body_is_found_by_its_name(asked):
    for text in ("beizhuang-zhen", "北庄镇"):
        given = asked(f"water/body/?town={text}")
        assert given.status_code == 200, given.json()
