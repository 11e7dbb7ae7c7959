"""博士后: 区人社局 keeps and opens, 区财政局 pays, the keeper of a station enters; for others nothing of it exists."""

from datetime import date
from decimal import Decimal
from typing import Any

from django.utils import timezone

from miyun_kpi.attachments.models import Attachment
from miyun_kpi.db.sealed import fingerprint, seal
from miyun_kpi.organisations.queries import resolve
from miyun_kpi.registers.models import SavedView
from postdoc.models import Application, Award, Figure, Person, Station, Stay
from tests.factories.records import HANDED, bare_record

EXTRA = ("区人社保局", "区财政局", "区公安分局")
REQUEST = {"unit": "北庄镇", "stay": "900", "who": "self", "relation": "是", "need": "落户", "asked_on": "2020-09-01"}
BODIES: dict[str, Any] = {
    "postdoc:save-record": {"version": "1", **REQUEST},
    "postdoc:step-record": {"version": "1", "step": "finish", "answer": "已办", "answered_on": "2020-09-10"},
    "postdoc:hand-over-record": HANDED,
    "postdoc:strike-record": {"version": "1", "reason": "登记有误"},
    "postdoc:save-view": {"name": "视图", "query": "stage=asked"},
    "api:postdoc-records": {"values": REQUEST},
    "api:postdoc-record": {"values": {"need": "迁入"}, "version": 1},
    "api:postdoc-record-hand-over": HANDED,
    "api:postdoc-record-steps": {"step": "finish", "version": 1},
    "postdoc:stay-act": {"version": "1", "purpose": "交流", "out_on": "2020-10-01", "return_by": "2020-11-01"},
    "postdoc:new-application": {"do": "save"},
    "postdoc:send-application": {"version": "1", "do": "save"},
    "postdoc:review-application": {"version": "1", "decision": "approve"},
    "postdoc:cancel-application": {"version": "1", "reason": "填错月份"},
    "postdoc:ledger-line": {"version": "1", "kind": "paid", "amount": "4000", "on": "2020-10-10", "proof": "1"},
    "postdoc:reverse-line": {"version": "1", "line_id": "1", "reason": "登记有误"},
    "postdoc:strike-figure": {"reason": "录错金额"},
    "postdoc:change-budget": {"year": "2020", "amount": "1", "document": "批复", "on": "2020-09-01"},
    "api:postdoc-months": {"month": "2020-06", "digest": "0" * 64},
    "api:postdoc-trial": {"stays": [{"entered_on": "2020-09-15"}]},
    "postdoc:reveal": {"reason": "核对拨付账号"},
    "postdoc:names": {"reason": "每月核对名单", "do": "workbook"},
    "postdoc:claw-back": {"version": "1", "ground": "wrong", "proof": "追1号", "note_text": "重复申报查实"},
    "postdoc:confirm-paid": {"version": "1"},
    "postdoc:ledger-months": {"month": "2020-10"},
}


def stays(number: int, keeper: str) -> Stay:
    now, unit = timezone.now(), resolve(keeper)
    assert unit is not None
    stamps = {"created_at": now, "created_by": "甲"}
    station = Station.objects.create(
        name=f"某站{number}",
        kind="enterprise",
        host="某公司",
        keeper=unit,
        approved_on=date(2019, 1, 1),
        approval="1号",
        changed_by="甲",
        **stamps,
    )
    person = Person.objects.create(
        number=number,
        masked="赵**",
        name=seal("赵某"),
        document_kind="passport",
        document_number=seal(f"E{number}0000"),
        fingerprint=fingerprint(f"E{number}0000"),
        born_on=seal("1990-01-01"),
        **stamps,
    )
    return Stay.objects.create(
        number=number,
        person=person,
        station=station,
        entered_on=date(2020, 9, 15),
        ends_on=date(2022, 9, 14),
        approval="1号",
        project="课题",
        flow_station="某大学",
        station_mentor=seal("乙"),
        station_mentor_title="full",
        agreement_on=date(2020, 9, 1),
        standing="graduate",
        changed_by="甲",
        **stamps,
    )


