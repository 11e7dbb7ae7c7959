"""A record goes from one organisation to another: with a merger all that are open, by 移交 one of them."""

from collections.abc import Sequence
from datetime import date, datetime

from django.db.models import Q, QuerySet

from miyun_kpi.acts.acting import acting, lock_free, tell
from miyun_kpi.acts.acting import record as audit
from miyun_kpi.inbox.services import Message
from miyun_kpi.lib.actors import Actor
from miyun_kpi.lib.citations import cite
from miyun_kpi.lib.errors import Conflict, Refused
from miyun_kpi.lib.reading import read_reason
from miyun_kpi.organisations.enums import Category
from miyun_kpi.organisations.models import Organisation
from miyun_kpi.organisations.queries import resolve
from miyun_kpi.organisations.registry import Reorganised
from miyun_kpi.registers.access import require_hand_over, visible_record
from miyun_kpi.registers.enums import Act, FieldType
from miyun_kpi.registers.models import Record, RecordEvent
from miyun_kpi.registers.registry import all_kinds, kind_by, kind_of, record_address
from miyun_kpi.registers.rules.kinds import Kind
from miyun_kpi.registers.services.records import day_of, held, write

HANDED_OVER = "移交"


def open_records(organisations: Sequence[Organisation]) -> QuerySet[Record]:
    """Standing, not at their end, and naming one of the organisations in a field that moves."""
    codes = [one.code for one in organisations]
    wanted = Q(pk__in=[])
    for kind, _ in all_kinds():
        named = Q(pk__in=[])
        for name in kind.moving:
            # The columns are indexed; only a third field is looked for in the values.
            if name == kind.owner:
                named |= Q(owner__in=organisations)
            elif name == kind.town:
                named |= Q(town__in=organisations)
            else:
                named |= Q(**{f"values__{name}__in": codes})
        if kind.moving:
            wanted |= Q(kind=kind.key) & named & ~Q(stage__in=kind.settled_stages)
    return Record.objects.filter(wanted, struck_at__isnull=True)


def move_on_merge(done: Reorganised) -> int:
    """For organisations.registry: each record says from whom it came. One whose like the successor has stays (`already`)."""
    actor, at = done.actor, done.at
    moved: dict[str, list[Record]] = {}
    went = {one[0]: one[1:] for one in done.rows} if done.back else {}
    for row in lock_free(done.of_these(open_records([done.source]))):
        kind, _ = kind_of(row)
        names = _fields_to_move(kind, row, done.source, done.target)
        # Back go the fields that came; what named the other before is its own.
        names = [name for name in names if name in went[row.pk]] if done.back else names
        if names and _moved(kind, row, names, done):
            moved.setdefault(kind.key, []).append(row)
            done.went([[row.pk, *names]])
    kinds = {kind.key: kind for kind, _ in all_kinds()}
    tell([_told_of_merger(kinds[key], rows, done) for key, rows in moved.items()], at=at)
    for rows in moved.values():
        for row in rows:
            data = done.data | {"reason": done.step}
            audit(actor=actor, action="registers.record.handed-over", subject=f"record:{row.pk}", data=data, at=at)
    return sum(map(len, moved.values()))


def _fields_to_move(kind: Kind, row: Record, source: Organisation, target: Organisation) -> list[str]:
    """A place that must be a township does not become a bureau."""
    towns = target.category == Category.TOWNSHIP
    return [
        name
        for name in kind.moving
        if row.values.get(name) == source.code and (towns or kind.field(name).type != FieldType.TOWN)
    ]


def _moved(kind: Kind, row: Record, names: Sequence[str], done: Reorganised) -> bool:
    stage = row.stage
    try:
        write(kind, row, {**row.values, **dict.fromkeys(names, done.target.code)}, done.actor, done.at, read=names)
    except Refused:
        return False
    _enter(row, names, done.source, done.actor, done.step, done.words, done.at)
    assert row.stage == stage, "a unit decides no stage"
    return True


def _enter(
    row: Record, names: Sequence[str], source: Organisation, actor: Actor, step: str, reason: str, at: datetime
) -> None:
    RecordEvent.objects.create(
        record=row,
        act=Act.HANDED_OVER,
        step=step,
        at=at,
        by=actor.label,
        by_id=actor.user_id,
        reason=reason[:500],
        before=dict.fromkeys(names, source.code),
    )


