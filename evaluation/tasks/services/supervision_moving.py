"""A unit of an item of the 督办台账 that ends: the one it went into leads or helps in its place, under the same limit."""

from datetime import date, datetime

from evaluation.enums import SupervisionAct, SupervisionRole, SupervisionState
from evaluation.tasks.models.supervision import SupervisionEntry, SupervisionItem, SupervisionUnit
from evaluation.tasks.services.supervision import record_item, tell_units
from miyun_kpi.acts.acting import lock_free
from miyun_kpi.lib.actors import Actor
from miyun_kpi.organisations.models import Organisation
from miyun_kpi.organisations.registry import Reorganised


def move_on_merge(actor: Actor, source: Organisation, target: Organisation, on: date, at: datetime) -> int:
    """For organisations.registry. Where both had a part, one is left, and it leads if either did."""
    done = Reorganised(actor, source, target, on, at)
    named = SupervisionUnit.objects.filter(organisation=source).values("item_id")
    found = SupervisionItem.objects.filter(pk__in=named).exclude(state=SupervisionState.CLOSED)
    items = lock_free(found.select_related("indicator__scheme"))
    for item in items:
        _take_over(item, source, target)
        item.version += 1
        item.save(update_fields=["version"])
        SupervisionEntry.objects.create(
            item=item, act=SupervisionAct.HANDED_OVER, organisation=source, text=done.words, at=at, by=actor.label
        )
    for item in items:
        tell_units(item, f"督办事项移交：{item.title}", f"{done.words}，时限 {item.due_on} 不变。", at)
    for item in items:
        record_item(actor, "handed-over", item, done.data, at)
    return len(items)


def _take_over(item: SupervisionItem, source: Organisation, target: Organisation) -> None:
    parts = {part.organisation_id: part for part in item.parts.all()}
    own, other = parts[source.pk], parts.get(target.pk)
    if other is None:
        own.organisation = target
        own.save(update_fields=["organisation"])
        return
    # Deleted first: only one unit of an item leads.
    own.delete()
    if own.role == SupervisionRole.LEAD:
        other.role = SupervisionRole.LEAD
        other.save(update_fields=["role"])
