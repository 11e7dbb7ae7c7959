"""绩效任务清单 and 督办台账: a task of beizhuang under the indicator that shuiwu marks, an item that beizhuang leads."""

from typing import Any

from django.utils import timezone

from evaluation.models import DataSet, DataTable, Indicator, SupervisionItem, SupervisionUnit, Task
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
    ("evaluation:accept-supervision", "POST"): "SFFAFFFFFF",
    ("evaluation:ask-supervision-extension", "POST"): "SNNFNAFNNN",
    ("evaluation:change-supervision", "GET"): "SNNANFFNNN",
    ("evaluation:change-supervision", "POST"): "SNNANFFNNN",
    ("evaluation:close-supervision", "POST"): "SNNANFFNNN",
    ("evaluation:decide-supervision-extension", "POST"): "SNNANFFNNN",
    ("evaluation:finish-supervision", "POST"): "SNNANFFNNN",
    ("evaluation:read-supervision", "GET"): "SFFAFFFFFF",
    ("evaluation:read-supervision", "POST"): "SFFAFFFFFF",
    ("evaluation:register-supervision", "GET"): "SFFAFFFFFF",
    ("evaluation:register-supervision", "POST"): "SFFAFFFFFF",
    ("evaluation:supervision", "GET"): "SAAAAAAAAA",
    ("evaluation:supervision-feedback", "POST"): "SNNFNAFNNN",
    ("evaluation:supervision-item", "GET"): "SNNANAANNN",
    ("evaluation:supervision-sheet", "GET"): "SAAAAAAAAA",
    ("evaluation:supervision-template", "GET"): "SFFAFFFFFF",
    ("evaluation:urge-supervision", "POST"): "SNNANFFNNN",
    ("evaluation:accept-data-table", "POST"): "SANFFFFNNN",
    ("evaluation:data-table", "GET"): "SANAAAANNN",
    ("evaluation:data-table-columns", "POST"): "SANFFFFNNN",
    ("evaluation:data-table-sheet", "GET"): "SANAAAANNN",
    ("evaluation:data-table-template", "GET"): "SANFFFFNNN",
    ("evaluation:data-tables", "GET"): "SAAAAAAAAA",
    ("evaluation:data-tables", "POST"): "SAAFFFFFFF",
    ("evaluation:read-data-table", "POST"): "SANFFFFNNN",
    ("organisations:accept-list", "POST"): "SFFFFFFAFF",
    ("organisations:import-list", "GET"): "SFFFFFFAFF",
    ("organisations:import-list", "POST"): "SFFFFFFAFF",
    ("organisations:list-sheet", "GET"): "SAAAAAAAAA",
    ("evaluation:rectifications-list", "GET"): "SAAAAAAAAA",
    ("evaluation:sheets-list", "GET"): "SAAAAAAAAA",
    ("evaluation:withdraw-task", "POST"): "SANAAFFNNN",
}
API: dict[tuple[str, str], str] = {("api:supervision-items", "GET"): "SAAAAAAAA"}
BODIES: dict[str, dict[str, str]] = {
    "evaluation:supervision-feedback": {"version": "1", "text": "已经检修"},
    "evaluation:ask-supervision-extension": {"version": "1", "text": "汛期停工", "on": "2020-08-01"},
    "evaluation:decide-supervision-extension": {"version": "1", "decision": "approve"},
    "evaluation:urge-supervision": {"version": "1"},
    "evaluation:finish-supervision": {"version": "1", "text": "全部完成", "on": "2020-06-30"},
    "evaluation:data-table-columns": {"version": "1", "columns": "达标率,%,2"},
    "evaluation:data-tables": {"indicator": "0"},
    "evaluation:close-supervision": {"version": "1", "decision": "pass"},
    "evaluation:withdraw-task": {"version": "1", "reason": "录入有误"},
    "evaluation:task": {"version": "1", "name": "巡河", "target": "15", "unit": "次", "due_on": "2020-10-31"},
}


def things(world: dict[str, Any]) -> dict[str, Any]:
    indicator = Indicator.objects.get(scheme__track="township", scheme__year=2020, number=4)
    unit = resolve("北庄镇")
    duty = Duty.objects.create(
        key="tracked/2020/township/4/1",
        document="2020-13",
        scope="tracked",
        clause=indicator.clause,
        title="巡河",
        cadence="monthly",
    )
    DutyUnit.objects.create(duty=duty, organisation=unit, role="responsible")
    task = Task.objects.create(
        duty=duty,
        indicator=indicator,
        organisation=unit,
        number=1,
        name="巡河",
        target_text="完成",
        due_on="2020-10-31",
        saved_at=timezone.now(),
        saved_by="甲",
    )
    register = Indicator.objects.get(scheme__track="department", number=10)
    item = SupervisionItem.objects.create(
        indicator=register,
        number="1",
        source="meeting",
        title="排水",
        registered_on="2020-06-01",
        due_on="2020-07-01",
        first_due_on="2020-07-01",
        saved_at=timezone.now(),
        saved_by="甲",
    )
    SupervisionUnit.objects.create(item=item, organisation=unit, role="lead")
    table = DataTable.objects.create(
        indicator=indicator,
        name="断面",
        rows_by="unit",
        columns=[{"name": "达标率", "kind": "number", "unit": "%", "places": 2}],
        kept_for=resolve("区水务局"),
        saved_at=timezone.now(),
        saved_by="甲",
    )
    DataSet.objects.create(
        table=table,
        period="2020-07",
        number=1,
        columns=table.columns,
        source="a.xlsx",
        imported_at=timezone.now(),
        imported_by="甲",
        rows=[{"key": "beizhuang-zhen", "name": "北庄镇", "values": ["98.5"]}],
    )
    return {"task_id": task.pk, "indicator_id": indicator.pk, "item_id": item.pk, "table_id": table.pk}
