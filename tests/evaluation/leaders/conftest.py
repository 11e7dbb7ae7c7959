from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
from django.db import transaction

from miyun_kpi.accounts.models import Portfolio, User
from miyun_kpi.lib.actors import Actor
from miyun_kpi.lib.periods import PeriodCode
from miyun_kpi.organisations.models import Organisation
from tests.factories.rankings import actor_of, filed_quarter, official, person, published, signed

PEOPLE = {
    "office1": ("区政府办公室", "evaluation_office"),
    "office2": ("区政府办公室", "evaluation_office"),
    "fagai": ("区发展改革委", "evaluation_office"),
    "leader": ("区政府办公室", "leader"),
    "other-leader": ("区政府办公室", "leader"),
    "bare-leader": ("区政府办公室", "leader"),
    "head": ("北庄镇", "unit_head"),
    "bureau-head": ("区水务局", "unit_head"),
    "town": ("北庄镇", "reporter"),
    "auditor": ("区审计局", "auditor"),
}
# Of both tracks.
OWN = ("beizhuang-zhen", "gulou-jiedao", "gaoling-zhen", "shuiwu-ju")


def actor(username: str) -> Actor:
    return actor_of(User.objects.get(username=username))


def in_charge(username: str, codes: Any) -> None:
    leader = User.objects.get(username=username)
    for unit in Organisation.objects.filter(code__in=codes):
        Portfolio.objects.create(leader=leader, organisation=unit, starts_on=date(2020, 1, 1))


@pytest.fixture(scope="module")
def _quarters(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """二季度 published for both tracks, 三季度 for the towns; that of the departments computed and to be signed."""
    with django_db_blocker.unblock():
        around = transaction.atomic()
        around.__enter__()
        try:
            for username, (organisation, role) in PEOPLE.items():
                person(username, organisation, role)
            in_charge("leader", OWN)
            in_charge("other-leader", ["taishitun-zhen"])
            for number in (2, 3):
                period = filed_quarter(PeriodCode(2020, quarter=number))
                for track in ("township", "department"):
                    ranking = official(track, period, by=actor("office1"))
                    if (number, track) != (3, "department"):
                        published(signed(ranking, by=actor("office1")), by=actor("office2"), scope="total")
            yield
        finally:
            transaction.set_rollback(True)
            around.__exit__(None, None, None)


@pytest.fixture
def quarters(_quarters: None, gazette: None) -> None:
    return None
