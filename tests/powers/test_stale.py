"""Accounts that nobody signs in with are listed and told of once a month; only a person disables one."""

from datetime import timedelta

import pytest

from miyun_kpi.accounts.enums import Role
from miyun_kpi.accounts.models import Post, User
from miyun_kpi.inbox.models import Notice
from miyun_kpi.powers.reminders import NAMED, send_notices
from tests.accounts.people import person
from tests.clock import now, today
from tests.powers.people import DAY, OTHER, UNIT, client_of, people

pytestmark = pytest.mark.usefixtures("gazette")


@pytest.fixture
def them():
    found = people()
    User.objects.update(last_login=now() - 10 * DAY, created_at=now() - 400 * DAY)
    return found


def seen(user, days):
    User.objects.filter(pk=user.pk).update(last_login=None if days is None else now() - days * DAY)


def test_both_pages_list_whoever_did_not_sign_in_for_ninety_days(them, settings):
    seen(them.reporter, 92)
    seen(them.stranger, None)
    new = person("xin-lai", Role.REPORTER, UNIT, created_at=now())
    gone = person("ting", Role.REPORTER, UNIT, is_active=False, created_at=now() - 400 * DAY)
    page = client_of(them.system).get("/accounts/people/?state=stale").content.decode()
    for user, there in (
        (them.reporter, True),
        (them.stranger, True),
        (them.liaison, False),
        (new, False),
        (gone, False),
    ):
        assert (f"/accounts/people/{user.username}/account/" in page) is there, user
    unit = client_of(them.liaison).get("/accounts/unit/").content.decode()
    assert unit.count("90 天没有登录") == 1
    settings.STALE_ACCOUNT_DAYS = 100
    assert "天没有登录" not in client_of(them.liaison).get("/accounts/unit/").content.decode()


def test_the_day_itself_is_not_yet_too_long(them):
    seen(them.reporter, 90)
    assert "天没有登录" not in client_of(them.liaison).get("/accounts/unit/").content.decode()


def told():
    return {(one.organisation.name, one.role): one for one in Notice.objects.filter(key__startswith="stale/")}


def test_each_is_told_once_a_month_of_the_own(them):
    seen(them.reporter, 92)
    Post.objects.filter(user=them.stranger).update(ends_on=today() - DAY)
    send_notices(at=now())
    found = told()
    assert set(found) == {(UNIT, "liaison"), (OTHER, "liaison"), ("区政府办公室", "system_admin")}
    assert "bao（bao）" in found[UNIT, "liaison"].body and "wai" not in found[UNIT, "liaison"].body
    assert "没有岗位的：wai（wai）" in found[OTHER, "liaison"].body
    assert "bao" in found["区政府办公室", "system_admin"].body and "wai" in found["区政府办公室", "system_admin"].body
    number = Notice.objects.count()
    send_notices(at=now())
    assert Notice.objects.count() == number
    send_notices(at=now() + timedelta(days=32))
    assert Notice.objects.filter(key__startswith="stale/").count() == 2 * len(found)
    assert User.objects.filter(is_active=False).count() == 0


def test_a_unit_where_all_is_well_is_not_told(them):
    send_notices(at=now())
    assert told() == {}


def test_of_many_the_first_are_named_and_the_rest_counted(them):
    for number in range(NAMED + 3):
        person(f"ren-{number:02}", Role.REPORTER, UNIT, created_at=now() - 400 * DAY)
    send_notices(at=now())
    assert "另有 3 人" in told()[UNIT, "liaison"].body
