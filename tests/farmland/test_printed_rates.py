"""第八、九条: what the gazette prints is not overlaid; a document of its own takes over from a day on. 勘正 says what it does and why."""

from datetime import date, timedelta
from decimal import Decimal

import pytest

from farmland.models import Rate
from farmland.services import ledger, striking, tables
from miyun_kpi.lib.errors import Refused
from tests.farmland.conftest import AT, DAY, apply, put, rate, reserved, settled

FIRST, LAST = date(2020, 4, 21), date(2022, 4, 21)


def enter(purse, starts_on, ends_on=None, basis="密政发〔2020〕9号", kind="reward_first"):
    given = {"kind": kind, "value": Decimal(999999), "starts_on": starts_on, "ends_on": ends_on, "basis": basis}
    return tables.enter_rate(actor=purse, at=AT, **given)


@pytest.mark.parametrize(
    ("starts_on", "ends_on", "basis"),
    [
        (date(2020, 6, 1), date(2020, 7, 1), "密政发〔2020〕9号"),  # an island over the printed days
        (date(2020, 1, 1), date(2020, 5, 1), "密政发〔2020〕9号"),  # over their beginning
        (date(2020, 11, 1), LAST - timedelta(days=1), "密政发〔2020〕9号"),
        (date(2020, 11, 1), None, "会议"),  # no document of its own
        (date(2020, 11, 1), None, "密政发9号"),
        (date(2020, 11, 1), None, "密政发〔2021〕9号"),  # before its document
    ],
)
@pytest.mark.parametrize("kind", ["reward_first", "reclamation"])
def test_a_printed_rate_is_not_overlaid(purse, starts_on, ends_on, basis, kind):
    with pytest.raises(Refused) as refusal:
        enter(purse, starts_on, ends_on, basis, kind)
    assert refusal.value.code == "over-printed" and f"{FIRST} 至 {LAST} 公报印有" in refusal.value.message
    assert Rate.objects.filter(printed=False).count() == 0


@pytest.mark.parametrize(
    ("starts_on", "ends_on", "basis", "kind"),
    [
        (date(2020, 11, 1), None, "密政发[2020]9号", "reward_first"),
        (date(2020, 11, 1), LAST, "密政发〔2020〕第9号", "reward_first"),
        (LAST + timedelta(days=1), date(2023, 1, 1), "会议", "reward_first"),
        (date(2020, 6, 1), date(2020, 7, 1), "会议", "compensation"),  # of which nothing is printed
    ],
)
def test_a_document_of_its_own_takes_over_from_a_day_on(purse, starts_on, ends_on, basis, kind):
    assert enter(purse, starts_on, ends_on, basis, kind).value == 999999


def test_a_row_that_is_put_right_is_not_laid_over_the_printed_days(purse):
    row = enter(purse, LAST + timedelta(days=1), kind="reward_second")
    given = {"row_id": row.pk, "reason": "录错单价", "value": Decimal(100000), "ends_on": None, "at": AT}
    with pytest.raises(Refused) as refusal:
        striking.strike_rate(actor=purse, starts_on=date(2020, 5, 1), basis="协调会", **given)
    assert refusal.value.code == "over-printed"
    row.refresh_from_db()
    assert row.struck_at is None


def test_striking_says_why_the_other_part_is_not_due_either(pool, purse, four_lots):
    """第九条: both parts are fixed together; a price that is struck leaves the other without a sum, and the paper says so."""
    rate(purse)
    settled(pool, purse)
    Rate.objects.filter(kind="reward_first").update(printed=False)
    row = Rate.objects.get(kind="reward_first")
    said = "\n".join(striking.rate_preview(row, None, None, None))
    assert "第九条（二）：1,284,000.00 → 0.00 元" in said
    assert f"（{DAY} 没有第九条（一）奖励单价表的单价，两项奖励都不能计）" in said


def test_the_same_value_says_how_many_rest_on_it(pool, purse, four_lots):
    rate(purse)
    settled(pool, purse)
    row = Rate.objects.get(kind="compensation")
    (said,) = striking.rate_preview(row, row.value, None, None)
    assert "按这一行核费 1 项" in said and "都不变，结算没有差额" in said
    unused = rate(purse, "30000", date(2030, 1, 1))
    assert striking.rate_preview(unused, None, None, None) == ["没有按这一行核过费、固定过奖励，划去不影响任何一笔。"]


def test_an_acceptance_that_is_used_says_by_whom(pool):
    put(pool, "十里堡-01", "十里堡镇", "12.84", date(2019, 6, 28))
    apply(pool, name="项目乙", area=Decimal(1))
    reserved(pool, name="项目丙", area=Decimal("10.44"))
    with pytest.raises(Refused) as refusal:
        ledger.reverse_act(actor=pool, number=1, reason="验收录错了", at=AT)
    said = refusal.value.message
    assert "可用 2.4000 亩，不够这次的 12.8400 亩" in said and "“项目丙”（" in said and "项目乙" not in said
