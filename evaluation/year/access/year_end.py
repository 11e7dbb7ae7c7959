"""Who may see and do what at the year's end: the office works on it, leaders and the auditor read it (engine 16–18)."""

from django.db.models import QuerySet

from evaluation.engine.access import rankings_visible_to
from evaluation.engine.models.ranking import Ranking
from evaluation.enums import PeriodKind, SchemeState
from evaluation.scheme.access.office import is_ranked_co_office, require_office
from evaluation.scheme.models.scheme import Scheme
from evaluation.scheme.queries.schemes import scheme_of
from miyun_kpi.accounts.access import require
from miyun_kpi.accounts.enums import Verb
from miyun_kpi.lib.actors import Actor
from miyun_kpi.lib.errors import NotAllowed, NotFound
from miyun_kpi.organisations.enums import Track


def year_scheme(actor: Actor, year: int, track: str) -> Scheme:
    """The scheme whose year's end the actor may read. A unit learns of it by its 反馈单 and its own 加减分."""
    require(actor, Verb.READ_UNPUBLISHED)
    scheme = scheme_of(track, year)
    if scheme is None or scheme.state == SchemeState.DRAFT:
        raise NotFound
    if track == Track.DEPARTMENT and is_ranked_co_office(actor):
        raise NotAllowed("ranked-itself", "区发改委和接替它的单位也在政府部门中排名，部门的年终结果由区政府办办理。")
    return scheme


def readable_schemes(actor: Actor) -> list[Scheme]:
    require(actor, Verb.READ_UNPUBLISHED)
    found = Scheme.objects.issued().order_by("-year", "-track")
    return list(found.exclude(track=Track.DEPARTMENT) if is_ranked_co_office(actor) else found)


def works_on_year(actor: Actor, track: str) -> bool:
    return actor.may(Verb.RECORD_DELIBERATION) and not (track == Track.DEPARTMENT and is_ranked_co_office(actor))


def require_year_work(actor: Actor, scheme: Scheme) -> None:
    require_office(actor, Verb.RECORD_DELIBERATION, track=scheme.track)


def year_rankings(actor: Actor, scheme: Scheme) -> QuerySet[Ranking]:
    """Computations of the year the actor may see, the newest first."""
    found = rankings_visible_to(actor).filter(scheme=scheme, period__kind=PeriodKind.YEAR)
    return found.select_related("scheme", "period").defer("inputs").order_by("-computed_at", "-pk")
