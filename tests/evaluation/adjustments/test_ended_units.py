"""加减分 of a unit that ended after its year opened: proposed by whoever proposes of others, and by the one that goes on."""

from datetime import datetime

import pytest
from django.test import Client
from django.utils import timezone

from evaluation.adjustments.access import is_proposer, units_to_propose
from evaluation.adjustments.services import propose_adjustment
from evaluation.models import Adjustment, Scheme
from evaluation.periods.queries.population import units_of_years, year_units
from evaluation.periods.rules.calendar import SHANGHAI, default_window
from evaluation.sheets.services.periods import open_period
from miyun_kpi.lib.actors import SYSTEM, Actor
from miyun_kpi.lib.errors import NotAllowed, Refused
from miyun_kpi.organisations.models import Organisation
from tests.evaluation.adjustments.test_adjustments import BONUS
from tests.evaluation.ranking.test_population import merged
from tests.factories.feedback import actor, client_of, people
from tests.factories.rankings import person
from tests.factories.tokens import issue_token
from tests.factories.year_end import YEAR

pytestmark = pytest.mark.django_db
AT = datetime(2021, 1, 8, 10, 0, tzinfo=SHANGHAI)
OLD, NEW = "bulaotun-zhen", "beizhuang-zhen"
NEW_PAGE = "/evaluation/adjustments/new/"
TYPED = {
    "year": "2020",
    "ground": "city-bonus",
    "work": "河长制创新案例",
    "points": "0.5",
    "reason": "市级年度考评通报加分",
    "happened_on": "2020-11-03",
    "document_number": "京考〔2020〕7号",
}


@pytest.fixture
def year(gazette):
    people()
    person("thirdtown", "大城子镇", "reporter")
    open_period(actor=SYSTEM, code=YEAR, at=timezone.now(), window=default_window(YEAR))
    merged(OLD, NEW)


def unit(code: str) -> Organisation:
    return Organisation.objects.get(code=code)


def proposed(who: str, code: str = OLD, year: int = 2020) -> Adjustment:
    return propose_adjustment(actor=actor(who), organisation_id=unit(code).pk, year=year, typed=BONUS, at=AT)


def offered(by: Actor) -> list[str]:
    return [one.code for _, units in units_to_propose(by) for one in units]


@pytest.mark.parametrize("who", ["town", "townhead", "water", "office1", "cooffice"])
def test_it_is_proposed_under_the_name_of_its_year(year, who):
    assert OLD in offered(actor(who))
    row = proposed(who)
    assert (row.organisation.code, row.scheme) == (OLD, Scheme.objects.get(track="township", year=2020))
    assert is_proposer(actor(who), row)


def test_neither_a_stranger_nor_the_ended_unit_proposes_for_it(year):
    for who in ("thirdtown", "othertown"):
        assert OLD not in offered(actor(who))
        with pytest.raises(NotAllowed):
            proposed(who)
    assert set(offered(actor("town"))) == {NEW, OLD}


def test_the_page_offers_it_with_its_own_unit_chosen_and_takes_it(year):
    town = client_of("town")
    page = town.get(NEW_PAGE).content.decode()
    assert f'value="{unit(NEW).pk}" selected' in page and "不老屯镇" in page
    assert town.post(NEW_PAGE, TYPED | {"organisation": str(unit(OLD).pk)}).status_code == 302
    assert Adjustment.objects.get().organisation == unit(OLD)


def test_rest_takes_it_too(year):
    given = {"client": "shuiwu-sync", "organisation": unit("shuiwu-ju"), "role": "evaluator", "at": timezone.now()}
    _, token = issue_token(actor=SYSTEM, **given)
    body, headers = TYPED | {"year": 2020, "organisation": "不老屯镇"}, {"authorization": f"Token {token}"}
    answer = Client().post("/api/v1/adjustments/", body, content_type="application/json", headers=headers)
    assert answer.status_code == 201 and answer.json()["organisation"] == OLD


def test_a_year_without_a_scheme_is_refused_as_before(year):
    with pytest.raises(Refused, match="2021 年没有考评这个单位"):
        proposed("office1", year=2021)


def test_the_units_of_several_years_are_those_of_each(year):
    found = Scheme.objects.filter(track="township")
    assert {one.pk for one in units_of_years(found)} == {one.pk for one in year_units(found.get())}
    later = Scheme.objects.get(track="township")
    later.pk, later.year = None, 2021
    later.save()
    both = [one.code for one in units_of_years(Scheme.objects.filter(track="township"))]
    assert len(both) == len(set(both)) == 21 and both[-1] == OLD
    assert OLD not in {one.code for one in year_units(later)}
