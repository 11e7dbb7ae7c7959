"""One act of the mix: a hand picks the person, the row and the version, now and then the wrong one of each."""

import random
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Model, QuerySet

from miyun_kpi.accounts.access import actor_in_post
from miyun_kpi.accounts.models import Post
from miyun_kpi.acts.days import Late
from miyun_kpi.lib.actors import Actor

WHY = "混合办理的一次"
# Of a paper of an earlier day; it says nothing where the act is registered in time.
LATE = Late("混合办理的文书", WHY)
FEW = 3
WRONG_PERSON, STALE = 0.05, 0.07


class NothingToDo(Exception):
    """No row stands so that this act could be tried."""


class People:
    """The demonstration's persons in their posts, read once."""

    def __init__(self) -> None:
        posts = Post.objects.select_related("user", "organisation").order_by("pk")
        self.posts = [(post, actor_in_post(post.user, post)) for post in posts]
        self._codes = {post.organisation_id: str(post.organisation.code) for post in posts}

    def named(self, username: str, role: str = "") -> Actor:
        return next(
            actor for post, actor in self.posts if post.user.username == username and role in ("", str(post.role))
        )

    def code_of(self, actor: Actor) -> str:
        return self._codes.get(actor.organisation_id or 0, "")

    def near(self, bodies: Iterable[int], role: str) -> list[Actor]:
        """Those of the role (any with ""); of the bodies that are named, where they have one."""
        able = [(post, actor) for post, actor in self.posts if role in ("", str(post.role))]
        named = set(bodies)
        own = [actor for post, actor in able if post.organisation_id in named]
        return own or [actor for _, actor in able]


@dataclass
class Hand:
    """One try. All its acts bear `key` as the request they came by, so that the audit tells them."""

    people: People
    chance: random.Random
    key: str
    at: datetime
    wrong: bool = field(init=False)

    def __post_init__(self) -> None:
        self.wrong = self.chance.random() < WRONG_PERSON

    @property
    def today(self) -> date:
        return self.at.astimezone().date()

    def ago(self, days: int) -> date:
        return self.today - timedelta(days=days)

    def signed(self, actor: Actor) -> Actor:
        if self.wrong:
            actor = self.chance.choice(self.people.posts)[1]
        return replace(actor, request_id=self.key)

    def one_of(self, *names: str) -> Actor:
        """`"zhengfuban1 evaluator"` is that post of the person."""
        username, _, role = self.chance.choice(names).partition(" ")
        return self.signed(self.people.named(username, role))

    def near(self, bodies: Iterable[int], role: str = "") -> Actor:
        able = self.people.near(bodies, role)
        if not able:
            raise NothingToDo
        return self.signed(self.chance.choice(able))

    def pick(self, found: QuerySet[Any] | Any, few: int = FEW) -> Any:
        """One of the first few: many hands want the same rows."""
        rows = list(found[:few])
        if not rows:
            raise NothingToDo
        return self.chance.choice(rows)

    def newest(self, model: type[Model], few: int = FEW, **where: Any) -> Any:
        return self.pick(model._default_manager.filter(**where).order_by("-pk"), few)

    def version(self, row: Any) -> int:
        """The one that was read; now and then an older one."""
        return int(row.version) - (1 if self.chance.random() < STALE else 0)

    def coin(self) -> bool:
        return self.chance.random() < 0.5

    def number(self, most: int = 10**6) -> int:
        return self.chance.randint(1, most)


Call = Callable[[Hand], Any]


@dataclass(frozen=True)
class Move:
    """`weight`: how often it comes, against the others of its subject."""

    name: str
    call: Call
    weight: float = 1
