"""督办台账 of 附件2第10项: items registered and corrected by who keeps the register, singly or as a list."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from evaluation.enums import SupervisionRole, SupervisionState
from evaluation.scheme.models.scheme import Indicator
from evaluation.tasks.access.supervision import require_keep_register, visible_item
from evaluation.tasks.models.supervision import SupervisionItem, SupervisionUnit
from evaluation.tasks.rules.supervision import CLAUSE, ItemInput, check_item
from miyun_kpi.accounts.enums import Role
from miyun_kpi.acts.acting import acting, lock_all, locked, record, tell
from miyun_kpi.inbox.services import Message
from miyun_kpi.lib.actors import Actor
from miyun_kpi.lib.errors import Conflict, FieldError, NotFound, Refused, told
from miyun_kpi.organisations.models import Organisation
from miyun_kpi.routes import to


@dataclass(frozen=True)
class ItemChange:
    """A new item (`item_id` None) or one with the version that was seen."""

    item_id: int | None
    version: int
    item: ItemInput


def register_item(*, actor: Actor, item: ItemInput, at: datetime) -> SupervisionItem:
    """立项. The number is the item's own for good: a second press is refused by it."""
    indicator = require_keep_register(actor)
    return save_items(actor=actor, indicator=indicator, changes=[ItemChange(None, 0, item)], at=at)[0]


def change_item(*, actor: Actor, item_id: int, version: int, item: ItemInput, at: datetime) -> SupervisionItem:
    """Correct an item. Its limit moves by 延期 only once the unit may have acted on it."""
    found = visible_item(actor, item_id)
    require_keep_register(actor, found.indicator)
    changes = [ItemChange(found.pk, version, item)]
    return (save_items(actor=actor, indicator=found.indicator, changes=changes, at=at) or [found])[0]


def save_items(
    *, actor: Actor, indicator: Indicator, changes: Sequence[ItemChange], source: str = "", at: datetime
) -> list[SupervisionItem]:
    """All or none. Returns what is new or differs."""
    require_keep_register(actor, indicator)
    problems = [
        problem
        for change in changes
        for problem in check_item(change.item, instruction_text=indicator.scheme.instruction_text)
    ]
    if problems:
        said = told(problems)
        raise Refused("incomplete-item", f"{said}。没有保存。", errors=problems, clause=indicator.scheme.cite(CLAUSE))
    with acting(actor, at):
        locked(Indicator.objects.all(), indicator.pk)
        # Whoever handles an item holds it alone, not its indicator.
        asked = [change.item_id for change in changes if change.item_id is not None]
        lock_all(SupervisionItem.objects.filter(indicator=indicator, pk__in=asked))
        stored = {
            item.pk: item
            for item in SupervisionItem.objects.filter(indicator=indicator).prefetch_related("parts__organisation")
        }
        names = _names(changes)
        saved = []
        for change in changes:
            _refuse_taken(stored, change)
            found = _current(stored, change)
            _require_living(change, found)
            old = words_of(found) if found else None
            new = words_given(change.item, names)
            if old == new:
                continue
            fresh = found or SupervisionItem(indicator=indicator, version=0)
            _write(fresh, change.item, actor, at)
            stored[fresh.pk] = fresh
            data: dict[str, Any] = {"old": old, "new": new} if old else {"new": new}
            record_item(actor, "saved", fresh, data | ({"source": source} if source else {}), at)
            saved.append(fresh)
            if old is None:
                tell_units(fresh, f"督办立项：{fresh.title}", f"时限 {fresh.due_on}，请按时反馈。", at)
    return saved


def _names(changes: Sequence[ItemChange]) -> dict[int, str]:
    wanted = {pk for change in changes for pk in (change.item.lead_id, *change.item.co_ids) if pk is not None}
    found = dict(Organisation.objects.filter(pk__in=wanted).values_list("pk", "name"))
    if set(found) != wanted:
        raise NotFound("所选的单位已不存在，没有保存。请刷新后重选。")
    return found


def _refuse_taken(stored: dict[int, SupervisionItem], change: ItemChange) -> None:
    other = next((one for one in stored.values() if one.number == change.item.number), None)
    if other is not None and other.pk != change.item_id:
        raise Conflict(
            "number-taken", f"编号“{other.number}”已是“{other.title}”，没有保存。一件一号，要改请打开那一件。"
        )


def _current(stored: dict[int, SupervisionItem], change: ItemChange) -> SupervisionItem | None:
    if change.item_id is None:
        return None
    found = stored.get(change.item_id)
    if found is None:
        raise NotFound
    require_version(found, change.version)
    if found.state == SupervisionState.CLOSED:
        raise Conflict("closed", f"“{found.number}”已经销号，不能再改，没有保存。")
    if change.item.due_on != found.due_on and found.entries.exists():
        raise Refused(
            "due-by-extension",
            f"“{found.number}”已有反馈或催办，时限只能经延期改，没有保存。请由主办单位申请延期。",
            errors=[FieldError("时限只能经延期改。", "due-by-extension", field="due_on")],
        )
    return found


