"""绩效任务清单: a task of beizhuang under the indicator that shuiwu marks."""

from typing import Any

from django.utils import timezone

from evaluation.models import Indicator, Task
from miyun_kpi.duties.models import Duty, DutyUnit
from miyun_kpi.organisations.queries import resolve

PAGES: dict[tuple[str, str], str] = {
    ("evaluation:accept-tasks", "POST"): "SANAAFFNNN",
    ("evaluation:indicator-tasks", "GET"): "SANAAAANNN",
    ("evaluation:indicator-tasks", "POST"): "SANAAFFNNN",
    ("evaluation:indicator-tasks-sheet", "GET"): "SANAAAANNN",
    ("evaluation:read-tasks", "POST"): "SANAAFFNNN",
    ("evaluation:task", "GET"): "SANAAAANNN",
    ("evaluation:task", "POST"): "SANAAFFNNN",
    ("evaluation:tasks", "GET"): "SAAAAAAAAA",
    ("evaluation:unit-tasks", "GET"): "SAAAAAANNN",
    ("evaluation:unit-tasks-sheet", "GET"): "SAAAAAANNN",
    ("evaluation:withdraw-task", "POST"): "SANAAFFNNN",
}
API: dict[tuple[str, str], str] = {}
BODIES: dict[str, dict[str, str]] = {
    "evaluation:withdraw-task": {"version": "1", "reason": "录入有误"},
    "evaluation:task": {"version": "1", "name": "巡河", "target": "15", "unit": "次", "due_on": "2020-10-31"},
}


def things(world: dict[str, Any]) -> dict[str, Any]:
    indicator = Indicator.objects.get(scheme__track="township", number=4)
    unit = resolve("北庄镇")
    duty = Duty.objects.create(
        key="13/2020/township/4/1", document="13", clause=indicator.clause, title="巡河", cadence="monthly"
    )
    DutyUnit.objects.create(duty=duty, organisation=unit, role="responsible")
    task = Task.objects.create(
        duty=duty, indicator=indicator, organisation=unit, number=1, name="巡河", target_text="完成",
        due_on="2020-10-31", saved_at=timezone.now(), saved_by="甲",
    )  # fmt: skip
    return {"task_id": task.pk, "indicator_id": indicator.pk}
