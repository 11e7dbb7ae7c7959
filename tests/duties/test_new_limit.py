"""A changed 完成时限 of a dated task reaches who has not reported: dates, reminders, tally; what was reported stays as it was."""

import json
from datetime import date, datetime, timedelta

import pytest

from miyun_kpi.audit.models import AuditEntry
from miyun_kpi.duties.enums import ReportState
from miyun_kpi.duties.models import Duty, DutyDocument, DutyPeriod, DutyUnit
from miyun_kpi.duties.queries.owing import days_of
from miyun_kpi.duties.queries.reports import is_writable, owed_by, standing_of, tallies_by_document, tally_faults
from miyun_kpi.duties.rules.cadence import SHANGHAI, window_once
from miyun_kpi.duties.services.opening import open_due
from miyun_kpi.duties.services.reminders import send_reminders
from miyun_kpi.duties.services.settling import settle
from miyun_kpi.duties.services.upkeep import amend_duty, withdraw_duty
from miyun_kpi.inbox.models import Notice
from miyun_kpi.lib.errors import Refused
from miyun_kpi.organisations.queries import resolve
from tests.duties.conftest import acting, duty, period_of
from tests.duties.test_merged import drafted, merged
from tests.duties.test_owed_once import AT, ONCE, A, B, filed, handed

OTHER = "区发改委"
# The printed limit is 2022-12-31; by then its late days have run out and the night has counted.
GONE = datetime(2023, 6, 1, 10, tzinfo=SHANGHAI)


@pytest.fixture
def water(gazette):
    open_due(at=AT)
    return acting("区水务局", "register_office")


def amend(office, due_on: date | None, at: datetime = AT) -> Duty:
    row = duty(ONCE)
    given = {"title": row.title, "requirement": row.requirement, "due_on": due_on, "reason": "工期调整"}
    return amend_duty(actor=office, duty_id=row.pk, version=row.version, at=at, **given)


def window(due_on: date):
    document = DutyDocument.objects.get(document="2020-22")
    return window_once(document.starts_on, due_on, days_of(document))


def dates(row: DutyPeriod):
    row.refresh_from_db()
    return type(window(date(2021, 1, 1)))(row.starts_at, row.due_at, row.late_until, row.locks_at)


def rows() -> int:
    return DutyPeriod.objects.filter(unit__duty__key=ONCE).count()


def test_who_has_not_reported_reports_by_the_new_day_and_is_told(water):
    reported, blank = filed(ONCE, A, "once", AT), period_of(ONCE, OTHER, "once")
    draft = drafted(OTHER, "写到一半", row=blank, at=AT)
    amend(water, date(2022, 6, 30))
    assert dates(draft) == window(date(2022, 6, 30)) and draft.state == ReportState.DRAFT
    assert dates(reported) == window(date(2022, 12, 31))
    assert json.loads(AuditEntry.objects.get(action="duties.duty.amended").data)["periods"] == rows() - 1
    told = Notice.objects.get(organisation=resolve(OTHER))
    assert "2022-06-30" in told.title and told.url == f"/duties/periods/{draft.pk}/"
    assert not Notice.objects.filter(organisation=resolve(A)).exists()


def test_words_alone_change_no_date_and_tell_nobody(water):
    row = period_of(ONCE, OTHER, "once")
    before = dates(row)
    amend(water, date(2022, 12, 31))
    assert dates(row) == before and not Notice.objects.exists()
    assert "periods" not in json.loads(AuditEntry.objects.get(action="duties.duty.amended").data)


def test_what_the_night_had_counted_is_open_again_where_the_new_day_lies_ahead(water):
    row = period_of(ONCE, OTHER, "once")
    settle(GONE)
    assert DutyPeriod.objects.get(pk=row.pk).settled
    amend(water, date(2023, 12, 31), GONE)
    row = DutyPeriod.objects.select_related("unit").get(pk=row.pk)
    assert not row.settled and is_writable(row, GONE) and row in owed_by(resolve(OTHER).pk, GONE)
    counted = tallies_by_document(DutyUnit.objects.filter(pk=row.unit_id), GONE)["2020-22"]
    assert (counted.missing, counted.reporting) == (0, 1) and not list(tally_faults())


def test_one_that_counted_as_missed_while_its_statement_waits_does_not_any_more(water):
    row = period_of(ONCE, OTHER, "once")
    DutyPeriod.objects.filter(pk=row.pk).update(missed=True)
    amend(water, date(2023, 12, 31), GONE)
    assert standing_of(DutyPeriod.objects.get(pk=row.pk), GONE) == "reporting"


