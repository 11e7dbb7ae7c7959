"""第八条（四）: a ticket is for a fee that is charged now, by whatever door it comes; 协调意见 charges anew (第十四条)."""

from decimal import Decimal

import pytest
from django.test import Client
from django.utils import timezone

from farmland.desk import desk_items
from farmland.enums import State
from farmland.models import Application, Money
from farmland.services import applications, fees
from farmland.services.coordinating import coordinate
from miyun_kpi.lib.actors import SYSTEM
from miyun_kpi.lib.errors import Conflict, Refused
from miyun_kpi.organisations.queries import resolve
from tests.factories.tokens import issue_token
from tests.farmland.conftest import AT, DAY, act, rate, reserved, ticket
from tests.farmland.test_ledger import code_of
from tests.farmland.test_pages import signed_in


@pytest.fixture
def charged(pool, purse, four_lots):
    rate(purse)
    row = reserved(pool, area=Decimal(1))
    act(fees.assess_fees, purse, row, on=DAY)
    return row


def given_up(pool, row):
    act(applications.release, pool, row, reason="项目推迟")


def test_no_ticket_is_taken_for_what_is_not_reserved_or_is_revoked(charged, pool, purse):
    given_up(pool, charged)
    page = {
        "kind": "in_reclamation",
        "amount": "100",
        "day": str(timezone.localdate()),
        "ticket": "票1",
        "application": charged.number,
    }
    _, text = issue_token(
        actor=SYSTEM, client="x", organisation=resolve("区财政局"), role="register_office", at=timezone.now()
    )
    wire = {
        "kind": "in_reclamation",
        "amount": "100.00",
        "day": str(timezone.localdate()),
        "ticket": "票1",
        "application": charged.pk,
    }
    client, browser = Client(headers={"authorization": f"Token {text}"}), signed_in("区财政局", "register_office")
    for words in ("已登记", "已撤销"):
        with pytest.raises(Conflict, match=f"现在是“{words}”，不登记缴费票据"):
            ticket(purse, charged, "in_reclamation", "100", "票1")
        answer = browser.post("/farmland/money/record/", page)
        assert answer.status_code == 409 and words in answer.content.decode()
        answer = client.post("/api/v1/farmland/money/", wire, content_type="application/json")
        assert answer.status_code == 409 and answer.json()["code"] == "wrong-state"
        if words == "已登记":
            act(applications.strike_application, pool, charged, reason="项目取消")
    assert not Money.objects.exists()


def test_fees_of_an_earlier_reservation_are_not_paid_until_they_are_assessed_anew(charged, pool, purse):
    given_up(pool, charged)
    act(applications.reserve, pool, charged, at=AT.replace(hour=11))
    assert code_of(ticket, purse, charged, "in_reclamation", "100", "票1") == "not-assessed"
    client = signed_in("区财政局", "register_office")
    assert "登记缴费票据" not in client.get(f"/farmland/applications/{charged.pk}/").content.decode()
    act(fees.assess_fees, purse, charged, on=DAY, at=AT.replace(hour=12))
    assert "登记缴费票据" in client.get(f"/farmland/applications/{charged.pk}/").content.decode()
    ticket(purse, charged, "in_reclamation", "100", "票1")


def test_an_application_is_not_revoked_while_money_is_there(charged, pool, purse):
    """What was taken before tickets asked for the state: it is 冲正 first."""
    ticket(purse, charged, "in_reclamation", "100", "票1")
    Application.objects.filter(pk=charged.pk).update(state=State.REGISTERED)
    with pytest.raises(Refused, match="已经登记缴费票据，不能撤销") as refusal:
        act(applications.strike_application, pool, charged, reason="项目取消")
    assert refusal.value.code == "paid"


@pytest.mark.parametrize(("first", "then", "owed"), [(True, False, 0), (False, True, 20000)])
def test_a_coordination_that_changes_the_answer_asks_for_the_fee_anew(pool, purse, four_lots, first, then, owed):
    rate(purse)
    row = reserved(pool, investor="district", commercial=False, area=Decimal(1))
    act(coordinate, pool, row, coordination="协调会纪要3号", coordinated_compensation=first)
    act(fees.assess_fees, purse, row, on=DAY)
    act(coordinate, pool, row, coordination="协调会纪要4号", coordinated_compensation=first)
    assert not row.fees.filter(void=True).exists(), "the same answer"
    act(coordinate, pool, row, coordination="协调会纪要5号", coordinated_compensation=then)
    fee = row.fees.get(kind="compensation")
    assert (fee.void, fee.owed) == (True, 0) and "协调会纪要5号" in fee.reason
    assert not row.fees.get(kind="reclamation").void
    assert row.events.last().note == "协调会纪要5号，耕地保护补偿费待重新核费"
    page = signed_in("区财政局", "register_office").get(f"/farmland/applications/{row.pk}/").content.decode()
    assert "或协调意见已改，待重新核费" in page
    assert [one.action for one in desk_items(purse, AT)] == ["核费"] and not desk_items(pool, AT)
    assert code_of(act, applications.post, pool, row) == "not-assessed"
    assert code_of(ticket, purse, row, "in_reclamation", "15000", "票1") == "not-assessed"
    act(fees.assess_fees, purse, row, on=DAY)
    assert [fee.owed for fee in row.fees.all()] == [15000, owed]
    ticket(purse, row, "in_reclamation", "15000", "票1")
    if owed:
        ticket(purse, row, "in_compensation", str(owed), "票1")
    act(applications.post, pool, row)
    row.refresh_from_db()
    assert row.state == State.POSTED


def test_fees_of_an_earlier_reservation_wait_for_the_money_office(charged, pool, purse):
    given_up(pool, charged)
    act(applications.reserve, pool, charged, at=AT.replace(hour=11))
    (item,) = desk_items(purse, AT)
    assert item.action == "核费" and "重新" in item.context
