"""The people of one unit as its 联络员 sees them, and what it has proposed."""

from datetime import date

from django.db.models import Case, IntegerField, Prefetch, Q, QuerySet, When

from miyun_kpi.accounts.enums import STRONG_ROLES, Role
from miyun_kpi.accounts.models import Activation, Post, User
from miyun_kpi.acts.enums import TwoPersonState
from miyun_kpi.db.finding import one_of
from miyun_kpi.organisations.models import Organisation
from miyun_kpi.organisations.queries import stands_for
from miyun_kpi.proposals.models import Proposal
from miyun_kpi.proposals.registry import proposed_by

NEW_ACCOUNT, NEW_POST = "unit-account", "unit-post"
# Of a person whose account the system administrator has opened from a list.
LISTED_POST = "listed-post"


def of_the_unit(unit: Organisation, on: date) -> QuerySet[User]:
    """Who holds a post of the unit on the day or later; and who holds none anywhere, but did here or was proposed here."""
    posts = Post.objects.from_day(on)
    made = Proposal.objects.filter(
        code=NEW_ACCOUNT, state=TwoPersonState.CONFIRMED, organisation__in=stands_for(unit.pk)
    ).values_list("given__username", flat=True)
    left = Q(pk__in=Post.objects.filter(organisation=unit).values("user_id")) | Q(username__in=list(made))
    here = Q(pk__in=posts.filter(organisation=unit).values("user_id"))
    nowhere = ~Q(pk__in=posts.values("user_id"))
    return User.objects.filter(is_client=False).filter(here | nowhere & left).order_by("username")


def names_waiting(unit: Organisation) -> dict[str, str]:
    """User name → name of the people proposed for the unit who hold no post of it yet."""
    waiting = Proposal.objects.filter(state=TwoPersonState.PROPOSED, given__organisation=unit.code)
    found = {row.given["username"]: row.given["display_name"] for row in waiting.filter(code=NEW_ACCOUNT)}
    granted = [row.given["username"] for row in waiting.filter(code__in=(NEW_POST, LISTED_POST))]
    return found | dict(User.objects.filter(username__in=granted).values_list("username", "display_name"))


def newest_first(found: QuerySet[Proposal]) -> QuerySet[Proposal]:
    """Of those that a 联络员 reads: what units propose, the waiting ones before all others."""
    waiting = Case(When(state=TwoPersonState.PROPOSED, then=0), default=1, output_field=IntegerField())
    return found.filter(code__in=proposed_by(Role.LIAISON)).order_by(waiting, "-recorded_at", "-pk")


def with_posts(people: QuerySet[User], unit: Organisation, on: date) -> QuerySet[User]:
    """With their posts of the unit (`posts_here`) and the activation that is under way (`opening`)."""
    posts = Post.objects.from_day(on).filter(organisation=unit).select_related("deputises")
    opening = Activation.objects.filter(state__in=Activation.OPEN)
    return people.prefetch_related(
        Prefetch("posts", posts, to_attr="posts_here"), Prefetch("activations", opening, to_attr="opening")
    )


def person(unit: Organisation, username: str, on: date) -> User:
    """NotFound for whoever is not of the unit."""
    return one_of(of_the_unit(unit, on).filter(username=username))


def post(unit: Organisation, post_id: int) -> Post:
    found = Post.objects.select_related("user", "organisation", "deputises")
    return one_of(found.filter(pk=post_id, organisation=unit, user__is_client=False))


def posts_here(unit: Organisation, user: User) -> list[Post]:
    """All of a person at the unit, those in force and to come first."""
    found = user.posts.filter(organisation=unit).select_related("organisation", "deputises")
    return list(found.order_by("-starts_on", "id"))


def roles_here(unit: Organisation, on: date) -> list[Role]:
    """What a 联络员 may propose somebody for: the roles that the unit has today, but none that two administrators grant."""
    held = set(Post.objects.on(on).filter(organisation=unit).values_list("role", flat=True))
    return [role for role in Role if role in held - STRONG_ROLES]
