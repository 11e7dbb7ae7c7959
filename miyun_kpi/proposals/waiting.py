"""Which acts of an office wait for the second person, where another page than the list of all has to say so."""

from collections.abc import Iterable

from django.db.models import QuerySet

from miyun_kpi.acts.enums import TwoPersonState
from miyun_kpi.lib.actors import Actor
from miyun_kpi.proposals.access import of_own_office
from miyun_kpi.proposals.models import Proposal
from miyun_kpi.proposals.registry import decision


def waiting(actor: Actor, codes: Iterable[str]) -> QuerySet[Proposal]:
    """Of the acts with these codes, oldest first, those of the office of the actor."""
    found = of_own_office(actor).filter(code__in=list(codes), state=TwoPersonState.PROPOSED)
    return found.order_by("recorded_at", "pk")


def waiting_months(actor: Actor, code: str) -> dict[str, Proposal]:
    """By month, the 对账 that was proposed."""
    return {str(row.given["month"]): row for row in waiting(actor, [code])}


def word_of(row: Proposal) -> str:
    return decision(row.code).word
