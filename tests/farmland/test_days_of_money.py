"""第八条（四）、第十一条: no ticket and no voucher is older than the fact it rests on; late paper is 补登."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest

from farmland.models import Money
from farmland.services import warrants
from farmland.services.money import Movement, record_money
from miyun_kpi.acts.days import Late
from miyun_kpi.lib.errors import Refused
from tests.farmland.conftest import AT, DAY, granted, settled, use
from tests.farmland.conftest import rate as rated
from tests.farmland.test_vouchers import charged
from tests.postdoc.test_history import browser

__all__ = ["charged"]
LATER = AT + timedelta(days=20)
LATE = Late("缴款书", "票据送来得晚")


def move(row, day, **more):
    return Movement("in_reclamation", Decimal(100), day, "FP-1", application_id=row.pk, **more)


@pytest.mark.parametrize("day", [DAY - timedelta(days=1), date(1999, 1, 1)])
def test_a_ticket_is_not_older_than_the_assessment(charged, purse, day):
    with pytest.raises(Refused) as refusal:
        record_money(actor=purse, movement=move(charged, day, late=LATE), at=LATER)
    assert refusal.value.code == "too-early" and f"早于核费的日期 {DAY}" in refusal.value.message


def test_an_old_ticket_is_made_up_with_its_paper_and_reason(charged, purse):
    with pytest.raises(Refused, match="补登"):
        record_money(actor=purse, movement=move(charged, DAY), at=LATER)
    row = record_money(actor=purse, movement=move(charged, DAY, late=LATE), at=LATER)
    assert row.late == "补登，依据缴款书；票据送来得晚" and row.day == DAY
    page = browser("czn", "区财政局", "register_office").get("/farmland/money/").content.decode()
    assert "依据缴款书；票据送来得晚" in page and "补登，依据" not in page, "the sign beside it says 补登 once"


def test_through_the_pages(charged, purse):
    client = browser("czn", "区财政局", "register_office")
    typed = {"version": charged.version, "kind": "in_reclamation", "amount": "100", "ticket": "OLD-1"}
    address = f"/farmland/applications/{charged.pk}/act/ticket/"
    early = client.post(address, typed | {"day": "1999-01-01", "late_source": "缴款书", "late_reason": "票据送来得晚"})
    assert early.status_code == 422 and "早于核费的日期" in early.content.decode()
    late = client.post(address, typed | {"day": str(DAY)})
    assert late.status_code == 422 and "补登" in late.content.decode() and not Money.objects.exists()
    made = client.post(address, typed | {"day": str(DAY), "late_source": "缴款书", "late_reason": "票据送来得晚"})
    assert made.status_code == 302 and Money.objects.get().late


def test_nothing_is_paid_before_it_was_decided(pool, purse, four_lots):
    rated(purse)
    row = settled(pool, purse)
    made = granted(purse, "out_reward_first", "642000", at=LATER, entry_id=use(row, "十里堡-01"))
    given = {"actor": purse, "warrant_id": made.pk, "ticket": "凭1", "at": LATER + timedelta(days=9)}
    for day in (LATER.date() - timedelta(days=1), date(2019, 1, 1)):
        with pytest.raises(Refused) as refusal:
            warrants.record_voucher(day=day, late=LATE, **given)
        assert refusal.value.code == "too-early" and f"早于核定的日期 {LATER.date()}" in refusal.value.message
    with pytest.raises(Refused, match="补登"):
        warrants.record_voucher(day=LATER.date(), **given)
    paid = warrants.record_voucher(day=LATER.date(), late=LATE, **given)
    assert paid.late.startswith("补登")
    client = browser("czn", "区财政局", "register_office")
    other = granted(purse, "out_reward_first", "483000", at=LATER, entry_id=use(row, "十里堡-02"))
    typed = {"ticket": "凭2", "day": str(DAY), "late_source": "凭证", "late_reason": "晚送来的凭证"}
    answer = client.post(f"/farmland/payable/{other.pk}/voucher/", typed)
    assert answer.status_code == 422 and "早于核定的日期" in answer.content.decode()


def test_what_was_not_yet_paid_is_not_used(pool, purse, four_lots):
    rated(purse)
    row = settled(pool, purse)
    used = Movement("use_city", Decimal(1), DAY - timedelta(days=1), "用1", late=LATE)
    with pytest.raises(Refused, match="早于收入补偿费的日期"):
        record_money(actor=purse, movement=used, at=LATER)
    record_money(actor=purse, movement=replace(used, day=DAY), at=LATER)
    town = Movement("town_public", Decimal(1), DAY, "用2", town="十里堡镇", late=LATE)
    made = granted(purse, "out_reward_first", "642000", at=LATER, entry_id=use(row, "十里堡-01"))
    warrants.record_voucher(actor=purse, warrant_id=made.pk, ticket="凭1", day=LATER.date(), at=LATER)
    with pytest.raises(Refused, match="早于付给该镇奖励的日期"):
        record_money(actor=purse, movement=town, at=LATER)
