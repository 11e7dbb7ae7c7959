"""Tokens as they are issued on the server: each with an owner who holds the post it acts for."""

from datetime import date, datetime
from typing import Any

from miyun_kpi.accounts import services
from miyun_kpi.accounts.enums import SEPARATED_ROLES
from miyun_kpi.accounts.models import ApiToken, Post, User
from miyun_kpi.lib.actors import SYSTEM, Actor
from miyun_kpi.organisations.models import Organisation

LONG_AGO = date(2019, 1, 1)


def owner_of(client: str, organisation: Organisation | None, role: str) -> User:
    name = f"{client}负责人"
    user = User.objects.filter(display_name=name).first()
    user = user or User.objects.create(username=f"fuze{User.objects.count()}", display_name=name)
    if role:
        Post.objects.get_or_create(user=user, organisation=organisation, role=role, starts_on=LONG_AGO)
    return user


def issue_token(
    *, client: str, organisation: Organisation | None, role: str, at: datetime, actor: Actor = SYSTEM, **more: Any
) -> tuple[ApiToken, str]:
    owner = owner_of(client, organisation, role)
    if role in SEPARATED_ROLES:
        # As an earlier release has left one: none is issued any more.
        made = {"user": owner, "client": client, "organisation": organisation, "role": role, "owner": owner}
        return ApiToken.objects.create(**made)
    given: dict[str, Any] = {"client": client, "organisation": organisation, "role": role, "owner": owner.username}
    issued = services.issue_token(actor=actor, at=at, **given, **more)
    assert isinstance(issued, tuple)
    return issued
