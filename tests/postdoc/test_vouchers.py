"""A voucher counts once in 27号 however its number is typed: pages, services, and what was stored before."""

from datetime import date
from decimal import Decimal

import pytest

from miyun_kpi.acts.vouchers import keys_of, voucher_key
from miyun_kpi.lib.errors import Conflict, Refused
from postdoc.models import LedgerLine
from postdoc.services import ledger, money
from tests.postdoc.conftest import AT
from tests.postdoc.test_history import browser
from tests.postdoc.test_money import TODAY, apply, approved, budget, living, review, write

__all__ = ["approved", "budget", "living"]
ALIKE = ["HG-1", "hg-1", "ＨＧ-１", "HG -1", "HG–1", "H\u200bG-1", " HG-1 "]


@pytest.mark.parametrize("number", ALIKE)
def test_the_same_number_is_taken_once(approved, treasury, park, station, stay, handler, number):
    line = write(treasury, approved, "paid", 48000, proof="HG-1")
    other = apply(park, station, "living", stay, first="2021-09", last="2021-12")
    review(handler, other)
    with pytest.raises(Conflict) as refusal:
        write(treasury, other, "paid", 16000, proof=number)
    assert refusal.value.code == "voucher-taken"
    other.refresh_from_db()
    given = {"version": other.version, "kind": "paid", "proof": number, "amount": "", "note_text": ""}
    client = browser("cz", "区财政局", "register_office")
    assert client.post(f"/postdoc/applications/{other.pk}/line/", given).status_code == 409
    assert not other.lines.exists()
    approved.refresh_from_db()
    fix = {"version": approved.version, "line_id": line.pk, "reason": "录错了凭证", "at": AT}
    ledger.reverse_line(actor=treasury, application_id=approved.pk, **fix)
    made = write(treasury, other, "paid", 16000, proof=number)
    assert made.proof == number.strip(), "the number stays as it was typed"


def test_a_number_of_signs_that_nobody_sees_is_none(approved, treasury):
    with pytest.raises(Refused, match="请填凭证号"):
        write(treasury, approved, "paid", 48000, proof="\u200b\u200b")
    # What one sign stands for may be longer than the column.
    write(treasury, approved, "paid", 48000, proof="\u337f" * 30)
    assert len(LedgerLine.objects.get().voucher) == 100


def test_of_stored_numbers_that_collide_the_later_keeps_its_own_text():
    keys, twice = keys_of([(1, "HG-1"), (2, "hg-1"), (3, "（演示）2"), (4, "ＨＧ-1"), (5, "ＨＧ-1"), (6, "HG-2")])
    assert keys == {1: "hg-1", 2: "hg-1#2", 3: "(演示)2", 4: "ＨＧ-1", 5: "ＨＧ-1#5", 6: "hg-2"}
    assert twice == [2, 4, 5] and len(set(keys.values())) == 6
    assert voucher_key("(演示)2") == keys[3]


@pytest.mark.parametrize("again", ["密财发〔2026〕1号", "密财发[2026]第01号", "密财发（2026）1号 "])
def test_the_same_budget_is_entered_once(treasury, again):
    day = date(2026, 3, 1)
    given = {"actor": treasury, "year": 2026, "amount": Decimal(1000), "on": day, "at": AT}
    money.change_budget(document="密财发〔2026〕1号", **given)
    with pytest.raises(Conflict, match="同样的一笔预算"):
        money.change_budget(document=again, **given)
    money.change_budget(document="密财发〔2026〕2号", **given)
    assert day < TODAY


@pytest.mark.parametrize("number", ["HG-\u31641", "HG-١"])
def test_a_number_that_reads_alike_and_is_another_is_no_voucher(approved, treasury, number):
    with pytest.raises(Refused, match="凭证号的第 4 个字"):
        write(treasury, approved, "paid", 48000, proof=number)
    with pytest.raises(Refused, match="依据的第 4 个字"):
        money.change_budget(
            actor=treasury, year=2026, amount=Decimal(1000), on=date(2026, 3, 1), document=number, at=AT
        )
    assert not LedgerLine.objects.exists()
