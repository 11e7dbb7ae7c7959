"""进站 (第七至十条): registered and changed by the station's own reporters, with every check of its conditions."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import IntegrityError

from miyun_kpi.acts.acting import acting, locked, require_version
from miyun_kpi.acts.days import IN_TIME, Late, late_words
from miyun_kpi.db.sealed import audited, fingerprint, seal
from miyun_kpi.lib.actors import Actor
from miyun_kpi.lib.citations import cite
from miyun_kpi.lib.errors import Conflict, FieldError, Refused
from postdoc import access
from postdoc.enums import DOCUMENT, DocumentKind
from postdoc.models import Person, Station, Stay, StayEvent
from postdoc.queries.figures import figures
from postdoc.rules.eligibility import Candidate, Check, eligibility
from postdoc.rules.identity import mask, read_number
from postdoc.rules.milestones import term_problem
from postdoc.services._common import next_number, note, require_past, today_of
from postdoc.services.holding import resting

PLAIN = (
    "entered_on",
    "ends_on",
    "approval",
    "project",
    "flow_station",
    "station_mentor_title",
    "agreement_on",
    "contract_on",
    "relation_moved",
    "standing",
    "own_employee",
    "again",
    "degree_on",
    "graduated_on",
    "degree_abroad",
    "major_project",
    "project_until",
    "exception",
)
MENTORS = ("station_mentor", "flow_mentor")


@dataclass(frozen=True)
class Identity:
    """What is typed of a person, for as long as the service runs. Never logged: no repr."""

    name: str
    document_kind: str
    document_number: str
    born_on: date | None
    phone: str
    account: str

    def __repr__(self) -> str:
        return "Identity(＊＊＊)"


def checks_of(given: Mapping[str, Any], born_on: date, again: bool) -> list[Check]:
    """第七、八、九条, with the figures of the day of entry."""
    day, table = given["entered_on"], figures()
    candidate = Candidate(
        day,
        born_on,
        given["standing"],
        bool(given["own_employee"]),
        bool(given["upright"]),
        given.get("degree_on"),
        given.get("graduated_on"),
        bool(given.get("proof")),
        bool(given["degree_abroad"]),
        bool(given.get("abroad_certified")),
        again,
        given["station_mentor_title"],
        given["agreement_on"],
    )
    return eligibility(
        candidate, age_limit=table.whole("age_limit", day), degree_years=table.whole("degree_years", day)
    )


def _require_checks(checks: list[Check], exception: str) -> None:
    hard = [one for one in checks if one.level == "hard"]
    if hard:
        errors = [FieldError(f"{one.text}（{one.clause}）。", one.code) for one in hard]
        raise Refused(
            "not-eligible",
            "不符合进站条件，没有保存。请核对后再登记。",
            clause=cite(DOCUMENT, hard[0].clause),
            errors=errors,
        )
    soft = [one for one in checks if one.level == "soft"]
    if soft and not exception.strip():
        errors = [FieldError(f"{one.text}（{one.clause}）。", one.code) for one in soft]
        raise Refused(
            "reason-needed",
            "超出“一般”条件的，要写理由才能进站，没有保存。请在“超出一般条件的理由”里写明。",
            clause=cite(DOCUMENT, soft[0].clause),
            errors=errors,
        )


def _require_days(given: Mapping[str, Any], station: Station, at: datetime) -> None:
    require_past(given["entered_on"], at, "进站日")
    if given["entered_on"] < station.approved_on:
        raise Refused("before-approval", f"进站日早于工作站批准设立日期 {station.approved_on}，没有保存。请核对日期。")
    problem = term_problem(
        given["entered_on"], given["ends_on"], bool(given["major_project"]), given.get("project_until")
    )
    if problem:
        raise Refused("bad-term", f"{problem}，没有保存。请改协议在站期限。", clause=cite(DOCUMENT, "第十五条"))


def _person(actor: Actor, who: Identity, at: datetime) -> tuple[Person, date]:
    """The person of the document, new or known; what is known is not overwritten. Raises Refused without a datum in it."""
    if who.document_kind not in DocumentKind.values or not who.name.strip():
        raise Refused("not-filled", "请填姓名和证件，没有保存。")
    number, told = read_number(who.document_kind, who.document_number)
    born = told or who.born_on
    if born is None or born >= at.astimezone().date():
        raise Refused("not-filled", "请填出生日期（居民身份证可不填），没有保存。")
    if told and who.born_on and told != who.born_on:
        raise Refused("birthday-differs", "出生日期与居民身份证号码不符，没有保存。请照证件核对。")
    mark = fingerprint(number)
    found = Person.objects.filter(document_kind=who.document_kind, fingerprint=mark).first()
    if found is not None:
        if found.name.open() != who.name.strip():
            raise Refused(
                "name-differs", "这个证件已经登记过，姓名与原来的不同，没有保存。请照证件核对，或请区人社局核对。"
            )
        return found, date.fromisoformat(found.born_on.open())
    try:
        with acting(actor, at):
            row = _new_person(actor, who, number, mark, born, at)
    except IntegrityError:
        raise Conflict("busy", "同一时刻有别人在登记，没有保存。请再按一次。") from None
    return row, born


def _new_person(actor: Actor, who: Identity, number: str, mark: str, born: date, at: datetime) -> Person:
    # Under a foreign key nobody would be known again: what is there must open before more is sealed.
    if (last := Person.objects.order_by("-pk").first()) is not None:
        last.born_on.open()
    return Person.objects.create(
        number=next_number(Person),
        masked=mask(who.name.strip()),
        name=seal(who.name.strip()),
        document_kind=who.document_kind,
        document_number=seal(number),
        fingerprint=mark,
        born_on=seal(born.isoformat()),
        phone=seal(who.phone.strip()),
        account=seal(who.account.strip()),
        created_at=at,
        created_by=actor.label,
    )


def _columns(given: Mapping[str, Any]) -> dict[str, Any]:
    values = {name: given.get(name) for name in PLAIN}
    for name in ("approval", "project", "flow_station", "exception"):
        values[name] = (values[name] or "").strip()
    if not all(values[name] for name in ("approval", "project", "flow_station")):
        raise Refused("not-filled", "请填进站批准文号、研究课题和合作流动站，没有保存。")
    return values


def register_stay(
    *,
    actor: Actor,
    station_id: int,
    who: Identity,
    given: Mapping[str, Any],
    late: Late = IN_TIME,
    at: datetime,
) -> Stay:
    """One 进站; `late` where it is registered later than the next working day after the approval (补登). The same document again is the same person: the subsidy is drawn once over all stays."""
    station = access.visible_station(actor, station_id)
    access.require_enter(actor, station)
    _require_days(given, station, at)
    words = late_words(given["entered_on"], at, late, clause=cite(DOCUMENT, "第十条"))
    values = _columns(given)
    if not str(given.get("station_mentor") or "").strip():
        raise Refused("not-filled", "请填工作站导师，没有保存。", clause=cite(DOCUMENT, "第九条（一）"))
    with acting(actor, at):
        person, born = _person(actor, who, at)
        earlier = list(person.stays.all())
        _require_apart(earlier, given["entered_on"])
        again = bool(given["again"]) or any(one.leaving and one.leaving != "withdrawn" for one in earlier)
        checks = checks_of(given, born, again)
        _require_checks(checks, values["exception"])
        try:
            with acting(actor, at):
                row = Stay.objects.create(
                    number=next_number(Stay),
                    person=person,
                    station=station,
                    **(values | {"again": again}),
                    **{name: seal(str(given.get(name) or "").strip()) for name in MENTORS},
                    checks=[one.__dict__ for one in checks],
                    entered_late=words,
                    created_at=at,
                    created_by=actor.label,
                    created_by_id=actor.user_id,
                    changed_by=actor.label,
                )
        except IntegrityError:
            raise Conflict(
                "already-registered", "这次进站已经登记，或同一时刻有别人在登记，没有再登记。请看列表后再办。"
            ) from None
        stay_event(actor, row, "登记进站", with_late(f"进站日 {row.entered_on}", words), at)
        note(actor, "stay.registered", row, {"number": row.number, "station": station.pk}, at)
    return row


def _require_apart(earlier: list[Stay], entered_on: date) -> None:
    for one in earlier:
        if one.left_on is None:
            raise Refused("still-in", "这个人还在站，没有登记离站，不能再进站，没有保存。请先办前一次的离站。")
        if entered_on <= one.left_on:
            raise Refused("overlap", f"与前一次在站（到 {one.left_on}）重叠，没有保存。请核对进站日。")


def change_stay(*, actor: Actor, stay_id: int, version: int, given: Mapping[str, Any], at: datetime) -> Stay:
    """Facts of the stay; the person has an act of its own. What was already asked for by it stands in the way."""
    access.require_enter(actor, access.visible_stay(actor, stay_id).station)
    with acting(actor, at):
        row = locked(Stay.objects.select_related("station", "person"), stay_id)
        require_version(row, version)
        if row.left_on is not None:
            raise Conflict("left", "已经离站，进站内容不再修改，没有保存。要改请区人社局先撤销离站。")
        _require_days(given, row.station, at)
        values = _columns(given)
        if values["entered_on"] != row.entered_on and resting(row.applications.all()):
            raise Conflict(
                "claimed",
                "已按这个进站日申报经费，进站日不能改，没有保存。请先撤回申报；已拨付的，全部追回到账以后再改。",
            )
        _require_apart(
            list(row.person.stays.exclude(pk=row.pk).filter(entered_on__lt=row.entered_on)), values["entered_on"]
        )
        checks = checks_of(given, date.fromisoformat(row.person.born_on.open()), bool(given["again"]))
        _require_checks(checks, values["exception"])
        changed = sorted(name for name, value in values.items() if getattr(row, name) != value)
        for name, value in values.items():
            setattr(row, name, value)
        for name in MENTORS:
            if str(given.get(name) or "").strip():
                setattr(row, name, seal(str(given[name]).strip()))
                changed.append(name)
        row.checks = [one.__dict__ for one in checks]
        save_stay(actor, row)
        stay_event(actor, row, "修改进站内容", "", at)
        fresh = audited({name: getattr(row, name) for name in changed if name in MENTORS})
        note(actor, "stay.changed", row, {"fields": changed} | fresh, at)
    return row


def correct_person(
    *,
    actor: Actor,
    stay_id: int,
    version: int,
    name: str,
    phone: str,
    account: str,
    document_number: str = "",
    born_on: date | None = None,
    at: datetime,
) -> Person:
    """Blank fields keep what stands. Only that they changed is written down."""
    stay = access.visible_stay(actor, stay_id)
    access.require_enter(actor, stay.station)
    given = {"name": name, "phone": phone, "account": account, "document_number": document_number}
    changed = [key for key, text in given.items() if text.strip()] + (["born_on"] if born_on else [])
    if not changed:
        raise Refused("not-filled", "没有填要更正的内容，没有保存。")
    with acting(actor, at):
        row = locked(Person.objects.all(), stay.person_id)
        require_version(row, version)
        if name.strip():
            row.name, row.masked = seal(name.strip()), mask(name.strip())
        if phone.strip():
            row.phone = seal(phone.strip())
        if account.strip():
            row.account = seal(account.strip())
        _correct_document(row, document_number, born_on, at)
        row.version += 1
        try:
            with acting(actor, at):
                row.save()
        except IntegrityError:
            raise Conflict(
                "known-document", "这个证件号码已经是另一个人的，没有保存。请照证件核对，或请区人社局核对。"
            ) from None
        stay_event(actor, stay, "更正个人信息", "", at)
        fresh = audited({name: getattr(row, name) for name in changed})
        note(actor, "person.corrected", row, {"fields": changed} | fresh, at)
    return row


def _correct_document(row: Person, document_number: str, born_on: date | None, at: datetime) -> None:
    told = None
    if document_number.strip():
        number, told = read_number(row.document_kind, document_number)
        row.document_number, row.fingerprint = seal(number), fingerprint(number)
    if row.document_kind == DocumentKind.IDENTITY_CARD and born_on:
        raise Refused("birthday-differs", "居民身份证的出生日期由号码得出，没有保存。请改号码，出生日期留空。")
    born = told or born_on
    if born is None:
        return
    if born >= today_of(at):
        raise Refused("future-day", "出生日期要早于今天，没有保存。请照证件核对。")
    row.born_on = seal(born.isoformat())


def locked_stay(actor: Actor, stay_id: int, version: int) -> Stay:
    """The stay under lock, with its version checked; the caller has checked who may."""
    row = locked(Stay.objects.select_related("station", "person"), stay_id)
    require_version(row, version)
    return row


def save_stay(actor: Actor, row: Stay) -> None:
    row.version, row.changed_by = row.version + 1, actor.label
    row.save()


def with_late(text: str, words: str) -> str:
    """What the trail says of an act that was registered late."""
    return f"{text}　{words}" if words else text


def stay_event(actor: Actor, row: Stay, act: str, text: str, at: datetime) -> None:
    StayEvent.objects.create(stay=row, act=act, note=text[:300], at=at, by=actor.label)
