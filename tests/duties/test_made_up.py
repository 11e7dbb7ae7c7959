"""What was let pass is made up (补报) or came in on paper (代录); what was missed counts as missed for good."""

from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest
from django.test import Client

from miyun_kpi.audit.models import AuditEntry
from miyun_kpi.duties import access
from miyun_kpi.duties.models import DutyPeriod
from miyun_kpi.duties.queries.reports import missing_reports, standing_of, tallies, total
from miyun_kpi.duties.rules.cadence import SHANGHAI
from miyun_kpi.duties.services import ReportInput, Seen, accept_reports, return_report, save_report, submit_reports
from miyun_kpi.duties.services.making_up import Paper, enter_from_paper, make_up
from miyun_kpi.duties.services.statements import decide_statement, file_statement
from miyun_kpi.inbox.models import Notice
from miyun_kpi.lib.errors import Conflict, NotAllowed, NotFound, Refused
from tests.duties.conftest import AT, acting, period_of
from tests.factories.markup import one_line
from tests.factories.rankings import BACKEND, person

KEY, TOWN = "14/三（六）/1/1", "北庄镇"
AFTER = datetime(2020, 9, 1, 10, tzinfo=SHANGHAI)
REPORT = ReportInput(version=0, course="done", progress="6月18日开放镇长办公会一次，列席代表5人。")
WHY = "经办人病休，没有人接手"


@pytest.fixture
def row(opened) -> DutyPeriod:
    """A quarter that the town has let pass."""
    found = period_of(KEY, TOWN, "2020Q2")
    assert found.late_until < AFTER
    return found


def made_up(row, at=AFTER, report=REPORT, reason=WHY):
    make_up(actor=acting(TOWN, "reporter"), duty_period_id=row.pk, report=report, reason=reason, at=at)
    return DutyPeriod.objects.select_related("report", "unit__duty").get(pk=row.pk)


def on_paper(row, office, received_on, at=AFTER, **given):
    enter_from_paper(
        actor=office,
        found=access.reviewed_by(office),
        duty_period_id=row.pk,
        report=REPORT,
        paper=Paper(
            **({"number": "北政函〔2020〕8号", "received_on": received_on, "late_reason": "收发室漏转"} | given)
        ),
        at=at,
    )
    return DutyPeriod.objects.select_related("report").get(pk=row.pk)


def missing(row, at=AFTER):
    return total(tallies(DutyPeriod.objects.filter(pk=row.pk), at).values()).missing


# ── 补报 ─────────────────────────────────────────────────────────────────────────────────────────
def test_it_is_made_up_with_a_reason_accepted_by_the_lead_office_and_stays_missed(row, office):
    assert missing(row) == 1
    with pytest.raises(Conflict, match="已过补报截止|已锁定"):
        save_report(actor=acting(TOWN, "reporter"), duty_period_id=row.pk, report=REPORT, at=AFTER)
    with pytest.raises(Refused, match="理由"):
        made_up(row, reason="")
    done = made_up(row)
    assert (done.state, done.late, done.missed, done.made_up_reason) == ("filed", True, True, WHY)
    assert AuditEntry.objects.get(action="duties.report.made-up").subject == f"duty-period:{row.pk}"
    scope = access.reviewed_by(office)
    assert accept_reports(actor=office, found=scope, seen=[Seen(row.pk, done.report.version)], at=AFTER) == 1
    done.refresh_from_db()
    assert done.state == "accepted" and standing_of(done, AFTER) == "missing" and missing(row) == 1
    assert missing_reports(KEY, ["2020Q2"], AFTER)[done.unit.organisation_id] == 1


def test_given_back_it_is_put_right_and_stays_missed(row, office):
    done = made_up(row)
    until = AFTER + timedelta(days=3)
    given = {"observation": "请写列席人数", "until": until, "at": AFTER}
    seen = Seen(row.pk, done.report.version)
    back = return_report(actor=office, found=access.reviewed_by(office), seen=seen, **given)
    again = replace(REPORT, version=back.report.version)
    save_report(actor=acting(TOWN, "reporter"), duty_period_id=row.pk, report=again, at=AFTER)
    submit_reports(actor=acting(TOWN, "reporter"), found=DutyPeriod.objects.filter(pk=row.pk), at=AFTER)
    row.refresh_from_db()
    assert (row.state, row.late, row.missed) == ("filed", True, True)


def test_what_was_given_back_and_not_reported_again_is_made_up_too(row, office):
    town = acting(TOWN, "reporter")
    save_report(actor=town, duty_period_id=row.pk, report=REPORT, at=AT)
    submit_reports(actor=town, found=DutyPeriod.objects.filter(pk=row.pk), at=AT)
    seen = Seen(row.pk, DutyPeriod.objects.get(pk=row.pk).report.version)
    given = {"observation": "请写列席人数", "until": AT + timedelta(days=3), "at": AT}
    back = return_report(actor=office, found=access.reviewed_by(office), seen=seen, **given)
    done = made_up(row, report=replace(REPORT, version=back.report.version))
    assert (done.state, done.missed, done.late) == ("filed", False, False), "its first report was in time"
    assert done.made_up_reason == WHY


def test_only_what_was_let_pass_is_made_up_and_only_by_the_unit(row):
    with pytest.raises(Conflict, match="照常填报"):
        made_up(row, at=AT)
    with pytest.raises(NotFound):
        make_up(actor=acting("溪翁庄镇", "reporter"), duty_period_id=row.pk, report=REPORT, reason=WHY, at=AFTER)
    made_up(row)
    with pytest.raises(Conflict, match="已报送"):
        made_up(row)


