from datetime import date

import pytest
from django.test import Client

from miyun_kpi.accounts.enums import VERBS_BY_ROLE, Role
from miyun_kpi.accounts.models import Post, User
from miyun_kpi.lib.actors import Actor
from miyun_kpi.organisations.models import Organisation


@pytest.fixture
def administrator() -> Actor:
    return Actor(label="系统管理员甲", role=Role.SYSTEM_ADMIN, verbs=VERBS_BY_ROLE[Role.SYSTEM_ADMIN])


@pytest.fixture
def evaluator() -> Actor:
    return Actor(label="考评经办乙", role=Role.EVALUATOR, verbs=VERBS_BY_ROLE[Role.EVALUATOR])


@pytest.fixture
def signed_in(gazette):
    """A browser of somebody in a role."""

    def sign_in(role: str) -> Client:
        user = User.objects.create_user(f"user-{role}", display_name="某人")
        organisation = Organisation.objects.get(code="zhengfu-ban")
        Post.objects.create(user=user, organisation=organisation, role=role, starts_on=date(2020, 1, 1))
        client = Client()
        client.force_login(user, backend="miyun_kpi.accounts.authentication.PeopleBackend")
        return client

    return sign_in
