from django.db.models import Q, QuerySet

from miyun_kpi.accounts.enums import SEPARATED_ROLES
from miyun_kpi.db.finding import one_of
from miyun_kpi.lib.actors import Actor
from miyun_kpi.lib.errors import Refused
from miyun_kpi.organisations.queries import stands_for
from miyun_kpi.proposals.models import Proposal
from miyun_kpi.proposals.registry import over_powers, proposed_by
from miyun_kpi.proposals.stored import given_of


def of_own_office(actor: Actor) -> QuerySet[Proposal]:
    """Those of the office of the actor, or of one that it continues.

    Of powers the administrators see all, others none but what their role proposes for its own unit.
    """
    powers = Q(code__in=over_powers())
    own = ~powers | Q(code__in=proposed_by(actor.role))
    office = Q(organisation__in=stands_for(actor.organisation_id)) & own
    return Proposal.objects.filter(office | powers if actor.role in SEPARATED_ROLES else office)


def found(actor: Actor, proposal_id: int) -> Proposal:
    """For everybody of the office; NotFound for all others."""
    return one_of(of_own_office(actor).filter(pk=proposal_id))


def may(actor: Actor, row: Proposal) -> bool:
    """Whether this post is one that the second person may act in."""
    kind, given = given_of(row)
    try:
        kind.second(actor, given)
    except Refused:
        return False
    return True


def decides(actor: Actor, row: Proposal) -> bool:
    """While it waits: another hand of the office that does such acts."""
    return row.is_open and actor.user_id not in (None, row.recorded_by_id) and may(actor, row)
