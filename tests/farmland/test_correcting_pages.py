"""What was entered wrongly is put right from its row, on pages that say beforehand what rests on it."""

from datetime import date
from decimal import Decimal as D

import time_machine

from farmland.models import Application, Entry, Fee, Money, MoneyCheck, Rate
from farmland.queries import tables as queried
from farmland.services import fees, tables
from miyun_kpi.sheets.read import read_workbook
from tests.farmland.conftest import AT, DAY, act, paid_out, rate, reserved, settled, use
from tests.farmland.test_pages import confirmed, signed_in


def text(answer):
    return answer.content.decode()


def test_a_price_is_struck_from_its_row(pool, purse, four_lots):
    wrong = rate(purse, "1.00", DAY)
    row = reserved(pool, area=D("10"))
    act(fees.assess_fees, purse, row, on=DAY)
    client = signed_in("区财政局", "register_office")
    path = f"/farmland/rates/rate/{wrong.pk}/strike/"
    assert path in text(client.get("/farmland/rates/"))
    assert path not in text(signed_in("区规自分局", "register_office").get("/farmland/rates/")), "money is 区财政局's"
    page = text(client.get(path))
    assert "项目甲耕地保护补偿费（2020-10-19 核费）：10.00 元 → 待重新核费" in page
    typed = {"reason": "小数点打错了", "value": "-3", "starts_on": "", "ends_on": "", "basis": "密财发9号"}
    wrongly = client.post(path, typed)
    assert wrongly.status_code == 422 and "密财发9号" in text(wrongly) and "小数点打错了" in text(wrongly)
    page = text(client.post(path, typed | {"value": "20000"}, follow=True))
    assert "10.00 元 → 200,000.00 元" in page and "待第二人确认" in page
    assert Fee.objects.get(kind="compensation").amount == D("10"), "nothing before the second"
    confirmed("区财政局")
    assert Fee.objects.get(kind="compensation").amount == D("200000")
    page = text(client.get("/farmland/rates/"))
    assert "小数点打错了" in page and "已作废" in page and "20,000.00" in page
    assert Rate.objects.filter(kind="compensation", starts_on=DAY).count() == 2
    assert "费用重算" in text(client.get(f"/farmland/applications/{row.pk}/"))


def test_a_setting_has_its_first_day_and_its_history(pool, purse, four_lots):
    client = signed_in("区规自分局", "register_office")
    typed = {"key": "rewards_add_up", "value": "no", "starts_on": "2020-11-01", "basis": "联席会议"}
    lacking = client.post("/farmland/rates/choose/", typed | {"starts_on": ""})
    assert lacking.status_code == 422 and "联席会议" in text(lacking)
    client.post("/farmland/rates/choose/", typed)
    confirmed("区规自分局")
    assert "联席会议" in text(client.get("/farmland/rates/"))
    assert queried.choices(date(2020, 10, 31))["rewards_add_up"] is True
    assert queried.choices(date(2020, 11, 1))["rewards_add_up"] is False


def test_an_act_is_reversed_from_its_row(pool, purse, four_lots):
    rate(purse)
    row = settled(pool, purse)
    paid_out(purse, "out_reward_first", "642000", "奖1", entry_id=use(row, "十里堡-01"))
    client, number = signed_in("区规自分局", "register_office"), Entry.objects.filter(kind="post").first().act
    path = f"/farmland/entries/{number}/reverse/"
    page = text(client.get("/farmland/entries/"))
    assert path in page and page.count("冲正…") == 5, "four lots and one 核销, each by its first line"
    assert path not in text(signed_in("区财政局", "register_office").get("/farmland/entries/"))
    page = text(client.get(path))
    assert "这批指标的奖励已付 642,000.00 元（十里堡镇 642,000.00 元），冲正核销后为多付" in page
    short = client.post(path, {"reason": "错"})
    assert short.status_code == 422 and "4 至 300" in text(short)
    assert client.post(path, {"reason": "项目填错"}).status_code == 302
    confirmed("区规自分局")
    row.refresh_from_db()
    assert row.state == "reserved" and "已冲正" in text(client.get("/farmland/entries/"))
    assert "追回奖励" in text(client.get(f"/farmland/applications/{row.pk}/"))


def test_an_act_that_cannot_be_reversed_says_why_and_shows_no_form(pool, purse, four_lots):
    rate(purse)
    row = settled(pool, purse)
    client = signed_in("区规自分局", "register_office")

    def said_of(kind):
        number = Entry.objects.filter(kind=kind).order_by("number").first().act
        page, sent = (
            text(client.get(f"/farmland/entries/{number}/reverse/")),
            client.post(f"/farmland/entries/{number}/reverse/", {"reason": "项目填错"}),
        )
        assert ("提出冲正</button>" in page) == (sent.status_code == 302), kind
        return page, text(sent)

    page, refused = said_of("reserve")
    assert "预留不用冲正。预留要撤的，在项目页用“撤回预留”。" in page and "预留不用冲正，没有执行。" in refused
    page, _ = said_of("post")
    assert "提出冲正</button>" in page
    confirmed("区规自分局")
    back = Entry.objects.filter(kind="reversed").order_by("number").first()
    assert f"已经由第 {back.number} 笔冲正。不能再冲正。" in said_of("post")[0]
    assert "“冲正”不能冲正。办错了的，重新办理。" in said_of("reversed")[0]
    assert Application.objects.get(pk=row.pk).state == "reserved"


