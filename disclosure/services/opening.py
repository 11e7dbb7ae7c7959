"""期初: applications that ran before this system are taken in where they stand, under the clock from their day of receipt.

By two persons of the organ: what was done was done on paper, so nobody's hand stands on it here.
"""

from collections.abc import Mapping, Sequence
from datetime import date, datetime

from disclosure import access
from disclosure.enums import Applicant, HoldKind, Way
from disclosure.models import Application, ApplicationEvent, Hold
from disclosure.queries.applications import next_number
from disclosure.rules.opening import DAYS, STAGES, Running, problems
from disclosure.services.applications import CLAUSE, NUMBER_TAKEN
from miyun_kpi.acts.acting import acting, unless_taken
from miyun_kpi.db.sealed import Sealed, seal
from miyun_kpi.lib.actors import Actor
from miyun_kpi.lib.errors import FieldError, Refused
from miyun_kpi.lib.reading import read_whole

CODE = "disclosure-opening"
MOST = 200
# Sealed while they wait in the store for the second person.
SEALED = ("applicant", "contact")
Row = Mapping[str, str]


def may(actor: Actor, organisation_id: int) -> None:
    if not access.may_decide_extensions(actor, organisation_id):
        access.require_handle(actor, organisation_id)


def packed(row: Row) -> dict[str, str]:
    """A row as it waits: who asked is sealed."""
    return {name: seal(text).token if name in SEALED else text for name, text in row.items()}


def read_case(row: Row) -> Running:
    """The days of a row, which are ISO texts or blank."""
    days = {name: date.fromisoformat(row[name]) for name in DAYS if row.get(name)}
    if "received_on" not in days:
        raise Refused("not-filled", "收到日期没有填。")
    return Running(**days, extension_days=read_whole(row.get("extension_days") or "0", most=999) or 0)


def wrong(row: Row, today: date) -> list[FieldError]:
    """Everything about one row that cannot be, by field."""
    lacking = [
        FieldError(f"{label}没有填或不认识。", "not-filled", field=name)
        for name, label, known in (
            ("way", "方式", row.get("way") in Way.values),
            ("applicant_kind", "申请人类别", row.get("applicant_kind") in Applicant.values),
            ("applicant", "申请人", bool(row.get("applicant", "").strip())),
            ("content", "所需政府信息", bool(row.get("content", "").strip())),
            ("basis", "期初依据（2 至 200 字）", 2 <= len(row.get("basis", "").strip()) <= 200),
        )
        if not known
    ]
    said = problems(read_case(row), row.get("stage", ""), today)
    return [*lacking, *(FieldError(words, "bad-opening", field=name) for name, words in said)]


def known_as(organisation_id: int, row: Row) -> Application | None:
    """The application that is registered already: of the same day, of the same applicant, about the same."""
    found = Application.objects.filter(organisation_id=organisation_id, received_on=row["received_on"])
    return found.filter(applicant__sought=row["applicant"], content=row["content"].strip()).first()


def open_applications(*, actor: Actor, organisation_id: int, rows: Sequence[Row], at: datetime) -> int:
    """`rows` as `packed` leaves them. All or nothing; returns how many were taken in."""
    may(actor, organisation_id)
    organ = actor.organisation_id or 0
    if not 1 <= len(rows) <= MOST:
        raise Refused("too-many", f"期初登记一次 1 至 {MOST} 件，没有执行。请分几次办理。", CLAUSE)
    with acting(actor, at) as act:
        for place, stored in enumerate(rows, start=1):
            row = {**stored, **{name: Sealed(stored.get(name, "")).open() for name in SEALED}}
            found = wrong(row, act.today)
            if found:
                said = "".join(one.message for one in found)
                raise Refused("bad-opening", f"第 {place} 件：{said}没有执行，请改正。", CLAUSE, errors=found)
            twin = known_as(organ, row)
            if twin is not None:
                said = f"第 {place} 件与已经登记的第 {twin.number} 号是同一件（收到日期、申请人、所需信息都相同），没有执行。"
                raise Refused("twice", f"{said}请删去这一件。", CLAUSE)
            made = _insert(actor, organ, row, at)
            act.record("disclosure.application.opened", made, number=made.number)
    return len(rows)


def _insert(actor: Actor, organ: int, row: Row, at: datetime) -> Application:
    case = read_case(row)
    with unless_taken(NUMBER_TAKEN):
        made = Application.objects.create(
            number=next_number(organ),
            organisation_id=organ,
            received_on=case.received_on,
            way=row["way"],
            applicant_kind=row["applicant_kind"],
            applicant=seal(row["applicant"].strip(), findable=True),
            contact=seal(row.get("contact", "").strip()),
            content=row["content"].strip(),
            correction_sent_on=case.correction_sent_on,
            corrected_on=case.corrected_on,
            extension_days=case.extension_days,
            created_at=at,
            created_by="期初",
            changed_at=at,
            changed_by="期初",
        )
    Hold.objects.bulk_create(
        Hold(application=made, kind=kind, sent_on=sent, returned_on=returned) for kind, sent, returned in case.holds
    )
    said = [("期初登记", f"{STAGES[row['stage']]}；依据：{row['basis'].strip()}"), *_done(case)]
    ApplicationEvent.objects.bulk_create(
        ApplicationEvent(application=made, act=act, note=note[:500], at=at, by=actor.label) for act, note in said
    )
    return made


def _done(case: Running) -> list[tuple[str, str]]:
    """What was done before, in the words of the acts, by its day."""
    done = [(case.received_on, "登记", "")]
    done += [(day, "告知补正", "") for day in [case.correction_sent_on] if day]
    done += [(day, "收到补正", "") for day in [case.corrected_on] if day]
    for kind, sent, returned in case.holds:
        done.append((sent, HoldKind(kind).label, ""))
        done += [(returned, "收到意见", "")] if returned else []
    done += [(day, "批准延期", f"{case.extension_days} 个工作日") for day in [case.extended_on] if day]
    ordered = sorted(done, key=lambda one: one[0])
    return [
        (act, f"{day}　{note}期初，按纸质记录" if not note else f"{day}　{note}（期初，按纸质记录）")
        for day, act, note in ordered
    ]
