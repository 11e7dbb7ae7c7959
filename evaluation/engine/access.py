"""Who sees which ranking and how much of it (engine 18)."""

from django.db.models import Q, QuerySet

from evaluation.engine.models.ranking import Ranking, Signing
from evaluation.engine.queries.frozen import WHOLE
from evaluation.enums import RankingKind, RankingState
from evaluation.scheme.access.office import is_ranked_co_office
from miyun_kpi.accounts.enums import Verb
from miyun_kpi.lib.actors import Actor
from miyun_kpi.lib.errors import NotFound
from miyun_kpi.organisations.enums import Track
from miyun_kpi.organisations.models import Organisation


def rankings_visible_to(actor: Actor) -> QuerySet[Ranking]:
    """Published ones everybody's; trials and computed ones the office's, the named leaders' and the auditor's."""
    published = Q(kind=RankingKind.OFFICIAL, state=RankingState.PUBLISHED)
    if actor.may(Verb.READ_UNPUBLISHED):
        if is_ranked_co_office(actor):
            return Ranking.objects.filter(published | ~Q(scheme__track=Track.DEPARTMENT))
        return Ranking.objects.all()
    return Ranking.objects.filter(published)


def visible_ranking(actor: Actor, ranking_id: int) -> Ranking:
    """The ranking without its long columns, or NotFound for unknown and unseen alike."""
    found = rankings_visible_to(actor).select_related("scheme", "period").defer("document", "inputs")
    ranking = found.filter(pk=ranking_id).first()
    if ranking is None:
        raise NotFound
    return ranking


def readable_ranking(actor: Actor, ranking_id: int, *, with_inputs: bool = False) -> Ranking:
    """The ranking with its document, or NotFound for unknown and unseen alike."""
    visible = rankings_visible_to(actor).select_related("scheme", "period").filter(pk=ranking_id)
    found = (visible if with_inputs else visible.defer("inputs")).first()
    if found is None:
        raise NotFound
    return found


def latest_ranking(actor: Actor, track: str) -> Ranking | None:
    """Newest period first, official before trial, the last computed of it."""
    found = rankings_visible_to(actor).filter(scheme__track=track).select_related("scheme", "period")
    return found.defer("document", "inputs").order_by("-period__code", "kind", "-number").first()


def scope_of(actor: Actor, ranking: Ranking) -> tuple[str, str]:
    """How much of a ranking the actor sees: ("whole", "") or the 公开范围 and the code of the own row."""
    if sees_whole_ranking(actor, ranking):
        return WHOLE, ""
    if actor.organisation_id is None:
        return ranking.disclosure_scope, ""
    return ranking.disclosure_scope, Organisation.objects.values_list("code", flat=True).get(pk=actor.organisation_id)


def sees_whole_ranking(actor: Actor, ranking: Ranking) -> bool:
    """Whether every organisation's parts are shown, not only what the period's 公开范围 allows."""
    return actor.may(Verb.READ_UNPUBLISHED) and not (
        ranking.scheme.track == Track.DEPARTMENT and is_ranked_co_office(actor)
    )


def may_see_receipt(actor: Actor, ranking: Ranking, organisation: Organisation) -> bool:
    return sees_whole_ranking(actor, ranking) or (
        actor.organisation_id is not None and actor.organisation_id == organisation.pk
    )


def may_read_signing_scan(actor: Actor, signing_id: int) -> bool:
    """The signed paper: whoever sees the ranking whole, the office, its leaders and the auditor."""
    found = Signing.objects.select_related("ranking__scheme").filter(pk=signing_id).first()
    if found is None or not rankings_visible_to(actor).filter(pk=found.ranking_id).exists():
        return False
    return sees_whole_ranking(actor, found.ranking)
