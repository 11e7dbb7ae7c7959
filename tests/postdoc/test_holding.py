"""第二十、二十六条: no month is paid twice, whatever was asked back of it and whatever 离站 was undone meanwhile."""

from datetime import date
from decimal import Decimal
from types import SimpleNamespace

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from miyun_kpi.lib.errors import Refused
from postdoc.models import ClaimedMonth
from postdoc.queries.entitlement import offers, people, whole_of
from postdoc.queries.figures import figures
from postdoc.queries.money import balance_of
from postdoc.services import course, ledger, money
from tests.postdoc.conftest import AT, act
from tests.postdoc.test_history import browser
from tests.postdoc.test_money import TODAY, apply, budget, review, write
from tests.postdoc.test_settling import gone

__all__ = ["budget"]


@pytest.fixture
def one_month(park, station, stay, handler, treasury, budget):
    """2021-08 alone: 4,000 approved and paid."""
    row = apply(park, station, "living", stay, first="2021-08", last="2021-08")
    review(handler, row)
    write(treasury, row, "paid", 4000)
    return row


def undo(handler, stay):
    act(course.undo_leaving, handler, stay, reason="登记错了，没有离站")


def offered(station):
    return {one.first for one in offers([station], figures(), TODAY) if one.grant == "living"}


@pytest.mark.parametrize("wrong", [1000, 3000, 4000])
def test_a_month_is_held_again_when_the_leaving_was_no_fact(one_month, park, station, stay, handler, wrong):
    write(handler, one_month, "clawback", wrong, ground="wrong", note_text="误付，重复计算")
    gone(park, stay, date(2021, 8, 20))
    assert not one_month.months.exists(), "after the 离站 the month is not due"
    undo(handler, stay)
    one_month.refresh_from_db()
    assert balance_of(one_month).owed == wrong
    assert list(one_month.months.values_list("month", flat=True)) == ["2021-08"]
    assert "2021-08" not in {
        one.month.month
        for one in whole_of(people(type(stay.person).objects.all()).get(), figures(), TODAY).months
        if one.application is None
    }
    with pytest.raises(Refused, match="没有可以申报的月份"):
        apply(park, station, "living", stay, first="2021-08", last="2021-08")


def test_what_comes_back_whole_frees_it_and_a_reversal_holds_it_again(
    one_month, park, station, stay, handler, treasury
):
    write(handler, one_month, "clawback", 4000, ground="wrong", note_text="误付，重复计算")
    gone(park, stay, date(2021, 8, 20))
    back = write(treasury, one_month, "recovered", 4000)
    undo(handler, stay)
    assert not one_month.months.exists(), "all of it came back"
    one_month.refresh_from_db()
    ledger.reverse_line(
        actor=treasury,
        application_id=one_month.pk,
        version=one_month.version,
        line_id=back.pk,
        reason="入错户头",
        at=AT,
    )
    assert one_month.months.count() == 1, "nothing came back: it is paid"


def test_an_approval_that_came_back_whole_is_not_paid_further_when_its_months_were_asked_for_anew(
    park, station, stay, handler, treasury, budget
):
    money.enter_arrangement(actor=handler, title="安排通知", issued_on=TODAY, instalments=True, note_text="", at=AT)
    row = apply(park, station, "living", stay, first="2021-01", last="2021-02")
    review(handler, row)
    write(treasury, row, "paid", 1000)
    write(handler, row, "clawback", 1000, ground="wrong", note_text="误付，付错了人")
    write(treasury, row, "recovered", 1000)
    other = apply(park, station, "living", stay, first="2021-01", last="2021-02")
    with pytest.raises(Refused) as refusal:
        write(treasury, row, "paid", 7000)
    assert refusal.value.code == "claimed-anew"
    review(handler, other)
    write(treasury, other, "paid", 8000)


def test_page_and_list_tell_all_months_after_each_undoing(park, station, stay, handler, treasury, budget):
    """第二十条: 16,000 of four months stay four months with their reasons, however often a 离站 is entered and undone."""
    row = apply(park, station, "living", stay, first="2021-05", last="2021-08")
    reasons = row.reasons
    review(handler, row)
    write(treasury, row, "paid", 16000)
    for day in (date(2021, 8, 20), date(2021, 5, 20)):
        gone(park, stay, day)
        undo(handler, stay)
        row.refresh_from_db()
        assert (row.first_month, row.last_month, row.reasons) == ("2021-05", "2021-08", reasons)
        assert row.months.count() == 4
    client = browser("yq", "中关村密云园", "reporter")
    page = client.get(f"/postdoc/applications/{row.pk}/").content.decode()
    assert "在站第 9 个月" in page and "在站第 12 个月" in page
    assert "2021年5月 至 2021年8月" in client.get("/postdoc/applications/").content.decode()


