"""A change that was entered by mistake is taken back: who had ended stands again, and what went along goes back (0146)."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db.models import Q

from miyun_kpi.acts.acting import Act, acting, lock_all
from miyun_kpi.db.finding import one_of
from miyun_kpi.gazette.rules.texts import squeeze
from miyun_kpi.lib.actors import Actor
from miyun_kpi.lib.errors import Conflict, Refused
from miyun_kpi.lib.reading import read_reason
from miyun_kpi.organisations.access import require_manage
from miyun_kpi.organisations.enums import Category, Change, Part
from miyun_kpi.organisations.merging import Outcome, give_back, move_open
from miyun_kpi.organisations.models import Affiliation, Organisation, Reorganisation, ReorganisedUnit
from miyun_kpi.organisations.noting import announce_act, note, save
from miyun_kpi.organisations.queries import MERGED, SPLIT
from miyun_kpi.organisations.services import began, end

# Behind the name of a body that a 分设 made by mistake, with its number: its own name is free for the right one.
VOID = "（分设撤销）"


def revoke_change(*, actor: Actor, reorganisation_id: int, reason: str, at: datetime) -> Reorganisation:
    """并入, 分设 or 撤并 that was entered by mistake (a wrong body, paper or day), from today on.

    What went along goes back where it is open still and with whom it went to; what was reported, filed or passed on stays.
    Bodies that a 分设 made go into the one that stands again. Rankings, and the lists of units of periods that are open, stay.
    """
    require_manage(actor)
    said = read_reason(reason, "撤销登记要写理由")
    with acting(actor, at) as act:
        ended, after = _held(one_of(Reorganisation.objects.filter(pk=reorganisation_id)))
        # Read once they are held.
        change = Reorganisation.objects.get(pk=reorganisation_id)
        _require_revocable(change, after)
        if {entry["to"] for entry in change.taken or []} - {row.code for row in after}:
            raise Conflict("stale", "刚有事项转给了别的单位，没有撤销。请刷新后再办。")
        _stand_again(change, ended)
        began(actor, ended, at)
        if change.kind == Change.SPLIT:
            outcome = _into_one(act, after, ended[0])
        else:
            outcome = give_back(actor, change, act.today, at)
        links = Affiliation.objects.filter(organisation__in=ended, other__in=after, kind__in=(MERGED, SPLIT))
        links.delete()
        for row in after:
            # What went back has changed them: a part of one that stands again.
            row.refresh_from_db()
            save(row)
        act.sign(change, "revoked")
        change.revoked_reason, change.given_back, change.left = said, outcome.moved, _left(change, outcome)
        change.save()
        data: dict[str, object] = {"number": change.number, "on": change.on.isoformat(), "reason": said}
        data |= {"moved": outcome.moved} | ({"undecided": change.left} if change.left else {})
        for row in ended:
            note(act, "change-revoked", row, data)
        for row in [*ended, *after]:
            announce_act("change-revoked", row, act.today, at)
    return change


def _held(change: Reorganisation) -> tuple[list[Organisation], list[Organisation]]:
    """Those that ended, and those that took over, with everybody to whom something was dealt out; all held with their parts."""
    units = list(ReorganisedUnit.objects.filter(reorganisation=change))
    ended = {one.organisation_id for one in units if one.part == Part.ENDED}
    after = {one.organisation_id for one in units if one.part == Part.SUCCESSOR}
    codes = [entry["to"] for entry in change.taken or []]
    after |= set(Organisation.objects.filter(code__in=codes).values_list("pk", flat=True))
    rows = {
        row.pk: row for row in lock_all(Organisation.objects.filter(Q(pk__in=ended | after) | Q(part_of__in=after)))
    }
    return [rows[pk] for pk in sorted(ended)], [rows[pk] for pk in sorted(after)]


def _require_revocable(change: Reorganisation, after: Sequence[Organisation]) -> None:
    if change.kind == Change.RENAMED:
        said = "更名不用撤销：名称打错了字的，照同一文号、同一日期再更名一次；又改回去的，再办一次更名。"
        raise Refused("renamed", said)
    if change.revoked_at is not None:
        raise Conflict("revoked", "这次改革的登记已经撤销，没有再办。请刷新后再看。")
    for row in after:
        if row.valid_to is not None:
            said = f"“{row.name}”后来又于 {row.valid_to} 撤并，没有撤销。也登记错了的，请先撤销后面那一次。"
            raise Refused("ended-since", said)


def _stand_again(change: Reorganisation, ended: Sequence[Organisation]) -> None:
    were = dict(change.units.filter(part=Part.ENDED).values_list("organisation_id", "evaluated"))
    for row in ended:
        kept = were[row.pk]
        # Of a change that is older than this column: all but 其他机构 are evaluated in the source (13号附件1).
        row.valid_to, row.evaluated = None, row.category != Category.BODY if kept is None else kept
        save(row)


def _into_one(act: Act, parts: Sequence[Organisation], whole: Organisation) -> Outcome:
    """What a 分设 made by mistake ends in the body that stands again: what it reported is read there, what is open is done there."""
    for part in parts:
        assert part.valid_from is not None, "made by the change"
        # A body stands for a day at least.
        on = max(act.today, part.valid_from + timedelta(days=1))
        was = part.name
        # The key keeps it apart from another of this name that was made by mistake too.
        part.name = f"{part.name[:80]}{VOID}{part.pk}"
        part.key = squeeze(part.name)
        end(part, on)
        Affiliation.objects.create(organisation=part, other=whole, kind=MERGED, note=on.isoformat())
        note(act, "voided", part, {"from": was, "to": part.name, "into": [whole.code], "on": on.isoformat()})
    return move_open(act.actor, parts, whole, act.today, act.at)


def _left(change: Reorganisation, outcome: Outcome) -> dict[str, int]:
    """What stays where it went; of a change that wrote down no rows everything that went."""
    return dict(change.moved) if change.taken is None and change.kind != Change.SPLIT else outcome.kept
