"""Acts on records of any register: registered, changed, moved a step, struck, imported. One service for every door."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db import IntegrityError
from django.db.models import Max

from miyun_kpi.acts.acting import acting, locked, require_other_hand, require_version
from miyun_kpi.acts.days import IN_TIME, Late, day_of_act, late_words
from miyun_kpi.lib.actors import Actor
from miyun_kpi.lib.citations import cite
from miyun_kpi.lib.errors import Conflict, FieldError, NotAllowed, Refused
from miyun_kpi.lib.reading import read_reason
from miyun_kpi.organisations.enums import Category
from miyun_kpi.organisations.models import Organisation
from miyun_kpi.organisations.queries import resolver
from miyun_kpi.registers.access import is_locked, require_add, require_change, visible_record
from miyun_kpi.registers.enums import Act
from miyun_kpi.registers.models import Record, RecordEvent
from miyun_kpi.registers.queries.hands import IN_PERSON, LAST, hands_on, kept_from
from miyun_kpi.registers.registry import Rights, kind_by
from miyun_kpi.registers.rules.kinds import Kind, Step, require_step
from miyun_kpi.registers.rules.reading import Resolve, read_values
from miyun_kpi.registers.rules.stored import search_words, unique_key
from miyun_kpi.registers.services.keeping import as_told, sealed, sealed_told, still_sealed, typed_again, untouched
from miyun_kpi.registers.services.keys import key_after, pass_on, registered_twice


def organisation_resolver() -> Resolve:
    """Names, aliases and codes to codes, with everything loaded once."""
    find = resolver()

    def resolve(text: str, town: bool) -> str | None:
        found = find(text)
        if found is None or (town and found.category != Category.TOWNSHIP):
            return None
        return found.code

    return resolve


def create_record(*, actor: Actor, app: str, kind: str, typed: Mapping[str, str], at: datetime) -> Record:
    """Register one. Refuses every problem at once; somebody who enters only their own rows cannot enter another's."""
    declared, rights = kind_by(app, kind)
    require_add(actor, declared, rights)
    values = checked(declared, _with_owner(declared, rights, actor, typed), day_of(at))
    _require_own(declared, rights, actor, values)
    with acting(actor, at) as act:
        row = insert(declared, values, actor, at, Act.CREATED)
        data = {"number": row.number, "kind": declared.key}
        act.record("registers.record.created", f"record:{row.pk}", **data)
    return row


def day_of(at: datetime) -> date:
    return at.astimezone().date()


def checked(
    kind: Kind,
    typed: Mapping[str, str],
    today: date,
    resolve: Resolve | None = None,
    kept: Mapping[str, str] | None = None,
) -> dict[str, str]:
    """`kept`: texts as they are stored, which are not read again (a sealed one would be sealed twice)."""
    values, problems = read_values(kind, typed, resolve or organisation_resolver(), today, kept)
    if problems:
        said = "".join(one.message for one in problems[:5])
        said += f"另有 {len(problems) - 5} 处，见下面的清单。" if len(problems) > 5 else ""
        raise Refused(
            "bad-record", f"{said}没有保存，请改正后再存。", clause=cite(kind.document, kind.clause), errors=problems
        )
    return sealed(kind, values, kept or {})


def _with_owner(kind: Kind, rights: Rights, actor: Actor, typed: Mapping[str, str]) -> Mapping[str, str]:
    """A unit need not name itself."""
    if not kind.owner or typed.get(kind.owner, "").strip() or rights.keeper(actor) or actor.organisation_id is None:
        return typed
    own = Organisation.objects.get(pk=actor.organisation_id).code
    more = {kind.owner: own}
    if kind.town and kind.town != kind.owner and not typed.get(kind.town, "").strip():
        town = Organisation.objects.get(pk=actor.organisation_id)
        more |= {kind.town: own} if town.category == Category.TOWNSHIP else {}
    return {**typed, **more}


def only_owner(kind: Kind, rights: Rights, actor: Actor) -> str | None:
    """The organisation (code) whose rows alone this actor writes; None: everybody's. One that has ended enters nothing."""
    if rights.keeper(actor):
        return None
    standing = Organisation.objects.filter(pk=actor.organisation_id or 0, valid_to__isnull=True)
    own = standing.values_list("code", flat=True).first()
    return (own or "") if kind.owner else ""


