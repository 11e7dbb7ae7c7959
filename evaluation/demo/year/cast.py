"""Who acts in the story: the demonstration accounts, and beside them invented people who never sign in."""

from collections.abc import Iterable
from datetime import date, datetime

from django.contrib.auth.hashers import make_password

from miyun_kpi.accounts.access import actor_in_post
from miyun_kpi.accounts.enums import Role
from miyun_kpi.accounts.models import Post, User
from miyun_kpi.lib.actors import Actor
from miyun_kpi.organisations.models import Organisation

OFFICE = "zhengfu-ban"
# Role → end of the user name and what the person is called.
_PARTS = {
    Role.EVALUATOR: ("kaoping", "考评经办"),
    Role.CERTIFIER: ("shenhe", "审核人"),
    Role.REPORTER: ("tianbao", "填报人"),
    Role.UNIT_HEAD: ("fuze", "负责人"),
}
LEADERS = ("区领导乙", "区领导丙", "区领导丁")


class Cast:
    """Actors by organisation and role. One account has one actor a post, as on its pages."""

    def __init__(self, *, since: datetime, first_day: date) -> None:
        self._since, self._first_day = since, first_day
        self._actors: dict[tuple[str, str], Actor] = {}
        posts = Post.objects.select_related("user", "organisation").order_by("id")
        self._by_name = {(p.user.username, p.role): actor_in_post(p.user, p) for p in posts}
        for post in posts:
            self._actors.setdefault((post.organisation.code, post.role), actor_in_post(post.user, post))

    def named(self, username: str, role: Role) -> Actor:
        return self._by_name[username, role]

    @property
    def first(self) -> Actor:
        """The person of the office who puts forward and computes."""
        return self.named("zhengfuban1", Role.EVALUATION_OFFICE)

    @property
    def second(self) -> Actor:
        """The person of the office who confirms and publishes."""
        return self.named("zhengfuban2", Role.EVALUATION_OFFICE)

    def of(self, organisation: str, role: Role) -> Actor:
        return self._actors[organisation, role]

    def hire(self, organisations: Iterable[Organisation], role: Role) -> None:
        """An invented person for every organisation that has nobody in the role. Without a password: nobody signs in."""
        lacking = {one.code: one for one in organisations if (one.code, role) not in self._actors}
        end, word = _PARTS[role]
        people = [
            (f"{code}-{end}", f"{organisation.name}{word}（演示）", organisation, word)
            for code, organisation in lacking.items()
        ]
        self._create(people, role)

    def hire_leaders(self, office: Organisation) -> list[Actor]:
        people = [(f"lingdao{n}", f"{name}（演示）", office, "区领导") for n, name in enumerate(LEADERS, start=2)]
        return self._create(people, Role.LEADER)

    def _create(self, people: list[tuple[str, str, Organisation, str]], role: Role) -> list[Actor]:
        users = User.objects.bulk_create(
            User(
                username=username,
                display_name=name,
                password=make_password(None),
                created_at=self._since,
            )
            for username, name, _, _ in people
        )
        posts = Post.objects.bulk_create(
            Post(user=user, organisation=organisation, role=role, title=title, starts_on=self._first_day)
            for user, (_, _, organisation, title) in zip(users, people, strict=True)
        )
        actors = [actor_in_post(post.user, post) for post in posts]
        for actor, (_, _, organisation, _) in zip(actors, people, strict=True):
            self._actors.setdefault((organisation.code, role), actor)
        return actors
