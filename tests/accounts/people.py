"""People for tests: an account with posts, and the actor it becomes."""

from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from miyun_kpi.accounts.access import actor_in_post
from miyun_kpi.accounts.enums import Role
from miyun_kpi.accounts.models import Post, User
from miyun_kpi.accounts.registry import Waiting
from miyun_kpi.lib.actors import Actor
from miyun_kpi.organisations.models import Organisation
from miyun_kpi.organisations.queries import resolve
from miyun_kpi.proposals.models import Proposal
from miyun_kpi.proposals.services import decide

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


def released(waiting: Waiting, *, at: datetime = AT) -> Any:
    """Carried out by another administrator than the one who proposed it; the newest post, where it made one."""
    row = Proposal.objects.get(pk=int(waiting.address.strip("/").rpartition("/")[2]))
    other, _ = User.objects.get_or_create(username="ling-yi-guan", defaults={"display_name": "另一管理员"})
    Post.objects.get_or_create(
        user=other, organisation=unit("区政府办公室"), role=Role.SYSTEM_ADMIN, starts_on=LONG_AGO
    )
    decide(actor=actor(other), proposal_id=row.pk, version=row.version, confirm=True, note="", at=at)
    return Post.objects.order_by("-pk").first()
