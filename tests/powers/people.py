"""A unit with its 联络员 and a reporter, the two administrators, and another unit beside it."""

from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from django.test import Client

from miyun_kpi.accounts.enums import Role
from miyun_kpi.accounts.models import Post, User
from miyun_kpi.lib.errors import Refused
from miyun_kpi.powers.services import ask, ask_account
from miyun_kpi.proposals.models import Proposal
from miyun_kpi.proposals.services import decide
from tests.accounts.people import actor, person
from tests.clock import now, today
from tests.factories.rankings import BACKEND

DAY = timedelta(days=1)
UNIT, OTHER = "区水务局", "区民政局"


def people() -> SimpleNamespace:
    return SimpleNamespace(
        liaison=person("lian", Role.LIAISON, UNIT),
        reporter=person("bao", Role.REPORTER, UNIT),
        system=person("guan", Role.SYSTEM_ADMIN),
        security=person("an", Role.SECURITY_ADMIN),
        strangers=person("wai-lian", Role.LIAISON, OTHER),
        stranger=person("wai", Role.REPORTER, OTHER),
    )


def client_of(user: User) -> Client:
    client = Client()
    client.force_login(user, backend=BACKEND)
    return client


def new(by: User, username: str = "xin", name: str = "新来的", at: Any = None, **more: Any) -> Proposal:
    given = {"role": Role.REPORTER.value, "title": "", "starts_on": today()} | more
    return ask_account(actor=actor(by), username=username, display_name=name, at=at or now(), **given)


def asked(by: User, code: str, **given: Any) -> Proposal:
    return ask(actor=actor(by), code=code, at=now(), **given)


def confirm(by: User, row: Proposal, at: Any = None) -> Proposal:
    row.refresh_from_db()
    return decide(actor=actor(by), proposal_id=row.pk, version=row.version, confirm=True, note="", at=at or now())


def newest() -> Proposal:
    return Proposal.objects.order_by("-pk")[0]


def refused(code: str, act: Any, *given: Any, **more: Any) -> str:
    """The sentence of the refusal."""
    with pytest.raises(Refused) as refusal:
        act(*given, **more)
    assert refusal.value.code == code, refusal.value
    return refusal.value.message


def post_of(user: User) -> Post:
    return Post.objects.get(user=user)


def hand_over(them: SimpleNamespace, row: Post | None = None, **more: Any) -> Proposal:
    """Of the reporter to “jie” from tomorrow."""
    row = row or post_of(them.reporter)
    given = {"post_id": row.pk, "to": "jie", "first_day": today() + DAY, "version": row.version} | more
    return asked(them.liaison, "unit-hand-over", **given)
