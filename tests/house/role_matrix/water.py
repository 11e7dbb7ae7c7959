"""水环境: everybody signed in reads; the lead unit of the clause writes, a township its own rows where the clause names it."""

from datetime import date
from typing import Any

from django.utils import timezone

from miyun_kpi.attachments.models import Attachment
from miyun_kpi.registers.models import SavedView
from tests.factories.records import HANDED, bare_record
from water.models import Measure, Phase, Round

EXTRA = ("区水务局", "区城管委")
_VALUES = {"place": "南门", "town": "北庄镇", "found_on": "2020-05-06"}
_FIVE = ("no_sewage", "no_floating", "no_rubbish", "no_smell", "no_building")
_MEASURE = {"day": "2020-06-30", "share": "80", "source_kind": "statistics", "source": "统计月报"}
_LATE = {"late_source": "核查记录表", "late_reason": "记录表按季汇总"}
BODIES: dict[str, Any] = {
    "water:new-record": _VALUES,
    "water:save-record": {"version": "1", **_VALUES},
    "water:step-record": {"version": "1", "step": "start", "plan": "分流"},
    "water:hand-over-record": HANDED,
    "water:strike-record": {"version": "1", "reason": "重复登记"},
    "water:save-view": {"name": "我的", "query": ""},
    "water:save-measure": _MEASURE,
    "water:strike-measure": {"version": "1", "reason": "录入有误"},
    "water:judge-target": {"day": "2020-09-30", "verdict": "open", "reason": "数据尚不齐全"},
    "water:rounds": {"day": "2020-09-01", "checked_by": "甲", **_LATE, **dict.fromkeys(_FIVE, "yes")},
    "api:water-rounds": {"day": "2020-09-02", "checked_by": "甲", **_LATE, **dict.fromkeys(_FIVE, True)},
    "water:strike-round": {"reason": "登记有误"},
    "water:project": {"name": "手续", "planned_from": "2020-09-01", "planned_to": "2021-12-31"},
    "water:remove-phase": {"version": "1", "reason": "并入下一阶段"},
    "api:water-measures": _MEASURE,
    "api:water-measure": {"version": 1, **_MEASURE},
    "api:water-records": {"values": _VALUES},
    "api:water-record": {"version": 1, "values": {"place": "北门"}},
    "api:water-record-hand-over": HANDED,
    "api:water-record-steps": {"version": 1, "step": "start"},
}


def things(world: dict[str, Any]) -> dict[str, Any]:
    """A 混接点 of beizhuang with a file."""
    now = timezone.now()
    row = bare_record(app="water", kind="crossing", typed=_VALUES, at=now)
    fields = {"kind": "registers.record", "subject_id": row.pk, "name": "c.pdf", "content_type": "application/pdf"}
    file = Attachment.objects.create(
        **fields, size=4, sha256="0" * 64, path="matrix/water", stored_at=now, stored_by="甲"
    )
    view = SavedView.objects.create(user_id=0, kind="water.crossing", name="别人的", query="")
    measure = Measure.objects.create(
        target="mixed",
        day=date(2020, 3, 31),
        share=70,
        source_kind="survey",
        source="普查",
        entered_at=now,
        entered_by="甲",
    )
    made: dict[str, Any] = {"target": "mixed", "measure_id": measure.pk}
    body = bare_record(app="water", kind="body", typed={"name": "坑塘", "town": "北庄镇", "kind": "坑塘"}, at=now)
    checked = Round.objects.create(
        body=body, day=date(2020, 8, 1), checked_by="甲", entered_at=now, entered_by="甲", **dict.fromkeys(_FIVE, True)
    )
    project = bare_record(
        app="water", kind="project", typed={"name": "二期", "task": "三（四）3", "unit": "区水务局"}, at=now
    )
    phase = Phase.objects.create(
        project=project, order=1, name="立项", planned_from=date(2020, 5, 1), planned_to=date(2021, 5, 1)
    )
    made |= {"body_id": body.pk, "round_id": checked.pk, "project_id": project.pk, "phase_id": phase.pk}
    made |= {"water:remove-view:view_id": view.pk, "water:remove-record-file:attachment_id": file.pk}
    for name in (
        "records",
        "record-counts",
        "records-workbook",
        "records-template",
        "import-records",
        "accept-records",
        "save-view",
        "remove-view",
        "new-record",
        "record",
        "save-record",
        "step-record",
        "strike-record",
        "hand-over-record",
        "record-file",
        "remove-record-file",
    ):
        made |= {f"water:{name}:kind": "crossing", f"water:{name}:record_id": row.pk}
    for name in ("water-records", "water-record", "water-record-steps", "water-record-hand-over"):
        made |= {f"api:{name}:kind": "crossing", f"api:{name}:record_id": row.pk}
    return made


