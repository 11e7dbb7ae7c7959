"""依申请公开 (五（一）): 登记、审核、办理、答复、归档, each act under the clock of rules.clocks."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime

from disclosure import access
from disclosure.enums import DOCUMENT, Applicant, HoldKind, Outcome, Way
from disclosure.models import Application, ApplicationEvent, Extension, Hold
from disclosure.queries.applications import facts_of, next_number
from disclosure.rules.clocks import EXTENSION_DAYS, clock
from miyun_kpi.acts.acting import acting, locked, require_other_hand, require_version, unless_taken
from miyun_kpi.acts.acting import record as audit
from miyun_kpi.acts.days import IN_TIME, Late, day_of_act, late_words
from miyun_kpi.acts.proof import require_proof
from miyun_kpi.db.sealed import seal
from miyun_kpi.lib.actors import Actor
from miyun_kpi.lib.citations import cite
from miyun_kpi.lib.errors import Conflict, NotAllowed, NotFound, Refused
from miyun_kpi.lib.reading import read_reason

CLAUSE = cite(DOCUMENT, "五（一）")
# Of two who take the next number at once the second tries again, as in every register.
NUMBER_TAKEN = Conflict("busy", "同一时刻有别人在登记，没有保存。请再按一次。")


def receive(
    *,
    actor: Actor,
    received_on: date,
    way: str,
    applicant_kind: str,
    applicant: str,
    contact: str,
    content: str,
    late: Late = IN_TIME,
    at: datetime,
) -> Application:
    access.require_handle(actor, actor.organisation_id)
    words = late_words(received_on, at, late, clause=CLAUSE)
    if way not in Way.values or applicant_kind not in Applicant.values or not applicant.strip() or not content.strip():
        raise Refused("not-filled", "请填收到日期、方式、申请人类别、申请人和所需政府信息，没有保存。")
    organ = actor.organisation_id or 0
    with acting(actor, at) as act:
        with unless_taken(NUMBER_TAKEN):
            row = Application.objects.create(
                number=next_number(organ),
                organisation_id=organ,
                received_on=received_on,
                way=way,
                applicant_kind=applicant_kind,
                applicant=seal(applicant.strip(), findable=True),
                contact=seal(contact.strip()),
                content=content.strip(),
                created_at=at,
                created_by=actor.label,
                changed_at=at,
                changed_by=actor.label,
            )
        keep_event(actor, row, "登记", "", at, words)
        act.record("disclosure.application.received", f"application:{row.pk}", number=row.number)
    return row


@contextmanager
def _handling(
    actor: Actor,
    application_id: int,
    version: int,
    at: datetime,
    act: str,
    note: str = "",
    *,
    on: date,
    late: Late,
) -> Iterator[Application]:
    """The application, locked and not yet answered; what the block changed is saved, with its event and audit."""
    words = late_words(on, at, late, clause=CLAUSE)
    row = access.visible_application(actor, application_id)
    access.require_handle(actor, row.organisation_id)
    with acting(actor, at):
        row = locked(Application.objects.all(), application_id)
        require_version(row, version)
        if row.archived_on is not None or (row.answered_on is not None and act != "归档"):
            raise Conflict("answered", "这件申请已经答复，不再办理，没有保存。")
        yield row
        row.version, row.changed_at, row.changed_by = row.version + 1, at, actor.label
        row.save()
        keep_event(actor, row, act, note, at, words)
        audit(
            actor=actor,
            action="disclosure.application.changed",
            subject=f"application:{row.pk}",
            data={"act": act},
            at=at,
        )


def send_correction(
    *, actor: Actor, application_id: int, version: int, on: date, note: str, late: Late = IN_TIME, at: datetime
) -> None:
    """Once; what has to be corrected is said at one go. A late notice is recorded as late."""
    said = f"{on}　{note.strip()}"[:500]
    with _handling(actor, application_id, version, at, "告知补正", said, on=on, late=late) as row:
        if row.correction_sent_on is not None:
            raise Conflict("once", f"已于 {row.correction_sent_on} 一次告知补正，不再告知，没有保存。")
        _require_not_before(on, row.received_on, "补正告知", "收到申请")
        row.correction_sent_on = on


def receive_correction(
    *, actor: Actor, application_id: int, version: int, on: date, late: Late = IN_TIME, at: datetime
) -> None:
    with _handling(actor, application_id, version, at, "收到补正", str(on), on=on, late=late) as row:
        if row.correction_sent_on is None or row.corrected_on is not None:
            raise Conflict("wrong-state", "没有等着的补正，没有保存。请刷新后再看。")
        _require_not_before(on, row.correction_sent_on, "收到补正", "补正告知")
        row.corrected_on = on


def ask_opinion(
    *, actor: Actor, application_id: int, version: int, kind: str, on: date, late: Late = IN_TIME, at: datetime
) -> None:
    if kind not in HoldKind.values:
        raise Refused("not-filled", "请选征求谁的意见，没有保存。")
    with _handling(actor, application_id, version, at, HoldKind(kind).label, str(on), on=on, late=late) as row:
        if row.holds.filter(kind=kind, returned_on__isnull=True).exists():
            raise Conflict("already-asked", f"“{HoldKind(kind).label}”还没有收到意见，没有再登记。")
        _require_not_before(on, row.corrected_on or row.received_on, "征求意见", "期限起算")
        Hold.objects.create(application=row, kind=kind, sent_on=on)


def receive_opinion(
    *, actor: Actor, application_id: int, version: int, kind: str, on: date, late: Late = IN_TIME, at: datetime
) -> None:
    with _handling(actor, application_id, version, at, "收到意见", str(on), on=on, late=late) as row:
        found = row.holds.filter(kind=kind, returned_on__isnull=True).first()
        if found is None:
            raise Conflict("wrong-state", "没有等着的意见，没有保存。请刷新后再看。")
        _require_not_before(on, found.sent_on, "收到意见", "发出")
        found.returned_on = on
        found.save()


def deliberate(
    *, actor: Actor, application_id: int, version: int, on: date, note: str, late: Late = IN_TIME, at: datetime
) -> None:
    """会商 of a doubtful application; it does not stop the clock."""
    if not 4 <= len(note.strip()) <= 400:
        raise Refused("note-missing", "请写会商的部门和意见（4 至 400 字），没有保存。")
    with _handling(actor, application_id, version, at, "会商", f"{on}　{note.strip()}", on=on, late=late):
        pass


def ask_extension(
    *,
    actor: Actor,
    application_id: int,
    version: int,
    days: int,
    reason: str,
    on: date | None = None,
    late: Late = IN_TIME,
    at: datetime,
) -> Extension:
    said, day = reason.strip(), day_of_act(on, at)
    if actor.user_id is None:
        raise NotAllowed("no-person", "申请延期要由登录的人办理，没有执行。")
    if not 1 <= days <= EXTENSION_DAYS or not 4 <= len(said) <= 500:
        raise Refused("bad-extension", f"延长 1 至 {EXTENSION_DAYS} 个工作日，并写理由（4 至 500 字）；没有保存。")
    note = f"{days} 个工作日：{said}"[:500]
    with _handling(actor, application_id, version, at, "申请延期", note, on=day, late=late) as row:
        _require_not_before(day, row.received_on, "申请延期", "收到申请")
        if row.again_from is not None:
            raise Refused(
                "ordered-anew", "重新答复的期限由复议或诉讼的决定规定，不能延长，没有保存。请按期答复。", CLAUSE
            )
        if row.extension_days or row.extensions.filter(approved__isnull=True).exists():
            raise Conflict("already-asked", "已经延期，或有一份延期等待批准，没有再登记。")
        made = Extension.objects.create(
            application=row,
            days=days,
            reason=said,
            asked_by=actor.label,
            asked_by_id=actor.user_id,
            asked_at=at,
            asked_on=day,
        )
        audit(
            actor=actor,
            action="disclosure.extension.asked",
            subject=f"application:{row.pk}",
            data={"days": days},
            at=at,
        )
    return made


def decide_extension(
    *,
    actor: Actor,
    application_id: int,
    version: int,
    approved: bool,
    opinion: str,
    on: date | None = None,
    late: Late = IN_TIME,
    at: datetime,
) -> None:
    """By the 公开机构负责人, another person, while the first time limit still runs on the day of the decision."""
    day = day_of_act(on, at)
    words = late_words(day, at, late, clause=CLAUSE)
    row = access.visible_application(actor, application_id)
    if not access.may_extend(actor, row):
        raise NotAllowed("not-the-head", "延期由本机关的公开机构负责人批准，没有执行。")
    with acting(actor, at) as act:
        row = locked(Application.objects.all(), application_id)
        require_version(row, version)
        found = row.extensions.filter(approved__isnull=True).first()
        if found is None or row.answered_on is not None:
            raise Conflict("nothing-asked", "没有等着批准的延期，没有执行。")
        require_other_hand(actor, found.asked_by_id, "申请延期的人不能自己批准，没有执行。请换一个人批准。", at)
        _require_not_before(day, found.asked_on or row.received_on, "批准", "申请延期")
        due = clock(facts_of(row), day).due_on
        if approved and due is not None and day > due:
            raise Refused("too-late", f"期限 {due} 已过，不能再批准延期，没有执行。请尽快答复。")
        found.approved, found.opinion = approved, opinion.strip()[:500]
        found.decided_by, found.decided_by_id, found.decided_at, found.decided_on = actor.label, actor.user_id, at, day
        found.save()
        if approved:
            row.extension_days = found.days
        row.version, row.changed_at, row.changed_by = row.version + 1, at, actor.label
        row.save()
        keep_event(actor, row, "批准延期" if approved else "不同意延期", f"{day}　{found.opinion}".strip(), at, words)
        act.record("disclosure.extension.decided", f"application:{row.pk}", approved=approved)


def answer(
    *,
    actor: Actor,
    application_id: int,
    version: int,
    on: date,
    outcome: str,
    note: str,
    late: Late = IN_TIME,
    at: datetime,
) -> None:
    if outcome not in Outcome.values:
        raise Refused("not-filled", "请选办理结果，没有保存。")
    with _handling(
        actor, application_id, version, at, "答复", f"{on}　{Outcome(outcome).label}", on=on, late=late
    ) as row:
        _require_not_before(on, row.received_on, "答复", "收到申请")
        if row.again_from is not None:
            _require_not_before(on, row.again_from, "重新答复", "收到决定")
        if outcome == Outcome.NOT_CORRECTED and (row.correction_sent_on is None or row.corrected_on is not None):
            raise Refused("no-correction", "没有等着的补正，不能按“逾期不补正”办结，没有保存。")
        row.answered_on, row.outcome, row.answer = on, outcome, note.strip()


def archive(*, actor: Actor, application_id: int, version: int, on: date, late: Late = IN_TIME, at: datetime) -> None:
    with _handling(actor, application_id, version, at, "归档", str(on), on=on, late=late) as row:
        if row.answered_on is None:
            raise Conflict("not-answered", "还没有答复，不能归档，没有保存。")
        _require_not_before(on, row.answered_on, "归档", "答复")
        row.archived_on = on


def reveal(*, actor: Actor, application_id: int, reason: str, at: datetime) -> tuple[str, str]:
    """Applicant and contact, for the handling organ, after a reason; each time is audited, without the name."""
    row = access.visible_application(actor, application_id)
    if not (access.may_handle(actor, row.organisation_id) or access.may_extend(actor, row)):
        raise NotFound
    require_proof(actor, at)
    said = read_reason(reason, "查看申请人要写事由", most=300)
    seen = row.applicant.open(), row.contact.open()
    with acting(actor, at) as act:
        act.record("disclosure.applicant.shown", f"application:{row.pk}", reason=said)
    return seen


def _require_not_before(day: date, other: date, what: str, before: str) -> None:
    if day < other:
        raise Refused("too-early", f"{what}日期 {day} 早于{before}日期 {other}，没有保存。")


def keep_event(actor: Actor, row: Application, act: str, note: str, at: datetime, late: str = "") -> None:
    ApplicationEvent.objects.create(application=row, act=act, note=note[:500], late=late, at=at, by=actor.label)