def _require_own(
    kind: Kind, rights: Rights, actor: Actor, values: Mapping[str, str], before: Mapping[str, str] | None = None
) -> None:
    """`before`: of a record that one already writes; in place of a unit that has ended its name may stand."""
    own = only_owner(kind, rights, actor)
    if before is not None and kind.owner and values.get(kind.owner) == before.get(kind.owner):
        return
    if own is not None and (not own or values.get(kind.owner) != own):
        raise NotAllowed("not-your-unit", "只能登记本单位的，没有保存。请把单位改为本单位，或由主管单位登记。")


def _places(kind: Kind, values: Mapping[str, str]) -> dict[str, Organisation | None]:
    codes = {values.get(name, "") for name in (kind.owner, kind.town) if name}
    found = {row.code: row for row in Organisation.objects.filter(code__in=codes)}
    return {
        "owner": found.get(values.get(kind.owner, "")) if kind.owner else None,
        "town": found.get(values.get(kind.town, "")) if kind.town else None,
    }


def _words(kind: Kind, values: Mapping[str, str], places: Mapping[str, Organisation | None]) -> str:
    return search_words(kind, values, [place.name for place in places.values() if place])


def insert(
    kind: Kind, values: dict[str, str], actor: Actor, at: datetime, act: Act, number: int | None = None
) -> Record:
    places = _places(kind, values)
    _within_limit(kind, values)
    if number is None:
        number = 1 + (Record.objects.filter(kind=kind.key).aggregate(top=Max("number"))["top"] or 0)
    row = Record(
        kind=kind.key,
        number=number,
        stage=kind.starting_stage(values),
        values=values,
        unique_key=unique_key(kind, values),
        words=_words(kind, values, places),
        created_at=at,
        created_by=actor.label,
        changed_at=at,
        hand_id=actor.user_id,
        hand=actor.label,
        **places,
    )
    try:
        with acting(actor, at):
            row.save()
    except IntegrityError as error:
        raise registered_twice(kind, values) from error
    RecordEvent.objects.create(record=row, act=act, at=at, by=actor.label, by_id=actor.user_id)
    return row


def _within_limit(kind: Kind, values: Mapping[str, str]) -> None:
    """A printed number of records is a target, not a wall: more need a reason in the field that asks for it."""
    if kind.limit is None:
        return
    most, name = kind.limit
    if values.get(name) or Record.objects.filter(kind=kind.key, struck_at__isnull=True).count() < most:
        return
    said = f"{kind.title}已录满原文所写的 {most} 个，没有保存。再录须填“{kind.field(name).label}”。"
    problem = FieldError(said, "beyond-limit", field=name)
    raise Refused("beyond-limit", said, clause=cite(kind.document, kind.clause), errors=[problem])


def held(actor: Actor, kind: Kind, rights: Rights, record_id: int, version: int) -> Record:
    visible_record(actor, kind, rights, record_id)
    row = locked(Record.objects.all(), record_id)
    if row.struck_at is not None:
        raise Conflict("revoked", "这一条已经撤销登记，没有执行。")
    require_version(row, version, seen=as_told(kind, row.values))
    return row


def require_unlocked(kind: Kind, row: Record) -> None:
    """What was submitted, approved or published is not changed behind the back of whoever approved it."""
    stage = kind.stage(row.stage)
    if stage is not None and is_locked(kind, row):
        raise Conflict(
            "locked-stage",
            f"现在是“{stage.label}”，内容和材料不能改动，没有保存。写错的请办勘正；要重新办的，请先办理退回、撤回或撤下。",
        )


def change_record(
    *, actor: Actor, app: str, kind: str, record_id: int, version: int, typed: Mapping[str, str], at: datetime
) -> Record:
    """Change the fields given; those not given keep their value."""
    declared, rights = kind_by(app, kind)
    with acting(actor, at) as act:
        visible_record(actor, declared, rights, record_id)
        require_change(actor, declared, rights, Record.objects.get(pk=record_id))
        row = held(actor, declared, rights, record_id, version)
        require_unlocked(declared, row)
        before = dict(row.values)
        values = checked(
            declared,
            {**typed_again(declared, before), **typed},
            day_of(at),
            kept=still_sealed(declared, typed, before),
        )
        _require_own(declared, rights, actor, values, before)
        if values == before:
            return row
        write(declared, row, values, actor, at)
        changed = {name: before.get(name, "") for name in values if values[name] != before.get(name, "")}
        RecordEvent.objects.create(
            record=row, act=Act.CHANGED, at=at, by=actor.label, by_id=actor.user_id, before=changed
        )
        data = {"fields": sorted(changed), "version": row.version}
        act.record("registers.record.changed", f"record:{row.pk}", **data, **sealed_told(declared, changed, values))
    return row