def test_the_reversal_of_money_is_not_reversed(pool, purse, four_lots):
    rate(purse)
    row = settled(pool, purse)
    line = paid_out(purse, "out_reward_first", "642000", "奖1", entry_id=use(row, "十里堡-01"))
    client = signed_in("区财政局", "register_office")
    assert "付出 642,000.00 元" in text(client.get(f"/farmland/money/{line.number}/reverse/"))
    client.post(f"/farmland/money/{line.number}/reverse/", {"reason": "付错了镇"})
    confirmed("区财政局")
    back = Money.objects.get(reverses=line.number)
    page = text(client.get(f"/farmland/money/{back.number}/reverse/"))
    assert "的冲正，不能再冲正" in page and "冲回付出 642,000.00 元" in page and "提出冲正</button>" not in page


def test_a_payment_is_reversed_from_its_row(pool, purse, four_lots):
    rate(purse)
    row = settled(pool, purse)
    line = paid_out(purse, "out_reward_first", "642000", "奖1", entry_id=use(row, "十里堡-01"))
    client = signed_in("区财政局", "register_office")
    page = text(client.get("/farmland/money/"))
    path = f"/farmland/money/{line.number}/reverse/"
    assert path in page and "十里堡-01　项目甲" in page
    assert "重新待付" in text(client.get(path))
    assert client.post(path, {"reason": "付错了镇"}).status_code == 302
    confirmed("区财政局")
    turned = Money.objects.get(reverses=line.number)
    page = text(client.get(path))
    assert (
        f'href="/farmland/money/{turned.number}/">第 {turned.number} 笔</a>冲正' in page
        and "提出冲正</button>" not in page
    )
    assert "奖1" not in text(client.get("/farmland/payable/")) and "642,000.00" in text(
        client.get("/farmland/payable/")
    )
    town = signed_in("河南寨镇", "reporter")
    assert "项目甲" not in text(town.get("/farmland/money/"))


def test_months_say_whether_they_were_reconciled(pool, purse, four_lots):
    rate(purse)
    settled(pool, purse, area=D("1"))
    client = signed_in("区财政局", "register_office")
    shown = text(client.get("/farmland/money/months/"))
    assert "未对账" in shown and "15,000.00" in shown and "提出2020年10月对账" in shown
    assert client.post("/farmland/money/months/", {"month": "2020-09"}).status_code == 422
    assert client.post("/farmland/money/months/", {"month": "2020-10"}).status_code == 302
    confirmed("区财政局")
    assert MoneyCheck.objects.get().count == 2 and "已对账" in text(client.get("/farmland/money/months/"))
    assert client.post("/farmland/money/months/", {"month": "2020-10"}).status_code == 409


def test_the_header_says_the_rule_of_today(pool, purse, four_lots):
    """B13: a successor runs to 2030, and the page said 试行至 2022-04-21."""
    with time_machine.travel(AT, tick=False):
        page = signed_in("区财政局", "register_office").get("/farmland/")
        assert page.context["period"].last.year == 2022 and "规则期限" in text(page)
    client = signed_in("区规自分局", "register_office")
    assert "今天没有适用的规则期限" in text(client.get("/farmland/"))
    given = {"starts_on": date(2022, 4, 22), "ends_on": date(2030, 4, 21), "basis": "密政发〔2022〕1号"}
    tables.enter_period(actor=purse, at=AT, **given)
    page = client.get("/farmland/")
    assert page.context["period"].last == date(2030, 4, 21) and "没有适用的规则期限" not in text(page)


def test_an_act_of_an_earlier_day_is_entered_on_the_page(pool, purse, four_lots):
    from tests.farmland.conftest import apply

    row = apply(pool, area=D("1"))
    client = signed_in("区规自分局", "register_office")
    path = f"/farmland/applications/{row.pk}/"
    assert "补登" in text(client.get(path))
    typed = {"version": row.version, "done_on": "2020-10-20", "late_source": "", "late_reason": "经办人出差"}
    late = client.post(f"{path}act/reserve/", typed)
    assert late.status_code == 422 and "属于补登" in text(late) and 'value="经办人出差"' in text(late)
    assert client.post(f"{path}act/reserve/", typed | {"late_source": "预留单3号"}).status_code == 302
    assert "补登，依据预留单3号；经办人出差" in text(client.get("/farmland/entries/"))
    (_, ledger, *_) = read_workbook(client.get("/farmland/workbook/").content)
    cells = [cell.text for line in ledger.rows for cell in line if cell]
    assert "2020-10-20" in cells and "补登，依据预留单3号；经办人出差" in cells
