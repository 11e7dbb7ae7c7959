"""Who sees, reviews and presses which monthly report."""

from django.db.models import Q, QuerySet

from evaluation.enums import FigureKind
from evaluation.scheme.access.office import is_ranked_co_office
from evaluation.scheme.models.scheme import Figure, Scheme
from evaluation.tracking.models import Rectification
from evaluation.tracking.rules import TRACKED, duty_key, duty_prefix
from miyun_kpi.accounts.access import require
from miyun_kpi.accounts.enums import Verb
from miyun_kpi.db.finding import one_of
from miyun_kpi.duties.enums import Cadence
from miyun_kpi.duties.models import DutyPeriod, DutyUnit
from miyun_kpi.lib.actors import Actor
from miyun_kpi.organisations.enums import Track
from miyun_kpi.organisations.queries import in_place_of, stands_for


def tracked() -> QuerySet[DutyPeriod]:
    """Lines of 月跟踪, whoever may see them."""
    return DutyPeriod.objects.filter(unit__duty__scope=TRACKED, unit__duty__cadence=Cadence.MONTHLY).select_related(
        "unit__duty", "unit__organisation", "report"
    )


def _of(units: QuerySet[DutyUnit]) -> QuerySet[DutyPeriod]:
    return tracked().filter(unit__in=units.order_by().values("pk"))


def tracked_reviewed_by(actor: Actor) -> QuerySet[DutyPeriod]:
    """Lines of the indicators the actor's organisation marks, over all units; co-evaluators each review them (推定).

    13号 splits the mark between them and prints no split of the reports: each needs what the other reads to give its part.
    """
    return _of(_reviewed_by(actor))


def _reviewed_by(actor: Actor) -> QuerySet[DutyUnit]:
    if not actor.may(Verb.REVIEW_REPORTS) or actor.organisation_id is None:
        return DutyUnit.objects.none()
    shares = Figure.objects.filter(
        kind=FigureKind.SHARE, organisation__in=stands_for(actor.organisation_id), scheme__in=Scheme.objects.issued()
    )
    own = Q(pk__in=[])
    rows = shares.values_list("scheme__year", "scheme__track", "indicator__number").distinct()
    for year, track, number in rows:
        key = duty_key(year, track, number)
        own |= Q(duty__key=key) | Q(duty__key__startswith=f"{key}/")
    return DutyUnit.objects.filter(own)


def tracked_overseen_by(actor: Actor) -> QuerySet[DutyPeriod]:
    """What the office and the leaders look over; 区发改委 not the departments it is ranked among."""
    return _of(_overseen_by(actor))


def _overseen_by(actor: Actor) -> QuerySet[DutyUnit]:
    if not actor.may(Verb.READ_ALL_TRACKING):
        return DutyUnit.objects.none()
    if is_ranked_co_office(actor):
        return DutyUnit.objects.exclude(duty__key__contains=f"/{Track.DEPARTMENT}/")
    return DutyUnit.objects.all()


def tracked_own(actor: Actor) -> QuerySet[DutyPeriod]:
    return _of(_own(actor))


def _own(actor: Actor) -> QuerySet[DutyUnit]:
    """Of the actor's body and of those that ended into it."""
    if not actor.may(Verb.REPORT_PROGRESS) or actor.organisation_id is None:
        return DutyUnit.objects.none()
    return DutyUnit.objects.filter(organisation__in=stands_for(actor.organisation_id))


def tracked_visible_to(actor: Actor) -> QuerySet[DutyPeriod]:
    """The one scope of monthly reports for pages, files, counts and API."""
    return _of(tracked_units_visible_to(actor))


def tracked_units_visible_to(actor: Actor) -> QuerySet[DutyUnit]:
    """Whose monthly reports; for the lists over all documents."""
    if actor.may(Verb.READ_ALL_TRACKING):
        found = _overseen_by(actor)
    else:
        found = _own(actor) if actor.may(Verb.REPORT_PROGRESS) else _reviewed_by(actor)
    return found.filter(duty__scope=TRACKED, duty__cadence=Cadence.MONTHLY)