def test_reminders_go_by_the_new_day_though_those_of_the_old_were_sent(water):
    row = period_of(ONCE, OTHER, "once")
    send_reminders(at=datetime(2022, 12, 29, 10, tzinfo=SHANGHAI))
    amend(water, date(2023, 6, 30), datetime(2022, 12, 30, 10, tzinfo=SHANGHAI))
    send_reminders(at=datetime(2023, 6, 28, 10, tzinfo=SHANGHAI))
    found = Notice.objects.filter(organisation=resolve(OTHER), title__startswith="将到期", url__contains=f"/{row.pk}/")
    assert sorted("06月30日" in one.body for one in found) == [False, True]
    assert send_reminders(at=datetime(2023, 6, 28, 11, tzinfo=SHANGHAI)) == 0


def test_what_was_given_back_keeps_its_own_time(water):
    row = filed(ONCE, A, "once", AT)
    until = AT + timedelta(days=10)
    DutyPeriod.objects.filter(pk=row.pk).update(state=ReportState.RETURNED, reopened_until=until)
    amend(water, date(2022, 6, 30))
    assert dates(row) == window(date(2022, 12, 31)) and row.reopened_until == until


def test_without_a_day_the_blank_ones_go_and_the_begun_ones_wait_to_be_asked_for_again(water):
    reported, draft = filed(ONCE, A, "once", AT), drafted(OTHER, "写到一半", row=period_of(ONCE, OTHER, "once"), at=AT)
    before = rows()
    amend(water, None)
    assert rows() == 2 < before and json.loads(AuditEntry.objects.get(action="duties.duty.amended").data)["periods"]
    draft.refresh_from_db()
    assert draft.state == ReportState.EXEMPT and not owed_by(resolve(OTHER).pk, AT).filter(pk=draft.pk)
    assert "没有时限" in Notice.objects.get(organisation=resolve(OTHER)).title
    amend(water, date(2023, 6, 30))
    open_due(at=AT)
    draft.refresh_from_db()
    assert rows() == before and draft.state == ReportState.DRAFT and dates(draft) == window(date(2023, 6, 30))
    reported.refresh_from_db()
    assert reported.state == ReportState.FILED


def test_without_a_day_nobody_is_late_who_could_still_report(water):
    """In the days for late reports; what was given back waits to be put right, and is not told to be asked for no more."""
    back = filed(ONCE, A, "once", AT)
    until = datetime(2023, 1, 20, 18, tzinfo=SHANGHAI)
    DutyPeriod.objects.filter(pk=back.pk).update(state=ReportState.RETURNED, reopened_until=until)
    late = datetime(2023, 1, 3, 10, tzinfo=SHANGHAI)
    assert dates(back).due_at < late < dates(back).late_until, "past the day, within the days for late reports"
    amend(water, None, late)
    assert list(DutyPeriod.objects.filter(unit__duty__key=ONCE)) == [back]
    told = set(Notice.objects.values_list("organisation__name", flat=True))
    assert resolve(OTHER).name in told and resolve(A).name not in told
    settle(GONE)
    assert not DutyPeriod.objects.filter(unit__duty__key=ONCE).exclude(pk=back.pk).exists()


def test_a_day_that_is_over_does_not_make_anybody_late_who_still_had_time(water):
    row = period_of(ONCE, OTHER, "once")
    with pytest.raises(Refused, match="家照现在的时限还来得及报"):
        amend(water, AT.date() - timedelta(days=1))
    assert dates(row) == window(date(2022, 12, 31)) and duty(ONCE).due_on == date(2022, 12, 31)
    # Where it is over for all anyway, a slip of the pen is put right.
    amend(water, date(2022, 12, 30), GONE)
    assert dates(row) == window(date(2022, 12, 30))


@pytest.mark.parametrize("change", ["merger", "hand-over"])
def test_what_a_place_let_pass_before_it_went_over_is_owed_by_the_new_day_once(water, change):
    """By whoever has the task now (0141)."""
    row = period_of(ONCE, A, "once")
    if change == "merger":
        merged(A, B, GONE)
    else:
        handed(water, ONCE, A, B, GONE)
    amend(water, date(2023, 12, 31), GONE)
    open_due(at=GONE)
    assert dates(row) == window(date(2023, 12, 31)) and row.unit.organisation == resolve(B)
    assert list(owed_by(resolve(B).pk, GONE).filter(unit__duty__key=ONCE)) == [row]
    assert not owed_by(resolve(A).pk, GONE).filter(unit__duty__key=ONCE)
    late = datetime(2024, 6, 1, 10, tzinfo=SHANGHAI)
    settle(late)
    places = DutyUnit.objects.filter(duty__key=ONCE, organisation__in=[resolve(A), resolve(B)])
    assert tallies_by_document(places, late)["2020-22"].missing == 1, "once, whoever let it pass again"


def test_a_disabled_task_asks_for_nothing_again(water):
    draft = drafted(OTHER, "写到一半", row=period_of(ONCE, OTHER, "once"), at=AT)
    row = duty(ONCE)
    withdraw_duty(actor=water, duty_id=row.pk, version=row.version, reason="不再建设", at=AT)
    amend(water, date(2023, 6, 30))
    draft.refresh_from_db()
    assert draft.state == ReportState.EXEMPT and not Notice.objects.exists()
