"""Who sees and plans 现场考评: evaluators all dates (so that they do not crowd), a unit its own, the office everything."""

from django.db.models import Q, QuerySet

from evaluation.scheme.access.office import is_ranked_co_office
from evaluation.scheme.models.scheme import Figure, Scheme
from evaluation.year.models.year_close import SiteVisit
from miyun_kpi.accounts.access import require
from miyun_kpi.accounts.enums import Verb
from miyun_kpi.db.finding import one_of
from miyun_kpi.lib.actors import Actor
from miyun_kpi.lib.errors import NotAllowed, NotFound
from miyun_kpi.organisations.enums import Track
from miyun_kpi.organisations.queries import acts_for, stands_for


def visits_visible_to(actor: Actor) -> QuerySet[SiteVisit]:
    found = SiteVisit.objects.select_related("scheme", "evaluator", "organisation")
    if actor.may(Verb.READ_UNPUBLISHED):
        return found.exclude(scheme__track=Track.DEPARTMENT) if is_ranked_co_office(actor) else found
    if actor.may(Verb.PLAN_VISITS):
        return found
    if actor.may(Verb.REPORT_PROGRESS) and actor.organisation_id is not None:
        return found.filter(organisation__in=stands_for(actor.organisation_id))
    raise NotFound


def visible_visit(actor: Actor, visit_id: int) -> SiteVisit:
    found = one_of(visits_visible_to(actor).filter(pk=visit_id))
    return found


def reads_result(actor: Actor, visit: SiteVisit) -> bool:
    """What was found is the evaluator's own, the unit's and the office's; other evaluators see dates alone."""
    if actor.may(Verb.READ_UNPUBLISHED):
        return True
    return any(acts_for(actor.organisation_id, one) for one in (visit.evaluator_id, visit.organisation_id))


def keeps(actor: Actor, visit: SiteVisit) -> bool:
    return actor.may(Verb.PLAN_VISITS) and actor.organisation_id == visit.evaluator_id


def require_keeper(actor: Actor, visit: SiteVisit) -> None:
    require(actor, Verb.PLAN_VISITS)
    if actor.organisation_id != visit.evaluator_id:
        raise NotAllowed("not-your-visit", f"这次现场考评由{visit.evaluator.name}安排，没有执行。")


def evaluated_by(actor: Actor, scheme: Scheme) -> QuerySet[Figure]:
    """The shares of the scheme that the actor's organisation marks."""
    require(actor, Verb.PLAN_VISITS)
    shares = Figure.objects.filter(kind="share", scheme=scheme, organisation__in=stands_for(actor.organisation_id))
    if not shares.exists():
        raise NotAllowed("not-an-evaluator", "本单位不是这个方案的考评部门，没有安排。")
    return shares.filter(~Q(indicator=None))
