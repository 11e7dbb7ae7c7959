"""绿色金融: everybody signed in reads the registers; 区金融办 and the printed units of the clause write."""

from typing import Any

from django.utils import timezone

from miyun_kpi.attachments.models import Attachment
from miyun_kpi.registers.models import SavedView
from miyun_kpi.registers.services.records import load_demo_record

EXTRA = ("区金融办", "区水务局")
ENTERPRISE = {"name": "绿水公司", "code": "91350100M000100Y43", "industry": "污水处理", "focus": "6"}
BODIES: dict[str, Any] = {
    "finance_policy:save-record": {"version": "1", **ENTERPRISE},
    "finance_policy:step-record": {"version": "1", "step": "check", "standard": "目录 2.1"},
    "finance_policy:strike-record": {"version": "1", "reason": "登记有误"},
    "finance_policy:save-view": {"name": "视图", "query": "stage=applied"},
    "api:finance-records": {"values": ENTERPRISE},
    "api:finance-record": {"values": {"industry": "再生水"}, "version": 1},
    "api:finance-record-steps": {"step": "check", "version": 1},
}


def things(world: dict[str, Any]) -> dict[str, Any]:
    now = timezone.now()
    row = load_demo_record(app="finance", kind="enterprises", typed=ENTERPRISE, at=now)
    type(row).objects.filter(pk=row.pk).update(demo=False)
    fields = {"kind": "registers.record", "subject_id": row.pk, "name": "f.pdf", "content_type": "application/pdf"}
    file = Attachment.objects.create(
        **fields, size=4, sha256="0" * 64, path="matrix/finance", stored_at=now, stored_by="甲"
    )
    view = SavedView.objects.create(user_id=0, kind="finance.enterprises", name="x", query="")
    made: dict[str, Any] = {}
    for name in [name for name, _ in (*PAGES, *API)]:
        made |= {f"{name}:kind": "enterprises", f"{name}:record_id": row.pk, f"{name}:view_id": view.pk}
        made |= {f"{name}:attachment_id": file.pk}
    return made


PAGES: dict[tuple[str, str], str] = {
    ("finance_policy:accept-records", "POST"): "SFFFFFFFFFAF",
    ("finance_policy:glossary", "GET"): "SAAAAAAAAAAA",
    ("finance_policy:import-records", "GET"): "SFFFFFFFFFAF",
    ("finance_policy:import-records", "POST"): "SFFFFFFFFFAF",
    ("finance_policy:index", "GET"): "SAAAAAAAAAAA",
    ("finance_policy:new-record", "GET"): "SFFFFFFFFFAF",
    ("finance_policy:new-record", "POST"): "SFFFFFFFFFAF",
    ("finance_policy:record", "GET"): "SAAAAAAAAAAA",
    ("finance_policy:record-counts", "GET"): "SAAAAAAAAAAA",
    ("finance_policy:record-file", "POST"): "SFFFFFFFFFAF",
    ("finance_policy:records", "GET"): "SAAAAAAAAAAA",
    ("finance_policy:records-template", "GET"): "SFFFFFFFFFAF",
    ("finance_policy:records-workbook", "GET"): "SAAAAAAAAAAA",
    ("finance_policy:remove-record-file", "POST"): "SFFFFFFFFFAF",
    ("finance_policy:remove-view", "POST"): "SAAAAAAAAAAA",
    ("finance_policy:save-record", "POST"): "SFFFFFFFFFAF",
    ("finance_policy:save-view", "POST"): "SAAAAAAAAAAA",
    ("finance_policy:step-record", "POST"): "SFFFFFFFFFAF",
    ("finance_policy:strike-record", "POST"): "SFFFFFFFFFAF",
}
API: dict[tuple[str, str], str] = {
    ("api:finance-record", "GET"): "SAAAAAAAAAA",
    ("api:finance-record", "PATCH"): "SFFFFFFFFAF",
    ("api:finance-record-steps", "POST"): "SFFFFFFFFAF",
    ("api:finance-records", "GET"): "SAAAAAAAAAA",
    ("api:finance-records", "POST"): "SFFFFFFFFAF",
}
