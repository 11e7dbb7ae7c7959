"""Filters of a list combine, stand in its form, and stay in its pager; what is asked that is not there is not pretended."""

import re
from datetime import date, datetime
from decimal import Decimal as D

import pytest

from farmland.models import Application, Lot
from farmland.queries.town_rewards import by_town
from farmland.services import applications, fees, transfers
from miyun_kpi.organisations.queries import resolve
from tests.farmland.conftest import AT, act, paid_out, rate, settled, ticket, use
from tests.farmland.conftest import apply as register
from tests.farmland.test_pages import signed_in

REWARDS = "/farmland/rewards/"


LATER = datetime.fromisoformat("2021-03-16T10:00:00+08:00")


def used(pool, purse, name, area, at):
    row = register(pool, name=name, area=D(area))
    act(applications.reserve, pool, row, at=at)
    for fee in act(fees.assess_fees, purse, row, at=at, on=at.date()):
        ticket(purse, row, f"in_{fee.kind}", fee.amount, f"票{row.pk}{fee.kind}", at=at)
    act(applications.post, pool, row, at=at)
    return row


def pay(purse, row, at=LATER):
    lot = row.entries.filter(kind="post").get().lot.name
    for kind, rate_of in (("out_reward_first", 50_000), ("out_reward_second", 100_000)):
        paid_out(purse, kind, row.area * rate_of, f"付{row.pk}{kind}", at=at, entry_id=use(row, lot))


@pytest.fixture
def two_years(pool, purse, four_lots):
    """Of 2020 a use that is open, of 2021 one that is open and one that is paid."""
    rate(purse)
    used(pool, purse, "旧项目", "1", AT)
    used(pool, purse, "新项目", "2", LATER)
    pay(purse, used(pool, purse, "付清的", "1", LATER))
    return signed_in("区财政局", "register_office")


def listed(page):
    return {name for name in ("旧项目", "新项目", "付清的") if f">{name}</a>" in page}


def current(page):
    """What the segments say is chosen."""
    return re.findall(r'aria-current="true">\s*(.*?)\s*</a>', page, re.S)


def test_open_ones_of_a_year(two_years):
    page = two_years.get(f"{REWARDS}?show=open&year=2020").content.decode()
    assert listed(page) == {"旧项目"}
    assert [" ".join(one.split()) for one in current(page)][:2] == ["未结清 1", "2020年"]
    assert "?show=open&amp;year=2021" in page and "共 1 条" in page
    assert listed(two_years.get(f"{REWARDS}?show=open").content.decode()) == {"旧项目", "新项目"}
    assert listed(two_years.get(f"{REWARDS}?year=2021").content.decode()) == {"新项目", "付清的"}
    town = resolve("太师屯镇").code
    assert listed(two_years.get(f"{REWARDS}?show=open&year=2021&town={town}").content.decode()) == set()


def test_a_year_of_which_all_is_settled_says_so(two_years, purse):
    pay(purse, Application.objects.get(name="旧项目"))
    page = two_years.get(f"{REWARDS}?show=open&year=2020").content.decode()
    assert "2020年核销的都已结清" in page and listed(page) == set()


@pytest.mark.parametrize("query", ["year=abc", "year=1890", "older=1", "older=0", "newer=99999999", "page=0", "show=x"])
def test_an_odd_value_is_not_pretended(two_years, query):
    answer = two_years.get(f"{REWARDS}?{query}")
    page = answer.content.decode()
    assert answer.status_code == 200 and listed(page) == {"旧项目", "新项目", "付清的"}
    assert [one.split()[0] for one in current(page)][:2] == ["全部", "全部"] and "共 3 条" in page


@pytest.mark.parametrize("query", ["show=open&page=0", "show=open&page=9", "show=open&page=x"])
def test_a_page_that_is_not_there_is_one_that_is(two_years, query):
    page = two_years.get(f"{REWARDS}?{query}").content.decode()
    assert listed(page) == {"旧项目", "新项目"} and "第 1–2 条" in page


@pytest.mark.parametrize("query", ["year=abc", "year=0", "page=0", "older=0"])
@pytest.mark.parametrize("address", ["money/months/", "money/", "plan/", "entries/", "applications/", ""])
def test_every_list_takes_an_odd_value(two_years, address, query):
    assert two_years.get(f"/farmland/{address}?{query}").status_code == 200


def test_where_the_money_comes_from_and_what_each_reward_is_paid_for(pool, purse, four_lots):
    rate(purse)
    row = settled(pool, purse, area=D("10"))
    deal = transfers.Deal("某某区", D("20"), D("300000"), "协议1", "密政批2号", date(2020, 6, 1))
    gone = transfers.transfer_out(actor=pool, deal=deal, at=AT)
    transfers.agree_reward(
        actor=purse, transfer_id=gone.pk, version=gone.version, reward=D("1000000"), reward_number="密政批3号", at=AT
    )
    town = gone.entries.first().lot.town
    paid_out(purse, "out_reward_transfer", "400000", "转奖1", transfer_id=gone.pk, town=town.name)
    page = signed_in("区财政局", "register_office").get(REWARDS).content.decode()
    assert f'href="/farmland/transfers/{gone.pk}/"' in page and f'href="/farmland/applications/{row.pk}/"' in page
    for words in ("300,000.00", "6,000,000.00", "1,000,000.00", "50,000.00", "400,000.00", "600,000.00"):
        assert words in page, words
    assert "资金从哪里来" in page and "由区政府单独议定" in page and "× 100,000.00" in page
    (line,) = [one for one in by_town(Lot.objects.filter(town=town)) if one.name == town.name]
    assert (line.paid, line.paid_transfer) == (0, D("400000")) and line.fund == D("400000")
    assert line.fund == line.paid + line.paid_transfer - line.taken_back - line.over - line.used
    own = signed_in(town.name, "reporter").get(REWARDS).content.decode()
    assert "转让奖励已付" in own and "400,000.00" in own and "某某区" not in own and f"transfers/{gone.pk}" not in own
