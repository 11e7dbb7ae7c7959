"""对账: what came in is received, what takes it back stands apart, and month by month the sums are those of the ledger."""

import io
import re
from datetime import date, timedelta
from decimal import Decimal as D

import pytest
from django.utils import timezone
from openpyxl import load_workbook

from farmland.models import Money, MoneyCheck
from farmland.queries.money import by_kind
from farmland.queries.reconciling import months, net
from farmland.services import money as services
from farmland.services import transfers
from farmland.services.money import Movement, record_money
from miyun_kpi.acts.days import Late
from miyun_kpi.acts.reconciling import Side
from miyun_kpi.proposals.models import Proposal
from miyun_kpi.proposals.services import propose
from tests.farmland.conftest import AT, DAY, granted, paid_out, rate, settled, use
from tests.farmland.test_pages import confirmed, signed_in
from tests.proposals.test_api_months import send
from tests.registers.test_records import api

MONTHS, NEXT = "/farmland/money/months/", AT + timedelta(days=31)
# A sum with a sign before it.
SIGNED = re.compile(r"[-−]\s*\d[\d,]*\.\d\d")


@pytest.fixture
def moved(pool, purse, four_lots):
    """October: fees, income of a transfer entered twice, a reward, a use of the fee, a use by the town. November: two of them reversed."""
    rate(purse)
    row = settled(pool, purse, area=D("10"))
    deal = transfers.Deal("某某区", D("20"), D("300000"), "协议1", "密政批2号", date(2020, 6, 1))
    gone = transfers.transfer_out(actor=pool, deal=deal, at=AT)
    lot = row.entries.filter(kind="post").first().lot

    def entered(kind, amount, number, **of):
        return record_money(actor=purse, movement=Movement(kind, D(amount), DAY, number, **of), at=AT)

    entered("in_transfer", "1000000", "转1", transfer_id=gone.pk)
    wrong = entered("in_transfer", "3000", "转2", transfer_id=gone.pk)
    paid = paid_out(purse, "out_reward_first", "70000", "奖1", entry_id=use(row, lot.name))
    used = entered("use_city", "5000", "用1")
    entered("town_public", "800", "镇1", town=lot.town.name)
    for one in (wrong, used):
        services.reverse_money(actor=purse, number=one.number, reason="票据录错", at=NEXT)
    return {"wrong": wrong, "paid": paid, "used": used, "row": row, "lot": lot}


def test_what_is_received_is_positive_and_what_takes_it_back_stands_apart(moved):
    newer, older = months()
    fees = D("15000") * 10 + D("20000") * 10
    received, paid = older.sums.received, older.sums.paid
    assert (received.entered, received.reversed, paid.entered, paid.reversed) == (fees + 1_003_000, 0, 75_000, 0)
    assert (newer.sums.received.entered, newer.sums.received.reversed, newer.sums.received.net) == (0, 3_000, -3_000)
    assert (newer.sums.paid.entered, newer.sums.paid.reversed, newer.sums.paid.net) == (0, 5_000, -5_000)
    assert (older.sums.aside.net, newer.sums.aside.count) == (800, 0)
    # What the town spends is no payment of 区财政局: it has been paid to the town before.
    assert older.sums.net == received.net - paid.net == fees + 1_003_000 - 75_000


def test_the_months_close_and_their_sums_are_those_of_the_ledger(moved):
    every = list(months())
    for found in (every, [months()[0], months()[1]], [months().named(one.month) for one in every]):
        newer, older = found
        assert (older.before, older.after, newer.before) == (0, older.sums.net, older.after)
        assert newer.after == older.sums.net + newer.sums.net == net(Money.objects.all())
    totals = {}
    for found in every:
        for _, kinds in found.sums.parts:
            for one in kinds:
                totals[one.title] = totals.get(one.title, 0) + one.net
    ledger = {one.words: one.amount for one in by_kind(Money.objects.all()) if one.amount}
    assert {title: amount for title, amount in totals.items() if amount} == ledger
    sides = {side: sum(one.sums.of(side).net for one in every) for side in Side}
    assert sides[Side.RECEIVED] == sum(amount for words, amount in ledger.items() if words.startswith("收"))
    assert sides[Side.PAID] + sides[Side.ASIDE] == sum(
        amount for words, amount in ledger.items() if not words.startswith("收")
    )


