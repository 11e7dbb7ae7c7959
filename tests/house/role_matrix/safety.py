"""城市安全: the overview for everybody, a 重大隐患 for its unit and its office."""

from typing import Any

from django.utils import timezone

from miyun_kpi.attachments.models import Attachment
from miyun_kpi.registers.models import SavedView
from tests.factories.records import HANDED, bare_record

EXTRA = ("区安委会办公室", "区水务局")
HAZARD = {
    "title": "消防通道被占",
    "place": "某站",
    "town": "北庄镇",
    "unit": "北庄镇",
    "listed_by": "区安委会办公室",
    "requirement": "清除占道物",
    "due_on": "2099-07-31",
}
BODIES: dict[str, Any] = {
    "safety:save-record": {"version": "1", **HAZARD},
    "safety:step-record": {"version": "1", "step": "list", "number": "1号"},
    "safety:hand-over-record": HANDED,
    "safety:strike-record": {"version": "1", "reason": "登记有误"},
    "safety:save-view": {"name": "视图", "query": "stage=working"},
    "api:safety-records": {"values": HAZARD},
    "api:safety-record": {"values": {"company": "某公司"}, "version": 1},
    "api:safety-record-hand-over": HANDED,
    "api:safety-record-steps": {"step": "returned", "version": 1, "reason": "数字与台账不符"},
}


def things(world: dict[str, Any]) -> dict[str, Any]:
    now = timezone.now()
    row = bare_record(app="safety", kind="hazards", typed=HAZARD, at=now)
    fields = {"kind": "registers.record", "subject_id": row.pk, "name": "s.pdf", "content_type": "application/pdf"}
    file = Attachment.objects.create(
        **fields, size=4, sha256="0" * 64, path="matrix/safety", stored_at=now, stored_by="甲"
    )
    view = SavedView.objects.create(user_id=0, kind="safety.hazards", name="x", query="")
    made: dict[str, Any] = {}
    names = [name for name, _ in PAGES] + [name for name, _ in API]
    for name in names:
        made |= {f"{name}:kind": "hazards", f"{name}:record_id": row.pk, f"{name}:view_id": view.pk}
        made |= {f"{name}:attachment_id": file.pk}
    # Most steps on a 重大隐患 are those of another hand, which no client takes; to give figures back is not.
    figures = {"unit": "北庄镇", "town": "北庄镇", "as_of": "2020-06-30"}
    told = bare_record(app="safety", kind="crossings", typed=figures, at=now)
    return made | {"api:safety-record-steps:kind": "crossings", "api:safety-record-steps:record_id": told.pk}


PAGES: dict[tuple[str, str], str] = {
    ("safety:accept-records", "POST"): "SFFFFFFFFFAF",
    ("safety:assessment", "GET"): "SAAAAAAAAAAA",
    ("safety:assessment-sheet", "GET"): "SAAAAAAAAAAA",
    ("safety:import-records", "GET"): "SFFFFFFFFFAF",
    ("safety:import-records", "POST"): "SFFFFFFFFFAF",
    ("safety:index", "GET"): "SAAAAAAAAAAA",
    ("safety:new-record", "GET"): "SFFFFFFFFFAF",
    ("safety:new-record", "POST"): "SFFFFFFFFFAF",
    ("safety:record", "GET"): "SNNAAAANNNAN",
    ("safety:record-counts", "GET"): "SAAAAAAAAAAA",
    ("safety:record-file", "POST"): "SNNFFFFNNNAN",
    ("safety:records", "GET"): "SAAAAAAAAAAA",
    ("safety:records-template", "GET"): "SFFFFFFFFFAF",
    ("safety:records-workbook", "GET"): "SAAAAAAAAAAA",
    ("safety:remove-record-file", "POST"): "SNNFFFFNNNAN",
    ("safety:remove-view", "POST"): "SAAAAAAAAAAA",
    ("safety:save-record", "POST"): "SNNFFFFNNNAN",
    ("safety:save-view", "POST"): "SAAAAAAAAAAA",
    ("safety:step-record", "POST"): "SNNFFFFNNNAN",
    ("safety:hand-over-record", "POST"): "SNNFFFFNNNAN",
    ("safety:strike-record", "POST"): "SNNFFFFNNNAN",
    ("safety:white-paper", "GET"): "SFFFFFFFFFAF",
}
API: dict[tuple[str, str], str] = {
    ("api:safety-record", "GET"): "SNNNAAANNAN",
    ("api:safety-record", "PATCH"): "SNNNFFFNNAN",
    ("api:safety-record-hand-over", "POST"): "SNNNFFFNNAN",
    ("api:safety-record-steps", "POST"): "SFFFFFFFFAF",
    ("api:safety-records", "GET"): "SAAAAAAAAAA",
    ("api:safety-records", "POST"): "SFFFFFFFFAF",
}
