"""Who may see and do what with a bulletin: drafts are the office's, final ones everybody's (engine 18)."""

from django.db.models import Q, QuerySet

from evaluation.bulletin.models import Bulletin
from evaluation.engine.access import rankings_visible_to
from evaluation.engine.models.ranking import Ranking
from evaluation.enums import BulletinState, PeriodKind
from evaluation.scheme.access.office import is_ranked_co_office, require_office
from miyun_kpi.accounts.enums import Verb
from miyun_kpi.db.finding import one_of
from miyun_kpi.lib.actors import Actor
from miyun_kpi.organisations.enums import Track

VERB = Verb.PUBLISH_RANKINGS


def works_on_bulletins(actor: Actor) -> bool:
    return actor.may(VERB)


def bulletins_visible_to(actor: Actor) -> QuerySet[Bulletin]:
    """A final bulletin prints no more than its 公开范围, so that everybody may read it."""
    final = Q(state=BulletinState.FINAL)
    if not works_on_bulletins(actor):
        return Bulletin.objects.filter(final)
    if is_ranked_co_office(actor):
        department = Bulletin.objects.filter(rankings__scheme__track=Track.DEPARTMENT)
        return Bulletin.objects.filter(final | ~Q(pk__in=department.values("pk")))
    return Bulletin.objects.all()


def visible_bulletin(actor: Actor, bulletin_id: int) -> Bulletin:
    found = one_of(bulletins_visible_to(actor).select_related("period").filter(pk=bulletin_id))
    return found


def may_work_on(actor: Actor, tracks: set[str]) -> bool:
    return works_on_bulletins(actor) and not (Track.DEPARTMENT in tracks and is_ranked_co_office(actor))


def require_work_on(actor: Actor, tracks: set[str]) -> None:
    for track in sorted(tracks):
        require_office(actor, VERB, track=track)


def citable_rankings(actor: Actor) -> QuerySet[Ranking]:
    """Those a bulletin may be drawn from: what the actor sees, of a track it works on."""
    found = rankings_visible_to(actor).select_related("scheme", "period").defer("document", "inputs")
    # The year goes to 区委 and is never published from here alone (engine 16).
    found = found.exclude(period__kind=PeriodKind.YEAR)
    if is_ranked_co_office(actor):
        found = found.exclude(scheme__track=Track.DEPARTMENT)
    return found.order_by("-period__code", "-scheme__track", "kind", "-number")