def visible_line(actor: Actor, duty_period_id: int) -> DutyPeriod:
    line = one_of(tracked_visible_to(actor).filter(pk=duty_period_id))
    return line


def may_read_evidence(actor: Actor, duty_period_id: int) -> bool:
    """Evidence of a line is read by whoever may read the line."""
    return tracked_visible_to(actor).filter(pk=duty_period_id).exists()


def rectifications_visible_to(actor: Actor) -> QuerySet[Rectification]:
    """The unit its own, an evaluator those on its indicators, the office and the leaders those they look over."""
    found = Rectification.objects.select_related("unit__duty", "unit__organisation", "opened_for")
    if actor.may(Verb.READ_ALL_TRACKING):
        ranked = is_ranked_co_office(actor)
        return found.exclude(unit__duty__key__contains=f"/{Track.DEPARTMENT}/") if ranked else found
    if actor.may(Verb.REPORT_PROGRESS) and actor.organisation_id is not None:
        ended = Q(unit__organisation__in=in_place_of(actor.organisation_id))
        return found.filter(Q(unit__organisation_id=actor.organisation_id) | ended)
    # What it opened itself it sees also where the lines have gone to the successor of the unit.
    opened = Q(opened_for_id=actor.organisation_id or 0, opened_role=actor.role)
    return found.filter(opened | Q(unit_id__in=tracked_reviewed_by(actor).order_by().values("unit_id")))


def visible_rectification(actor: Actor, rectification_id: int) -> Rectification:
    found = one_of(rectifications_visible_to(actor).filter(pk=rectification_id))
    return found


def is_opener(actor: Actor, rectification: Rectification) -> bool:
    """Same organisation, same role: the work belongs to the post, not to the person."""
    return (actor.organisation_id, actor.role) == (rectification.opened_for_id, rectification.opened_role)


def line_to_press(actor: Actor, duty_period_id: int) -> DutyPeriod:
    """A line whose unit the actor may call to correct: its evaluator's or the office's."""
    require(actor, Verb.PRESS_FOR_CORRECTION)
    scope = tracked_overseen_by(actor) if actor.may(Verb.READ_ALL_TRACKING) else tracked_reviewed_by(actor)
    line = one_of(scope.filter(pk=duty_period_id))
    return line


def pressable_units(actor: Actor, scheme: Scheme) -> QuerySet[DutyUnit]:
    """Units × indicators of a scheme's year that the actor may call to put something right: its own items, or all."""
    require(actor, Verb.PRESS_FOR_CORRECTION)
    prefix = duty_prefix(scheme.year, scheme.track)
    found = DutyUnit.objects.filter(duty__key__startswith=prefix, duty__key__regex=r"^[^/]+/[^/]+/[^/]+/[0-9]+$")
    found = found.select_related("duty", "organisation")
    if actor.may(Verb.READ_ALL_TRACKING):
        ranked = is_ranked_co_office(actor) and scheme.track == Track.DEPARTMENT
        return found.none() if ranked else found
    own = stands_for(actor.organisation_id)
    shares = Figure.objects.filter(scheme=scheme, kind=FigureKind.SHARE, organisation__in=own)
    numbers = shares.values_list("indicator__number", flat=True).distinct()
    return found.filter(duty__key__in=[duty_key(scheme.year, scheme.track, n) for n in numbers])


def unit_to_press(actor: Actor, scheme_id: int, organisation: str, indicator: int) -> DutyUnit:
    scheme = one_of(Scheme.objects.issued().filter(pk=scheme_id))
    key = duty_key(scheme.year, scheme.track, indicator)
    unit = one_of(
        pressable_units(actor, scheme).filter(duty__key=key, organisation__code=organisation),
        "这个单位没有这项任务，或不由您的单位考评。",
    )
    return unit
