"""The list of duties itself: created, amended and withdrawn only by the office of the document, with clause and reason."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime

from miyun_kpi.acts.acting import acting, lock_only, locked, require_version
from miyun_kpi.duties.access import require_keeper, require_office
from miyun_kpi.duties.enums import Cadence, CadenceBasis, DutyKind, PhraseKind, UnitRole
from miyun_kpi.duties.models import Duty, DutyDocument, DutyPeriod, DutyPhrase, DutyUnit
from miyun_kpi.duties.services.limits import lock_document, move_limit
from miyun_kpi.duties.services.lines import take_back
from miyun_kpi.gazette.models import Clause
from miyun_kpi.lib.actors import Actor
from miyun_kpi.lib.citations import cite, code_of, document_label
from miyun_kpi.lib.errors import Conflict, FieldError, Refused
from miyun_kpi.organisations.queries import resolver

# A rhythm is one of these; a dated task has its own date instead.
RHYTHMS = (Cadence.MONTHLY, Cadence.QUARTERLY, Cadence.HALF_YEARLY, Cadence.YEARLY, Cadence.SCHOOL_YEAR)


@dataclass(frozen=True)
class NewDuty:
    """`units` are names by role, as the office writes them; each must name an organisation."""

    clause: str
    title: str
    requirement: str
    leads: tuple[str, ...]
    responsible: tuple[str, ...]
    due_on: date | None = None


def reason_of(text: str, what: str) -> str:
    said = text.strip()
    if not 4 <= len(said) <= 300 or "\x00" in said:
        raise Refused("reason-missing", f"{what}要写理由（4 至 300 字），没有执行。")
    return said


def lock_duty(duty_id: int, version: int, may: Callable[[Duty], object]) -> Duty:
    """The duty, held for the transaction; `may` refuses who has no business with it before anything else is said."""
    duty = locked(Duty.objects.all(), duty_id)
    may(duty)
    require_version(duty, version)
    return duty


def _saved(duty: Duty, *names: str) -> None:
    duty.version += 1
    duty.save(update_fields=[*names, "version"])


def create_duty(*, actor: Actor, document: str, new: NewDuty, reason: str, at: datetime) -> Duty:
    """A duty the office adds, under a clause of its document. Refuses unknown units and clauses, all at once."""
    require_office(actor, document)
    said = reason_of(reason, "增加任务")
    errors, title = [], new.title.strip()
    if not 2 <= len(title) <= 200:
        errors.append(FieldError("任务名称须为 2 至 200 字。", "bad-title", field="title"))
    if not Clause.objects.filter(document__ref=document, ref=new.clause.strip()).exists():
        errors.append(
            FieldError(f"{document_label(document)}没有条款“{new.clause[:30]}”。", "unknown-clause", field="clause")
        )
    resolve = resolver()
    found: list[tuple[str, str, int]] = []
    named: dict[str, tuple[str, ...]] = {UnitRole.LEAD: new.leads, UnitRole.RESPONSIBLE: new.responsible}
    for role, names in named.items():
        for name in names:
            organisation = resolve(name)
            if organisation is None:
                errors.append(FieldError(f"没有叫“{name[:30]}”的单位。", "unknown-organisation", field="units"))
            elif organisation.pk in {pk for _, _, pk in found}:
                errors.append(FieldError(f"“{name[:30]}”写了两次。", "unit-twice", field="units"))
            else:
                found.append((role, name.strip(), organisation.pk))
    if not new.responsible and not new.leads:
        errors.append(FieldError("至少写一个牵头或责任单位。", "no-units", field="units"))
    if errors:
        raise Refused("bad-duty", "".join(e.message for e in errors) + "没有保存，请改正后再存。", errors=errors)
    with acting(actor, at) as act:
        lock_only(DutyDocument.objects.filter(document=document))
        number = 1 + Duty.objects.filter(document=document, key__startswith=f"{code_of(document)}/增").count()
        duty = Duty.objects.create(
            key=f"{code_of(document)}/增{number}",
            document=document,
            clause=new.clause.strip(),
            title=title,
            requirement=new.requirement.strip(),
            number=number,
            kind=DutyKind.TASK,
            cadence=Cadence.ONCE if new.due_on else Cadence.CONTINUOUS,
            basis=CadenceBasis.SET if new.due_on else CadenceBasis.ASSUMED,
            due_on=new.due_on,
            printed_units="、".join(name for _, name, _ in found),
        )
        for order, (role, name, organisation_id) in enumerate(found, start=1):
            phrase = DutyPhrase.objects.create(
                duty=duty, order=order, text=name, role=role, kind=PhraseKind.ORGANISATION
            )
            DutyUnit.objects.create(
                duty=duty,
                organisation_id=organisation_id,
                role=role,
                phrase=phrase,
                added_by=actor.label,
                added_reason=said,
                since=at.astimezone().date(),
            )
        data = {"title": title, "clause": duty.clause, "reason": said}
        act.record("duties.duty.created", f"duty:{duty.key}", **data)
    return duty


def amend_duty(
    *,
    actor: Actor,
    duty_id: int,
    version: int,
    title: str,
    requirement: str,
    due_on: date | None,
    reason: str,
    at: datetime,
) -> Duty:
    """Change the words or the date, which those who have not reported follow; the printed sentence stays behind its clause.

    Reports keep what they said.
    """
    said = reason_of(reason, "修改任务")
    if not 2 <= len(title.strip()) <= 200:
        raise Refused("bad-title", "任务名称须为 2 至 200 字，没有保存。")
    with acting(actor, at) as act:
        document = lock_document(duty_id)
        duty = lock_duty(duty_id, version, lambda duty: require_office(actor, duty.document))
        if due_on is not None and duty.cadence not in (Cadence.ONCE, Cadence.CONTINUOUS):
            raise Refused("has-a-cadence", "按周期报送的任务没有完成时限，没有保存。请先去掉时限。")
        limit = duty.due_on
        before = {"title": duty.title, "due_on": limit.isoformat() if limit else None}
        duty.title, duty.requirement, duty.due_on = title.strip(), requirement.strip(), due_on
        names = ["title", "requirement", "due_on"]
        if due_on is not None and duty.cadence == Cadence.CONTINUOUS:
            duty.cadence, duty.basis = Cadence.ONCE, CadenceBasis.SET
            names += ["cadence", "basis"]
        _saved(duty, *names)
        data = {"before": before, "title": duty.title, "due_on": due_on.isoformat() if due_on else None, "reason": said}
        reached = move_limit(act, duty, document, limit, said)
        act.record("duties.duty.amended", f"duty:{duty.key}", **data, **({"periods": reached} if reached else {}))
    return duty


def withdraw_duty(*, actor: Actor, duty_id: int, version: int, reason: str, at: datetime) -> Duty:
    """No further periods open; what is not due yet is taken back, what was reported stays."""
    said = reason_of(reason, "停用任务")
    with acting(actor, at) as act:
        duty = lock_duty(duty_id, version, lambda duty: require_office(actor, duty.document))
        if duty.withdrawn_on is not None:
            raise Conflict("already-disabled", "这项任务已经停用。")
        duty.withdrawn_on, duty.withdrawn_reason = at.astimezone().date(), said
        _saved(duty, "withdrawn_on", "withdrawn_reason")
        taken_back = take_back(DutyPeriod.objects.filter(unit__duty=duty, due_at__gt=at), said, actor.label, at)
        data = {"reason": said, "periods": len(taken_back)}
        act.record("duties.duty.disabled", f"duty:{duty.key}", **data)
    return duty


def set_rhythm(
    *, actor: Actor, duty_id: int, version: int, cadence: str, since: date, reason: str, at: datetime
) -> Duty:
    """定期, 及时 and continuous duties open no periods until the lead unit sets a rhythm, with a reason."""
    said = reason_of(reason, "定报送周期")
    if cadence not in RHYTHMS:
        raise Refused("bad-rhythm", "周期须为按月、按季、半年、按年或按学年，没有保存。请选一个。")
    with acting(actor, at) as act:
        duty = lock_duty(duty_id, version, lambda duty: require_keeper(actor, duty))
        if duty.basis == CadenceBasis.PRINTED:
            raise Refused(
                "printed-cadence",
                "这项任务的周期是原文所定，不能另定，没有保存。",
                clause=cite(duty.document, duty.clause),
            )
        if duty.withdrawn_on is not None:
            raise Conflict("already-disabled", "这项任务已经停用，没有保存。")
        if since < at.astimezone().date().replace(day=1):
            raise Refused("past-rhythm", "周期只能从本月起算，没有保存。往期请由主管单位补开。")
        duty.cadence, duty.basis = cadence, CadenceBasis.SET
        duty.rhythm_reason, duty.rhythm_from = said, since
        _saved(duty, "cadence", "basis", "rhythm_reason", "rhythm_from")
        data = {"cadence": cadence, "since": since.isoformat(), "reason": said}
        act.record("duties.rhythm.set", f"duty:{duty.key}", **data)
    return duty


def change_days(*, actor: Actor, document: str, version: int, days: dict[str, int], at: datetime) -> DutyDocument:
    """The days of reporting of a document (推定). Windows already open keep their dates."""
    limits = {"due_day_month": (1, 28), "due_day_other": (1, 28), "late_days": (1, 60), "remind_days": (1, 20)}
    words = {
        "due_day_month": "月报报送日",
        "due_day_other": "其他周期报送日",
        "late_days": "补报工作日",
        "remind_days": "提醒工作日",
    }
    errors = [
        FieldError(f"{words[name]}须为 {low} 至 {high}。", "out-of-range", field=name)
        for name, (low, high) in limits.items()
        if not low <= days[name] <= high
    ]
    if errors:
        raise Refused("bad-days", "".join(e.message for e in errors) + "没有保存，请改正。", errors=errors)
    with acting(actor, at) as act:
        require_office(actor, document)
        held = lock_only(DutyDocument.objects.filter(document=document))
        require_version(held, version)
        before = {name: getattr(held, name) for name in limits}
        for name in limits:
            setattr(held, name, days[name])
        held.version += 1
        held.save(update_fields=[*limits, "version"])
        act.record("duties.days.changed", f"document:{document}", **({"before": before, **days}))
    return held
