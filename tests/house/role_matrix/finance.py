"""绿色金融: everybody signed in reads the registers; 区金融办 and the printed units of the clause write."""

from datetime import date
from typing import Any

from django.utils import timezone

from finance_policy.models import SubsidyRate
from miyun_kpi.attachments.models import Attachment
from miyun_kpi.registers.models import SavedView
from miyun_kpi.registers.services.records import load_demo_record

EXTRA = ("区金融办", "区生态环境局", "区水务局")
ENTERPRISE = {"name": "绿水公司", "code": "91350100M000100Y43", "industry": "污水处理", "focus": "6"}
BODIES: dict[str, Any] = {
    "finance_policy:save-record": {"version": "1", **ENTERPRISE},
    "finance_policy:step-record": {"version": "1", "step": "check", "standard": "目录 2.1"},
    "finance_policy:strike-record": {"version": "1", "reason": "登记有误"},
    "finance_policy:save-view": {"name": "视图", "query": "stage=applied"},
    "finance_policy:grade": {"grade": "green", "decided_on": "2020-06-01", "basis": "年度评价"},
    "finance_policy:rates": {"level": "1", "percent": "1.5", "from_on": "2020-06-01", "basis": "某文"},
    "finance_policy:strike-rate": {"version": "1", "reason": "录入有误"},
    "finance_policy:settings": {"version": "0", "day_basis": "360", "fewest_banks": "3", "due_days": "15"},
    "api:green-trial": {"level": "1", "principal": "100", "from_on": "2020-06-01", "to_on": "2020-07-01"},
    "api:green-grades": {"enterprise": 1, "grade": "green", "decided_on": "2020-06-01", "basis": "年度评价"},
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
    rate = SubsidyRate.objects.create(
        level="2", from_on=date(2020, 5, 1), percent=1, basis="某文", entered_at=now, entered_by="甲"
    )
    BODIES["api:green-grades"]["enterprise"] = row.pk
    made: dict[str, Any] = {"rate_id": rate.pk}
    for name in [name for name, _ in (*PAGES, *API)]:
        made |= {f"{name}:kind": "enterprises", f"{name}:record_id": row.pk, f"{name}:view_id": view.pk}
        made |= {f"{name}:attachment_id": file.pk}
    return made


PAGES: dict[tuple[str, str], str] = {
    ("finance_policy:accept-records", "POST"): "SFFFFFFFFFAAF",
    ("finance_policy:glossary", "GET"): "SAAAAAAAAAAAA",
    ("finance_policy:grade", "GET"): "SAAAAAAAAAAAA",
    ("finance_policy:grade", "POST"): "SFFFFFFFFFFAF",
    ("finance_policy:grades", "GET"): "SAAAAAAAAAAAA",
    ("finance_policy:grades-sheet", "GET"): "SAAAAAAAAAAAA",
    ("finance_policy:rates", "GET"): "SAAAAAAAAAAAA",
    ("finance_policy:rates", "POST"): "SFFFFFFFFFAFF",
    ("finance_policy:settings", "GET"): "SAAAAAAAAAAAA",
    ("finance_policy:settings", "POST"): "SFFFFFFFFFAFF",
    ("finance_policy:strike-rate", "POST"): "SFFFFFFFFFAFF",
    ("finance_policy:trial", "GET"): "SAAAAAAAAAAAA",
    ("finance_policy:import-records", "GET"): "SFFFFFFFFFAAF",
    ("finance_policy:import-records", "POST"): "SFFFFFFFFFAAF",
    ("finance_policy:index", "GET"): "SAAAAAAAAAAAA",
    ("finance_policy:new-record", "GET"): "SFFFFFFFFFAAF",
    ("finance_policy:new-record", "POST"): "SFFFFFFFFFAAF",
    ("finance_policy:record", "GET"): "SAAAAAAAAAAAA",
    ("finance_policy:record-counts", "GET"): "SAAAAAAAAAAAA",
    ("finance_policy:record-file", "POST"): "SFFFFFFFFFAAF",
    ("finance_policy:records", "GET"): "SAAAAAAAAAAAA",
    ("finance_policy:records-template", "GET"): "SFFFFFFFFFAAF",
    ("finance_policy:records-workbook", "GET"): "SAAAAAAAAAAAA",
    ("finance_policy:remove-record-file", "POST"): "SFFFFFFFFFANF",
    ("finance_policy:remove-view", "POST"): "SAAAAAAAAAAAA",
    ("finance_policy:save-record", "POST"): "SFFFFFFFFFAAF",
    ("finance_policy:save-view", "POST"): "SAAAAAAAAAAAA",
    ("finance_policy:step-record", "POST"): "SFFFFFFFFFAAF",
    ("finance_policy:strike-record", "POST"): "SFFFFFFFFFAAF",
}
API: dict[tuple[str, str], str] = {
    ("api:finance-record", "GET"): "SAAAAAAAAAAA",
    ("api:finance-record", "PATCH"): "SFFFFFFFFAAF",
    ("api:finance-record-steps", "POST"): "SFFFFFFFFAAF",
    ("api:finance-records", "GET"): "SAAAAAAAAAAA",
    ("api:green-grades", "GET"): "SAAAAAAAAAAA",
    ("api:green-grades", "POST"): "SFFFFFFFFFAF",
    ("api:green-rates", "GET"): "SAAAAAAAAAAA",
    ("api:green-trial", "POST"): "SAAAAAAAAAAA",
    ("api:finance-records", "POST"): "SFFFFFFFFAAF",
}