def test_a_clawback_that_is_reversed_leaves_what_the_leaving_asks_back(one_month, park, stay, handler):
    """误付 had taken the whole; when it was none, what was drawn after the 离站 is asked back instead."""
    line = write(handler, one_month, "clawback", 3000, ground="wrong", note_text="误付，重复计算")
    gone(park, stay, date(2021, 8, 20))
    one_month.refresh_from_db()
    given_ = {"version": one_month.version, "line_id": line.pk, "reason": "并没有误付", "at": AT}
    ledger.reverse_line(actor=handler, application_id=one_month.pk, **given_)
    one_month.refresh_from_db()
    assert one_month.clawback == 4000 and not one_month.months.exists()
    undo(handler, stay)
    one_month.refresh_from_db()
    assert one_month.clawback == 0 and one_month.months.count() == 1


MOVES = st.lists(
    st.one_of(
        st.tuples(st.just("wrong"), st.integers(1, 12)),
        st.tuples(st.just("leave"), st.dates(date(2021, 4, 1), date(2021, 9, 20))),
        st.tuples(st.just("undo"), st.none()),
        st.tuples(st.just("recovered"), st.integers(1, 12)),
        st.tuples(st.just("reverse"), st.none()),
        st.tuples(st.just("handed"), st.integers(1, 12)),
    ),
    max_size=8,
)


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(MOVES)
def test_after_any_history_each_paid_month_is_held_unless_it_was_asked_back_whole(many, moves):
    """误付, 离站, 撤销, 到账 and 拨付给本人 in any order: what is held is what a fresh look at the final facts gives."""
    mark = transaction.savepoint()
    try:
        for move, given_ in moves:
            try:
                with transaction.atomic():
                    many.do[move](given_)
            except Refused:
                continue
        many.row.refresh_from_db()
        many.stay.refresh_from_db()
        now = balance_of(many.row)
        whole = whole_of(people(type(many.stay.person).objects.all()).get(), figures(), TODAY)
        due = {one.month.month for one in whole.months if one.month.entitled}
        months = {"2021-05", "2021-06", "2021-07"}
        held = set(ClaimedMonth.objects.values_list("month", flat=True))
        assert held == (set() if now.recovered >= now.received else months & due)
        assert many.row.received == 12000, "never paid a second time"
        assert now.sound and 0 <= now.free <= now.held <= now.received - now.passed
        lost = Decimal(4000) * len(months - due)
        assert now.clawback >= lost or now.clawback == now.received
    finally:
        transaction.savepoint_rollback(mark)


@pytest.fixture
def many(park, station, stay, handler, treasury, budget):
    """Three months, paid, with what may happen to them."""
    row = apply(park, station, "living", stay, first="2021-05", last="2021-07")
    review(handler, row)
    write(treasury, row, "paid", 12000)

    def reverse(_):
        line = row.lines.filter(kind__in=["recovered", "clawback"], reversal__isnull=True).exclude(ground="left").last()
        if line is not None:
            row.refresh_from_db()
            actor = treasury if line.kind == "recovered" else handler
            given_ = {"line_id": line.pk, "reason": "登记有误的", "at": AT}
            ledger.reverse_line(actor=actor, application_id=row.pk, version=row.version, **given_)

    def hand(n):
        now = balance_of(row)
        write(park, row, "handed", 1000 * n, note_text="未达起征点")
        assert 1000 * n <= now.received - now.passed - now.clawback, "what is asked back is not the person's"

    do = {
        "handed": hand,
        "wrong": lambda n: write(handler, row, "clawback", 1000 * n, ground="wrong", note_text="误付，重复计算"),
        "leave": lambda day: gone(park, stay, day),
        "undo": lambda _: undo(handler, stay),
        "recovered": lambda n: write(treasury, row, "recovered", 1000 * n),
        "reverse": reverse,
    }
    return SimpleNamespace(row=row, stay=stay, do=do)
