"""Sums of banks a year apart: no difference of two of them is one bank's figure."""

from decimal import Decimal

import pytest

from finance_policy.models import Bank, BankReading, BankReturn
from finance_policy.queries.returns import outdated, releases
from finance_policy.services import banks as bank_services
from finance_policy.services import releasing
from miyun_kpi.lib.errors import NotAllowed, Refused
from miyun_kpi.proposals.services import propose
from tests.finance_policy.test_granting_pages import confirm
from tests.finance_policy.test_returns import AT, FIGURES, accept, banks, fill
from tests.registers.test_records import client_of

__all__ = ["banks"]


def test_no_sum_a_year_apart_over_other_banks_shows_one_bank(office, banks):
    for number in (0, 1, 2):
        accept(office, fill(banks[number], "2019Q3"))
    releasing.release(actor=office, period="2019Q3", at=AT)
    bank_services.save_bank(
        actor=office, bank_id=None, version=0, code="b4", name="第4银行", organisation="", active=True, at=AT
    )
    fourth = Bank.objects.get(code="b4")
    for number in (0, 1, 2):
        accept(office, fill(banks[number], "2020Q3"))
    BankReturn.objects.create(bank=fourth, period="2020Q3", state="accepted", saved_at=AT, saved_by="x", **FIGURES)
    made = releasing.release(actor=office, period="2020Q3", at=AT)
    assert made.figures["green"] and not any(value for name, value in made.figures.items() if name.endswith("_before"))
    assert "免得推出单家" in releases()[0].note and releases()[1].note == ""


def test_a_quarter_of_the_past_does_not_uncover_a_later_one(office, banks):
    for number in (0, 1, 2):
        accept(office, fill(banks[number], "2020Q3", green_before=Decimal(90)))
    assert releasing.release(actor=office, period="2020Q3", at=AT).figures["green_before"]
    bank_services.save_bank(
        actor=office, bank_id=None, version=0, code="b4", name="第4银行", organisation="", active=True, at=AT
    )
    fourth = Bank.objects.get(code="b4")
    for bank in [*Bank.objects.filter(code__in=("b1", "b2", "b3")), fourth]:
        BankReturn.objects.create(bank=bank, period="2019Q3", state="accepted", saved_at=AT, saved_by="x", **FIGURES)
    given = releasing.release(actor=office, period="2019Q3", at=AT)
    assert len(given.bank_codes) == 4
    # The later quarter no longer shows its bases: their difference would be the fourth bank's figure.
    later = next(one for one in releases() if one.release.period == "2020Q3")
    assert later.figures.green_before is None and "免得推出单家" in later.note


def test_a_silent_bank_is_named_and_a_late_return_is_a_numbered_correction(office, banks):
    bank_services.save_bank(
        actor=office, bank_id=None, version=0, code="b4", name="第4银行", organisation="", active=True, at=AT
    )
    for number in (0, 1, 2):
        accept(office, fill(banks[number]))
    first = releasing.release(actor=office, period="2020Q3", at=AT)
    assert (first.silent, first.bank_codes) == (["第4银行"], ["b1", "b2", "b3"])
    page = client_of("区水务局", "register_office", "w").get("/finance/returns/").content.decode()
    assert "不含第4银行（未报）" in page and outdated() == []
    late = {"bank": Bank.objects.get(code="b4"), "period": "2020Q3", "state": "accepted"}
    BankReturn.objects.create(saved_at=AT, saved_by="x", **late, **FIGURES)
    assert outdated() == [("2020Q3", "又接受了第4银行")]
    own = client_of("区金融办", "register_office", "f")
    assert "更正2020年第三季度银行季报汇总" in own.get("/").content.decode()
    with pytest.raises(Refused, match="写理由"):
        releasing.release(actor=office, period="2020Q3", at=AT)
    second = releasing.release(actor=office, period="2020Q3", reason="第4银行迟报", at=AT)
    assert (second.number, second.silent, len(second.bank_codes)) == (2, [], 4)
    first.refresh_from_db()
    assert first.silent == ["第4银行"] and outdated() == []
    page = client_of("区水务局", "register_office", "w2").get("/finance/returns/").content.decode()
    assert "（未报）" not in page and "第 1 次（留存）" not in page
    assert "第 1 次（留存）" in own.get("/finance/returns/").content.decode()


def test_a_bank_that_left_keeps_its_quarters_and_one_that_came_is_not_missed_before(office, banks):
    for number in (0, 1, 2):
        accept(office, fill(banks[number], "2020Q2"))
    third = Bank.objects.get(code="b3")
    edit = {"code": "b3", "name": "第3银行", "organisation": "第3银行", "active": False, "at": AT}
    bank_services.save_bank(actor=office, bank_id=third.pk, version=third.version, **edit)
    new = {
        "code": "b4",
        "name": "第4银行",
        "organisation": "",
        "active": True,
        "from_period": "2020年第三季度",
        "at": AT,
    }
    bank_services.save_bank(actor=office, bank_id=None, version=0, **new)
    assert releasing.release(actor=office, period="2020Q2", at=AT).silent == []
    for number in (0, 1):
        accept(office, fill(banks[number]))
    with pytest.raises(Refused, match="第4银行还没有接受的季报"):
        releasing.release(actor=office, period="2020Q3", at=AT)
    with pytest.raises(Refused, match="还没有结束"):
        releasing.release(actor=office, period="2020Q4", at=AT)


def test_a_leader_reads_one_bank_only_by_a_decision_of_two(office, banks):
    row = accept(office, fill(banks[0], green=Decimal("77.31")))
    leader = client_of("区政府办公室", "leader", "l")
    assert leader.get(f"/finance/returns/{row.pk}/").status_code == 404
    given = {"bank_id": row.bank_id, "period": "2020年第三季度", "reason": "区领导专题调度"}
    with pytest.raises(NotAllowed):
        propose(actor=banks[0], code="finance-reading", at=AT, **given)
    one, two = client_of("区金融办", "register_office", "f1"), client_of("区金融办", "register_office", "f2")
    assert confirm(one, two, one.post("/finance/returns/readings/", given)) == "finance-reading"
    assert "77.31" in leader.get(f"/finance/returns/{row.pk}/").content.decode()
    assert "77.31" in leader.get("/finance/returns/").content.decode()
    assert client_of("区水务局", "register_office", "w").get(f"/finance/returns/{row.pk}/").status_code == 404
    found = BankReading.objects.get()
    one.post(f"/finance/returns/readings/{found.pk}/close/", {"version": found.version})
    assert leader.get(f"/finance/returns/{row.pk}/").status_code == 404