def things(world: dict[str, Any]) -> dict[str, Any]:
    """beizhuang reports for the station."""
    now, row = timezone.now(), stays(900, "北庄镇")
    asked = Application.objects.create(
        number=900,
        grant="living",
        station=row.station,
        stay=row,
        amount=Decimal(4000),
        phase="filed",
        created_at=now,
        entered_by="甲",
        entered_by_id=0,
        changed_by="甲",
    )
    record = bare_record(app="postdoc", kind="household", typed=REQUEST, at=now)
    fields = {"kind": "registers.record", "subject_id": record.pk, "name": "p.pdf", "content_type": "application/pdf"}
    file = Attachment.objects.create(
        **fields, size=4, sha256="0" * 64, path="matrix/postdoc", stored_at=now, stored_by="甲"
    )
    view = SavedView.objects.create(user_id=0, kind="postdoc.household", name="x", query="")
    figure = Figure.objects.create(
        code="leaving", value=Decimal(1), starts_on=date(2099, 1, 1), document="某文1号", by="甲", by_id=0, at=now
    )
    award = Award.objects.create(
        station=row.station, level="city", awarded_on=date(2021, 5, 1), document="某文2号", by="甲", at=now
    )
    own = {
        "award_id": award.pk,
        "figure_id": figure.pk,
        "kind": "household",
        "record_id": record.pk,
        "view_id": view.pk,
        "attachment_id": file.pk,
        "station_id": row.station_id,
        "stay_id": row.pk,
        "person_id": row.person_id,
        "act": "trip",
        "application_id": asked.pk,
    }
    names = {name for name, _ in [*PAGES, *API]}
    return {f"{name}:{key}": value for name in names for key, value in own.items()}