def write(
    kind: Kind, row: Record, values: dict[str, str], actor: Actor, at: datetime, read: Collection[str] | None = None
) -> None:
    """`read`: the fields that were read now; None for all."""
    places, key = _places(kind, values), row.unique_key
    row.unique_key = key_after(kind, row, values, read)
    row.values, row.words = values, _words(kind, values, places)
    row.owner, row.town = places["owner"], places["town"]
    row.version, row.changed_at = row.version + 1, at
    if kind.stage_of is not None:
        row.stage = kind.stage_of(values)
    try:
        with acting(actor, at):
            row.save()
    except IntegrityError as error:
        raise registered_twice(kind, values) from error
    if row.unique_key != key:
        pass_on(kind, key, row.number)
    # Whatever was written anew has been read; an old text that a step left alone stays in doubt.
    (row.doubts.all() if read is None else row.doubts.filter(field__in=read)).delete()


def take_step(
    *,
    actor: Actor,
    app: str,
    kind: str,
    record_id: int,
    version: int,
    step: str,
    reason: str = "",
    typed: Mapping[str, str] | None = None,
    on: date | None = None,
    late: Late = IN_TIME,
    at: datetime,
) -> Record:
    """Move a record on; `typed` fills fields the step needs in the same breath. A second person is checked here.

    `on`: 办理日期 of a step whose original is paper; what the step asks for is held against that day.
    """
    today = day_of_act(on, at)
    declared, rights = kind_by(app, kind)
    with acting(actor, at) as act:
        row = visible_record(actor, declared, rights, record_id)
        known = declared.step(step)
        if known is None or not rights.steps(actor, row, known):
            raise NotAllowed("not-your-step", "这一步不由您的岗位办理，没有执行。请由负责的单位办理。")
        row = held(actor, declared, rights, record_id, version)
        filled = _fillable(known, typed or {}, all_fields=rights.changes(actor, row))
        if is_locked(declared, row):
            filled = {name: value for name, value in filled.items() if name in known.needs}
        values = dict(row.values)
        late_said = _late_words(row, known, today, late, at) if on is not None else ""
        if filled:
            values = checked(
                declared,
                {**typed_again(declared, row.values), **filled},
                today,
                kept=untouched(declared, row, filled),
            )
        found = require_step(declared, row.stage, step, values, today)
        said = read_reason(reason, f"“{found.label}”要写理由或意见", required=found.reason)
        _require_other_hands(row, found, actor, at)
        values |= {name: values.get(other, "") for name, other in found.sets} | dict(found.settles)
        before = {name: row.values.get(name, "") for name in values if values[name] != row.values.get(name, "")}
        source, row.stage = row.stage, found.target
        row.hand_id, row.hand = actor.user_id, actor.label
        changed = [*filled, *(name for name, _ in (*found.sets, *found.settles))]
        write(declared, row, values, actor, at, read=changed)
        signed = {"at": at, "by": actor.label, "by_id": actor.user_id, "reason": said, "before": before}
        told = {"step": found.label, "step_code": found.code, "done_on": on, "late": late_said}
        RecordEvent.objects.create(record=row, act=Act.STEPPED, **told, **signed)
        data = {"step": found.code, "from": source, "to": row.stage, "reason": said}
        act.record("registers.record.stepped", f"record:{row.pk}", **data, **sealed_told(declared, before, values))
    return row


def _late_words(row: Record, step: Step, on: date, late: Late, at: datetime) -> str:
    """Of a step that is registered after its day: not one that is itself the act, nor before the step that led to it."""
    if step.online:
        raise Refused("no-paper", f"“{step.label}”在系统里办，只认系统时间，没有执行。请把办理日期留空。")
    before = row.events.filter(act=Act.STEPPED).order_by("pk").last()
    if before is not None and on < (before.done_on or day_of(before.at)):
        first = before.done_on or day_of(before.at)
        raise Refused("too-early", f"办理日期 {on} 早于上一步“{before.step}”的日期 {first}，没有执行。请核对日期。")
    return late_words(on, at, late)


