"""From 入库 to 核销 and back, and a store that refuses by itself."""

from datetime import date, timedelta
from decimal import Decimal as D

import pytest
from django.db import IntegrityError, transaction
from django.db.utils import DatabaseError
from django.test import Client

from farmland import access
from farmland.enums import State
from farmland.models import Entry, Lot, Money, Warrant
from farmland.queries import money as sums
from farmland.queries import pool as pools
from farmland.services import applications, fees, ledger, lots
from farmland.services.coordinating import coordinate
from farmland.services.money import reverse_money
from miyun_kpi.inbox.models import Notice
from miyun_kpi.lib.errors import Conflict, NotAllowed, NotFound, Refused
from tests.factories.rankings import BACKEND, person
from tests.farmland.conftest import AT, DAY, act, apply, paid_out, put, rate, reserved, settled, somebody, ticket


def code_of(call, *args, **kwargs):
    with pytest.raises(Refused) as found:
        call(*args, **kwargs)
    return found.value.code


def balances(lot):
    lot.refresh_from_db()
    return (lot.reserved, lot.used, lot.free)


def test_reserve_pay_post_and_the_proof(pool, purse, four_lots):
    row = reserved(pool)
    assert [balances(lot)[0] for lot in four_lots] == [D("14"), D("0"), D("12.84"), D("9.66")]
    assert code_of(act, applications.post, pool, row) == "not-assessed"
    assert code_of(act, fees.assess_fees, purse, row, on=DAY) == "no-rate"
    rate(purse)
    first, second = act(fees.assess_fees, purse, row, on=DAY)
    assert (first.amount, second.amount) == (D("547500"), D("730000"))
    ticket(purse, row, "in_reclamation", "547500", "票1")
    assert code_of(act, applications.post, pool, row) == "no-ticket"
    assert code_of(ticket, purse, row, "in_compensation", "730000.01", "票2") == "too-much"
    ticket(purse, row, "in_compensation", "729999.99", "票2")
    assert code_of(act, applications.post, pool, row) == "no-ticket"
    assert code_of(ticket, purse, row, "in_compensation", "0.01", "票2") == "ticket-taken"
    ticket(purse, row, "in_compensation", "0.01", "票3")
    act(applications.post, pool, row)
    row.refresh_from_db()
    assert row.state == State.POSTED and [balances(lot)[1] for lot in four_lots] == [D("14"), 0, D("12.84"), D("9.66")]
    proof = pools.proof_of(row)
    assert proof.agrees and [s.taken for s in proof.allocation.steps] == [D("12.84"), D("9.66"), D("14.00")]
    assert ledger.check_ledger(actor=pool, at=AT).equal


def test_what_lacks_its_paper_is_refused_and_nothing_is_written(pool, purse, four_lots):
    row = apply(pool, approval_number="", approval_on=None)
    before = Entry.objects.count()
    assert code_of(act, applications.reserve, pool, row) == "no-approval"
    far = apply(pool, public=True)
    assert code_of(act, applications.reserve, pool, far) == "no-request"
    big = apply(pool, area=D("113.1601"))
    assert code_of(act, applications.reserve, pool, big) == "pool-short"
    assert code_of(apply, pool, town="鼓楼街道") == "not-a-town"
    assert code_of(put, pool, "丙", "檀营地区", "1", DAY) == "not-a-town"
    assert code_of(put, pool, "丙", "北庄镇", "1", DAY, record_number="备河南寨-01") == "record-number-taken"
    assert code_of(put, pool, "丙", "北庄镇", "1", date(2020, 10, 20)) == "future-day"
    assert (
        code_of(
            put, pool, "丙", "北庄镇", "1", DAY, builder="soe", builder_name="某公司", cost=D(100), profit=D("20.01")
        )
        == "profit-too-high"
    )
    assert Entry.objects.count() == before
    with pytest.raises(NotAllowed):
        act(applications.reserve, purse, far)
    with pytest.raises(NotAllowed):
        rate(pool)
    with pytest.raises(NotFound):
        access.visible_application(somebody("北庄镇", "reporter", 40), far.pk)
    assert access.visible_application(somebody("十里堡镇", "reporter", 41), far.pk) == far
    with pytest.raises(Conflict):
        applications.reserve(actor=pool, application_id=far.pk, version=9, at=AT)


