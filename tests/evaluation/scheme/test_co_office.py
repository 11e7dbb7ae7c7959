"""区发改委 is ranked among the departments whose evaluation it runs with 区政府办: so is the body that it goes into."""

from dataclasses import replace
from datetime import date, datetime

import pytest

from evaluation.scheme.access.office import is_ranked_co_office, office_ids, require_office
from miyun_kpi.accounts.enums import Role, Verb
from miyun_kpi.accounts.models import Post, User
from miyun_kpi.lib.errors import NotAllowed
from miyun_kpi.organisations.queries import resolve
from miyun_kpi.organisations.services import Seen, merge_organisations
from tests.duties.conftest import acting
from tests.organisations.conftest import administrator

__all__ = ["administrator"]
AT = datetime.fromisoformat("2020-10-20T10:00:00+08:00")
RUNS = Verb.COMPUTE_RANKINGS


def merged(administrator, name, into):
    one, other = resolve(name), resolve(into)
    seen = {"merged": [Seen(one.code, one.version)], "into": Seen(other.code, other.version)}
    merge_organisations(actor=administrator, number="密编〔2020〕12号", on=AT.date(), at=AT, **seen)


def runs(name):
    """As of a post that was read with its code, and as of one that was not: both say the same."""
    actor, unit = acting(name, Role.EVALUATION_OFFICE), resolve(name)
    found = {is_ranked_co_office(replace(actor, known_code=known)) for known in (None, (unit.pk, unit.code))}
    assert len(found) == 1
    return not found.pop()


def test_what_the_co_office_goes_into_is_barred_from_the_departments_as_it_was(gazette, administrator):
    assert (runs("区政府办"), runs("区发改委"), runs("区国资委")) == (True, False, True)
    merged(administrator, "区发改委", "区国资委")
    assert (runs("区政府办"), runs("区发改委"), runs("区国资委"), runs("区水务局")) == (True, False, False, True)
    heir = acting("区国资委", Role.EVALUATION_OFFICE)
    with pytest.raises(NotAllowed, match="区发改委和接替它的单位也在政府部门中排名"):
        require_office(heir, RUNS, track="department")
    require_office(heir, RUNS, track="township")
    user = User.objects.create_user("office", "rank-test-password", display_name="某人", created_at=AT)
    places = [resolve(name) for name in ("区政府办", "区国资委")]
    Post.objects.filter(role=Role.EVALUATION_OFFICE).delete()
    for one in places:
        Post.objects.create(user=user, organisation=one, role=Role.EVALUATION_OFFICE, starts_on=date(2020, 1, 1))
    assert office_ids("department") == [places[0].pk]
    assert office_ids("township") == office_ids("") == sorted(one.pk for one in places)


@pytest.mark.parametrize(
    ("ended", "into"), [("区发改委", "区政府办"), ("区政府办", "区国资委"), ("区政府办", "区发改委")]
)
def test_whoever_does_the_work_of_the_office_runs_all_of_it(gazette, administrator, ended, into):
    merged(administrator, ended, into)
    assert runs(into)
    require_office(acting(into, Role.EVALUATION_OFFICE), RUNS, track="department")


def test_who_has_the_work_of_both_is_told_once(gazette, administrator):
    """The posts of the one that ended stay as they were written."""
    user = User.objects.create_user("office", "rank-test-password", display_name="某人", created_at=AT)
    Post.objects.filter(role=Role.EVALUATION_OFFICE).delete()
    for name in ("区政府办", "区发改委"):
        Post.objects.create(
            user=user, organisation=resolve(name), role=Role.EVALUATION_OFFICE, starts_on=date(2020, 1, 1)
        )
    merged(administrator, "区发改委", "区政府办")
    office = resolve("区政府办").pk
    assert office_ids("department") == office_ids("township") == office_ids("") == [office]


def test_one_body_of_both_runs_all_of_it(gazette, administrator):
    for one in ("区发改委", "区政府办"):
        merged(administrator, one, "区国资委")
    assert runs("区国资委")
