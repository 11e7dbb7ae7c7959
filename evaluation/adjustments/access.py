"""Who may see and do what with 加减分 (engine 15, 18)."""

from django.db.models import Q, QuerySet

from evaluation.adjustments.models import Adjustment
from evaluation.enums import AMENDABLE, SchemeState
from evaluation.periods.queries.population import units_of_years, year_units
from evaluation.scheme.access.office import is_ranked_co_office
from evaluation.scheme.models.scheme import Scheme
from evaluation.scheme.queries.schemes import scheme_of
from miyun_kpi.accounts.access import require
from miyun_kpi.accounts.enums import Role, Verb
from miyun_kpi.db.finding import one_of
from miyun_kpi.lib.actors import Actor
from miyun_kpi.lib.errors import FieldError, NotAllowed, Refused
from miyun_kpi.organisations.enums import Track
from miyun_kpi.organisations.models import Organisation
from miyun_kpi.organisations.queries import acts_for, stands_for

OWN_UNIT_ROLES = (Role.REPORTER, Role.UNIT_HEAD)


def adjustments_visible_to(actor: Actor) -> QuerySet[Adjustment]:
    """A unit those about itself, an evaluator those it proposed, the office, its leaders and the auditor all.

    区发改委 as co-office sees those of the departments it is ranked among only where it proposed them.
    """
    found = Adjustment.objects.select_related("scheme", "organisation", "proposed_for")
    own = Q(pk__in=[])
    if actor.organisation_id is not None:
        if actor.role in OWN_UNIT_ROLES:
            own |= Q(organisation__in=stands_for(actor.organisation_id))
        if actor.may(Verb.PROPOSE_ADJUSTMENTS):
            own |= Q(proposed_for_id=actor.organisation_id, proposed_role=actor.role)
    if actor.may(Verb.READ_UNPUBLISHED):
        return found.filter(own | ~Q(scheme__track=Track.DEPARTMENT)) if is_ranked_co_office(actor) else found
    return found.filter(own)


def visible_adjustment(actor: Actor, adjustment_id: int) -> Adjustment:
    found = one_of(adjustments_visible_to(actor).filter(pk=adjustment_id))
    return found


def may_read_adjustment_evidence(actor: Actor, adjustment_id: int) -> bool:
    return adjustments_visible_to(actor).filter(pk=adjustment_id).exists()


def is_proposer(actor: Actor, adjustment: Adjustment) -> bool:
    """Same organisation, same role: the entry belongs to the post, not to the person."""
    own = (adjustment.proposed_for_id, adjustment.proposed_role)
    return actor.may(Verb.PROPOSE_ADJUSTMENTS) and (actor.organisation_id, actor.role) == own


def require_proposer(actor: Actor, adjustment: Adjustment) -> None:
    if not is_proposer(actor, adjustment):
        raise NotAllowed("not-the-proposer", f"这一条由{adjustment.proposed_for.name}提出，由它修改或撤回。没有执行。")


def may_amend(actor: Actor, adjustment: Adjustment) -> bool:
    return adjustment.state in AMENDABLE and is_proposer(actor, adjustment)


def may_check(actor: Actor, adjustment: Adjustment) -> bool:
    track = adjustment.scheme.track
    return actor.may(Verb.CHECK_ADJUSTMENTS) and not (track == Track.DEPARTMENT and is_ranked_co_office(actor))


def _tracks(actor: Actor) -> list[str]:
    """The tracks whose organisations the actor may propose for."""
    if not actor.may(Verb.PROPOSE_ADJUSTMENTS) or actor.organisation_id is None:
        return []
    if is_ranked_co_office(actor):
        return [Track.TOWNSHIP]
    return list(Track.values)


def units_to_propose(actor: Actor) -> list[tuple[str, list[Organisation]]]:
    """By track whom the actor may propose for in one of the years in force, those that ended since too (engine 21).

    A unit only for itself and for those that ended into it. Never save them.
    """
    own = set(stands_for(actor.organisation_id)) if actor.role in OWN_UNIT_ROLES else None
    found = []
    for track in _tracks(actor):
        units = units_of_years(Scheme.objects.filter(track=track, state=SchemeState.IN_FORCE))
        if own is not None:
            units = [one for one in units if one.pk in own]
        if units:
            found.append((track, units))
    return found


def scheme_to_propose(actor: Actor, organisation: Organisation, year: int) -> Scheme:
    """The scheme in force that the organisation is examined under that year, if the actor may propose for it."""
    require(actor, Verb.PROPOSE_ADJUSTMENTS)
    if actor.role in OWN_UNIT_ROLES and not acts_for(actor.organisation_id, organisation.pk):
        raise NotAllowed("not-your-unit", "单位只能为本单位和并入本单位的提出加减分，没有保存。")
    allowed = _tracks(actor)
    for track in Track.values:
        scheme = scheme_of(track, year)
        if scheme is None or scheme.state != SchemeState.IN_FORCE:
            continue
        if any(one.pk == organisation.pk for one in year_units(scheme)):
            if track not in allowed:
                raise NotAllowed(
                    "ranked-itself", "区发改委和接替它的单位也在政府部门中排名，部门的加减分由区政府办提出。没有保存。"
                )
            return scheme
    said = f"{year} 年没有考评这个单位的在用方案，没有保存。请核对年度和考评对象。"
    raise Refused("no-scheme", said, errors=[FieldError(said, "no-scheme", field="year")])