def _require_living(change: ItemChange, found: SupervisionItem | None) -> None:
    """A unit newly named still stands: nobody answers for one that has ended. Who was named before it ended stays."""
    named = {pk for pk in (change.item.lead_id, *change.item.co_ids) if pk is not None}
    before = {part.organisation_id for part in found.parts.all()} if found else set()
    gone = Organisation.objects.filter(pk__in=named - before, valid_to__isnull=False).order_by("order", "pk").first()
    if gone is not None:
        field = "lead" if gone.pk == change.item.lead_id else "co"
        raise Refused(
            "ended-unit",
            f"{gone.name}已于 {gone.valid_to} 撤并，没有保存。请选现有的单位。",
            errors=[FieldError("这个单位已经撤并。", "ended-unit", field=field)],
        )


def require_version(item: SupervisionItem, version: int) -> None:
    if item.version != version:
        now = f"现存：{item.title}，时限 {item.due_on}，{item.get_state_display()}（{item.saved_by}）"
        raise Conflict(
            "stale",
            f"“{item.number}”刚有变动，没有保存。{now}。请刷新后再办。",
            errors=[FieldError("这一件刚有变动。", "stale", current={"value": now, "version": item.version})],
        )


def _write(fresh: SupervisionItem, given: ItemInput, actor: Actor, at: datetime) -> None:
    assert given.registered_on is not None and given.due_on is not None and given.lead_id is not None
    if not fresh.pk or given.due_on != fresh.due_on:
        fresh.first_due_on = given.due_on
    fresh.number, fresh.source, fresh.title, fresh.content = given.number, given.source, given.title, given.content
    fresh.registered_on, fresh.due_on = given.registered_on, given.due_on
    fresh.version += 1
    fresh.saved_at, fresh.saved_by = at, actor.label
    fresh.save()
    wanted = {given.lead_id: SupervisionRole.LEAD} | dict.fromkeys(given.co_ids, SupervisionRole.CO)
    # Who stays keeps its part: what a change of organisations moved is known by it (0146).
    parts = SupervisionUnit.objects.filter(item=fresh)
    parts.exclude(organisation__in=wanted).delete()
    # Only one leads at a time.
    parts.update(role=SupervisionRole.CO)
    there = {part.organisation_id: part for part in parts}
    for order, (pk, role) in enumerate(wanted.items()):
        part = there.get(pk) or SupervisionUnit(item=fresh, organisation_id=pk)
        part.role, part.order = role, order
        part.save()


def words_given(given: ItemInput, names: dict[int, str]) -> dict[str, Any]:
    return {
        "number": given.number,
        "source": given.source,
        "title": given.title,
        "content": given.content,
        "registered_on": str(given.registered_on),
        "due_on": str(given.due_on),
        "lead": names.get(given.lead_id or 0, ""),
        "co": [names[pk] for pk in given.co_ids],
    }


def words_of(item: SupervisionItem) -> dict[str, Any]:
    parts = list(item.parts.all())
    return {
        "number": item.number,
        "source": item.source,
        "title": item.title,
        "content": item.content,
        "registered_on": str(item.registered_on),
        "due_on": str(item.due_on),
        "lead": next((part.organisation.name for part in parts if part.role == SupervisionRole.LEAD), ""),
        "co": [part.organisation.name for part in parts if part.role == SupervisionRole.CO],
    }


def record_item(actor: Actor, act: str, item: SupervisionItem, data: dict[str, Any], at: datetime) -> None:
    record(actor=actor, action=f"evaluation.supervision.{act}", subject=f"supervision:{item.pk}", data=data, at=at)


def tell_units(item: SupervisionItem, title: str, body: str, at: datetime) -> None:
    """One notice a version to everybody who reports for a unit of the item."""
    parts = SupervisionUnit.objects.filter(item=item)
    tell(
        [
            Message(
                key=f"supervision/{item.pk}/{item.version}/{pk}/{role}",
                organisation_id=pk,
                role=role,
                title=title[:120],
                body=body[:400],
                url=to("evaluation:supervision-item", item.pk),
                clause=item.indicator.scheme.cite(CLAUSE),
            )
            for pk in parts.values_list("organisation_id", flat=True)
            for role in (Role.REPORTER, Role.UNIT_HEAD)
        ],
        at=at,
    )


def item_from(fields: dict[str, Any]) -> ItemInput:
    """An item of a preview as it comes back."""
    days = {name: date.fromisoformat(fields[name]) for name in ("registered_on", "due_on")}
    return ItemInput(**{**fields, **days, "co_ids": tuple(fields["co_ids"])})