def test_release_reclaim_and_reversal_bring_the_area_back(pool, purse, four_lots):
    rate(purse)
    row = reserved(pool)
    act(applications.release, pool, row, reason="项目推迟")
    assert pools.totals().free == D("113.16")
    done = settled(pool, purse, name="项目乙")
    assert (
        code_of(
            act,
            applications.reclaim,
            pool,
            done,
            approval_number="",
            approval_on=DAY,
            force_majeure=False,
            coordination="",
        )
        == "no-approval"
    )
    assert (
        code_of(
            act,
            applications.reclaim,
            pool,
            done,
            approval_number="批9",
            approval_on=DAY,
            force_majeure=True,
            coordination="",
        )
        == "force-majeure"
    )
    assert code_of(sums_reverse, purse, done) == "posted"
    number = Entry.objects.filter(kind="post").order_by("number").first().act
    ledger.reverse_act(actor=pool, number=number, reason="项目填错", at=AT)
    done.refresh_from_db()
    assert (
        done.state == State.RESERVED
        and code_of(ledger.reverse_act, actor=pool, number=number, reason="再来一次", at=AT) == "reversed"
    )
    act(applications.post, pool, done)
    act(applications.reclaim, pool, done, approval_number="批9", approval_on=DAY, force_majeure=False, coordination="")
    assert pools.totals().free == D("113.16") and ledger.check_ledger(actor=pool, at=AT).equal
    assert (
        code_of(
            ledger.reverse_act,
            actor=pool,
            number=Entry.objects.filter(kind="reclaim").first().act,
            reason="不能再冲",
            at=AT,
        )
        == "not-reversible"
    )
    accepted = Entry.objects.get(kind="accept", lot=four_lots[1])
    ledger.reverse_act(actor=pool, number=accepted.number, reason="备案号填错", at=AT)
    assert Lot.objects.get(pk=four_lots[1].pk).struck_at and put(pool, "太师屯-01", "太师屯镇", "58.26", DAY).free == D(
        "58.26"
    )


def sums_reverse(actor, row):
    return reverse_money(
        actor=actor, number=Money.objects.filter(application=row).first().number, reason="票据填错", at=AT
    )


