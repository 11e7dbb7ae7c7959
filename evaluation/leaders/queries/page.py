"""领导首页 as plain data: six questions over all documents, for one reader about some units (decision 0115)."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, Q

from evaluation.enums import PeriodKind, SheetState
from evaluation.feedback.desk.feedback import feedback_items
from evaluation.leaders.queries.signing import Awaiting, awaiting
from evaluation.leaders.queries.tracks import Json, Track, told, tracks_of, unit
from evaluation.periods.models import Period
from evaluation.scheme.access.office import is_ranked_co_office
from evaluation.sheets.models.marks import MarkSheet
from miyun_kpi.accounts.enums import Verb
from miyun_kpi.gazette.models import Document
from miyun_kpi.lib.actors import Actor
from miyun_kpi.lib.citations import document_label, subject_of
from miyun_kpi.lib.errors import NotFound
from miyun_kpi.lib.lists import first
from miyun_kpi.organisations.enums import TRACK_WORDS
from miyun_kpi.organisations.enums import Track as TrackCode
from miyun_kpi.organisations.leader_parts import Goal, Overdue, Reading, goals_of, overdue_of
from miyun_kpi.organisations.models import Organisation
from miyun_kpi.routes import to
from miyun_kpi.web.registry import Subject, subjects

NAMED = 3
EVALUATION = "evaluation"
# What the form of the data is called, so that a page frozen long ago is read as it was meant.
FORM = 1


def page(actor: Actor, name: str, units: Sequence[Organisation], at: datetime, *, alone: bool = False) -> Json:
    """`alone`: the page of a unit for its head, about that unit alone; else of a leader, about all with the own beside."""
    codes = [one.code for one in units]
    tracks = tracks_of(actor, codes)
    ids = frozenset(one.pk for one in units)
    reading = Reading(actor, at, ids if alone else None)
    late = overdue_of(reading)
    found = {
        "form": FORM,
        "kind": "unit" if alone else "leader",
        "name": name,
        "at": at.astimezone().isoformat(timespec="minutes"),
        "tracks": [told(one) for one in tracks],
        "progress": _progress(actor, at),
        "units": [_unit(one, tracks, late) for one in units],
        "overdue": _overdue(late, ids, at),
        "goals": [_goal(one, at) for one in goals_of(reading)],
        "waiting": _to_check(actor, at) if alone else [_awaiting(one) for one in awaiting(actor, at)],
    }
    return found | {"headline": _headline(found)}


@dataclass(frozen=True)
class LateThings:
    """What one line of the sixth question counts, thing by thing: the own units first, then who holds most, the oldest first."""

    subject: Subject
    things: Sequence[Overdue]
    hidden: int
    own: frozenset[int]

    @property
    def number(self) -> int:
        return len(self.things) + self.hidden


def late_things(
    actor: Actor, units: Sequence[Organisation], key: str, at: datetime, *, alone: bool = False
) -> LateThings:
    """By the functions that the page adds up, within the same scopes. NotFound for no subject."""
    subject = next((one for one in subjects() if one.key == key), None)
    if subject is None:
        raise NotFound
    own = frozenset(one.pk for one in units)
    late = overdue_of(Reading(actor, at, own if alone else None, each=True))
    belongs = _subjects(late)
    here = [one for one in late if belongs[one.document] == key]
    open_ = [one for one in here if not one.protected]
    held = Counter(one.unit_id for one in open_)
    open_.sort(key=lambda one: (one.unit_id not in own, -held[one.unit_id], one.unit, str(one.due or ""), one.title))
    return LateThings(subject, open_, sum(one.number for one in here if one.protected), own)


def _progress(actor: Actor, at: datetime) -> list[Json]:
    """How far the newest quarter is with its sheets, for whom the sheets are no secret."""
    if not actor.may(Verb.READ_UNPUBLISHED):
        return []
    period = Period.objects.filter(kind=PeriodKind.QUARTER, starts_at__lte=at).order_by("-code").first()
    if period is None:
        return []
    sheets = MarkSheet.objects.filter(period=period)
    if is_ranked_co_office(actor):
        # 区发改委 is ranked among them: as its page of filing, this tells it nothing of the others' departments.
        sheets = sheets.exclude(scheme__track=TrackCode.DEPARTMENT)
    counted = (
        sheets.order_by("-scheme__track")
        .values("scheme__track")
        .annotate(sheets=Count("pk"), filed=Count("pk", filter=Q(state=SheetState.FILED)))
    )
    return [
        {
            "period": period.label,
            "label": TRACK_WORDS[row["scheme__track"]],
            "sheets": row["sheets"],
            "filed": row["filed"],
            "due": period.due_at.astimezone().date().isoformat(),
        }
        for row in counted
    ]


def _unit(one: Organisation, tracks: Sequence[Track], late: Sequence[Overdue]) -> Json:
    number = sum(each.number for each in late if each.unit_id == one.pk)
    for track in tracks:
        if (row := track.row(one.code)) is not None:
            return unit(track, row) | {"overdue": number}
    return {"code": one.code, "name": one.name, "evaluated": False, "overdue": number}


def _overdue(late: Sequence[Overdue], own: frozenset[int], at: datetime) -> list[Json]:
    """A line for each of the eight subjects, also where nothing is overdue: that is an answer too."""
    belongs = _subjects(late)
    held = {one.unit_id for one in late if one.unit_id and not one.protected}
    printed = Organisation.objects.filter(pk__in=held).in_printed_order()
    # In the order in which they are printed, which is the order in which they are named.
    codes = dict(printed.values_list("pk", "code")) if held else {}
    return [
        _line(each, [one for one in late if belongs[one.document] == each.key], own, codes, at) for each in subjects()
    ]


def _subjects(late: Sequence[Overdue]) -> Mapping[str, str]:
    """Document → key of its subject, also of one that was issued since the gazette (a plan of another year)."""
    found = {one.document: subject_of(one.document) for one in late}
    issued = [ref for ref, key in found.items() if not key]
    known = dict(Document.objects.filter(ref__in=issued).values_list("ref", "subject")) if issued else {}
    return found | {ref: known.get(ref, EVALUATION) for ref in issued}


def _line(
    subject: Subject, late: Sequence[Overdue], own: frozenset[int], codes: Mapping[int, str], at: datetime
) -> Json:
    open_ = [one for one in late if not one.protected]
    by_unit: dict[str, Json] = {}
    for one in open_:
        kept = by_unit.setdefault(
            one.unit or "未写单位", {"number": 0, "own": one.unit_id in own, "code": codes.get(one.unit_id or 0, "")}
        )
        kept["number"] += one.number
    place = {code: n for n, code in enumerate(codes.values())}
    listed = sorted(by_unit.items(), key=lambda pair: (place.get(pair[1]["code"], len(place)), pair[0]))
    named = first(listed, NAMED if len(listed) <= NAMED else NAMED - 1)
    # Of what is overdue; where nothing is, those the gazette prints.
    refs = tuple(dict.fromkeys(sorted(one.document for one in late))) or subject.documents
    oldest = min(open_, key=lambda one: (str(one.due or ""), one.title), default=None)
    return {
        "label": subject.short,
        "documents": "、".join(map(document_label, refs)).replace("号、", "、"),
        "address": subject.address,
        "list": to("evaluation:leader-overdue", subject.key),
        "number": sum(one.number for one in late),
        "own": sum(kept["number"] for kept in by_unit.values() if kept["own"]),
        "hidden": sum(one.number for one in late if one.protected),
        "units": [{"name": name} | kept for name, kept in named],
        "many": len(listed),
        "oldest": _oldest(oldest, at) if oldest else None,
    }


def _oldest(one: Overdue, at: datetime) -> Json:
    days = (at.astimezone().date() - one.due).days if one.due else 0
    due = one.due.isoformat() if one.due else ""
    return {"title": one.title, "unit": one.unit, "due": due, "days": days, "address": one.address}


def _goal(one: Goal, at: datetime) -> Json:
    over = one.by < at.astimezone().date()
    # Of a target whose day is over the newest number may be from before it.
    old = bool(one.last) and one.on is not None and one.on < one.by
    missed = ("按旧数没有达到" if old else "到期没有达到") if over else "照推算达不到"
    return {
        "label": document_label(one.document),
        "clause": one.clause,
        "title": one.title,
        "bound": one.bound,
        "last": one.last,
        "on": one.on.isoformat() if one.on else "",
        "by": one.by.isoformat(),
        "state": one.state,
        "word": missed if one.missed else one.word,
        "missed": one.missed,
        "ahead": "" if over else one.ahead,
        "address": one.address,
    }


def _awaiting(one: Awaiting) -> Json:
    signed = "、".join(f"{each.title}{each.signer} {each.signed_on:%m-%d} 已签" for each in one.signed)
    return {
        "title": one.title,
        "detail": f"第 {one.ranking.number} 次正式核定，{one.ranking.computed_at.astimezone():%Y-%m-%d}",
        "lacking": "、".join(one.lacking),
        "signed": signed,
        "opens": f"{one.opens.astimezone():%m-%d %H:%M}" if one.opens else "",
        "mine": one.mine,
        "address": to("evaluation:ranking", one.ranking.pk),
    }


def _to_check(actor: Actor, at: datetime) -> list[Json]:
    """The head of a unit signs no ranking, but for its 反馈单."""
    return [
        {
            "title": one.title,
            "detail": one.context,
            "lacking": "本单位",
            "signed": "",
            "opens": "",
            "mine": True,
            "address": one.url,
        }
        for one in feedback_items(actor, at)
    ]


def _stages(tracks: Sequence[Json]) -> str:
    """The quarter is said once where both tracks stand in the same."""
    once = len({one["period"] for one in tracks}) == 1
    told = []
    for one in tracks:
        gone_out = f"（{one['published_on']}）" if one["published_on"] else ""
        told.append(f"{one['label']}{'' if once else one['period']}{one['stage']}{gone_out}")
    quarter = f"{tracks[0]['period']}：" if once else ""
    return quarter + "，".join(told)


def _headline(found: Mapping[str, Any]) -> list[str]:
    """The findings of the page in a few sentences; what there is nothing of is said too."""
    said = [_stages(found["tracks"]) or "还没有任何季度的排名"]
    units = [one for one in found["units"] if one["evaluated"]]
    moved = [one["moved"] for one in units if one["moved"] is not None]
    mine = "本单位" if found["kind"] == "unit" else f"分管的 {len(found['units'])} 个单位"
    if moved:
        parts = ((sum(one > 0 for one in moved), "升"), (sum(one < 0 for one in moved), "降"), (moved.count(0), "平"))
        said.append(f"{mine}：{'、'.join(f'{number} {word}' for number, word in parts if number)}")
    elif not found["units"]:
        said.append("还没有登记分管单位")
    number = sum(one["number"] for one in found["overdue"])
    own = sum(one["own"] for one in found["overdue"])
    whose = f"，其中分管单位 {own} 项" if number and found["kind"] == "leader" and found["units"] else ""
    said.append(f"逾期未办 {number} 项{whose}" if number else "没有逾期未办的")
    missed = sum(one["missed"] is True for one in found["goals"])
    said.append(f"{missed} 个工作目标达不到" if missed else "没有确定达不到的工作目标")
    waiting = sum(one["mine"] for one in found["waiting"])
    what = "等本单位核对、签收的反馈单" if found["kind"] == "unit" else "等您审签的"
    said.append(f"{what} {waiting} 件" if waiting else f"没有{what}")
    return said
