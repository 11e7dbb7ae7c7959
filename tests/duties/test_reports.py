from datetime import datetime

import pytest
from django.test import Client

from miyun_kpi.duties import access
from miyun_kpi.duties.models import DutyPeriod
from miyun_kpi.duties.rules.cadence import SHANGHAI
from miyun_kpi.duties.services import ReportInput, Seen, accept_reports, return_report, save_report, submit_reports
from miyun_kpi.duties.services.reminders import send_reminders
from miyun_kpi.inbox.models import Notice
from miyun_kpi.lib.errors import Conflict, NotFound
from tests.duties.conftest import AT, acting, period_of
from tests.factories.rankings import BACKEND, person

KEY = "14/三（六）/1/1"
REPORT = ReportInput(version=0, course="done", progress="6月18日开放镇长办公会一次，列席代表5人。")


def submit(name="北庄镇", code="2020Q2"):
    row = period_of(KEY, name, code)
    actor = acting(name, "reporter")
    save_report(actor=actor, duty_period_id=row.pk, report=REPORT, at=AT)
    submit_reports(actor=actor, found=DutyPeriod.objects.filter(pk=row.pk), at=AT)
    return DutyPeriod.objects.select_related("report").get(pk=row.pk)


def test_the_lead_unit_accepts_and_gives_back(opened, office):
    row = submit()
    scope = access.reviewed_by(office)
    until = datetime(2020, 7, 15, 18, tzinfo=SHANGHAI)
    back = return_report(
        actor=office, found=scope, seen=Seen(row.pk, row.report.version), observation="请写列席人数", until=until, at=AT
    )
    assert back.state == "returned"
    actor = acting("北庄镇", "reporter")
    again = ReportInput(version=back.report.version, course="done", progress="列席代表5人，意见3条。")
    save_report(actor=actor, duty_period_id=row.pk, report=again, at=AT)
    submit_reports(actor=actor, found=DutyPeriod.objects.filter(pk=row.pk), at=AT)
    row.refresh_from_db()
    seen = [Seen(row.pk, DutyPeriod.objects.get(pk=row.pk).report.version)]
    assert accept_reports(actor=office, found=scope, seen=seen, at=AT) == 1
    assert accept_reports(actor=office, found=scope, seen=seen, at=AT) == 0


def test_nobody_accepts_their_own_report_as_lead(opened):
    """区政务服务中心 leads and reports nothing to itself; another unit's office sees nothing to accept."""
    row = submit()
    other = acting("区水务局", "register_office")
    assert not access.reviewed_by(other).filter(pk=row.pk).exists()
    with pytest.raises(NotFound):
        accept_reports(actor=other, found=access.reviewed_by(other), seen=[Seen(row.pk, 2)], at=AT)


def test_what_was_reported_is_read_by_unit_lead_office_and_leaders_only(opened, office):
    row = submit()

    def sees(name, role):
        return access.reports_visible_to(acting(name, role)).filter(pk=row.pk).exists()

    assert sees("北庄镇", "reporter") and sees("区政务服务中心", "register_office") and sees("区政府办公室", "leader")
    assert not sees("溪翁庄镇", "reporter") and not sees("区水务局", "register_office")
    assert not sees("区政府办公室", "system_admin") and not sees("区审计局", "auditor")


def test_late_is_decided_by_the_server_and_locked_is_locked(opened):
    row = period_of(KEY, "北庄镇", "2020Q2")
    actor = acting("北庄镇", "reporter")
    late = datetime(2020, 7, 16, 9, tzinfo=SHANGHAI)
    save_report(actor=actor, duty_period_id=row.pk, report=REPORT, at=late)
    submit_reports(actor=actor, found=DutyPeriod.objects.filter(pk=row.pk), at=late)
    assert DutyPeriod.objects.get(pk=row.pk).late
    other = period_of(KEY, "溪翁庄镇", "2020Q2")
    with pytest.raises(Conflict):
        save_report(
            actor=acting("溪翁庄镇", "reporter"),
            duty_period_id=other.pk,
            report=REPORT,
            at=datetime(2020, 9, 1, tzinfo=SHANGHAI),
        )


def test_reminders_go_once_before_and_once_after(opened):
    soon, late = datetime(2020, 7, 13, 9, tzinfo=SHANGHAI), datetime(2020, 7, 16, 9, tzinfo=SHANGHAI)
    first = send_reminders(at=soon)
    assert first and send_reminders(at=soon) == 0
    assert send_reminders(at=late) > 0 and send_reminders(at=late) == 0
    row = period_of(KEY, "北庄镇", "2020Q2")
    assert set(Notice.objects.filter(url=f"/duties/periods/{row.pk}/").values_list("key", flat=True)) == {
        f"duty-soon:{row.pk}",
        f"duty-late:{row.pk}",
    }


def test_who_has_reported_is_not_reminded(opened):
    row = submit()
    send_reminders(at=datetime(2020, 7, 13, 9, tzinfo=SHANGHAI))
    assert not Notice.objects.filter(url=f"/duties/periods/{row.pk}/").exists()


def test_after_a_conflict_pressing_again_is_a_decision(opened):
    row = period_of(KEY, "北庄镇", "2020Q2")
    DutyPeriod.objects.filter(pk=row.pk).update(late_until="2099-01-01T00:00+08:00", locks_at="2099-01-02T00:00+08:00")
    client = Client()
    client.force_login(person("town-x", "北庄镇", "reporter"), backend=BACKEND)
    typed = {"version": "0", "course": "done", "progress": "甲写的"}
    assert client.post(f"/duties/periods/{row.pk}/save/", typed).status_code == 302
    answer = client.post(f"/duties/periods/{row.pk}/save/", typed | {"progress": "乙写的"})
    page = answer.content.decode()
    assert (
        answer.status_code == 409
        and "乙写的" in page
        and 'name="version" value="1"' in page
        and "取消，看现存的" in page
    )
    again = typed | {"version": "1", "progress": "乙写的"}
    assert client.post(f"/duties/periods/{row.pk}/save/", again).status_code == 302