def test_the_store_itself_refuses(pool, four_lots):
    lot = four_lots[0]
    for broken in ({"reserved": D("-0.0001")}, {"used": D("32.4001")}, {"accepted": D("-1")}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Lot.objects.filter(pk=lot.pk).update(**broken)
    for act_ in (
        lambda: Entry.objects.filter(number=1).update(area=D("1")),
        lambda: Entry.objects.filter(number=1).delete(),
    ):
        with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
            act_()


def test_a_balance_changed_behind_the_ledgers_back_raises_the_alarm(pool, four_lots):
    Lot.objects.filter(pk=four_lots[0].pk).update(reserved=D("0.0001"))
    assert ledger.check_nightly(at=AT) == 1 and ledger.check_nightly(at=AT) == 0
    assert "预留：存 0.0001，重放 0.0000" in pools.last_check().findings
    assert Notice.objects.get(key__startswith="farmland-check:").organisation.code == "guizi-fenju"
    client = Client()
    client.force_login(person("guizi-x", "区规自分局", "register_office"), backend=BACKEND)
    assert "账本核对不一致" in client.get("/farmland/").content.decode()


def test_a_reversed_ticket_no_longer_counts(pool, purse, four_lots):
    rate(purse)
    row = reserved(pool)
    fee = act(fees.assess_fees, purse, row, on=DAY)[0]
    ticket(purse, row, "in_reclamation", "547500", "票1")
    assert code_of(act, applications.release, pool, row, reason="项目推迟") == "paid"
    sums_reverse(purse, row)
    assert sums.paid_of(fee) == 0
    act(applications.release, pool, row, reason="项目推迟")


def test_fees_are_assessed_anew_and_the_waiver_of_the_first_goes(pool, purse, four_lots):
    """Under the locks of the first time: a fee that is there already is not locked after the pool."""
    rate(purse)
    row = reserved(pool)
    act(fees.assess_fees, purse, row, on=DAY)
    waived = act(fees.waive_fee, purse, row, amount=D("1000"), approval_number="密政批2号", approval_on=DAY)
    again = act(fees.assess_fees, purse, row, on=DAY)
    assert waived.waived == D("1000") and waived.pk in {fee.pk for fee in again}
    assert [(fee.waived, fee.waiver_on, fee.waiver_number) for fee in row.fees.all()] == [(D("0"), None, "")] * 2


def test_a_lot_taken_back_is_not_amended(pool, four_lots):
    """Its page has no form for it; the service answers so too."""
    lot = four_lots[1]
    ledger.reverse_act(actor=pool, number=lot.entries.get().act, reason="备案号录错", at=AT)
    lot.refresh_from_db()
    given = {"cost": None, "profit": None, "quality": "八等", "paddy": None, "capacity": "", "builder_name": ""}
    assert code_of(lots.amend_lot, actor=pool, lot_id=lot.pk, version=lot.version, at=AT, **given) == "struck"


def test_fees_assessed_again_stand_in_place_of_the_first(pool, purse, four_lots):
    """On the same rows, and with no lock after that of the pool (tests/act_watch.py)."""
    rate(purse)
    row = reserved(pool, investor="social", area=D("1"))
    first = act(fees.assess_fees, purse, row, on=DAY)
    act(coordinate, purse, row, coordination="协调会纪要3号", coordinated_compensation=True)
    again = act(fees.assess_fees, purse, row, on=DAY)
    assert [one.pk for one in again] == [one.pk for one in first] and row.fees.count() == 2
    assert [one.amount for one in again] == [D("15000"), D("20000")]


def test_article_14_settles_what_the_text_leaves_open(pool, purse, four_lots):
    rate(purse)
    row = reserved(pool, investor="district", commercial=False, area=D("1"))
    assert code_of(act, fees.assess_fees, purse, row, on=DAY) == "not-settled"
    assert code_of(act, coordinate, purse, row, coordination=" ", coordinated_compensation=False) == "no-coordination"
    act(coordinate, purse, row, coordination="协调会纪要3号", coordinated_compensation=True)
    assert [fee.amount for fee in act(fees.assess_fees, purse, row, on=DAY)] == [D("15000"), D("20000")]
    act(applications.release, pool, row, reason="项目推迟")
    act(applications.reserve, pool, row, at=AT.replace(hour=11))
    assert code_of(ticket, purse, row, "in_reclamation", "15000", "票1") == "not-assessed"
    assert code_of(act, applications.post, pool, row) == "not-assessed", "assessed before this reservation"


def test_money_is_not_left_without_what_it_was_recorded_for(pool, purse):
    lot = put(
        pool, "太师屯-09", "太师屯镇", "10.5", date(2020, 9, 1), builder="soe", builder_name="某公司", cost=D("1000")
    )
    number = paid_out(purse, "out_soe_cost", "1000", "付1", lot_id=lot.pk).number
    assert code_of(ledger.reverse_act, actor=pool, number=1, reason="备案号填错", at=AT) == "paid"
    back = reverse_money(actor=purse, number=number, reason="付错了对象", at=AT)
    assert code_of(reverse_money, actor=purse, number=back.number, reason="再冲一次", at=AT) == "reversal"
    assert code_of(reverse_money, actor=purse, number=number, reason="再冲一次", at=AT) == "reversed"
    ledger.reverse_act(actor=pool, number=1, reason="备案号填错", at=AT)
    assert Warrant.objects.get().cancelled_for == "冲正：备案号填错", "what is not there any more is not paid"


def test_the_last_digit_survives_the_store(pool, purse):
    lot = put(
        pool,
        "甲",
        "北庄镇",
        "9999999.9999",
        date(2020, 5, 1),
        builder="soe",
        builder_name="某",
        cost=D("9999999999999.99"),
    )
    lot.refresh_from_db()
    assert (str(lot.accepted), str(lot.cost)) == ("9999999.9999", "9999999999999.99")
    rate(purse, "0.01")
    row = reserved(pool, area=D("9999999.9998"), town="北庄镇")
    lot.refresh_from_db()
    assert str(lot.free) == "0.0001"
    assert [fee.amount for fee in act(fees.assess_fees, purse, row, on=DAY)] == [D("149999999997.00"), D("100000.00")]


def test_the_day_of_assessment_is_not_put_before_the_reservation(pool, purse, four_lots):
    """It chooses the rule and the price: a day within the trial would be a way round its end."""
    rate(purse)
    row = reserved(pool)
    assert code_of(act, fees.assess_fees, purse, row, on=AT.date() - timedelta(days=1)) == "too-early"
    assert act(fees.assess_fees, purse, row, on=AT.date())
