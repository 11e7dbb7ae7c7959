"""Stages of a project, kept by the lead unit that entered the project."""

from dataclasses import asdict, dataclass
from datetime import date, datetime

from django.db.models import Max

from miyun_kpi.acts.acting import acting, locked, require_version
from miyun_kpi.acts.days import IN_TIME, Late, late_words
from miyun_kpi.db.finding import one_of
from miyun_kpi.lib.actors import Actor
from miyun_kpi.lib.errors import Conflict, FieldError, Refused
from miyun_kpi.lib.reading import read_reason
from miyun_kpi.registers.models import Record
from water.access import require_project, visible_project
from water.models import Phase
from water.services.rounds import said_late


@dataclass(frozen=True)
class Given:
    name: str
    planned_from: date
    planned_to: date
    actual_from: date | None
    actual_to: date | None
    reason: str


def _check(given: Given, at: datetime) -> None:
    today = at.astimezone().date()
    problems = []
    if not given.name.strip():
        problems.append(FieldError("请写阶段名称。", "missing", field="name"))
    if given.planned_to < given.planned_from:
        problems.append(FieldError("计划完成早于计划开始。", "date-order", field="planned_to"))
    if given.actual_to and not given.actual_from:
        problems.append(FieldError("填了实际完成，还须填实际开始。", "missing", field="actual_from"))
    if given.actual_from and given.actual_to and given.actual_to < given.actual_from:
        problems.append(FieldError("实际完成早于实际开始。", "date-order", field="actual_to"))
    for name, label in (("actual_from", "实际开始"), ("actual_to", "实际完成")):
        day = getattr(given, name)
        if day and day > today:
            problems.append(FieldError(f"{label} {day} 还没有到。", "future", field=name))
    if given.actual_to and given.actual_to > given.planned_to and not given.reason.strip():
        problems.append(FieldError("完成晚于计划，请写滞后原因。", "reason-missing", field="reason"))
    if problems:
        said = "".join(one.message for one in problems)
        raise Refused("bad-phase", f"{said}没有保存，请改正后再存。", errors=problems)


def _project(actor: Actor, project_id: int) -> Record:
    require_project(actor, visible_project(actor, project_id))
    project = locked(Record.objects.all(), project_id)
    if project.struck_at is not None:
        raise Conflict("revoked", "这个项目已经撤销登记，没有执行。")
    return project


def _data(row: Phase) -> dict[str, str]:
    names = ("name", "planned_from", "planned_to", "actual_from", "actual_to", "reason")
    return {name: str(getattr(row, name) or "") for name in names}


def _late(given: Given, before: Phase | None, at: datetime, late: Late) -> str:
    """补登 of the actual days that are new; without one in question what stood stays."""
    names = ("actual_from", "actual_to")
    days = [day for name in names if (day := getattr(given, name)) and day != getattr(before, name, None)]
    words = late_words(min(days), at, late, what="实际开始或完成") if days else ""
    return words or (before.late if before else "")


def add_phase(*, actor: Actor, project_id: int, given: Given, late: Late = IN_TIME, at: datetime) -> Phase:
    with acting(actor, at) as act:
        project = _project(actor, project_id)
        _check(given, at)
        last = Phase.objects.filter(project=project).order_by("order").last()
        if last and {**_data(last)} == {name: str(value or "") for name, value in asdict(given).items()}:
            return last  # the same button pressed twice
        order = 1 + (Phase.objects.filter(project=project).aggregate(top=Max("order"))["top"] or 0)
        if order > 40:
            raise Refused("too-many", "一个项目最多 40 个阶段，没有保存。请合并较小的阶段。")
        words = _late(given, None, at, late)
        row = Phase.objects.create(project=project, order=order, late=words, **asdict(given))
        act.record("water.phase.entered", f"phase:{row.pk}", **_data(row), **said_late(words))
    return row


def _phase(project: Record, phase_id: int, version: int) -> Phase:
    row = one_of(Phase.objects.filter(pk=phase_id, project=project))
    require_version(row, version, seen=_data(row))
    return row


def change_phase(
    *,
    actor: Actor,
    project_id: int,
    phase_id: int,
    version: int,
    given: Given,
    late: Late = IN_TIME,
    at: datetime,
) -> Phase:
    with acting(actor, at) as act:
        project = _project(actor, project_id)
        row = _phase(project, phase_id, version)
        _check(given, at)
        before, words = _data(row), _late(given, row, at, late)
        said = said_late(words if words != row.late else "")
        row.late = words
        for name, value in asdict(given).items():
            setattr(row, name, value)
        act.save(row)
        act.record("water.phase.changed", row, before=before, after=_data(row), **said)
    return row


def remove_phase(*, actor: Actor, project_id: int, phase_id: int, version: int, reason: str, at: datetime) -> None:
    with acting(actor, at) as act:
        project = _project(actor, project_id)
        row = _phase(project, phase_id, version)
        said = read_reason(reason, "删去阶段要写理由", most=300)
        data = {**_data(row), "why": said}
        row.delete()
        act.record("water.phase.removed", f"phase:{phase_id}", **data)