def _fillable(step: Step, typed: Mapping[str, str], *, all_fields: bool) -> dict[str, str]:
    """Who may not change the record fills in what the step asks for and nothing else."""
    foreign = set() if all_fields else set(typed) - set(step.needs)
    if foreign:
        raise NotAllowed("not-the-keeper", "这一步只能填它所要的几栏，没有执行。请刷新页面后再办。")
    return dict(typed)


def _require_other_hands(row: Record, step: Step, actor: Actor, at: datetime) -> None:
    """Not whoever did the step before, nor who registered the record or did one of the steps it is kept apart from.

    Who takes such a step is there in person and has shown the second factor, as at every act of a second person (0097).
    """
    if not (step.second_person or step.apart_from):
        return
    hands = hands_on([row.pk]) if step.apart_from else {}
    bar = kept_from(actor, row, step, hands.get(row.pk, {}))
    if bar == LAST:
        raise NotAllowed("second-person", f"“{step.label}”要由另一个人办理（上一步由{row.hand}办理），没有执行。")
    if bar and bar != IN_PERSON:
        raise NotAllowed(
            "second-person", f"“{step.label}”不能由办过前面步骤的人或他的代理人办理，没有执行。请换一个人。"
        )
    said = f"“{step.label}”要由另一个人办理，没有执行。请换一个人。"
    require_other_hand(actor, row.hand_id if step.second_person else None, said, at)


def strike_record(
    *, actor: Actor, app: str, kind: str, record_id: int, version: int, reason: str, at: datetime
) -> Record:
    """Entered by mistake: it leaves lists and counts, and stays readable with the reason."""
    declared, rights = kind_by(app, kind)
    said = read_reason(reason, "撤销登记要写理由", most=300)
    with acting(actor, at) as act:
        require_change(actor, declared, rights, visible_record(actor, declared, rights, record_id))
        row = held(actor, declared, rights, record_id, version)
        require_unlocked(declared, row)
        key = row.unique_key
        row.struck_at, row.struck_reason, row.unique_key = at, said, None
        row.version, row.changed_at = row.version + 1, at
        row.save()
        pass_on(declared, key, row.number)
        RecordEvent.objects.create(record=row, act=Act.REVOKED, at=at, by=actor.label, by_id=actor.user_id, reason=said)
        act.record("registers.record.revoked", f"record:{row.pk}", reason=said)
    return row


@dataclass(frozen=True)
class ImportRow:
    """One row of a workbook: the record it changes (None: a new one) with the version seen, and its values as read."""

    record_id: int | None
    version: int
    values: dict[str, str]


def _kept_by_row(kind: Kind, one: ImportRow) -> dict[str, str]:
    if one.record_id is None or not any(field.sealed for field in kind.fields):
        return {}
    return still_sealed(kind, one.values, Record.objects.get(pk=one.record_id).values)


def import_records(*, actor: Actor, app: str, kind: str, rows: Sequence[ImportRow], at: datetime) -> tuple[int, int]:
    """All or nothing. Returns how many were registered and how many changed."""
    declared, rights = kind_by(app, kind)
    require_add(actor, declared, rights)
    made = changed = 0
    resolve = organisation_resolver()
    with acting(actor, at) as act:
        number = Record.objects.filter(kind=declared.key).aggregate(top=Max("number"))["top"] or 0
        for one in rows:
            values = checked(declared, one.values, day_of(at), resolve, _kept_by_row(declared, one))
            _require_own(declared, rights, actor, values)
            if one.record_id is None:
                number += 1
                insert(declared, values, actor, at, Act.IMPORTED, number)
                made += 1
                continue
            require_change(actor, declared, rights, visible_record(actor, declared, rights, one.record_id))
            row = held(actor, declared, rights, one.record_id, one.version)
            require_unlocked(declared, row)
            before = {name: row.values.get(name, "") for name in values if values[name] != row.values.get(name, "")}
            if before:
                write(declared, row, values, actor, at)
                RecordEvent.objects.create(
                    record=row, act=Act.IMPORTED, at=at, by=actor.label, by_id=actor.user_id, before=before
                )
                changed += 1
        data = {"kind": declared.key, "new": made, "changed": changed}
        act.record("registers.records.imported", f"register:{declared.key}", **data)
    return made, changed
