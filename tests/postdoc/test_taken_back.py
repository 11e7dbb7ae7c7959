"""第二十四、二十六条: what was not paid in the end, or came back whole, stands in nobody's way; what is paid does."""

from datetime import date

import pytest

from miyun_kpi.lib.errors import Conflict
from postdoc.models import BudgetYear, ClaimedMonth
from postdoc.services import applications, course, ledger, money, stays
from tests.postdoc.conftest import AT, FACTS, act
from tests.postdoc.test_history import browser
from tests.postdoc.test_money import TODAY, apply, approved, budget, living, review, write

__all__ = ["approved", "budget", "living"]
WHY = "核定错了，没有拨付出去"


def cancel(actor, row):
    row.refresh_from_db()
    return applications.cancel(actor=actor, application_id=row.pk, version=row.version, reason=WHY, at=AT)


def reverse(actor, row, line):
    row.refresh_from_db()
    return ledger.reverse_line(
        actor=actor, application_id=row.pk, version=row.version, line_id=line.pk, reason="登记有误", at=AT
    )


def test_an_approval_whose_payment_was_reversed_is_taken_back(approved, handler, treasury):
    line = write(treasury, approved, "paid", 48000)
    office = browser("rs", "区人社保局", "register_office")
    address = f"/postdoc/applications/{approved.pk}/"
    assert "撤销核定" not in office.get(address).content.decode()
    with pytest.raises(Conflict, match="已拨付 48,000.00 元"):
        cancel(handler, approved)
    reverse(treasury, approved, line)
    assert "撤销核定" in office.get(address).content.decode()
    approved.refresh_from_db()
    assert office.post(f"{address}cancel/", {"version": approved.version, "reason": WHY}).status_code == 302
    approved.refresh_from_db()
    assert (approved.phase, approved.lines.count(), approved.budget_year) == ("withdrawn", 2, None)
    assert BudgetYear.objects.get().used == 0 and not ClaimedMonth.objects.exists()


def test_an_approval_whose_payment_failed_is_taken_back_and_its_failure_stands(approved, handler, treasury):
    write(treasury, approved, "paid", 48000)
    failed = write(treasury, approved, "failed", 48000)
    cancel(handler, approved)
    approved.refresh_from_db()
    assert (approved.phase, approved.received, BudgetYear.objects.get().used) == ("withdrawn", 0, 0)
    with pytest.raises(Conflict, match="已撤回"):
        reverse(treasury, approved, failed)
    assert not hasattr(failed, "reversal")


def back(handler, treasury, row):
    """All that was paid is asked back and comes back; the line that says so."""
    row.refresh_from_db()
    write(handler, row, "clawback", row.received, ground="wrong", note_text="误付，付错了人")
    return write(treasury, row, "recovered", row.received)


def moved(park, stay, entered_on):
    stay.refresh_from_db()
    given = FACTS | {"entered_on": entered_on, "ends_on": date(2022, 10, 14), "station_mentor": ""}
    return stays.change_stay(actor=park, stay_id=stay.pk, version=stay.version, given=given, at=AT)


def test_the_day_of_entry_is_put_right_under_what_came_back_whole(approved, stay, station, park, handler, treasury):
    write(treasury, approved, "paid", 48000)
    with pytest.raises(Conflict, match="已按这个进站日申报"):
        moved(park, stay, date(2020, 10, 15))
    line = back(handler, treasury, approved)
    moved(park, stay, date(2020, 10, 15))
    with pytest.raises(Conflict) as refusal:
        reverse(treasury, approved, line)
    assert refusal.value.code == "facts-moved" and "2020年9月" in refusal.value.message
    assert not ClaimedMonth.objects.exists()
    moved(park, stay, date(2020, 9, 15))
    reverse(treasury, approved, line)
    assert approved.months.count() == 12, "as it was asked for"
    with pytest.raises(Conflict, match="已按这个进站日申报"):
        moved(park, stay, date(2020, 10, 15))


def test_no_instalment_follows_on_a_day_of_entry_that_was_put_right(approved, stay, park, handler, treasury):
    money.enter_arrangement(actor=handler, title="安排通知", issued_on=TODAY, instalments=True, note_text="", at=AT)
    write(treasury, approved, "paid", 8000)
    back(handler, treasury, approved)
    moved(park, stay, date(2020, 10, 15))
    with pytest.raises(Conflict) as refusal:
        write(treasury, approved, "paid", 40000)
    assert refusal.value.code == "facts-moved"


def fact_after(actor, stay):
    act(course.leave, actor, stay, left_on=date(2022, 9, 14))
    contract = {"employer": "某公司", "in_miyun": True, "from_day": date(2022, 10, 1), "until": date(2025, 9, 30)}
    act(course.record_employment, actor, stay, **contract)
    act(course.record_conversion, actor, stay, converted_on=date(2023, 5, 1), conversion="成果转化，新增产值")


def asked_after(actor, station, stay, handler, grant):
    row = apply(actor, station, grant, stay)
    review(handler, row)
    row.refresh_from_db()
    return row


def test_contract_conversion_and_leaving_are_taken_back_under_what_came_back_whole(
    stay, station, park, handler, treasury, budget
):
    fact_after(park, stay)
    after = [asked_after(park, station, stay, handler, grant) for grant in ("leaving", "conversion")]
    for row in after:
        write(treasury, row, "paid", row.amount)
    contract = f"employment-{stay.employments.get().pk}"
    told = {"converted_on": date(2023, 6, 1), "conversion": "成果转化，日期更正"}
    why = {"reason": "登记错了，没有这回事"}
    acts = [
        (course.record_conversion, park, told),
        (course.take_back, handler, {"what": "conversion-0", **why}),
        (course.take_back, handler, {"what": contract, **why}),
        (course.undo_leaving, handler, why),
    ]
    for service, actor, given in acts:
        with pytest.raises(Conflict, match="申报"):
            act(service, actor, stay, **given)
    for row in after:
        back(handler, treasury, row)
    for service, actor, given in acts:
        act(service, actor, stay, **given)
    stay.refresh_from_db()
    assert (stay.left_on, stay.converted_on, stay.employments.count()) == (None, None, 0)


def test_a_reward_is_not_paid_further_when_its_fact_was_taken_back(stay, station, park, handler, treasury, budget):
    money.enter_arrangement(actor=handler, title="安排通知", issued_on=TODAY, instalments=True, note_text="", at=AT)
    fact_after(park, stay)
    row = asked_after(park, station, stay, handler, "leaving")
    write(treasury, row, "paid", 1000)
    back(handler, treasury, row)
    act(course.take_back, handler, stay, what=f"employment-{stay.employments.get().pk}", reason="合同登记错了")
    with pytest.raises(Conflict) as refusal:
        write(treasury, row, "paid", 1000)
    assert refusal.value.code == "facts-moved"
    assert row.lines.filter(kind="paid").count() == 1
