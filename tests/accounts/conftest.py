from typing import Any

import pytest

from miyun_kpi.accounts.enums import Role
from miyun_kpi.accounts.models import User
from tests.accounts.people import person


@pytest.fixture
def admin(gazette: None) -> User:
    return person("guan", Role.SYSTEM_ADMIN)


@pytest.fixture
def security(gazette: None) -> User:
    return person("an", Role.SECURITY_ADMIN)


@pytest.fixture
def marker(gazette: None) -> User:
    return person("jing", Role.EVALUATOR, "区水务局")


@pytest.fixture
def signed_in(client: Any) -> Any:
    """`signed_in(user)` gives the test client of that person."""

    def sign(user: User) -> Any:
        client.force_login(user)
        return client

    return sign
