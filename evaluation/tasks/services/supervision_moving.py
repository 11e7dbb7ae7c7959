"""A unit of an item of the 督办台账 that ends: the one it went into leads or helps in its place, under the same limit."""

from typing import Any

from evaluation.enums import SupervisionAct, SupervisionRole, SupervisionState
from evaluation.tasks.models.supervision import SupervisionEntry, SupervisionItem, SupervisionUnit
from evaluation.tasks.services.supervision import record_item, tell_units
from miyun_kpi.acts.acting import lock_free
from miyun_kpi.organisations.models import Organisation
from miyun_kpi.organisations.registry import Reorganised


def move_on_merge(done: Reorganised) -> int:
    """For organisations.registry. Where both had a part, one is left, and it leads if either did."""
    named = done.of_these(SupervisionUnit.objects.filter(organisation=done.source)).values("item_id")
    found = SupervisionItem.objects.filter(pk__in=named).exclude(state=SupervisionState.CLOSED)
    items = lock_free(found.select_related("indicator__scheme"))
    shared = {one[0]: one[1:] for one in done.rows if isinstance(one, list)} if done.back else {}
    for item in items:
        parts = {part.organisation_id: part for part in item.parts.all()}
        own, other = parts[done.source.pk], parts.get(done.target.pk)
        if own.pk in shared and other is None:
            role, order, before = shared[own.pk]
            _part_again(item, own, role, order, before, done.target)
        elif own.pk in done.later and other is None:
            # Another has come into this part since: it stays for that one.
            _part_again(item, own, own.role, own.order, _role_of(done.later[own.pk]), done.target)
        else:
            done.went([_take_over(own, other, done.target)])
        item.version += 1
        item.save(update_fields=["version"])
        SupervisionEntry.objects.create(
            item=item,
            act=SupervisionAct.HANDED_OVER,
            organisation=done.source,
            text=done.words,
            at=done.at,
            by=done.actor.label,
        )
    for item in items:
        tell_units(item, f"督办事项移交：{item.title}", f"{done.words}，时限 {item.due_on} 不变。", done.at)
    for item in items:
        record_item(done.actor, "handed-over", item, done.data, done.at)
    return len(items)


def _role_of(went: Any) -> str:
    """Of what `_take_over` wrote down: the part that the one who came in had."""
    return str(went[1]) if isinstance(went, list) else SupervisionRole.CO


def _take_over(own: SupervisionUnit, other: SupervisionUnit | None, target: Organisation) -> Any:
    """Returns the part there is now; of one that was made of two what `_part_again` wants to know besides."""
    if other is None:
        own.organisation = target
        own.save(update_fields=["organisation"])
        return own.pk
    went = [other.pk, own.role, own.order, other.role]
    # Deleted first: only one unit of an item leads.
    own.delete()
    if own.role == SupervisionRole.LEAD:
        other.role = SupervisionRole.LEAD
        other.save(update_fields=["role"])
    return went


def _part_again(
    item: SupervisionItem, there: SupervisionUnit, role: str, order: int, before: str, target: Organisation
) -> None:
    """The part that went into one the other had of its own; whom somebody has made the lead meanwhile stays it."""
    if role == SupervisionRole.LEAD and there.role == SupervisionRole.LEAD:
        there.role = before
        there.save(update_fields=["role"])
    if role == SupervisionRole.LEAD and item.parts.filter(role=SupervisionRole.LEAD).exists():
        role = SupervisionRole.CO
    SupervisionUnit.objects.create(item=item, organisation=target, role=role, order=order)
