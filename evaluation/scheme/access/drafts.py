"""Who hears of next year's scheme before it is issued: the office alone; to others it does not exist (404)."""

from django.db.models import Q, QuerySet

from evaluation.enums import SchemeState
from evaluation.scheme.access.office import is_ranked_co_office, require_office
from evaluation.scheme.models.drafting import Amendment, SchemeIssue
from evaluation.scheme.models.scheme import Scheme
from miyun_kpi.accounts.enums import Verb
from miyun_kpi.db.finding import one_of
from miyun_kpi.lib.actors import Actor
from miyun_kpi.lib.errors import NotFound
from miyun_kpi.organisations.enums import Track

VERB = Verb.DRAFT_SCHEMES


def may_draft(actor: Actor, track: str) -> bool:
    return actor.may(VERB) and not (track == Track.DEPARTMENT and is_ranked_co_office(actor))


def require_drafting(actor: Actor, track: str) -> None:
    require_office(actor, VERB, track=track)


def schemes_visible_to(actor: Actor) -> QuerySet[Scheme]:
    """Issued schemes are everybody's; drafts the office's, those of the departments not 区发改委's, which is ranked there."""
    issued = ~Q(state=SchemeState.DRAFT)
    if not actor.may(VERB):
        return Scheme.objects.filter(issued)
    if is_ranked_co_office(actor):
        return Scheme.objects.filter(issued | ~Q(track=Track.DEPARTMENT))
    return Scheme.objects.all()


def visible_draft(actor: Actor, year: int, track: str) -> Scheme:
    found = schemes_visible_to(actor).filter(year=year, track=track, state=SchemeState.DRAFT)
    scheme = one_of(found.select_related("copied_from"), "没有这一年、这一类别的方案草案，或不在您能看的范围。")
    return scheme


def may_read_issue(actor: Actor, issue_id: int) -> bool:
    """The scan of a 审定 goes with the scheme it belongs to."""
    return SchemeIssue.objects.filter(pk=issue_id, scheme__in=schemes_visible_to(actor)).exists()


def visible_amendment(actor: Actor, amendment_id: int) -> Amendment:
    """A confirmed one is everybody's to read."""
    found = Amendment.objects.select_related("scheme").filter(pk=amendment_id).first()
    if found is None or not (found.number or may_draft(actor, found.scheme.track)):
        raise NotFound
    return found
