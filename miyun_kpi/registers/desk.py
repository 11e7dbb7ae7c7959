"""What registers put on “my desk”: steps somebody is waited for, what came back, and records whose day comes near or has gone by."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from functools import cache

from django.db.models import OuterRef, Q, QuerySet, Subquery

from miyun_kpi.accounts.enums import Verb
from miyun_kpi.acts.acting import is_hand_of
from miyun_kpi.inbox.enums import ItemKind
from miyun_kpi.inbox.registry import DeskItem, end_of_day
from miyun_kpi.lib import workdays
from miyun_kpi.lib.actors import Actor
from miyun_kpi.organisations.models import Organisation
from miyun_kpi.organisations.queries import stands_for
from miyun_kpi.registers.access import is_locked, may_change
from miyun_kpi.registers.enums import Act, FieldType
from miyun_kpi.registers.models import Doubt, Record, RecordEvent
from miyun_kpi.registers.queries.hands import hands_on, kept_from
from miyun_kpi.registers.registry import Rights, all_kinds, owns, record_address
from miyun_kpi.registers.rules.kinds import Kind, Step
from miyun_kpi.routes import to

SOON_DAYS = 3
# The step that gives a record back to whoever wrote it, in every register that has one.
RETURNED = "returned"


def desk_items(actor: Actor, at: datetime) -> Sequence[DeskItem]:
    """One query over all registers, whatever their number, and one for whose hands were on what waits."""
    if not (actor.may(Verb.KEEP_REGISTERS) or actor.may(Verb.REPORT_PROGRESS)) or actor.organisation_id is None:
        return []
    wanted, own = Q(pk__in=[]), stands_for(actor.organisation_id)
    # Whether somebody keeps a register is asked once for each, however many records wait.
    kinds = {kind.key: (kind, replace(rights, keeper=cache(rights.keeper))) for kind, rights in all_kinds()}
    for kind, _ in kinds.values():
        waiting = {source for step in kind.steps if step.waiting for source in step.sources}
        if waiting:
            wanted |= Q(kind=kind.key, stage__in=waiting)
        if kind.due:
            wanted |= Q(kind=kind.key, stage__in=kind.open_stages, owner_id__in=own)
        if targets := {step.target for step in kind.steps if step.code == RETURNED}:
            wanted |= Q(kind=kind.key, stage__in=targets, owner_id__in=own, last_step=RETURNED)
    found = with_last_steps().filter(wanted, struck_at__isnull=True).order_by("changed_at")
    items, today = [], at.astimezone().date()
    waiting_for = {
        record.pk: [] if is_back(*kinds[record.kind], record) else _offered(*kinds[record.kind], actor, record, today)
        for record in found
    }
    hands = hands_on([pk for pk, steps in waiting_for.items() if any(step.apart_from for step in steps)])
    for record in found:
        kind, rights = kinds[record.kind]
        steps = [one for one in waiting_for[record.pk] if not kept_from(actor, record, one, hands.get(record.pk, {}))]
        if steps:
            items.append(_waiting(kind, record, steps[0]))
            continue
        item = None
        if kind.due and (rights.changes(actor, record) or _acts(kind, rights, actor, record)):
            item = _due(kind, record, today)
        if _gives_to(actor, kind, rights, record):
            # What is late stays among what is late, with the opinion.
            item = _returned(kind, record, item if item is not None and item.group == "late" else None)
        items += [item] if item else []
    return [*items, *_doubtful(actor, kinds)]


def _doubtful(actor: Actor, kinds: Mapping[str, tuple[Kind, Rights]]) -> list[DeskItem]:
    """One row a register whose old texts are to be checked by this post; what is locked waits for its step back."""
    counted: dict[str, Counter[int]] = {}
    for one in Doubt.objects.filter(record__struck_at__isnull=True).select_related("record"):
        kind, rights = kinds.get(one.record.kind, (None, None))
        if kind and rights and may_change(actor, kind, rights, one.record) and not is_locked(kind, one.record):
            counted.setdefault(kind.key, Counter())[one.record.pk] += 1
    return [_to_check(kinds[key][0], found) for key, found in counted.items()]


def _to_check(kind: Kind, found: Counter[int]) -> DeskItem:
    return DeskItem(
        group="later",
        subject=kind.subject or kind.app,
        state="to_confirm",
        title=f"{kind.title[:30]}：{len(found)} 条登记有 {found.total()} 处写法待核",
        context="旧的写法读不准，照样留着；打开修改时一并改正。",
        url=to(f"{kind.subject or kind.app}:records", kind.code, doubtful=1),
        action="核对写法",
        document=kind.document,
        clause=kind.clause,
        kind=ItemKind.TURN,
    )


def concerns(actor: Actor, organisation: Organisation) -> set[str]:
    """Subjects with a record of the organisation; who keeps a register is told by the duties of its document."""
    if not (actor.may(Verb.KEEP_REGISTERS) or actor.may(Verb.REPORT_PROGRESS)):
        return set()
    own = Q(owner=organisation) | Q(town=organisation)
    held = Record.objects.filter(own, struck_at__isnull=True).order_by().values_list("kind", flat=True).distinct()
    kinds = {kind.key: kind for kind, _ in all_kinds()}
    return {kinds[key].subject or kinds[key].app for key in held if key in kinds}


def _offered(kind: Kind, rights: Rights, actor: Actor, record: Record, today: date) -> list[Step]:
    """Steps that somebody waits for, that the actor's post takes and whose day has come."""
    return [
        step
        for step in kind.steps
        if step.waiting
        and record.stage in step.sources
        and step.is_ripe(record.values, today)
        and rights.steps(actor, record, step)
    ]


