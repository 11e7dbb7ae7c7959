"""政务公开: a unit and 区政务服务中心 write, another person audits, what is not published is nobody else's."""

from datetime import date
from typing import Any

from django.utils import timezone

from disclosure.models import Application, Consultation, Package, PackageItem, ThirdParty
from miyun_kpi.attachments.models import Attachment
from miyun_kpi.db.sealed import seal
from miyun_kpi.organisations.queries import resolve
from miyun_kpi.registers.models import Record, SavedView
from tests.factories.records import HANDED

EXTRA = ("区政务服务中心", "区水务局")
_VALUES = {
    "title": "清单",
    "unit": "北庄镇",
    "committee": "某村",
    "matter": "财务",
    "channel": "site",
    "agencies": "否",
    "third": "否",
}
BODIES: dict[str, Any] = {
    "disclosure:new-record": _VALUES,
    "disclosure:save-record": {"version": "1", **_VALUES},
    "api:disclosure-records": {"values": _VALUES},
    "api:disclosure-record": {"version": 1, "values": {"matter": "党务"}},
    "api:disclosure-record-hand-over": HANDED,
    "api:disclosure-record-steps": {"version": 1, "step": "withdrawn"},
    "disclosure:decide-review": {"version": "1", "decision": "returned", "opinion": "请补充数字"},
    "disclosure:ask-organ": {"organisation": "区财政局", "asked_on": "2020-09-01"},
    "disclosure:confirm-organ": {"confirmed_by": "张科长", "confirmed_on": "2020-09-02"},
    "disclosure:ask-party": {"name": "甲公司", "ground": "secret", "asked_on": "2020-09-01"},
    "disclosure:answer-party": {"answer": "agreed", "answered_on": "2020-09-02"},
    "disclosure:new-application": {
        "received_on": "2020-09-01",
        "way": "net",
        "applicant_kind": "natural",
        "applicant": "李四",
        "content": "清单",
    },
    "disclosure:correct-link": {
        "seen": "http://a",
        "link": "http://b",
        "published_on": "2020-09-02",
        "reason": "填错了",
    },
    "disclosure:open-application": {"stage": "received", "received_on": "2020-09-01"},
    "disclosure:application-act": {"version": "1", "on": "2020-09-02", "note": "与司法局会商"},
    "disclosure:reveal-applicant": {"reason": "寄送答复"},
    "disclosure:step-record": {"version": "1", "step": "withdrawn"},
    "disclosure:hand-over-record": HANDED,
    "disclosure:strike-record": {"version": "1", "reason": "登记有误"},
    "disclosure:save-view": {"name": "待办", "query": "stage=draft"},
}


def things(world: dict[str, Any]) -> dict[str, Any]:
    """beizhuang waits for the audit of one item of its own."""
    now, town, finance = timezone.now(), resolve("北庄镇"), resolve("区财政局")
    assert town is not None and finance is not None
    stamps = {"created_at": now, "created_by": "甲", "changed_at": now, "hand": "甲"}
    values = {
        "title": "村级清单",
        "unit": town.code,
        "committee": "某村",
        "matter": "财务",
        "channel": "site",
        "agencies": "yes",
        "third": "yes",
    }
    row = Record.objects.create(
        kind="disclosure.village-lists", number=900, owner=town, stage="submitted", values=values, **stamps
    )
    asked = Consultation.objects.create(record=row, organisation=finance, asked_on=date(2020, 9, 1), recorded_by="甲")
    party = ThirdParty.objects.create(
        record=row, name=seal("甲公司"), ground="secret", asked_on=date(2020, 9, 1), recorded_by="甲"
    )
    out = Package.objects.create(number=900, organisation=town, exported_at=now, exported_by="甲")
    linked = {"link": "http://a", "published_on": date(2020, 9, 1), "linked_at": now, "linked_by": "甲"}
    item = PackageItem.objects.create(package=out, record=row, version=1, values=values, **linked)
    fields = {"kind": "registers.record", "subject_id": row.pk, "name": "b.pdf", "content_type": "application/pdf"}
    file = Attachment.objects.create(
        **fields, size=4, sha256="0" * 64, path="matrix/disclosure", stored_at=now, stored_by="甲"
    )
    held = {"topic": "议题", "unit": town.code, "held_on": "2020-08-20"}
    meeting = Record.objects.create(kind="disclosure.meetings", number=900, owner=town, values=held, **stamps)
    asked_for = Application.objects.create(
        number=900,
        organisation=town,
        received_on=date(2020, 9, 1),
        way="net",
        applicant_kind="natural",
        applicant=seal("张三", findable=True),
        contact=seal("电话"),
        content="清单",
        created_at=now,
        created_by="甲",
        changed_at=now,
        changed_by="甲",
    )
    view = SavedView.objects.create(user_id=0, kind="disclosure.village-lists", name="别人的", query="")
    made = dict.fromkeys((f"disclosure:{name}:kind" for name in REGISTER), "village-lists")
    made |= dict.fromkeys(
        (f"api:disclosure-{name}:kind" for name in ("records", "record", "record-steps", "record-hand-over")),
        "village-lists",
    )
    made |= dict.fromkeys((f"disclosure:{name}:record_id" for name in (*REGISTER, *REVIEW)), row.pk)
    made |= dict.fromkeys(
        (f"api:disclosure-{name}:record_id" for name in ("record", "record-steps", "record-hand-over")), row.pk
    )
    made |= dict.fromkeys((f"disclosure:{name}:package_id" for name in PACKAGE), out.pk)
    return made | {
        "application_id": asked_for.pk,
        "disclosure:application-act:act": "deliberate",
        "disclosure:duty:record_id": meeting.pk,
        "disclosure:correct-link:item_id": item.pk,
        "consultation_id": asked.pk,
        "party_id": party.pk,
        "disclosure:remove-record-file:attachment_id": file.pk,
        "disclosure:remove-view:view_id": view.pk,
    }