def test_after_the_window_a_statement_exempts_and_the_period_stays_missed(row, office):
    given = {"duty_period_id": row.pk, "version": 0, "reason": "本季度没有涉及公共利益的会议", "at": AFTER}
    stated = file_statement(actor=acting(TOWN, "reporter"), **given)
    decide_statement(actor=office, duty_period_id=row.pk, version=stated.version, accepted=True, opinion="", at=AFTER)
    row.refresh_from_db()
    assert (row.state, row.missed) == ("exempt", True) and missing(row) == 1


def test_a_statement_in_time_that_is_taken_later_is_not_missed(row, office):
    given = {"duty_period_id": row.pk, "version": 0, "reason": "本季度没有涉及公共利益的会议", "at": AT}
    stated = file_statement(actor=acting(TOWN, "reporter"), **given)
    decide_statement(actor=office, duty_period_id=row.pk, version=stated.version, accepted=True, opinion="", at=AFTER)
    row.refresh_from_db()
    assert (row.state, row.missed) == ("exempt", False) and missing(row) == 0


def signed_in(name, unit, role):
    client = Client()
    client.force_login(person(name, unit, role), backend=BACKEND)
    return client


def test_the_page_offers_it_and_keeps_what_was_typed(row):
    town = signed_in("town-x", TOWN, "reporter")
    page = town.get(f"/duties/periods/{row.pk}/").content.decode()
    assert "统计里一直算逾期未报" in page and "现在才报的理由" in page
    address, typed = f"/duties/periods/{row.pk}/made-up/", {"version": "0", "course": "done", "progress": "已开放一次"}
    refused = town.post(address, typed)
    assert refused.status_code == 422 and "已开放一次" in refused.content.decode()
    assert town.post(address, typed | {"reason": WHY}).status_code == 302
    page = town.get(f"/duties/periods/{row.pk}/").content.decode()
    assert "逾期未报" in page and WHY in page and "统计里一直算" not in page


# ── 代录 ─────────────────────────────────────────────────────────────────────────────────────────
@pytest.mark.parametrize(("days", "late", "missed"), [(0, False, False), (1, True, False), (60, True, True)])
def test_from_paper_the_day_of_receipt_decides(row, office, days, late, missed):
    day = row.due_at.astimezone(SHANGHAI).date() + timedelta(days=days)
    at = AFTER + timedelta(days=60)
    done = on_paper(row, office, day, at=at)
    assert (done.state, done.late, done.missed) == ("filed", late, missed)
    assert (done.report.received_on, done.report.submitted_at) == (day, at)
    assert done.report.entered_late == "补登，依据北政函〔2020〕8号；收发室漏转"
    assert Notice.objects.filter(key__startswith=f"report-from-paper/{row.pk}/").count() == 1
    assert "收发室漏转" in AuditEntry.objects.get(action="duties.report.paper-entry").data


def test_who_entered_it_does_not_accept_it(row, office):
    done = on_paper(row, office, row.due_at.date())
    seen = [Seen(row.pk, done.report.version)]
    with pytest.raises(NotAllowed, match="另一个人审核"):
        accept_reports(actor=office, found=access.reviewed_by(office), seen=seen, at=AFTER)
    other = replace(office, user_id=2)
    assert accept_reports(actor=other, found=access.reviewed_by(other), seen=seen, at=AFTER) == 1


@pytest.mark.parametrize(
    ("received_on", "given", "code"),
    [
        (date(2020, 1, 2), {}, "bad-received"),
        (date(2020, 9, 2), {}, "future-day"),
        (date(2020, 7, 15), {"late_reason": ""}, "late-entry"),
        (date(2020, 7, 15), {"number": ""}, "paper-number-missing"),
    ],
)
def test_what_cannot_be_is_refused(row, office, received_on, given, code):
    with pytest.raises(Refused) as refusal:
        on_paper(row, office, received_on, **given)
    assert refusal.value.code == code
    row.refresh_from_db()
    assert row.state == "expected"


def test_it_is_entered_by_who_reads_the_reports_and_not_over_what_stands(row, office):
    for who, error in ((acting(TOWN, "reporter"), NotAllowed), (acting("区水务局", "register_office"), NotFound)):
        with pytest.raises(error):
            on_paper(row, who, date(2020, 7, 15))
    made_up(row)
    with pytest.raises(Conflict, match="已报送"):
        on_paper(row, office, date(2020, 7, 15))


def test_the_page_of_the_lead_office_takes_the_paper(row):
    office = signed_in("zhengwu-x", "区政务服务中心", "register_office")
    page = office.get(f"/duties/periods/{row.pk}/").content.decode()
    assert "代录：单位报来的是纸质件" in page
    typed = {"version": "0", "course": "done", "progress": "已开放一次", "paper_number": "北政函〔2020〕8号"}
    address = f"/duties/periods/{row.pk}/paper/"
    refused = office.post(address, typed | {"received_on": "2020-07-15"})
    assert (
        refused.status_code == 422
        and "收件日期" in refused.content.decode()
        and "已开放一次" in refused.content.decode()
    )
    sent = office.post(address, typed | {"received_on": "2020-07-15", "late_reason": "收发室漏转"})
    assert sent.status_code == 302
    page = one_line(office.get(f"/duties/periods/{row.pk}/").content.decode())
    assert "按纸质件 北政函〔2020〕8号 代录" in page and "2020-07-15 收件" in page and "补登" in page
