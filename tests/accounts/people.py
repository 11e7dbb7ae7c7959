"""People for tests: an account with posts, and the actor it becomes."""

from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from miyun_kpi.accounts.access import actor_in_post
from miyun_kpi.accounts.models import Post, User
from miyun_kpi.lib.actors import Actor
from miyun_kpi.organisations.models import Organisation
from miyun_kpi.organisations.queries import resolve

AT = datetime(2026, 3, 10, 10, 0, tzinfo=ZoneInfo("Asia/Shanghai"))
TODAY = AT.date()
PASSWORD = "Reservoir-1958"
LONG_AGO = date(2020, 1, 1)


def unit(name: str = "区水务局") -> Organisation:
    found = resolve(name)
    assert found is not None, name
    return found


def person(username: str, role: str = "", organisation: str = "区政府办公室", **fields: Any) -> User:
    user = User.objects.create_user(username, PASSWORD, display_name=fields.pop("display_name", username), **fields)
    if role:
        Post.objects.create(user=user, organisation=unit(organisation), role=role, starts_on=LONG_AGO)
    return user


def actor(user: User) -> Actor:
    return actor_in_post(user, Post.objects.filter(user=user).select_related("organisation").order_by("id").first())