PAGES: dict[tuple[str, str], str] = {
    ("water:accept-records", "POST"): "SFFFFAFFFFFA",
    ("water:import-records", "GET"): "SFFFFAFFFFFA",
    ("water:import-records", "POST"): "SFFFFAFFFFFA",
    ("water:index", "GET"): "SAAAAAAAAAAA",
    ("water:new-record", "GET"): "SFFFFAFFFFFA",
    ("water:new-record", "POST"): "SFFFFAFFFFFA",
    ("water:record", "GET"): "SAAAAAAAAAAA",
    ("water:record-counts", "GET"): "SAAAAAAAAAAA",
    ("water:record-file", "POST"): "SFFFFAFFFFFA",
    ("water:records", "GET"): "SAAAAAAAAAAA",
    ("water:records-template", "GET"): "SFFFFAFFFFFA",
    ("water:records-workbook", "GET"): "SAAAAAAAAAAA",
    ("water:remove-record-file", "POST"): "SFFFFAFFFFFA",
    ("water:remove-view", "POST"): "SAAAAAAAAAAA",
    ("water:save-record", "POST"): "SFFFFAFFFFFA",
    ("water:save-view", "POST"): "SAAAAAAAAAAA",
    ("water:step-record", "POST"): "SFFFFAFFFFFA",
    ("water:hand-over-record", "POST"): "SFFFFFFFFFFA",
    ("water:strike-record", "POST"): "SFFFFAFFFFFA",
    ("water:villages", "GET"): "SAAAAAAAAAAA",
    ("water:targets", "GET"): "SAAAAAAAAAAA",
    ("water:target", "GET"): "SAAAAAAAAAAA",
    ("water:save-measure", "POST"): "SFFFFFFFFFAA",
    ("water:strike-measure", "POST"): "SFFFFFFFFFAA",
    ("water:judge-target", "POST"): "SFFFFFFFFFAA",
    ("water:rounds", "GET"): "SAAAAAAAAAAA",
    ("water:rounds", "POST"): "SFFFFAFFFFFF",
    ("water:strike-round", "POST"): "SFFFFAFFFFFF",
    ("water:projects", "GET"): "SAAAAAAAAAAA",
    ("water:project", "GET"): "SAAAAAAAAAAA",
    ("water:project", "POST"): "SFFFFFFFFFAF",
    ("water:remove-phase", "POST"): "SFFFFFFFFFAF",
}
API: dict[tuple[str, str], str] = {
    ("api:water-record", "GET"): "SAAAAAAAAAA",
    ("api:water-record", "PATCH"): "SFFFFAFFFFA",
    ("api:water-record-hand-over", "POST"): "SFFFFFFFFFA",
    ("api:water-record-steps", "POST"): "SFFFFAFFFFA",
    ("api:water-records", "GET"): "SAAAAAAAAAA",
    ("api:water-records", "POST"): "SFFFFAFFFFA",
    ("api:water-targets", "GET"): "SAAAAAAAAAA",
    ("api:water-measures", "POST"): "SFFFFFFFFAA",
    ("api:water-measure", "PATCH"): "SFFFFFFFFAA",
    ("api:water-projects", "GET"): "SAAAAAAAAAA",
    ("api:water-rounds", "GET"): "SAAAAAAAAAA",
    ("api:water-rounds", "POST"): "SFFFFAFFFFF",
}