REGISTER = (
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
)
REVIEW = ("review", "decide-review", "ask-organ", "confirm-organ", "ask-party", "answer-party")
PACKAGE = ("package", "package-links", "package-workbook", "package-pages", "correct-link")

PAGES: dict[tuple[str, str], str] = {
    ("disclosure:accept-records", "POST"): "SFFFFAFFFFAF",
    ("disclosure:answer-party", "POST"): "SNNFFAFNNNAN",
    ("disclosure:applications", "GET"): "SAAAAAAAAAAA",
    ("disclosure:applications-workbook", "GET"): "SAAAAAAAAAAA",
    ("disclosure:accept-opening", "POST"): "SFFFFAFFFFAA",
    ("disclosure:open-application", "GET"): "SFFFFAFFFFAA",
    ("disclosure:open-application", "POST"): "SFFFFAFFFFAA",
    ("disclosure:opening-template", "GET"): "SFFFFAFFFFAA",
    ("disclosure:opening-upload", "POST"): "SFFFFAFFFFAA",
    ("disclosure:new-application", "GET"): "SFFFFAFFFFAF",
    ("disclosure:new-application", "POST"): "SFFFFAFFFFAF",
    ("disclosure:application", "GET"): "SNNAAAANNNAN",
    ("disclosure:application-act", "POST"): "SNNFFAFNNNFN",
    ("disclosure:reveal-applicant", "POST"): "SNNNNANNNNNN",
    ("disclosure:annual", "GET"): "SAAAAAAAAAAA",
    ("disclosure:annual-workbook", "GET"): "SAAAAAAAAAAA",
    ("disclosure:ask-organ", "POST"): "SNNFFAFNNNAN",
    ("disclosure:ask-party", "POST"): "SNNFFAFNNNAN",
    ("disclosure:confirm-organ", "POST"): "SNNFFAFNNNAN",
    ("disclosure:decide-review", "POST"): "SNNFFFFNNNAN",
    ("disclosure:export-package", "POST"): "SAAAAAAAAAAA",
    ("disclosure:import-records", "GET"): "SFFFFAFFFFAF",
    ("disclosure:import-records", "POST"): "SFFFFAFFFFAF",
    ("disclosure:index", "GET"): "SAAAAAAAAAAA",
    ("disclosure:new-record", "GET"): "SFFFFAFFFFAF",
    ("disclosure:new-record", "POST"): "SFFFFAFFFFAF",
    ("disclosure:correct-link", "GET"): "SNNNNANNNNAN",
    ("disclosure:correct-link", "POST"): "SNNNNANNNNAN",
    ("disclosure:package", "GET"): "SNNNNANNNNAN",
    ("disclosure:package-links", "POST"): "SNNNNANNNNAN",
    ("disclosure:package-pages", "GET"): "SNNNNANNNNAN",
    ("disclosure:package-workbook", "GET"): "SNNNNANNNNAN",
    ("disclosure:packages", "GET"): "SAAAAAAAAAAA",
    ("disclosure:ratio", "GET"): "SAAAAAAAAAAA",
    ("disclosure:duty", "GET"): "SAAAAAAAAAAA",
    ("disclosure:record", "GET"): "SNNAAAANNNAN",
    ("disclosure:record-counts", "GET"): "SAAAAAAAAAAA",
    ("disclosure:record-file", "POST"): "SNNFFAFNNNAN",
    ("disclosure:records", "GET"): "SAAAAAAAAAAA",
    ("disclosure:records-template", "GET"): "SFFFFAFFFFAF",
    ("disclosure:records-workbook", "GET"): "SAAAAAAAAAAA",
    ("disclosure:remove-record-file", "POST"): "SNNFFAFNNNAN",
    ("disclosure:remove-view", "POST"): "SAAAAAAAAAAA",
    ("disclosure:review", "GET"): "SNNAAAANNNAN",
    ("disclosure:reviews", "GET"): "SAAAAAAAAAAA",
    ("disclosure:save-record", "POST"): "SNNFFAFNNNAN",
    ("disclosure:save-view", "POST"): "SAAAAAAAAAAA",
    ("disclosure:step-record", "POST"): "SNNFFAFNNNAN",
    ("disclosure:hand-over-record", "POST"): "SNNFFFFNNNAN",
    ("disclosure:strike-record", "POST"): "SNNFFAFNNNAN",
}
API: dict[tuple[str, str], str] = {
    ("api:disclosure-applications", "GET"): "SAAAAAAAAAA",
    ("api:disclosure-record", "GET"): "SNNNAAANNAN",
    ("api:disclosure-record", "PATCH"): "SNNNFAFNNAN",
    ("api:disclosure-record-hand-over", "POST"): "SNNNFFFNNAN",
    ("api:disclosure-record-steps", "POST"): "SNNNFAFNNAN",
    ("api:disclosure-records", "GET"): "SAAAAAAAAAA",
    ("api:disclosure-records", "POST"): "SFFFFAFFFAF",
}
