"""绩效任务清单 (13号四（二）、四（三）1): tasks of a unit under an indicator, entered, changed, withdrawn; never deleted."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from evaluation.enums import FigureKind
from evaluation.scheme.models.scheme import Figure, Indicator
from evaluation.scheme.models.tasks import Task
from evaluation.scheme.rules.targets import shown_target
from evaluation.tasks.access.tasks import require_keep_tasks, visible_indicator, visible_task
from evaluation.tasks.rules.task_list import CLAUSE, TaskInput, check_task, read_target
from evaluation.tasks.services.tracked_months import assignment_key, follow_tasks
from evaluation.tracking.rules import TRACKED
from miyun_kpi.accounts.enums import Role
from miyun_kpi.acts.acting import Act, acting, locked, tell
from miyun_kpi.duties.enums import Cadence, UnitRole
from miyun_kpi.duties.models import Duty, DutyUnit
from miyun_kpi.inbox.services import Message
from miyun_kpi.lib.actors import Actor
from miyun_kpi.lib.errors import Conflict, FieldError, NotFound, Refused, told
from miyun_kpi.lib.reading import read_reason
from miyun_kpi.organisations.models import Organisation
from miyun_kpi.routes import to


@dataclass(frozen=True)
class Change:
    """One row of an import: a new task (`task_id` None) of an organisation, or a task with the version that was seen."""

    task_id: int | None
    version: int
    organisation_id: int
    task: TaskInput


def refuse_offline(indicator: Indicator) -> None:
    if indicator.offline_only:
        raise Refused(
            "offline-only",
            "这项指标材料线下报送，任务清单线下印发，网上不写文字。没有保存。",
            clause=indicator.scheme.cite("四（二）"),
        )


def carriers_of(indicator: Indicator) -> list[Organisation]:
    """Units that carry the indicator, in printed order."""
    carried = Figure.objects.filter(kind=FigureKind.CARRIED, value="yes", indicator=indicator)
    return list(Organisation.objects.in_printed_order().filter(pk__in=carried.values("organisation_id")))


def add_task(*, actor: Actor, indicator_id: int, organisation_id: int, task: TaskInput, at: datetime) -> Task:
    """Enter one task of a unit. It is reported instead of the whole from the next month, or from this one if untouched."""
    change = Change(None, 0, organisation_id, task)
    return save_tasks(actor=actor, indicator_id=indicator_id, changes=[change], at=at)[0]


def change_task(*, actor: Actor, task_id: int, version: int, task: TaskInput, at: datetime) -> Task:
    found = visible_task(actor, task_id)
    change = Change(found.pk, version, found.organisation_id, task)
    (saved,) = save_tasks(actor=actor, indicator_id=found.indicator_id, changes=[change], at=at) or [found]
    return saved


def save_tasks(
    *, actor: Actor, indicator_id: int, changes: Sequence[Change], source: str = "", at: datetime
) -> list[Task]:
    """All changes or none. Returns the tasks that are new or differ; saving the same again changes nothing."""
    indicator = visible_indicator(actor, indicator_id)
    require_keep_tasks(actor, indicator)
    refuse_offline(indicator)
    _check(indicator, changes)
    with acting(actor, at) as act:
        # The number of a new task is the next of the indicator: one writer at a time.
        locked(Indicator.objects.all(), indicator.pk)
        stored = {task.pk: task for task in Task.objects.filter(indicator=indicator).select_related("organisation")}
        _refuse_same_names(stored, changes)
        parts = {part.name: part for part in indicator.sub_indicators.all()}
        saved = []
        for change in changes:
            if change.task_id is None:
                fresh = _new(indicator, change, stored, actor)
                data: dict[str, Any] = {"new": words_given(change.task)}
            else:
                found = stored.get(change.task_id)
                if found is None or found.organisation_id != change.organisation_id:
                    raise NotFound
                _require_current(found, change.version)
                if words_of(found) == words_given(change.task):
                    continue
                data = {"old": words_of(found), "new": words_given(change.task)}
                fresh = found
            _write(fresh, change.task, parts, actor, at)
            stored[fresh.pk] = fresh
            _record(act, "saved", fresh, data | ({"source": source} if source else {}))
            saved.append(fresh)
        if saved:
            follow_tasks(indicator, {task.organisation_id for task in saved}, at)
            _tell(indicator, saved, f"清单有 {{}} 项新增或改动（{actor.label}）。", at)
    return saved


def withdraw_task(*, actor: Actor, task_id: int, version: int, reason: str, at: datetime) -> Task:
    """Take a task off the list with a reason; what was reported stays. Without tasks the whole is reported again."""
    found = visible_task(actor, task_id)
    require_keep_tasks(actor, found.indicator)
    said = read_reason(reason, "撤回任务要写理由", most=300)
    with acting(actor, at) as act:
        locked(Indicator.objects.all(), found.indicator_id)
        task = Task.objects.select_related("indicator__scheme", "organisation", "duty").get(pk=found.pk)
        _require_current(task, version)
        task.withdrawn_at, task.withdrawn_by, task.withdrawn_reason = at, actor.label, said
        task.version += 1
        task.save()
        DutyUnit.objects.filter(duty=task.duty).update(active=False)
        _record(act, "withdrawn", task, {"reason": said})
        follow_tasks(task.indicator, {task.organisation_id}, at)
        _tell(task.indicator, [task], f"“{task.name}”已撤回：{said}（{actor.label}）。"[:400], at)
    return task


def _check(indicator: Indicator, changes: Sequence[Change]) -> None:
    carriers = {organisation.pk for organisation in carriers_of(indicator)}
    parts = [part.name for part in indicator.sub_indicators.all()]
    problems: list[FieldError] = []
    for change in changes:
        problems += check_task(change.task, year=indicator.scheme.year, sub_indicators=parts)
        if change.task_id is None and change.organisation_id not in carriers:
            problems.append(
                FieldError("这个单位不承担这项指标，请从承担单位里选。", "not-a-carrier", field="organisation")
            )
    if problems:
        said = told(problems)
        raise Refused("incomplete-task", f"{said}。没有保存。", errors=problems, clause=indicator.scheme.cite(CLAUSE))


def _refuse_same_names(stored: dict[int, Task], changes: Sequence[Change]) -> None:
    """A unit has one task of a name: a second press of the button, or a list uploaded twice, makes no second one."""
    own = {change.task_id for change in changes if change.task_id}
    taken = {(t.organisation_id, t.name): t.number for t in stored.values() if t.active and t.pk not in own}
    for change in changes:
        name = (change.organisation_id, change.task.name)
        if name in taken:
            number = taken[name]
            where = f"编号 {number}" if number else "同一批里"
            raise Conflict(
                "same-name", f"这个单位已有任务“{change.task.name}”（{where}），没有保存。要改请打开那一项。"
            )
        taken[name] = 0


def _require_current(task: Task, version: int) -> None:
    if task.version != version:
        now = f"现存：{task.name}，{task.target}，{task.due_on}（{task.saved_by}）"
        raise Conflict(
            "stale",
            f"任务 {task.number} 刚被别人改过，没有保存。{now}。请看过现在的内容后再改。",
            errors=[FieldError("这项任务刚被改过。", "stale", current={"value": now, "version": task.version})],
        )
    if not task.active:
        raise Conflict("withdrawn", f"任务 {task.number} 已经撤回，没有保存。需要时请新增一项。")


def _new(indicator: Indicator, change: Change, stored: dict[int, Task], actor: Actor) -> Task:
    number = max((task.number for task in stored.values()), default=0) + 1
    duty = Duty.objects.create(
        key=f"{assignment_key(indicator)}/{number}",
        document=indicator.scheme.document_id or "",
        scope=TRACKED,
        clause=indicator.clause,
        title=change.task.name,
        cadence=Cadence.MONTHLY,
    )
    DutyUnit.objects.create(duty=duty, organisation_id=change.organisation_id, role=UnitRole.RESPONSIBLE)
    return Task(
        duty=duty,
        indicator=indicator,
        organisation_id=change.organisation_id,
        number=number,
        version=0,
    )


def _write(task: Task, given: TaskInput, parts: dict[str, Any], actor: Actor, at: datetime) -> None:
    target = read_target(given.target, given.unit)
    assert given.due_on is not None
    task.name, task.due_on = given.name, given.due_on
    task.target_value, task.target_unit, task.target_text = target.value, target.unit, target.text
    task.sub_indicator = parts.get(given.sub_indicator)
    task.definition, task.data_source, task.department = given.definition, given.data_source, given.department
    task.version += 1
    task.saved_at, task.saved_by = at, actor.label
    task.save()
    Duty.objects.filter(pk=task.duty_id).update(title=task.name, requirement=f"{task.target}，{task.due_on} 前")


def words_given(given: TaskInput) -> dict[str, str]:
    target = read_target(given.target, given.unit)
    words = {name: str(getattr(given, name) or "") for name in TaskInput.__dataclass_fields__ if name != "unit"}
    return words | {"target": shown_target(target.value, target.unit, target.text)}


def words_of(task: Task) -> dict[str, str]:
    return {
        "name": task.name,
        "target": task.target,
        "due_on": str(task.due_on),
        "sub_indicator": task.sub_indicator.name if task.sub_indicator else "",
        "definition": task.definition,
        "data_source": task.data_source,
        "department": task.department,
    }


def _record(act: Act, what: str, task: Task, data: dict[str, Any]) -> None:
    subject = f"task:{task.duty.key}"
    data = {"unit": task.organisation.code, "version": task.version} | data
    act.record(f"evaluation.task.{what}", subject, **data)


def _tell(indicator: Indicator, tasks: Sequence[Task], body: str, at: datetime) -> None:
    by_unit: dict[int, list[Task]] = {}
    for task in tasks:
        by_unit.setdefault(task.organisation_id, []).append(task)
    messages = []
    for organisation_id, own in by_unit.items():
        newest = max(own, key=lambda task: (task.pk, task.version))
        for role in (Role.REPORTER, Role.UNIT_HEAD):
            messages.append(
                Message(
                    key=f"tasks/{newest.pk}/{sum(task.version for task in own)}/{len(own)}/{role}",
                    organisation_id=organisation_id,
                    role=role,
                    title=f"绩效任务清单：{indicator.short_name}"[:120],
                    body=body.format(len(own)) if "{}" in body else body,
                    url=to("evaluation:unit-tasks", own[0].organisation.code),
                    clause=indicator.scheme.cite(CLAUSE),
                )
            )
    tell(messages, at=at)


def change_from(task_id: int | None, version: int, organisation_id: int, fields: dict[str, Any]) -> Change:
    """A row of a preview as it comes back."""
    task = TaskInput(**{**fields, "due_on": date.fromisoformat(fields["due_on"])})
    return Change(task_id, version, organisation_id, task)
