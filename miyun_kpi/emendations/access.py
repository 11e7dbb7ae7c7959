from typing import Any

from django.db.models import QuerySet

from miyun_kpi.db.finding import one_of
from miyun_kpi.emendations.models import Emendation
from miyun_kpi.emendations.registry import Emendable, emendable
from miyun_kpi.lib.actors import Actor
from miyun_kpi.lib.errors import NotAllowed
from miyun_kpi.organisations.queries import stands_for


def of_own_office(actor: Actor) -> QuerySet[Emendation]:
    """Those that wait with, or were decided by, the office of the actor, or one that it continues."""
    return Emendation.objects.filter(organisation__in=stands_for(actor.organisation_id))


def found(actor: Actor, emendation_id: int) -> tuple[Emendation, Emendable, Any]:
    """An emendation with its thing, for whoever may read what is put right of it."""
    row = one_of(Emendation.objects.filter(pk=emendation_id))
    kind = emendable(row.subject)
    thing = kind.find(actor, row.subject_id)
    if not kind.reads(actor, thing):
        require_emend(actor, kind, thing)
    return row, kind, thing


def to_act_on(actor: Actor, emendation_id: int) -> None:
    """Raises unless this actor may read it and put its thing right."""
    _, kind, thing = found(actor, emendation_id)
    require_emend(actor, kind, thing)


def require_emend(actor: Actor, kind: Emendable, thing: Any) -> None:
    if not kind.may(actor, thing):
        raise NotAllowed("not-the-keeper", f"{kind.word}由主管或办理它的单位勘正，您的岗位不办，没有执行。")


def decides(actor: Actor, row: Emendation, kind: Emendable, thing: Any) -> bool:
    """While it waits: another hand that may put the thing right."""
    return row.is_open and actor.user_id not in (None, row.recorded_by_id) and kind.may(actor, thing)
