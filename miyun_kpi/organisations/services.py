"""Acts on organisations. Each needs the verb “维护机构”, checks the version that was seen, and leaves an audit entry."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.db.models import Q

from miyun_kpi.acts.acting import Act, acting, lock_all, lock_only
from miyun_kpi.db.finding import one_of
from miyun_kpi.gazette.rules.texts import squeeze
from miyun_kpi.lib.actors import Actor
from miyun_kpi.lib.errors import Conflict, FieldError, NotFound, Refused
from miyun_kpi.lib.numbering import require_plain
from miyun_kpi.lib.reading import visible
from miyun_kpi.organisations.access import require_manage
from miyun_kpi.organisations.enums import Category, Change, Part
from miyun_kpi.organisations.merging import Outcome, move_open
from miyun_kpi.organisations.models import (
    Affiliation,
    Alias,
    Organisation,
    OrganisationName,
    Reorganisation,
    ReorganisedUnit,
)
from miyun_kpi.organisations.noting import announce_act, note, save
from miyun_kpi.organisations.queries import MERGED, SPLIT
from miyun_kpi.organisations.registry import after_beginning

CHINA = ZoneInfo("Asia/Shanghai")
# Of the number of a paper: 〔2026〕.
_YEAR = re.compile(r"[〔\[(（【]((?:19|20|21)\d\d)")


@dataclass(frozen=True)
class NewOrganisation:
    """`zone` only with a township; a body is never evaluated."""

    code: str
    name: str
    category: str
    zone: str = ""
    evaluated: bool = False
    order: int = 999
    note: str = ""


@dataclass(frozen=True)
class Seen:
    """An organisation and the version of it that the person saw."""

    code: str
    version: int


def create_organisation(
    *,
    actor: Actor,
    new: NewOrganisation,
    part_of: str | None = None,
    valid_from: date | None = None,
    at: datetime,
    alone: bool = True,
) -> Organisation:
    """`alone`: nothing else is done in the act. Else whoever does more calls `began` when no organisation is still to be locked."""
    require_manage(actor)
    with acting(actor, at) as act:
        whole = _find(part_of) if part_of else None
        made = _create(new, whole, valid_from)
        if alone:
            began(actor, [made], at)
        note(act, "created", made, {"name": made.name, "category": made.category, "zone": made.zone})
        announce_act("created", made, valid_from, at)
    return made


def rename_organisation(*, actor: Actor, seen: Seen, name: str, number: str, on: date, at: datetime) -> Organisation:
    """The old name goes on as a dated name and as an alias. `number`: the paper, as of every change of an organisation.

    The same paper of the same day again puts right what was typed of it: the wrong one was never a name, and stays an alias.
    """
    require_manage(actor)
    name, paper = name.strip(), _paper(number, on)
    with acting(actor, at) as act:
        row = _lock(seen)
        if name == row.name:
            raise Refused("same-name", f"新名称与现名称“{name}”相同，没有更改。")
        _refuse_future(on, at)
        key = _free_key(name, besides=row)
        old, old_key = row.name, row.key
        mistyped = row.names.filter(name=old, valid_from=on, valid_to__isnull=True)
        told = row.reorganised.filter(reorganisation__kind=Change.RENAMED, reorganisation__number=paper)
        again = mistyped.exists() and told.filter(reorganisation__on=on).exists()
        if again:
            mistyped.update(name=name)
        else:
            _close_name(row, on)
            OrganisationName.objects.create(organisation=row, name=name, valid_from=on)
        row.aliases.filter(key=key).delete()
        row.name, row.key = name, key
        save(row)
        if old_key != key:
            source = f"{on.isoformat()}更名时的误写" if again else f"{on.isoformat()}前的名称"
            Alias.objects.create(organisation=row, text=old, key=old_key, source=source)
        if not again:
            _changed(act, Change.RENAMED, paper, on, {Part.SAME: [row]})
        note(act, "renamed", row, {"from": old, "to": name, "on": on.isoformat(), "number": paper})
        announce_act("renamed", row, on, at, old=old, new=name)
    return row


def merge_organisations(
    *, actor: Actor, merged: Sequence[Seen], into: Seen, number: str, on: date, at: datetime
) -> Reorganisation:
    """Several go into one on a day: they end that day, and what is open moves on. Nothing published changes."""
    require_manage(actor)
    paper = _paper(number, on)
    codes = [seen.code for seen in merged]
    if not codes or into.code in codes or len(set(codes)) != len(codes):
        raise Refused("bad-merge", "请选出一个以上要并入的机构，每个只选一次，且不含接收的机构。")
    with acting(actor, at) as act:
        # All of them in the order of their keys, as an opening period takes them: neither waits for the other for ever.
        # The parts of those that end go along, so they are held with them.
        lock_all(Organisation.objects.filter(Q(code__in=[into.code, *codes]) | Q(part_of__code__in=codes)))
        target = _lock(into)
        _require_open(target, on)
        _refuse_future(on, at)
        rows = [_lock(seen) for seen in sorted(merged, key=lambda seen: seen.code)]
        were = evaluated(rows)
        for row in rows:
            end(row, on)
            Affiliation.objects.create(organisation=row, other=target, kind=MERGED, note=on.isoformat())
        outcome = move_open(actor, rows, target, on, at)
        save(target)
        parts = {Part.ENDED: rows, Part.SUCCESSOR: [target]}
        made = _changed(act, Change.MERGED, paper, on, parts, were, outcome)
        undecided = {"undecided": outcome.kept} if outcome.kept else {}
        said: dict[str, object] = {
            "merged": sorted(codes),
            "on": on.isoformat(),
            "number": paper,
            "moved": outcome.moved,
            **undecided,
        }
        note(act, "merged", target, said)
        announce_act("merged", target, on, at, merged=sorted(codes))
    return made


def split_organisation(
    *, actor: Actor, seen: Seen, parts: Sequence[NewOrganisation], number: str, on: date, at: datetime
) -> Reorganisation:
    """One ends on a day and two or more begin. Posts and tasks are dealt out from its page: nobody else knows where they go."""
    require_manage(actor)
    paper = _paper(number, on)
    if len(parts) < 2:
        raise Refused("bad-split", "分设须至少写出两个新机构；只换名称请用“更名”。")
    with acting(actor, at) as act:
        row = _lock(seen)
        _refuse_future(on, at)
        were = evaluated([row])
        end(row, on)
        made = [_create(part, None, on) for part in parts]
        began(actor, made, at)
        Affiliation.objects.bulk_create(
            [Affiliation(organisation=row, other=new, kind=SPLIT, note=on.isoformat()) for new in made]
        )
        change = _changed(act, Change.SPLIT, paper, on, {Part.ENDED: [row], Part.SUCCESSOR: made}, were)
        note(act, "split", row, {"into": [new.code for new in made], "on": on.isoformat(), "number": paper})
        announce_act("split", row, on, at, into=[new.code for new in made])
    return change


def close_organisation(*, actor: Actor, seen: Seen, number: str, on: date, at: datetime) -> Reorganisation:
    """One ends on a day and nobody takes its place; what is open in its name is dealt out from the page of the change."""
    require_manage(actor)
    paper = _paper(number, on)
    with acting(actor, at) as act:
        row = _lock(seen)
        _refuse_future(on, at)
        were = evaluated([row])
        end(row, on)
        change = _changed(act, Change.CLOSED, paper, on, {Part.ENDED: [row]}, were)
        note(act, "closed", row, {"on": on.isoformat(), "number": paper})
        announce_act("closed", row, on, at)
    return change


def deal_out(*, actor: Actor, reorganisation_id: int, label: str, to: Seen, at: datetime) -> int:
    """All open rows of one kind of the organisations that a change ended go to another; returns how many went.

    To a successor of the change, or, where it has none, to any organisation that exists.
    """
    require_manage(actor)
    with acting(actor, at) as act:
        units = ReorganisedUnit.objects.filter(
            reorganisation=one_of(Reorganisation.objects.filter(pk=reorganisation_id))
        )
        ended = [one.organisation_id for one in units.filter(part=Part.ENDED)]
        lock_all(Organisation.objects.filter(Q(code=to.code) | Q(pk__in=ended) | Q(part_of__in=ended)))
        # Read once they are held: two that deal out, or one that takes the change back, come one after the other.
        change = Reorganisation.objects.get(pk=reorganisation_id)
        if change.revoked_at is not None:
            raise Conflict("revoked", "这次改革的登记已经撤销，没有移交。请刷新后再看。")
        target = _lock(to)
        _require_open(target)
        successors = change.units.filter(part=Part.SUCCESSOR)
        if successors.exists() and not successors.filter(organisation=target).exists():
            raise Refused("not-a-successor", f"“{target.name}”不是这次改革的承接机构，没有移交。请从承接的机构中选。")
        rows = list(Organisation.objects.filter(pk__in=ended).order_by("code"))
        outcome = move_open(actor, rows, target, change.on, at, only=label)
        number = outcome.moved.get(label, 0)
        if not number:
            raise Refused(
                "nothing-open", f"“{label}”没有可以转走的，或接收的机构已有同样的一条，没有移交。请刷新后再看。"
            )
        save(target)
        if change.taken is None:
            # Of before that was kept: counted, so that it is told what stays where it went.
            change.moved[label] = change.moved.get(label, 0) + number
        else:
            change.taken = [*change.taken, *outcome.taken]
        change.save(update_fields=["taken", "moved"])
        said = {"label": label, "number": number, "new_unit": target.code, "on": change.on.isoformat()}
        for row in rows:
            note(act, "dealt-out", row, said)
    return number


def add_alias(*, actor: Actor, seen: Seen, text: str, source: str = "", at: datetime) -> Alias:
    require_manage(actor)
    text = text.strip()
    with acting(actor, at) as act:
        row = _lock(seen)
        alias = Alias.objects.create(organisation=row, text=text, key=_free_key(text), source=source.strip())
        save(row)
        note(act, "alias-added", row, {"alias": text, "source": alias.source})
    return alias


def remove_alias(*, actor: Actor, seen: Seen, text: str, at: datetime) -> None:
    require_manage(actor)
    with acting(actor, at) as act:
        row = _lock(seen)
        deleted, _ = row.aliases.filter(text=text).delete()
        if not deleted:
            raise NotFound("这个机构没有这一别名，可能已被他人删去。")
        save(row)
        note(act, "alias-removed", row, {"alias": text})


def _find(code: str) -> Organisation:
    try:
        return Organisation.objects.get(code=code)
    except Organisation.DoesNotExist:
        raise NotFound(f"没有代码为“{code}”的机构。") from None


def _lock(seen: Seen) -> Organisation:
    row = lock_only(Organisation.objects.filter(code=seen.code), f"没有代码为“{seen.code}”的机构。")
    if row.version != seen.version:
        message = f"“{row.name}”在您打开之后已被他人更改，没有保存；请刷新页面，看过现在的内容后再改。"
        current = {"value": row.name, "version": row.version}
        raise Conflict("stale", message, errors=[FieldError(message, "stale", row.code, "version", current)])
    return row


def _create(new: NewOrganisation, part_of: Organisation | None, valid_from: date | None) -> Organisation:
    code, name = new.code.strip(), new.name.strip()
    if Organisation.objects.filter(code=code).exists():
        raise Refused("code-taken", f"代码“{code}”已被使用，没有新建；请换一个代码。")
    if (new.category == Category.TOWNSHIP) != bool(new.zone):
        raise Refused("bad-zone", "镇街（地区）、经济功能区须选分区，其他类别不选分区；没有新建。")
    if new.category == Category.BODY and new.evaluated:
        raise Refused("body-evaluated", "“其他机构”不列入考评；没有新建，请改选类别或取消列入考评。")
    made = Organisation.objects.create(
        code=code,
        name=name,
        key=_free_key(name),
        category=new.category,
        zone=new.zone,
        evaluated=new.evaluated,
        order=new.order,
        note=new.note.strip(),
        part_of=part_of,
        valid_from=valid_from,
        version=2,  # 1 means “as loaded”: load_gazette may correct it
    )
    OrganisationName.objects.create(organisation=made, name=name, valid_from=valid_from)
    return made


def began(actor: Actor, made: Sequence[Organisation], at: datetime) -> None:
    """What follows organisations that were made in the act that runs; it locks what comes after organisations."""
    for follow in after_beginning():
        follow(actor, made, at)


def _free_key(text: str, besides: Organisation | None = None) -> str:
    """The comparison form of a name that nobody else bears."""
    key = squeeze(text)
    if not key:
        raise Refused("empty-name", "名称不能为空，没有保存。")
    owner = Organisation.objects.filter(key=key).first() or Organisation.objects.filter(code=key.lower()).first()
    if owner is None:
        alias = Alias.objects.filter(key=key).select_related("organisation").first()
        owner = alias.organisation if alias else None
    if owner is not None and (besides is None or owner.pk != besides.pk):
        raise Refused("name-taken", f"“{text}”已是“{owner.name}”的名称、代码或别名，没有保存；一个写法只能指一个机构。")
    return key


def _close_name(row: Organisation, on: date) -> None:
    current = row.names.filter(valid_to__isnull=True).order_by("-valid_from").first()
    if current is None:
        current = OrganisationName(organisation=row, name=row.name, valid_from=row.valid_from)
    if current.valid_from is not None and on <= current.valid_from:
        day = current.valid_from.isoformat()
        said = (
            f"现名称自 {day} 起使用，新名称的启用日期须在其后，没有更改。那次写错了字的，照那次的文号和日期再更名一次。"
        )
        raise Refused("bad-date", said)
    current.valid_to = on
    current.save()


def evaluated(rows: Sequence[Organisation]) -> dict[int, bool]:
    return {row.pk: row.evaluated for row in rows}


def end(row: Organisation, on: date) -> None:
    _require_open(row, on)
    row.valid_to, row.evaluated = on, False
    save(row)


def _require_open(row: Organisation, on: date | None = None) -> None:
    if row.valid_to is not None:
        raise Refused("already-ended", f"“{row.name}”已于 {row.valid_to.isoformat()} 撤并，不能再办理；没有保存。")
    if on is not None and row.valid_from is not None and on <= row.valid_from:
        raise Refused("bad-date", f"“{row.name}”自 {row.valid_from.isoformat()} 设立，日期须在其后；没有保存。")


def _paper(number: str, on: date) -> str:
    """The paper of a change, which takes effect at the earliest in the year before its own."""
    said = visible(number).strip()
    require_plain(said, "文号")
    year = _YEAR.search(said)
    if year and on.year < int(year[1]) - 1:
        raise Refused(
            "bad-date",
            f"文件“{said[:30]}”是 {year[1]} 年的，生效日期写的是 {on}，没有执行。请核对文号和日期。",
            errors=[FieldError("生效日期早于文件的上一年。", "bad-date", field="on")],
        )
    if not 2 <= len(said) <= 60 or "\x00" in said:
        raise Refused("no-paper", "请写机构改革的文号（2 至 60 字），没有保存。")
    return said


def _changed(
    act: Act,
    kind: str,
    number: str,
    on: date,
    parts: Mapping[Part, Sequence[Organisation]],
    were: Mapping[int, bool] | None = None,
    outcome: Outcome | None = None,
) -> Reorganisation:
    """`were`: of those that end whether they were evaluated until then."""
    went, known = outcome or Outcome(), were or {}
    signed = act.signed(Reorganisation, "entered")
    made = Reorganisation.objects.create(kind=kind, number=number, on=on, moved=went.moved, taken=went.taken, **signed)
    ReorganisedUnit.objects.bulk_create(
        ReorganisedUnit(reorganisation=made, organisation=row, part=part, evaluated=known.get(row.pk))
        for part, rows in parts.items()
        for row in rows
    )
    return made


def _refuse_future(on: date, at: datetime) -> None:
    if on > at.astimezone(CHINA).date():
        raise Refused("future-date", f"日期 {on.isoformat()} 还没有到，没有保存；请到当日再办理。")
