"""What a place had reported before it went over is not asked again of the one that goes on: each period is owed once (0141)."""

from datetime import date, datetime

import pytest

from miyun_kpi.duties import access
from miyun_kpi.duties.enums import ReportState
from miyun_kpi.duties.models import DutyPeriod, DutyUnit
from miyun_kpi.duties.queries.owing import before_live
from miyun_kpi.duties.queries.reports import owed_by
from miyun_kpi.duties.rules.cadence import SHANGHAI
from miyun_kpi.duties.services import Seen, accept_reports, return_report, save_report, submit_reports
from miyun_kpi.duties.services.opening import open_due, open_past
from miyun_kpi.duties.services.statements import decide_statement, file_statement
from miyun_kpi.duties.services.units import end_unit, extend_list, hand_over
from miyun_kpi.organisations.queries import resolve
from tests.duties.conftest import acting, duty, period_of
from tests.duties.test_merged import merged, said
from tests.duties.test_units import open_phrase

AT = datetime(2021, 3, 10, 10, tzinfo=SHANGHAI)
LATER = datetime(2021, 3, 10, 10, 15, tzinfo=SHANGHAI)
ONCE, A, B, C = "22/三（四）3（2）", "区住建委", "区城管委", "区财政局"
MONTHLY, LISTED, JULY = "14/二（五）/3/1", "14/三（六）/1/1", datetime(2020, 7, 10, 10, tzinfo=SHANGHAI)


@pytest.fixture
def water(gazette):
    open_due(at=AT)
    return acting("区水务局", "register_office")


def filed(key: str, name: str, code: str, at: datetime) -> DutyPeriod:
    row, actor = period_of(key, name, code), acting(name, "reporter")
    save_report(actor=actor, duty_period_id=row.pk, report=said("已经办好"), at=at)
    submit_reports(actor=actor, found=DutyPeriod.objects.filter(pk=row.pk), at=at)
    return DutyPeriod.objects.select_related("report").get(pk=row.pk)


def handed(office, key: str, name: str, to: str, at: datetime) -> None:
    unit = DutyUnit.objects.get(duty__key=key, organisation=resolve(name))
    given = {"version": duty(key).version, "to_code": resolve(to).code, "reason": "职能划转决定"}
    hand_over(actor=office, unit_id=unit.pk, at=at, **given)


def owed(key: str, name: str) -> set[str]:
    found = DutyPeriod.objects.filter(unit__duty__key=key, unit__organisation=resolve(name))
    return set(found.values_list("period", flat=True))


@pytest.mark.parametrize("decided", ["filed", "accepted", "returned"])
@pytest.mark.parametrize("change", ["merger", "hand-over"])
def test_a_dated_task_that_was_reported_is_not_opened_anew(water, decided, change):
    row = filed(ONCE, A, "once", AT)
    found, seen = access.reviewed_by(water), Seen(row.pk, row.report.version)
    if decided == "accepted":
        accept_reports(actor=water, found=found, seen=[seen], at=AT)
    if change == "merger":
        merged(A, B, AT)
    else:
        handed(water, ONCE, A, B, AT)
    if decided == "returned":
        return_report(actor=water, found=found, seen=seen, observation="请写日期", until=LATER, at=AT)
    open_due(at=LATER)
    assert owed(ONCE, B) == set()
    # Nor by hand, nor of whom it goes over to next; nor is it taken in as one of before the site went live.
    open_past(actor=water, document="2020-22", first=date(2020, 5, 1), last=date(2021, 3, 10), at=LATER)
    merged(B, C, LATER)
    open_due(at=datetime(2021, 3, 11, tzinfo=SHANGHAI))
    assert owed(ONCE, B) == owed(ONCE, C) == set() and owed(ONCE, A) == {"once"}
    places = set(DutyUnit.objects.filter(duty__key=ONCE, organisation=resolve(C)).values_list("pk", flat=True))
    document = access.require_office(water, "2020-22")
    late = datetime(2026, 1, 1, tzinfo=SHANGHAI)
    assert not places & {unit for unit, _ in before_live(document, late).rows}


def test_one_that_was_let_pass_is_not_opened_by_hand_either(water):
    """It is the 逾期 of the one that let it pass."""
    at = datetime(2023, 6, 1, 10, tzinfo=SHANGHAI)
    merged(A, B, at)
    open_past(actor=water, document="2020-22", first=date(2022, 1, 1), last=date(2022, 12, 31), at=at)
    assert owed(ONCE, B) == set() and owed(ONCE, A) == {"once"}


def test_a_month_reported_within_itself_is_not_asked_again_and_the_next_is(office):
    open_due(at=JULY)
    name = DutyUnit.objects.get(duty__key=MONTHLY, active=True).organisation.name
    filed(MONTHLY, name, "2020-07", JULY)
    handed(office, MONTHLY, name, C, JULY)
    open_due(at=datetime(2020, 7, 11, tzinfo=SHANGHAI))
    assert owed(MONTHLY, C) == set()
    open_due(at=datetime(2020, 8, 3, tzinfo=SHANGHAI))
    assert owed(MONTHLY, C) == {"2020-08"} and owed(MONTHLY, name) == {"2020-07"}


def test_nor_is_one_whose_statement_was_taken(office):
    open_due(at=JULY)
    row = period_of(LISTED, "北庄镇", "2020Q3")
    given = {"duty_period_id": row.pk, "at": JULY}
    file_statement(actor=acting("北庄镇", "reporter"), version=0, reason="本镇没有这样的会议，不开展", **given)
    decide_statement(actor=office, version=1, accepted=True, opinion="", **given)
    handed(office, LISTED, "北庄镇", C, JULY)
    open_due(at=datetime(2020, 7, 11, tzinfo=SHANGHAI))
    assert owed(LISTED, C) == {"2020Q2"}


def test_what_comes_back_is_not_asked_again_where_the_other_had_reported_it(water):
    handed(water, ONCE, A, B, AT)
    filed(ONCE, B, "once", AT)
    handed(water, ONCE, B, A, AT)
    open_due(at=LATER)
    assert owed(ONCE, A) == set() and not owed_by(resolve(A).pk, LATER).filter(unit__duty__key=ONCE).exists()


def test_a_unit_that_was_in_the_duty_before_owes_its_own(water):
    filed(ONCE, A, "once", AT)
    DutyPeriod.objects.filter(unit__duty__key=ONCE, unit__organisation=resolve("区发改委")).delete()
    merged(A, "区发改委", AT)
    open_due(at=LATER)
    assert owed(ONCE, "区发改委") == {"once"}


def test_a_unit_named_when_another_leaves_owes_its_own(office):
    open_due(at=JULY)
    for name in (B, C):
        given = {"version": duty(LISTED).version, "codes": [resolve(name).code], "reason": "会议明确调整名单"}
        if name == C:
            unit = DutyUnit.objects.get(duty__key=LISTED, organisation=resolve(B))
            filed(LISTED, B, "2020Q3", JULY)
            end_unit(actor=office, unit_id=unit.pk, version=given["version"], reason="会议明确调整", at=JULY)
            given["version"] += 1
        extend_list(actor=office, phrase_id=open_phrase(LISTED).pk, at=JULY, **given)
        # The clock has opened up to today; the day is opened again.
        open_due(at=JULY)
    assert (
        owed(LISTED, C) == {"2020Q3"}
        and DutyPeriod.objects.get(unit__duty__key=LISTED, unit__organisation=resolve(B), period="2020Q3").state
        == ReportState.FILED
    )
