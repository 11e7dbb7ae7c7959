"""A1: who left long ago and is reported now. The fact is taken in, and the money follows it by itself."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from miyun_kpi.audit.models import AuditEntry
from miyun_kpi.lib.errors import Conflict, Refused
from postdoc.desk import desk_items
from postdoc.models import BudgetYear, ClaimedMonth, LedgerLine
from postdoc.queries.entitlement import MonthLine, people, whole_of
from postdoc.queries.figures import figures
from postdoc.queries.money import balance_of
from postdoc.rules.entitlement import MONTH_STATES, Month
from postdoc.services import course, ledger, money
from tests.postdoc.conftest import AT, act, enter, handler, park, station, stay, treasury
from tests.postdoc.test_history import browser
from tests.postdoc.test_money import TODAY, apply, approved, budget, living, review, write

__all__ = ["approved", "budget", "handler", "living", "park", "station", "stay", "treasury"]
LEFT = date(2021, 5, 20)


def gone(actor, row, left_on=LEFT, **more):
    facts = {"ground": "11", "notice": "told", "noticed_on": left_on, "explanation": ""} | more
    return act(course.withdraw, actor, row, left_on=left_on, **facts)


def used():
    return BudgetYear.objects.get(year=2026).used


@pytest.fixture
def paid(approved, treasury, park):
    """Twelve months, 48,000, paid, taxed and handed on."""
    write(treasury, approved, "paid", 48000)
    write(park, approved, "tax", 1440)
    write(park, approved, "handed", 46560)
    return approved


def test_who_left_long_ago_is_registered_as_gone_and_the_rest_is_asked_back(paid, stay, park, treasury):
    gone(park, stay)
    stay.refresh_from_db()
    assert stay.left_on == LEFT, "the fact is taken in"
    paid.refresh_from_db()
    now = balance_of(paid)
    assert (now.clawback, now.owed, paid.clawback) == (16000, 16000, 16000)
    paid.refresh_from_db()
    line = paid.lines.get(ground="left")
    assert paid.gone == ["2021-05", "2021-06", "2021-07", "2021-08"]
    assert "2021-05 至 2021-08（4 个月）" in line.note and line.by_id is None
    assert list(paid.months.values_list("month", flat=True))[-1] == "2021-04"
    assert (paid.first_month, paid.last_month) == ("2020-09", "2021-04")
    assert any("追回 16,000.00 元" in one.note for one in stay.events.filter(act="离站后多领"))
    assert [item.action for item in desk_items(treasury, AT)] == ["登记追回到账"]
    assert AuditEntry.objects.filter(action="postdoc.application.adjusted").exists()
    whole = whole_of(people(type(stay.person).objects.all()).get(), figures(), TODAY)
    assert whole.claimed == whole.due == 32000, "claimed is what is due"


def test_what_comes_back_within_the_year_may_be_approved_anew(paid, stay, park, treasury):
    gone(park, stay)
    assert used() == 48000
    write(treasury, paid, "recovered", 16000)
    paid.refresh_from_db()
    assert used() == 32000 and paid.progress[1] == "已追回"
    assert "退回 2026 年度预算" in paid.events.filter(act="追回到账").get().note
    line = paid.lines.get(kind="recovered")
    ledger.reverse_line(
        actor=treasury, application_id=paid.pk, version=paid.version, line_id=line.pk, reason="入错户头", at=AT
    )
    assert used() == 48000 and balance_of(paid).owed == 16000


def test_what_comes_back_in_a_later_year_goes_to_the_treasury(paid, stay, park, treasury):
    gone(park, stay)
    later = AT.replace(year=2027)
    write(treasury, paid, "recovered", 16000, on=later.date(), at=later)
    assert used() == 48000 and "上缴国库" in paid.events.filter(act="追回到账").get().note


def test_what_was_approved_and_not_paid_is_cut_and_frees_the_budget(approved, stay, park):
    assert used() == 48000
    gone(park, stay)
    approved.refresh_from_db()
    assert (approved.amount, approved.phase, used()) == (32000, "approved", 32000)
    assert not approved.lines.exists()


def test_an_approval_with_nothing_left_is_taken_back_whole(station, stay, park, handler, budget):
    row = apply(park, station, "living", stay, first="2021-06", last="2021-08")
    review(handler, row)
    gone(park, stay)
    row.refresh_from_db()
    assert (row.phase, used()) == ("withdrawn", 0) and not row.months.exists()


@pytest.mark.parametrize(("first", "phase", "amount"), [("2020-09", "filed", 32000), ("2021-06", "withdrawn", 12000)])
def test_what_is_under_way_is_cut_or_withdrawn(station, stay, park, first, phase, amount):
    row = apply(park, station, "living", stay, first=first, last="2021-08")
    gone(park, stay)
    row.refresh_from_db()
    assert (row.phase, row.amount) == (phase, amount)
    assert not ClaimedMonth.objects.filter(month__gt="2021-04").exists()
    assert phase == "withdrawn" or all(reason[0][:7] <= "2021-04" for reason in row.reasons)


def test_an_instalment_is_cut_where_it_is_unpaid_and_asked_back_where_it_is_paid(
    approved, stay, park, treasury, handler
):
    money.enter_arrangement(actor=handler, title="安排通知", issued_on=TODAY, instalments=True, note_text="", at=AT)
    write(treasury, approved, "paid", 40000)
    gone(park, stay)
    approved.refresh_from_db()
    now = balance_of(approved)
    assert (approved.amount, now.received, now.clawback, used()) == (40000, 40000, 8000, 40000)


def test_a_leaving_that_was_no_fact_takes_its_clawback_back(paid, stay, park, handler, treasury):
    gone(park, stay)
    line = paid.lines.get(ground="left")
    paid.refresh_from_db()
    with pytest.raises(Refused) as refusal:
        ledger.reverse_line(
            actor=handler, application_id=paid.pk, version=paid.version, line_id=line.pk, reason="登记有误", at=AT
        )
    assert refusal.value.code == "follows-the-leaving" and "撤销离站登记" in refusal.value.message
    act(course.undo_leaving, handler, stay, reason="离站登记错了人")
    paid.refresh_from_db()
    assert balance_of(paid).owed == 0 and paid.months.count() == 12
    gone(park, stay)
    write(treasury, paid, "recovered", 16000)
    with pytest.raises(Conflict) as refusal:
        act(course.undo_leaving, handler, stay, reason="离站登记错了人")
    assert "先冲正那笔" in refusal.value.message


def test_a_grant_taken_back_whole_is_free_to_be_asked_for_again(station, stay, park, handler, treasury, budget):
    row = apply(park, station, "station")
    review(handler, row)
    row.refresh_from_db()
    write(treasury, row, "paid", row.amount)
    with pytest.raises(Refused, match="追回全部"):
        write(handler, row, "clawback", row.amount - 1, ground="fraud", note_text="虚假材料骗取")
    write(handler, row, "clawback", row.amount, ground="fraud", note_text="虚假材料骗取")
    with pytest.raises(Conflict):
        apply(park, station, "station")
    back = write(treasury, row, "recovered", row.amount)
    again = apply(park, station, "station")
    row.refresh_from_db()
    with pytest.raises(Conflict) as refusal:
        ledger.reverse_line(
            actor=treasury, application_id=row.pk, version=row.version, line_id=back.pk, reason="入错户头", at=AT
        )
    assert refusal.value.code == "claimed-anew"
    again.refresh_from_db()
    assert again.once_key and row.once_key is None


def test_a_ground_is_asked_for(paid, handler):
    for ground in ("", "left", "none-such"):
        with pytest.raises(Refused, match="追回原因"):
            write(handler, paid, "clawback", 100, ground=ground, note_text="挪用专项资金")


def test_false_papers_void_from_the_beginning_only_by_a_decision(paid, stay, park, handler):
    """第二十六条: what the ground voids is taken back whole by a person; by itself only what came after the day."""
    gone(park, stay, ground="07")
    paid.refresh_from_db()
    assert balance_of(paid).clawback == 16000
    write(handler, paid, "clawback", 32000, ground="fraud", note_text="提供虚假材料查实")
    assert balance_of(paid).owed == 48000


@pytest.mark.parametrize(("ground", "why"), [("07", "提供虚假材料"), ("10", "未按照有关协议约定到岗")])
def test_the_page_of_whom_a_ground_voids_says_so_of_every_month(paid, stay, park, ground, why):
    gone(park, stay, ground=ground)
    page = browser("yq", "中关村密云园", "reporter").get(f"/postdoc/entitlements/{stay.person_id}/")
    said = page.content.decode()
    assert page.status_code == 200 and said.count("自始不发") == 9 and why in said


def test_every_state_of_a_month_has_its_word():
    words = [
        MonthLine(Month("2021-01", 1, state, Decimal(0), "", ""), stay=None, application=None).word
        for state, _ in MONTH_STATES
    ]
    assert words == ["可申报", "未到", "不计", "施行前", "超过期限", "不再享受", "自始不发"]


def test_a_void_stay_before_does_not_take_the_months_of_the_one_that_is_settled(
    station, park, handler, treasury, budget
):
    """What the first drew was void from the beginning, so the second is the one that has its months."""
    first = enter(park, station)
    gone(park, first, date(2021, 1, 20), ground="07")
    second = enter(park, station, entered_on=date(2021, 6, 1), ends_on=date(2023, 5, 31), again=True)
    row = apply(park, station, "living", second, first="2021-06", last="2022-05")
    review(handler, row)
    write(treasury, row, "paid", 48000)
    gone(park, second, date(2022, 3, 31))
    row.refresh_from_db()
    assert balance_of(row).clawback == 8000 and row.months.count() == 10


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.dates(date(2020, 9, 20), date(2022, 9, 10)), st.integers(0, 48))
def test_after_any_late_leaving_what_is_kept_is_what_is_due(transactional, day, thousands):
    """Paid − asked back + still to pay = the months that the final facts give, whatever was paid before."""
    with transactional() as world:
        paid = Decimal(thousands) * 1000
        if paid:
            write(world.treasury, world.row, "paid", paid)
        gone(world.park, world.stay, day)
        world.row.refresh_from_db()
        now = balance_of(world.row)
        whole = whole_of(people(type(world.stay.person).objects.all()).get(), figures(), TODAY)
        due = sum((one.month.amount for one in whole.months if one.month.month <= "2021-08"), Decimal(0))
        kept = Decimal(0) if world.row.phase == "withdrawn" else world.row.amount - now.clawback
        assert kept == due == sum(world.row.months.values_list("amount", flat=True), Decimal(0))
        assert used() == (0 if world.row.phase == "withdrawn" else world.row.amount)
        assert not LedgerLine.objects.filter(amount__lte=0).exists()


@pytest.fixture
def transactional(approved, treasury, park, stay, handler):
    """Each example in a part of the transaction that is taken back."""
    from contextlib import contextmanager
    from types import SimpleNamespace

    from django.db import transaction

    money.enter_arrangement(actor=handler, title="安排通知", issued_on=TODAY, instalments=True, note_text="", at=AT)

    @contextmanager
    def world():
        mark = transaction.savepoint()
        try:
            yield SimpleNamespace(row=approved, treasury=treasury, park=park, stay=stay)
        finally:
            transaction.savepoint_rollback(mark)

    return world
