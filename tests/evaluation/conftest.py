from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.db import transaction
from django.utils import timezone

from miyun_kpi.accounts.access import actor_in_post
from miyun_kpi.accounts.models import Post, User
from miyun_kpi.lib.actors import Actor
from tests import database

NOW = timezone.now


@pytest.fixture(scope="module")
def _demo_of_module(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """The demonstration once a module, from the prepared rows, in a transaction around the savepoints of its tests."""
    with django_db_blocker.unblock():
        around = transaction.atomic()
        around.__enter__()
        try:
            database.put_demo()
            yield
        finally:
            transaction.set_rollback(True)
            around.__exit__(None, None, None)


@pytest.fixture
def demo(_demo_of_module: None, request: pytest.FixtureRequest, gazette: None) -> None:
    """The demonstration: 2020Q2 filed, 2020Q3 open, one account a role. Not for live servers: see `live_demo`."""
    assert "transactional_db" not in request.fixturenames, "a transactional test takes live_demo"


@pytest.fixture
def live_demo(transactional_db: None, gazette: None) -> None:
    """The demonstration committed, for browsers, workers and races."""
    database.put_demo()


def actor_named(username: str, role: str = "") -> Actor:
    """`actor_named("shuiwu")`, or `actor_named("zhengfuban1", "evaluator")` for another post of the same person."""
    user = User.objects.get(username=username)
    posts = Post.objects.filter(user=user).select_related("organisation").order_by("id")
    post = posts.filter(role=role).get() if role else posts.first()
    return actor_in_post(user, post)


@pytest.fixture
def actor_for(demo: None) -> Callable[..., Actor]:
    return actor_named


@pytest.fixture
def first(actor_for: Callable[..., Actor]) -> Actor:
    """Who proposes."""
    return actor_for("zhengfuban1")


@pytest.fixture
def second(actor_for: Callable[..., Actor]) -> Actor:
    """Who decides."""
    return actor_for("zhengfuban2")