PAGES: dict[tuple[str, str], str] = {
    ("postdoc:accept-money", "POST"): "SFFFFFFFFFAFF",
    ("postdoc:accept-records", "POST"): "SFFFFAFFFFAFA",
    ("postdoc:accept-stays", "POST"): "SNNFFAFNNNFFN",
    ("postdoc:applications-workbook", "GET"): "SAAAAAAAAAAAA",
    ("postdoc:applications", "GET"): "SAAAAAAAAAAAA",
    ("postdoc:application", "GET"): "SNNAAAANNNAAN",
    ("postdoc:cancel-application", "POST"): "SNNFFAFNNNFFN",
    ("postdoc:change-budget", "POST"): "SFFFFFFFFFFAF",
    ("postdoc:change-stay", "GET"): "SNNFFAFNNNFFN",
    ("postdoc:change-stay", "POST"): "SNNFFAFNNNFFN",
    ("postdoc:enter-arrangement", "POST"): "SFFFFFFFFFAFF",
    ("postdoc:enter-figure", "POST"): "SFFFFFFFFFAFF",
    ("postdoc:entitlements", "GET"): "SAAAAAAAAAAAA",
    ("postdoc:entitlement", "GET"): "SNNAAAANNNAAN",
    ("postdoc:import-money", "GET"): "SFFFFFFFFFAFF",
    ("postdoc:import-money", "POST"): "SFFFFFFFFFAFF",
    ("postdoc:import-records", "GET"): "SFFFFAFFFFAFA",
    ("postdoc:import-records", "POST"): "SFFFFAFFFFAFA",
    ("postdoc:import-stays", "GET"): "SNNFFAFNNNFFN",
    ("postdoc:import-stays", "POST"): "SNNFFAFNNNFFN",
    ("postdoc:index", "GET"): "SAAAAAAAAAAAA",
    ("postdoc:ledger-line", "POST"): "SNNFFFFNNNFAN",
    ("postdoc:money-template", "GET"): "SFFFFFFFFFAFF",
    ("postdoc:money", "GET"): "SFFAAAAFFFAAF",
    ("postdoc:new-application", "GET"): "SNNNNNNNNNNNN",
    ("postdoc:new-application", "POST"): "SNNNNNNNNNNNN",
    ("postdoc:new-record", "GET"): "SFFFFAFFFFAFA",
    ("postdoc:new-record", "POST"): "SFFFFAFFFFAFA",
    ("postdoc:new-station", "GET"): "SFFFFFFFFFAFF",
    ("postdoc:new-station", "POST"): "SFFFFFFFFFAFF",
    ("postdoc:new-stay", "GET"): "SNNFFAFNNNFFN",
    ("postdoc:new-stay", "POST"): "SNNFFAFNNNFFN",
    ("postdoc:record-counts", "GET"): "SAAAAAAAAAAAA",
    ("postdoc:record-file", "POST"): "SNNFFAFNNNANA",
    ("postdoc:records-template", "GET"): "SFFFFAFFFFAFA",
    ("postdoc:records-workbook", "GET"): "SAAAAAAAAAAAA",
    ("postdoc:records", "GET"): "SAAAAAAAAAAAA",
    ("postdoc:record", "GET"): "SNNAAAANNNANA",
    ("postdoc:remove-record-file", "POST"): "SNNFFAFNNNANA",
    ("postdoc:remove-view", "POST"): "SAAAAAAAAAAAA",
    ("postdoc:claw-back", "POST"): "SNNFFFFNNNAAN",
    ("postdoc:confirm-paid", "POST"): "SNNFFFFNNNFAN",
    ("postdoc:ledger-months", "GET"): "SFFAAFAFFFAAF",
    ("postdoc:ledger-months", "POST"): "SFFFFFFFFFFAF",
    ("postdoc:names", "GET"): "SFFFFAFFFFFFF",
    ("postdoc:names", "POST"): "SFFFFAFFFFFFF",
    ("postdoc:reveal", "POST"): "SNNFFAFNNNAFN",
    ("postdoc:reverse-line", "POST"): "SNNFFNFNNNNNN",
    ("postdoc:review-application", "POST"): "SNNFFFFNNNAFN",
    ("postdoc:save-record", "POST"): "SNNFFAFNNNANA",
    ("postdoc:save-station", "POST"): "SNNFFFFNNNAFN",
    ("postdoc:save-view", "POST"): "SAAAAAAAAAAAA",
    ("postdoc:send-application", "POST"): "SNNFFAFNNNFFN",
    ("postdoc:station-award", "POST"): "SNNFFFFNNNAFN",
    ("postdoc:award", "GET"): "SNNFFFFNNNAFN",
    ("postdoc:award", "POST"): "SNNFFFFNNNAFN",
    ("postdoc:strike-award", "POST"): "SNNFFFFNNNAFN",
    ("postdoc:stations", "GET"): "SAAAAAAAAAAAA",
    ("postdoc:station", "GET"): "SNNAAAANNNAAN",
    ("postdoc:stay-act", "POST"): "SNNFFAFNNNFFN",
    ("postdoc:stays-template", "GET"): "SNNFFAFNNNFFN",
    ("postdoc:stays-workbook", "GET"): "SAAAAAAAAAAAA",
    ("postdoc:stays", "GET"): "SAAAAAAAAAAAA",
    ("postdoc:stay", "GET"): "SNNAAAANNNAAN",
    ("postdoc:step-record", "POST"): "SNNFFFFNNNANA",
    ("postdoc:hand-over-record", "POST"): "SNNFFFFNNNANA",
    ("postdoc:strike-record", "POST"): "SNNFFAFNNNANA",
    ("postdoc:strike-figure", "POST"): "SFFFFFFFFFAFF",
    ("postdoc:trial", "GET"): "SAAAAAAAAAAAA",
}
API: dict[tuple[str, str], str] = {
    ("api:postdoc-applications", "GET"): "SAAAAAAAAAAA",
    ("api:postdoc-entitlements", "GET"): "SAAAAAAAAAAA",
    ("api:postdoc-record-hand-over", "POST"): "SNNNFFFNNANA",
    ("api:postdoc-record-steps", "POST"): "SNNNFFFNNANA",
    ("api:postdoc-records", "GET"): "SAAAAAAAAAAA",
    ("api:postdoc-records", "POST"): "SFFFFAFFFAFA",
    ("api:postdoc-record", "GET"): "SNNNAAANNANA",
    ("api:postdoc-record", "PATCH"): "SNNNFAFNNANA",
    ("api:postdoc-stations", "GET"): "SAAAAAAAAAAA",
    ("api:postdoc-stays", "GET"): "SAAAAAAAAAAA",
    ("api:postdoc-months", "GET"): "SFFFAFAFFAAF",
    ("api:postdoc-months", "POST"): "SFFFFFFFFFAF",
    ("api:postdoc-trial", "POST"): "SAAAAAAAAAAA",
}
