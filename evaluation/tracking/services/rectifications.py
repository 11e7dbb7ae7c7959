"""督促整改: opened on a unit's line with a due date, answered by the unit, 验收销号 by who opened it (13号四（二）)."""

from datetime import date, datetime, time

from evaluation.enums import YEAR_ORIGINS, RectificationOrigin, RectificationState
from evaluation.periods.rules.calendar import SHANGHAI
from evaluation.scheme.models.scheme import Scheme
from evaluation.tracking.access import is_opener, line_to_press, unit_to_press, visible_rectification
from evaluation.tracking.models import Rectification
from miyun_kpi.accounts.access import require
from miyun_kpi.accounts.enums import Role, Verb
from miyun_kpi.acts.acting import Act, acting, require_version, tell, unless_taken
from miyun_kpi.duties.models import DutyUnit
from miyun_kpi.inbox.services import Message
from miyun_kpi.lib.actors import Actor
from miyun_kpi.lib.citations import cite
from miyun_kpi.lib.errors import Conflict, NotAllowed, Refused
from miyun_kpi.organisations.queries import acts_for
from miyun_kpi.routes import to

CLAUSE = "四（二）"


def open_rectification(
    *, actor: Actor, duty_period_id: int, requirement: str, due_on: date, offline_number: str = "", at: datetime
) -> Rectification:
    """Call a unit to correct a line by a day (18:00). An offline indicator takes the number of the paper and no text."""
    line = line_to_press(actor, duty_period_id)
    return _open(actor, line.unit, line.period, RectificationOrigin.TRACKING, requirement, offline_number, due_on, at)


def open_year_rectification(
    *,
    actor: Actor,
    scheme_id: int,
    organisation: str,
    indicator: int,
    origin: str,
    requirement: str,
    due_on: date,
    offline_number: str = "",
    at: datetime,
) -> Rectification:
    """What 年终 found (13号 四（三）5): of a unit and an indicator, on the whole year; by who marks it, or by the office."""
    unit = unit_to_press(actor, scheme_id, organisation, indicator)
    if origin not in YEAR_ORIGINS:
        raise Refused("bad-origin", "请选整改的来源：反馈报告、自查报告或现场考评。没有发起。")
    year = str(Scheme.objects.values_list("year", flat=True).get(pk=scheme_id))
    return _open(actor, unit, year, RectificationOrigin(origin), requirement, offline_number, due_on, at)


def _open(
    actor: Actor,
    unit: DutyUnit,
    period: str,
    origin: RectificationOrigin,
    requirement: str,
    offline_number: str,
    due_on: date,
    at: datetime,
) -> Rectification:
    assert actor.organisation_id is not None
    duty = unit.duty
    said = _text(requirement, "整改要求", offline=duty.offline_only)
    number = offline_number.strip()
    if duty.offline_only and not (1 <= len(number) <= 60 and "\x00" not in number):
        raise Refused("number-missing", "材料线下报送的任务，请写线下文书编号（60 字以内）。没有发起。")
    due_at = datetime.combine(due_on, time(18), SHANGHAI)
    if due_at <= at:
        raise Refused("bad-due", "整改期限须在今天以后，没有发起。请改一个日期。")
    taken = Conflict("already-open", "这一项已有本单位发起、尚未销号的整改，没有再发。请先验收那一件。")
    with acting(actor, at) as act:
        with unless_taken(taken):
            row = Rectification.objects.create(
                unit=unit,
                period=period,
                origin=origin,
                requirement=said,
                offline_number=number if duty.offline_only else "",
                due_at=due_at,
                opened_for_id=actor.organisation_id,
                opened_role=actor.role,
                **act.signed(Rectification, "opened"),
            )
        due = due_at.isoformat()
        act.record("evaluation.rectification.opened", row, unit=unit.pk, period=period, due=due, requirement=said)
        _tell_unit(row, f"整改要求：{row.requirement or '见线下文书 ' + row.offline_number}", at)
    return row


def _text(text: str, label: str, *, offline: bool) -> str:
    said = text.strip()
    if offline:
        if said:
            raise Refused("offline-only", f"这项任务材料线下报送，{label}线下给，网上不写文字。没有执行。")
        return ""
    if not 4 <= len(said) <= 1000 or "\x00" in said:
        raise Refused("text-missing", f"请写{label}（4 至 1000 字），没有执行。")
    return said


def _locked(act: Act, rectification_id: int) -> Rectification:
    visible_rectification(act.actor, rectification_id)
    found = Rectification.objects.select_related("unit__duty", "unit__organisation", "opened_for")
    return act.lock(found, rectification_id)


def answer_rectification(
    *, actor: Actor, rectification_id: int, version: int, answer: str, at: datetime
) -> Rectification:
    """The unit says what was done; it may still be said after the due day, then shown as overdue."""
    with acting(actor, at) as act:
        row = _locked(act, rectification_id)
        if not acts_for(actor.organisation_id, row.unit.organisation_id):
            raise NotAllowed("not-your-unit", "这件整改由被督促的单位答复，没有执行。")
        require(actor, Verb.REPORT_PROGRESS)
        require_version(row, version)
        act.require_state(row, (RectificationState.OPEN,), "答复")
        row.answer = _text(answer, "整改情况", offline=row.unit.duty.offline_only)
        row.state = RectificationState.ANSWERED
        act.sign(row, "answered")
        act.save(row)
        act.record("evaluation.rectification.answered", row, answer=row.answer)
        message = Message(
            key=f"rectification/{row.pk}/{row.version}",
            organisation_id=row.opened_for_id,
            role=row.opened_role,
            title=f"整改待验收：{row.unit.organisation.name}“{row.unit.duty.title}”"[:120],
            body=row.answer or "材料线下报送，见线下文书。",
            url=to("evaluation:rectification", row.pk),
            clause=cite(row.unit.duty.document, CLAUSE),
        )
        act.tell([message])
    return row


def decide_rectification(
    *, actor: Actor, rectification_id: int, version: int, passed: bool, note: str, at: datetime
) -> Rectification:
    """验收: 销号, or back to the unit with what is still lacking. Only who opened it decides."""
    with acting(actor, at) as act:
        row = _locked(act, rectification_id)
        if not is_opener(actor, row):
            raise NotAllowed("not-the-opener", f"这件整改由{row.opened_for.name}发起，由它验收销号。没有执行。")
        require_version(row, version)
        act.require_state(row, (RectificationState.ANSWERED,), "验收")
        offline = row.unit.duty.offline_only
        if not passed or note.strip():
            row.note = _text(note, "验收意见", offline=offline)
        row.state = RectificationState.CLOSED if passed else RectificationState.OPEN
        if passed:
            act.sign(row, "closed")
        act.save(row)
        act.record(f"evaluation.rectification.{'closed' if passed else 'returned'}", row, note=row.note)
        _tell_unit(row, "已验收销号。" if passed else f"未通过验收：{row.note or '见线下意见'}", at)
    return row


def _tell_unit(row: Rectification, body: str, at: datetime) -> None:
    due = row.due_at.astimezone(SHANGHAI).strftime("%m月%d日 %H:%M")
    tell(
        [
            Message(
                key=f"rectification/{row.pk}/{row.version}/{role}",
                organisation_id=row.unit.organisation_id,
                role=role,
                title=f"督促整改：{row.unit.duty.title}（期限 {due}）"[:120],
                body=f"{body}　{row.opened_for.name}",
                url=to("evaluation:rectification", row.pk),
                clause=cite(row.unit.duty.document, CLAUSE),
            )
            for role in (Role.REPORTER, Role.UNIT_HEAD)
        ],
        at=at,
    )
