"""What a place that ended in the year has reported or let pass stays on record of its body, and on the page of it (0141)."""

from miyun_kpi.duties.on_record import facts
from miyun_kpi.duties.unit_part import PART
from miyun_kpi.lib.periods import PeriodCode
from miyun_kpi.organisations.on_record import Span
from miyun_kpi.organisations.queries import resolve
from miyun_kpi.organisations.unit_record import Asked
from tests.duties.conftest import AT, acting
from tests.duties.test_merged import KEY, LOCKED, NEW, OLD, Q, client_of, drafted, filed, given_back, merged

SOURCE, CLAUSE = "2020-14", KEY.split("/")[1]


def told(name, at=LOCKED, clause=CLAUSE):
    code = PeriodCode.parse(Q)
    found = facts(Span([resolve(name)], code.first_day, code.last_day, at), [SOURCE])
    return sorted((one.state, one.count) for one in found if one.clause == clause)


def test_what_it_handed_in_stays_on_its_record_after_the_merger(opened, office):
    filed(OLD)
    before = told(OLD, AT)
    merged()
    assert ("on_time", 1) in before and ("on_time", 1) in told(OLD, AT)


def test_what_it_let_pass_is_its_own_and_what_goes_over_is_told_of_the_one_that_goes_on(opened, office):
    owed = dict(told(OLD))["missing"]
    merged(at=LOCKED)
    assert dict(told(OLD))["missing"] == owed


def test_what_went_over_or_was_laid_down_is_not_missing_twice(opened, office):
    drafted(OLD, "草稿"), drafted(NEW, "也是草稿")
    merged()
    assert "missing" not in dict(told(OLD)), "it owes nothing any more"
    assert dict(told(NEW))["missing"] == dict(told("大城子镇"))["missing"]


def test_a_report_given_back_stays_on_the_record_of_the_body_that_ended(opened, office):
    given_back(filed(OLD), office)
    merged()
    assert ("returned", 1) in told(OLD, AT)


def test_the_page_of_a_body_that_ended_has_its_duties(opened, office):
    filed(OLD)
    merged()
    old = resolve(OLD)
    leader = acting("区政府办公室", "leader")
    asked = Asked(leader, old, AT.date(), AT)
    assert PART.present(asked) and any(
        one.document == SOURCE for one in PART.counts(Asked(leader, old, AT.date(), LOCKED))
    )
    page = client_of("lead", "区政府办公室", "leader").get(f"/organisations/{old.code}/?tab=duties")
    assert page.status_code == 200
    assert not PART.present(Asked(acting("大城子镇", "reporter"), old, AT.date(), AT)), (
        "nothing of it is theirs to read"
    )