def _told_of_merger(kind: Kind, rows: Sequence[Record], done: Reorganised) -> Message:
    return Message(
        key=f"records-merged/{kind.key}/{done.source.pk}/{done.target.pk}/{done.on.isoformat()}/{done.at:%H%M%S}",
        organisation_id=done.target.pk,
        title=f"{done.how() if done.back else done.source.name + done.change}，“{kind.title}”{len(rows)} 条转由本单位办理"[
            :120
        ],
        body="原来的期限、阶段和材料都不变，请接着办理。",
        url=record_address(kind, rows[0].pk),
        clause=cite(kind.document, kind.clause),
    )


def hand_over(
    *,
    actor: Actor,
    app: str,
    kind: str,
    record_id: int,
    version: int,
    to: str,
    from_day: date,
    reason: str,
    at: datetime,
) -> Record:
    """移交: one open record goes to another unit, by whoever keeps the register. Stage, dates and files stay as they are."""
    declared, rights = kind_by(app, kind)
    said = read_reason(reason, "移交要写理由")
    if from_day > day_of(at):
        raise Refused("future-day", f"移交日期 {from_day} 还没有到，没有移交。请到当日再办，或改日期。")
    with acting(actor, at) as act:
        require_hand_over(actor, declared, rights, visible_record(actor, declared, rights, record_id))
        row = held(actor, declared, rights, record_id, version)
        stage = declared.stage(row.stage)
        if stage is not None and stage.code in declared.settled_stages:
            raise Conflict("closed", f"这一条{stage.label}，已经办结，没有移交。还要办的请先退回或重新登记。")
        source, target = row.owner, _receiver(declared, row, to, from_day)
        before = row.values.get(declared.owner, "")
        write(declared, row, {**row.values, declared.owner: target.code}, actor, at, read=[declared.owner])
        words = f"自 {from_day.isoformat()} 起移交给{target.name}：{said}"
        RecordEvent.objects.create(
            record=row,
            act=Act.HANDED_OVER,
            step=HANDED_OVER,
            at=at,
            by=actor.label,
            by_id=actor.user_id,
            reason=words[:500],
            before={declared.owner: before},
        )
        act.tell(_told_of_hand_over(declared, row, source, target, from_day, said))
        data = {"old_unit": before, "new_unit": target.code, "on": from_day.isoformat(), "reason": said}
        act.record("registers.record.handed-over", f"record:{row.pk}", **data)
    return row


def _receiver(kind: Kind, row: Record, to: str, from_day: date) -> Organisation:
    town = kind.field(kind.owner).type == FieldType.TOWN
    found = resolve(to.strip()) if to.strip() else None
    if found is None or (town and found.category != Category.TOWNSHIP):
        raise Refused("unknown-organisation", f"请选接手的{'镇街' if town else '单位'}，没有移交。")
    if found.pk == row.owner_id:
        raise Refused("same-unit", f"这一条本来就是{found.name}的，没有移交。请选另一个单位。")
    if found.valid_to is not None:
        raise Refused("ended-unit", f"{found.name}已于 {found.valid_to} 撤并，没有移交。请选现有的单位。")
    if found.valid_from is not None and from_day < found.valid_from:
        raise Refused("too-early", f"{found.name}自 {found.valid_from} 设立，移交日期不能在这以前，没有移交。")
    return found


def _told_of_hand_over(
    kind: Kind, row: Record, source: Organisation | None, target: Organisation, from_day: date, reason: str
) -> list[Message]:
    """The new unit, and the old one while it stands: who had it must know that it is no longer theirs."""
    name = f"第 {row.number} 号" if kind.protected else kind.fields[0].words(row.values.get(kind.fields[0].name, ""))
    told = [(target, f"移交来：{kind.name} {name}", f"自 {from_day} 起由本单位办理，期限不变。理由：{reason}")]
    if source is not None and source.valid_to is None:
        told.append((source, f"已移交：{kind.name} {name}", f"自 {from_day} 起由{target.name}办理。理由：{reason}"))
    return [
        Message(
            key=f"record-handed-over/{row.pk}/{row.version}/{unit.pk}",
            organisation_id=unit.pk,
            title=title[:120],
            body=body,
            url=record_address(kind, row.pk),
            clause=cite(kind.document, kind.clause),
        )
        for unit, title, body in told
    ]
