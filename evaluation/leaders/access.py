"""Whose 领导首页 a post reads: a leader the own, the office that of every leader, a unit's head that of the unit."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import QuerySet

from evaluation.leaders.models import LeaderPaper
from evaluation.scheme.access.office import is_ranked_co_office
from miyun_kpi.accounts.enums import Role, Verb
from miyun_kpi.accounts.models import Post, User
from miyun_kpi.accounts.queries import portfolios_of
from miyun_kpi.db.finding import one_of
from miyun_kpi.lib.actors import Actor
from miyun_kpi.lib.errors import NotFound
from miyun_kpi.organisations.models import Organisation
from miyun_kpi.organisations.queries import stands_for


@dataclass(frozen=True)
class About:
    """Whose page it is. `units`: those the leader is in charge of, or the unit with those that ended into it."""

    name: str
    units: tuple[Organisation, ...]
    leader: User | None = None

    @property
    def title(self) -> str:
        return "领导首页" if self.leader else "单位首页"


def leaders_on(day: date) -> QuerySet[User]:
    """Who holds a post of 区领导 on the day."""
    held = Post.objects.on(day).filter(role=Role.LEADER, organisation__valid_to__isnull=True)
    return User.objects.filter(pk__in=held.values("user_id"), is_active=True).order_by("username")


def of_leader(leader: User, day: date) -> About:
    units = {one.organisation_id: one.organisation for one in portfolios_of(leader.pk, day)}
    return About(str(leader), tuple(sorted(units.values(), key=_order)), leader)


def _order(unit: Organisation) -> tuple[str, Any]:
    return (unit.category, unit.order)


def offered(actor: Actor, day: date) -> list[User]:
    """Whose pages the actor may open: the office all leaders', a leader the own."""
    if actor.may(Verb.PUBLISH_RANKINGS):
        return list(leaders_on(day))
    if actor.may(Verb.FILL_LEADER_FORM):
        return list(leaders_on(day).filter(pk=actor.user_id or 0))
    return []


def about(actor: Actor, wanted: str, day: date) -> About:
    """`wanted`: the account of a leader, "" for the first the actor may open. NotFound for whoever has no such page."""
    found = offered(actor, day)
    leader = next((one for one in found if wanted in ("", one.username)), None)
    if leader is not None:
        return of_leader(leader, day)
    if wanted or not actor.may(Verb.CONSENT_REVIEWS) or actor.organisation_id is None:
        raise NotFound
    units = Organisation.objects.filter(pk__in=stands_for(actor.organisation_id))
    own = sorted(units, key=lambda unit: (unit.pk != actor.organisation_id, unit.order))
    return About(own[0].name, tuple(own))


def papers_visible_to(actor: Actor) -> QuerySet[LeaderPaper]:
    """Those kept at 通报: the office all, a leader the own. 区发改委 none: they hold departments before their bulletin."""
    found = LeaderPaper.objects.select_related("ranking__scheme", "ranking__period", "leader")
    found = found.defer("ranking__document", "ranking__inputs", "ranking__beside")
    if actor.may(Verb.PUBLISH_RANKINGS) and not is_ranked_co_office(actor):
        return found
    return found.filter(leader_id=actor.user_id or 0) if actor.may(Verb.FILL_LEADER_FORM) else found.none()


def visible_paper(actor: Actor, paper_id: int) -> LeaderPaper:
    paper = one_of(papers_visible_to(actor).filter(pk=paper_id))
    return paper
