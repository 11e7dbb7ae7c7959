"""How a part of the demonstration tells its past: acts of its accounts, each on a day before the day of loading, in order."""

from collections.abc import Callable
from datetime import date, datetime, time, timedelta

from miyun_kpi.accounts.access import actor_in_post
from miyun_kpi.accounts.models import Post, User
from miyun_kpi.lib.actors import Actor

Deed = Callable[[datetime], object]


def acting_as(username: str, role: str = "") -> Actor:
    """The demonstration account in its first post, or in the one with the role: the same actor a page would have."""
    user = User.objects.get(username=username)
    posts = Post.objects.filter(user=user).select_related("organisation").order_by("id")
    return actor_in_post(user, posts.filter(role=role).get() if role else posts.first())


class Timeline:
    """Deeds are put in as the story needs them and done in the order of their days, so that trail and audit run forward.

    Every day counts back from the day of loading: a demonstration loaded in another year tells the same story.
    """

    def __init__(self, at: datetime) -> None:
        self.at = at
        self.today = at.astimezone().date()
        self._deeds: list[tuple[datetime, int, Deed]] = []
        self._actors: dict[tuple[str, str], Actor] = {}

    def actor(self, username: str, role: str = "") -> Actor:
        key = (username, role)
        if key not in self._actors:
            self._actors[key] = acting_as(username, role)
        return self._actors[key]

    def day(self, ago: int) -> date:
        """Negative: a day to come."""
        return self.today - timedelta(days=ago)

    def moment(self, ago: int, hour: int = 10) -> datetime:
        """In the forenoon of that day; never after the moment of loading."""
        local = self.at.astimezone()
        return min(self.at, datetime.combine(self.day(ago), time(hour), local.tzinfo))

    def on(self, ago: int, deed: Deed, *, hour: int = 10) -> None:
        self._deeds.append((self.moment(ago, hour), len(self._deeds), deed))

    def tell(self) -> None:
        """Do what was put in, once."""
        deeds, self._deeds = sorted(self._deeds, key=lambda one: one[:2]), []
        for at, _, deed in deeds:
            deed(at)