def shown(client, address):
    return " ".join(client.get(address).content.decode().split())


def test_the_page_prints_no_sign_and_leads_to_each_voucher(moved):
    purse = signed_in("区财政局", "register_office")
    text = shown(purse, MONTHS)
    november, october = re.findall(r'<section class="sheet" id="month-.*?</section>', text)
    assert "1,353,000.00" in october and not SIGNED.search(october)
    assert "冲回收到" in november and "3,000.00" in november and "冲回付出" in november
    assert "至本月末累计差额" in november and "1,280,000.00" in november
    for one in Money.objects.all():
        assert f'href="/farmland/money/{one.number}/"' in text
    page = shown(purse, f"/farmland/money/{moved['paid'].number}/")
    assert "付出 70,000.00 元" in page and "还没有对账" in page and "付款核定" in page
    wrong = moved["wrong"].number
    page = shown(purse, f"/farmland/money/{wrong}/")
    assert "收到 3,000.00 元" in page and "票据录错" in page and f"/money/{wrong}/reverse/" not in page
    gone = Money.objects.get(reverses=wrong)
    page = shown(purse, f"/farmland/money/{gone.number}/")
    assert "冲回收到 3,000.00 元" in page and f'href="/farmland/money/{wrong}/"' in page
    own = signed_in(moved["lot"].town.name, "reporter")
    assert own.get(f"/farmland/money/{moved['paid'].number}/").status_code == 200
    assert own.get(f"/farmland/money/{wrong}/").status_code == 404


def test_what_waits_is_named_and_led_to(moved, purse):
    ids = {"entry_id": use(moved["row"], moved["lot"].name), "lot_id": None, "transfer_id": None, "fee_id": None}
    given = {"kind": "out_reward_second", "amount": D("9"), "town": "", "note": "", **ids}
    asked = propose(actor=purse, code="farmland-pay", at=timezone.now(), **given)
    granted(purse, "out_reward_first", "11", entry_id=ids["entry_id"])
    back = propose(actor=purse, code="farmland-reverse-money", at=timezone.now(), number=3, reason="录错了票据")
    client = signed_in("区财政局", "register_office")
    text = shown(client, MONTHS)
    for one in (asked, back):
        assert f'href="/proposals/{one.pk}/"' in text
    assert "等您确认" in text and "已核定 1 项" in text and "应付出 11.00 元" in text
    assert f'href="/proposals/{back.pk}/"' in shown(client, "/farmland/money/3/")
    assert client.post(MONTHS, {"month": "2020-10"}).status_code == 302
    check = Proposal.objects.get(code="farmland-reconciliation")
    said = dict(map(tuple, check.said))
    assert (
        said["收到合计"].endswith("1,353,000.00 元")
        and "镇使用合计" in said
        and not any(map(SIGNED.search, said.values()))
    )
    text = shown(client, MONTHS)
    assert f'href="/proposals/{check.pk}/"' in text and "提出2020年10月对账</button>" not in text
    page = f"/proposals/{check.pk}/"
    assert "2020年10月的收支" in shown(client, page) and "现在确认会被退下来" not in shown(client, page)
    record_money(
        actor=purse,
        movement=Movement("use_city", D("7"), DAY, "用9", late=Late("缴款书", "票据送来得晚")),
        at=timezone.now(),
    )
    assert "现在确认会被退下来" in shown(client, page) and "确认就按它办" not in shown(client, page)