def _acts(kind: Kind, rights: Rights, actor: Actor, record: Record) -> bool:
    """Whether the unit the record belongs to has a step to take on it, though it may not change it."""
    return any(
        step.by_owner and record.stage in step.sources and rights.steps(actor, record, step) for step in kind.steps
    )


def with_last_steps() -> QuerySet[Record]:
    """Each with the code and the reason of its last step, and with what was done to it last, steps and changes alike."""
    events = RecordEvent.objects.filter(record=OuterRef("pk")).order_by("-pk")
    steps = events.filter(act=Act.STEPPED)
    done = events.filter(act__in=[Act.STEPPED, Act.CHANGED, Act.IMPORTED, Act.EMENDED])
    return Record.objects.select_related("owner", "town").annotate(
        last_step=Subquery(steps.values("step_code")[:1]),
        said=Subquery(steps.values("reason")[:1]),
        last_act=Subquery(done.values("act")[:1]),
    )


def is_back(kind: Kind, rights: Rights, record: Record) -> bool:
    """It was given back to the unit that writes it, which has changed nothing since: nobody else's turn has come yet."""
    told = vars(record)
    return (
        rights.owners_write
        and record.owner_id is not None
        and told["last_step"] == RETURNED
        and told["last_act"] == Act.STEPPED
    )


def _gives_to(actor: Actor, kind: Kind, rights: Rights, record: Record) -> bool:
    """Whether the record came back to the actor's own unit: until it is handed in again, or changed where it goes on by itself."""
    if vars(record)["last_step"] != RETURNED or not owns(actor, record) or not may_change(actor, kind, rights, record):
        return False
    goes_on = any(step.waiting and record.stage in step.sources for step in kind.steps)
    return not is_hand_of(actor, (record.hand_id,)) and (not goes_on or is_back(kind, rights, record))


def _returned(kind: Kind, record: Record, late: DeskItem | None) -> DeskItem:
    said = f"{record.hand}退回：{vars(record)['said']}"[:120]
    if late is not None:
        return replace(late, context=f"{late.context} · {said}")
    day = record.values.get(kind.due, "") if kind.due else ""
    return DeskItem(
        group="returned",
        subject=kind.subject or kind.app,
        state="returned",
        title=_title(kind, record)[:60],
        context=said,
        url=record_address(kind, record.pk),
        action="修改",
        document=kind.document,
        clause=kind.clause,
        due_at=end_of_day(date.fromisoformat(day)) if day else None,
        kind=ItemKind.RETURNED,
    )


def _title(kind: Kind, record: Record) -> str:
    field = kind.fields[0]
    said = field.words(record.values.get(field.name, ""))
    if field.type in (FieldType.ORGANISATION, FieldType.TOWN):
        place = record.owner if field.name == kind.owner else record.town
        said = f"{place.name if place else ''} {record.number}"
    return f"{kind.name}：{said or record.number}"


def _waiting(kind: Kind, record: Record, step: Step) -> DeskItem:
    return DeskItem(
        group="to-check",
        subject=kind.subject or kind.app,
        state="to_confirm",
        title=_title(kind, record)[:60],
        context=f"{record.owner.name if record.owner else kind.title} · 上一步 {record.hand}",
        url=record_address(kind, record.pk),
        action=step.label,
        document=kind.document,
        clause=kind.clause,
        kind=ItemKind.CHECK if step.second_person else ItemKind.TURN,
    )


def _due(kind: Kind, record: Record, today: date) -> DeskItem | None:
    text = record.values.get(kind.due, "")
    if not text:
        return None
    day = date.fromisoformat(text)
    if day > today + timedelta(days=14):
        return None
    late = day < today
    soon = workdays.working_days_between(today, day) <= SOON_DAYS
    return DeskItem(
        group="late" if late else "due-soon" if soon else "later",
        subject=kind.subject or kind.app,
        state="overdue" if late else "due",
        title=_title(kind, record)[:60],
        context=f"{kind.title} · {kind.field(kind.due).label} {text}",
        url=record_address(kind, record.pk),
        action="办理",
        document=kind.document,
        clause=kind.clause,
        due_at=end_of_day(day),
    )
