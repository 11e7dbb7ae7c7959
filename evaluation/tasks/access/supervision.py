"""Who keeps the 督办台账 (the evaluator of 附件2第10项, as printed 区政府办) and who sees which items."""

from typing import Any

from django.db.models import QuerySet

from evaluation.scheme.access.office import is_ranked_co_office
from evaluation.scheme.models.scheme import Indicator, Scheme
from evaluation.tasks.access.tasks import indicators_marked_by
from evaluation.tasks.models.supervision import SupervisionItem
from evaluation.tasks.rules.supervision import ITEM_WORDS
from miyun_kpi.accounts.access import require
from miyun_kpi.accounts.enums import Verb
from miyun_kpi.db.finding import one_of
from miyun_kpi.lib.actors import Actor
from miyun_kpi.lib.errors import NotAllowed


def registers() -> QuerySet[Indicator]:
    """The indicators that have a 督办台账, the newest scheme first."""
    found = Indicator.objects.filter(name__contains=ITEM_WORDS, scheme__in=Scheme.objects.issued())
    return found.select_related("scheme").order_by("-scheme__year", "pk")


def keeps_register(actor: Actor, indicator: Indicator) -> bool:
    return (
        actor.may(Verb.KEEP_SUPERVISION)
        and indicators_marked_by(actor.organisation_id).filter(indicator=indicator).exists()
    )


def kept_register(actor: Actor) -> Indicator | None:
    """The newest register the actor keeps."""
    return next((one for one in registers() if keeps_register(actor, one)), None)


def require_keep_register(actor: Actor, indicator: Indicator | None = None) -> Indicator:
    require(actor, Verb.KEEP_SUPERVISION)
    found = kept_register(actor) if indicator is None else indicator if keeps_register(actor, indicator) else None
    if found is None:
        raise NotAllowed(
            "not-your-register", "督办台账由打这一项分的考评部门（区政府办）登记，您的岗位不登记，没有执行。"
        )
    return found


def items_visible_to(actor: Actor) -> QuerySet[SupervisionItem]:
    """Who keeps the register, the office and the leaders all; a unit those it leads or helps; others none."""
    found = SupervisionItem.objects.select_related("indicator__scheme").prefetch_related("parts__organisation")
    overseer = actor.may(Verb.READ_ALL_TRACKING) and not is_ranked_co_office(actor)
    if overseer:
        return found
    if actor.organisation_id is None:
        return found.none()
    if actor.may(Verb.REPORT_PROGRESS):
        return found.filter(pk__in=_of_unit(actor.organisation_id))
    if actor.may(Verb.KEEP_SUPERVISION):
        return found.filter(indicator__in=indicators_marked_by(actor.organisation_id))
    return found.none()


def _of_unit(organisation_id: int) -> QuerySet[Any, Any]:
    return SupervisionItem.objects.filter(parts__organisation_id=organisation_id).values("pk")


def visible_item(actor: Actor, item_id: int) -> SupervisionItem:
    found = one_of(items_visible_to(actor).filter(pk=item_id))
    return found


def is_unit_of(actor: Actor, item: SupervisionItem, *, lead: bool = False) -> bool:
    return actor.may(Verb.REPORT_PROGRESS) and any(
        part.organisation_id == actor.organisation_id and (not lead or part.role == "lead") for part in item.parts.all()
    )