def test_the_workbook_and_the_api_say_the_same(moved):
    client = signed_in("区财政局", "register_office")
    book = load_workbook(io.BytesIO(client.get("/farmland/workbook/").content))
    head, *rows = book["收支"].iter_rows(min_row=3, values_only=True)
    sums = {name: sum(D(str(row[head.index(name)] or 0)) for row in rows) for name in head if name.endswith("（元）")}
    every = list(months())
    for side in Side:
        whole = [one.sums.of(side) for one in every]
        assert sums[f"{side}（元）"] == sum(one.entered for one in whole)
        assert sums[f"冲回{side}（元）"] == sum(one.reversed for one in whole)
    assert min(value for row in rows for value in row if isinstance(value, float | int)) >= 0
    table = list(book["对账"].iter_rows(min_row=4, values_only=True))
    assert [row[0] for row in table] == ["2020年11月", "2020年10月"] and D(str(table[0][9])) == net(Money.objects.all())
    assert "对账" not in load_workbook(
        io.BytesIO(signed_in("区规自分局", "register_office").get("/farmland/workbook/").content)
    )
    newer, older = send(api("区财政局", "register_office"), "farmland/months/")[1]["results"]
    assert older["sums"][0] == {
        "side": "received",
        "count": 4,
        "entered": "1353000.00",
        "reversed": "0.00",
        "net": "1353000.00",
    }
    assert (newer["back"], newer["before"], newer["after"]) == ("-3000.00", "1278000.00", "1280000.00")
    assert {(one["side"], one["reverses"], one["size"]) for one in newer["vouchers"]} == {
        ("received", True, "3000.00"),
        ("paid", True, "5000.00"),
    }


def test_a_month_that_was_reconciled_before_stays_so_and_is_summed_from_its_lines(moved):
    """The digest is made of what it was made of; a row of before kept other sums, so that they are read from the lines."""
    older = months()[1]
    MoneyCheck.objects.create(
        month=older.month, number=1, count=older.count, paid=D("1"), back=D("2"), digest=older.digest,
        lines=[one.pk for one in older.vouchers], at=NEXT, by="甲",
    )  # fmt: skip  # one row
    assert months()[1].state[1] == "已对账"
    text = shown(signed_in("区财政局", "register_office"), MONTHS)
    assert "7 笔，收到 1,353,000.00，付出 75,000.00（净额）" in text
    assert older.vouchers[0].text.endswith("|-150000.00|票" + f"{moved['row'].pk}reclamation")


def test_what_was_entered_late_is_marked_wherever_it_is_listed(moved, purse):
    record_money(
        actor=purse,
        movement=Movement("use_city", D("7"), DAY, "用9", late=Late("缴款书", "票据送来得晚")),
        at=timezone.now(),
    )
    late = Money.objects.order_by("-number")[0]
    client = signed_in("区财政局", "register_office")
    month = client.get(MONTHS).content.decode()
    line = next(part for part in month.split("<tr>") if f"/farmland/money/{late.number}/" in part)
    other = next(part for part in month.split("<tr>") if f"/farmland/money/{moved['used'].number}/" in part)
    assert "补登" in line and "补登" not in other
    page = client.get(f"/farmland/money/{late.number}/").content.decode()
    assert "<dt>补登</dt><dd>依据缴款书；票据送来得晚</dd>" in page and page.count("补登") == 1
    listed = client.get("/farmland/money/").content.decode()
    line = next(part for part in listed.split("<tr>") if f'/farmland/money/{late.number}/"' in part)
    assert line.count("补登") == 1 and "依据缴款书；票据送来得晚" in line
    book = load_workbook(io.BytesIO(client.get("/farmland/workbook/").content))
    head, *rows = book["收支"].iter_rows(min_row=3, values_only=True)
    said = {row[0]: row[head.index("补登")] for row in rows}
    assert said[late.number] == late.late and not said[moved["used"].number]
    asked = propose(actor=purse, code="farmland-reconciliation", month="2020-10", digest=months()[1].digest, at=NEXT)
    assert any("补登，依据缴款书" in words for _, words in asked.said)


def test_the_line_of_a_reversal_names_both_persons(moved, purse):
    number = record_money(actor=purse, movement=Movement("use_city", D("7"), DAY, "用9"), at=AT).number
    made = propose(actor=purse, code="farmland-reverse-money", at=timezone.now(), number=number, reason="录错了票据")
    confirmed("区财政局")
    client = signed_in("区财政局", "register_office")
    back = Money.objects.get(reverses=number)
    page = shown(client, f"/farmland/money/{back.number}/")
    assert re.search(rf"<dt>提出</dt> <dd>[^<]*{re.escape(made.recorded_by)}</dd>", page)
    assert re.search(rf"<dt>确认</dt> <dd>[^<]*{re.escape(back.by)}</dd>", page) and back.by != made.recorded_by
    assert "<dt>提出</dt>" not in shown(
        client, f"/farmland/money/{Money.objects.get(reverses=moved['wrong'].number).number}/"
    )
