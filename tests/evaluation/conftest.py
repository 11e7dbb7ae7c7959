from collections.abc import Callable

import pytest
from django.utils import timezone

from miyun_kpi.accounts.access import actor_in_post
from miyun_kpi.accounts.models import Post, User
from miyun_kpi.lib.actors import Actor


@pytest.fixture
def demo(gazette: None) -> None:
    """The demonstration: 2020Q2 filed, 2020Q3 open, one account a role."""
    from evaluation.demo.services import load_demo

    assert load_demo(at=timezone.now())


@pytest.fixture
def actor_for(demo: None) -> Callable[..., Actor]:
    """`actor_for("shuiwu")`, or `actor_for("zhengfuban1", role="evaluator")` for another post of the same person."""

    def find(username: str, role: str = "") -> Actor:
        user = User.objects.get(username=username)
        posts = Post.objects.filter(user=user).select_related("organisation").order_by("id")
        return actor_in_post(user, posts.filter(role=role).get() if role else posts.first())

    return find
