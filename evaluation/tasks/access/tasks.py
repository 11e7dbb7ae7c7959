"""Who keeps and who reads a 绩效任务清单: the evaluator of the indicator or the office keeps it, its unit reads its own."""

from typing import Any

from django.db.models import Q, QuerySet

from evaluation.enums import FigureKind
from evaluation.scheme.access.office import is_ranked_co_office, require_office
from evaluation.scheme.models.scheme import Figure, Indicator, Scheme
from evaluation.scheme.models.tasks import Task
from miyun_kpi.accounts.access import require
from miyun_kpi.accounts.enums import Role, Verb
from miyun_kpi.db.finding import one_of
from miyun_kpi.lib.actors import Actor
from miyun_kpi.lib.errors import NotAllowed
from miyun_kpi.organisations.enums import Track
from miyun_kpi.organisations.models import Organisation
from miyun_kpi.organisations.queries import acts_for, stands_for


def indicators_marked_by(organisation_id: int | None) -> QuerySet[Any, Any]:
    """Ids of the indicators an organisation marks."""
    shares = Figure.objects.filter(kind=FigureKind.SHARE)
    shares = shares.filter(organisation__in=stands_for(organisation_id)) if organisation_id else shares.none()
    return shares.values("indicator_id")


def tasks_visible_to(actor: Actor) -> QuerySet[Task]:
    """The scope of 月跟踪: the office and the leaders all, an evaluator its indicators, a unit its own."""
    found = Task.objects.select_related("indicator__scheme", "organisation", "sub_indicator", "duty")
    if actor.may(Verb.READ_ALL_TRACKING):
        return found.exclude(indicator__scheme__track=Track.DEPARTMENT) if is_ranked_co_office(actor) else found
    if actor.organisation_id is None:
        return found.none()
    if actor.may(Verb.REPORT_PROGRESS):
        return found.filter(organisation__in=stands_for(actor.organisation_id))
    if actor.may(Verb.REVIEW_REPORTS):
        return found.filter(indicator__in=indicators_marked_by(actor.organisation_id))
    return found.none()


def visible_task(actor: Actor, task_id: int) -> Task:
    found = one_of(tasks_visible_to(actor).filter(pk=task_id))
    return found


def listed_indicators(actor: Actor) -> QuerySet[Indicator]:
    """Indicators whose list the actor may read: all for who looks over, else those marked or carried."""
    issued = Scheme.objects.issued()
    found = Indicator.objects.filter(scheme__in=issued).select_related("scheme", "dimension")
    if actor.may(Verb.READ_ALL_TRACKING):
        return found.exclude(scheme__track=Track.DEPARTMENT) if is_ranked_co_office(actor) else found
    if actor.organisation_id is None:
        return found.none()
    if actor.may(Verb.REPORT_PROGRESS):
        carried = Q(
            figures__kind=FigureKind.CARRIED,
            figures__value="yes",
            figures__organisation__in=stands_for(actor.organisation_id),
        )
        return found.filter(carried).distinct()
    if actor.may(Verb.REVIEW_REPORTS):
        return found.filter(pk__in=indicators_marked_by(actor.organisation_id))
    return found.none()


def visible_indicator(actor: Actor, indicator_id: int) -> Indicator:
    found = one_of(listed_indicators(actor).filter(pk=indicator_id))
    return found


def may_keep_tasks(actor: Actor, indicator: Indicator) -> bool:
    if not actor.may(Verb.KEEP_TASKS):
        return False
    if actor.role == Role.EVALUATION_OFFICE:
        return not (indicator.scheme.track == Track.DEPARTMENT and is_ranked_co_office(actor))
    return indicators_marked_by(actor.organisation_id).filter(indicator=indicator).exists()


def require_keep_tasks(actor: Actor, indicator: Indicator) -> None:
    """A foreign indicator does not exist; one that may be read needs the verb."""
    visible_indicator(actor, indicator.pk)
    require(actor, Verb.KEEP_TASKS)
    if actor.role == Role.EVALUATION_OFFICE:
        require_office(actor, Verb.KEEP_TASKS, track=indicator.scheme.track)
    elif not may_keep_tasks(actor, indicator):
        raise NotAllowed("not-your-indicator", "这一项的任务清单由考评部门或考评办维护，没有保存。")


def reads_unit(actor: Actor, organisation: Organisation) -> bool:
    """A unit its own list; whoever looks over or marks an indicator that it carries, theirs."""
    if actor.may(Verb.REPORT_PROGRESS) and acts_for(actor.organisation_id, organisation.pk):
        return True
    if actor.may(Verb.REPORT_PROGRESS):
        return False
    carried = Figure.objects.filter(
        kind=FigureKind.CARRIED, value="yes", organisation=organisation, indicator__in=listed_indicators(actor)
    )
    return carried.exists() or tasks_visible_to(actor).filter(organisation=organisation).exists()
