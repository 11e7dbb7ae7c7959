"""What has come to its end is not read again: the pages of rewards and of 对账 cost at five years what they cost at one."""

from datetime import date, datetime
from decimal import Decimal as D

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from farmland.models import Entry, Lot, Money
from farmland.queries import rewards
from farmland.queries.payable import everything
from farmland.queries.reconciling import months
from farmland.queries.town_rewards import Lines, by_town, listed
from farmland.services import applications
from miyun_kpi import site
from miyun_kpi.lib.years import Years, year_fills
from tests.farmland.conftest import DAY, act, paid_out, rate, settled, use
from tests.farmland.test_pages import signed_in

NOW = datetime.fromisoformat("2026-11-20T10:00:00+08:00")


def sums_of(lines):
    """By town, from the lines of all uses: what the database has to come to."""
    found = {}
    for line in lines:
        one = found.setdefault(line.entry.lot.town.name, dict.fromkeys(COLUMNS, D(0)))
        for name, value in zip(COLUMNS, _of(line), strict=True):
            one[name] += value
    return found


COLUMNS = ("first", "second", "applied", "other", "left", "over", "problems")


def _of(line):
    return line.first.whole, line.second.whole, line.applied, line.other, line.left, line.over, bool(line.problem)


def same():
    every = rewards.lines()
    wanted = sums_of(every)
    found = {one.name: {name: getattr(one, name) for name in COLUMNS} for one in by_town(Lot.objects.all())}
    assert {name: one for name, one in found.items() if any(one.values())} == {
        name: one for name, one in wanted.items() if any(one.values())
    }
    lazily = Lines(listed())
    assert list(lazily) == every and len(lazily) == len(every) and list(lazily[1:3]) == every[1:3]
    open_ones = [one for one in every if one.left or one.over or one.problem]
    assert {one.entry.pk for one in open_ones} <= {one.pk for one in rewards.unsettled()}
    return every


def test_the_sums_of_the_database_are_those_of_the_lines(pool, purse, four_lots):
    rate(purse)
    one = settled(pool, purse, area=D("12.5"))
    same()
    lot = one.entries.first().lot.name
    paid_out(purse, "out_reward_first", "100000", "奖1", entry_id=use(one, lot))
    same()
    paid_out(purse, "out_reward_second", "300000", "奖2", entry_id=use(one, lot))
    two = settled(pool, purse, name="收回的", area=D("2"))
    gone = two.entries.first().lot.name
    paid_out(purse, "out_reward_first", "17000", "奖3", entry_id=use(two, gone))
    act(applications.reclaim, pool, two, approval_number="批9", approval_on=DAY, force_majeure=False, coordination="")
    same()
    paid_out(purse, "in_back_first", "4000", "追1", entry_id=use(two, gone))
    every = same()
    assert any(line.over == D("13000") and not line.stands for line in every), (
        "what is taken back and still held is listed"
    )


def filled(number):
    return year_fills()["farmland"][1](Years(number, NOW))


@pytest.fixture
def few(gazette, monkeypatch):
    monkeypatch.setattr(site, "_current", [site.DEMO])
    monkeypatch.setattr("farmland.years.LOTS", 26)
    monkeypatch.setattr("farmland.years.PROJECTS", 130)


@pytest.mark.parametrize("address", ["/farmland/rewards/", "/farmland/money/months/", "/farmland/payable/"])
def test_a_page_reads_what_is_open_and_the_period_asked(few, address, monkeypatch):
    made = []
    for model in (Entry, Money):
        kept = model.from_db.__func__
        monkeypatch.setattr(
            model, "from_db", classmethod(lambda cls, *rest, kept=kept: made.append(cls) or kept(cls, *rest))
        )
    client = signed_in("区财政局", "register_office")

    def at(number):
        """Queries of the page, lines of the ledgers that it reads, and how many there are; the years are taken away again."""
        with transaction.atomic():
            filled(number)
            client.get(address)
            made.clear()
            with CaptureQueriesContext(connection) as queries:
                assert client.get(address).status_code == 200
            found = len(queries), len(made), Entry.objects.count() + Money.objects.count()
            transaction.set_rollback(True)
        return found

    one, five = at(1), at(5)
    assert five[2] > 3 * one[2] and five[0] == one[0] and five[1] <= one[1] * 1.1, (one, five)


def test_what_is_left_out_is_said_and_reached(few):
    filled(2)
    client = signed_in("区财政局", "register_office")
    text = client.get("/farmland/rewards/").content.decode()
    every = rewards.lines()
    assert f"共 {len(every)} 条" in text and "older=" in text and "本页 100 条" in text
    text = client.get("/farmland/rewards/?oldest=1").content.decode()
    assert every[0].what in text
    year = client.get("/farmland/rewards/?year=2025").content.decode()
    assert every[0].entry.done_on.year < 2026 and "2025年" in year and every[-1].what not in year
    assert "都已结清" in client.get("/farmland/rewards/?show=open").content.decode()
    last = Money.objects.latest("number")
    late = {"kind": last.kind, "amount": D(1), "day": date(2025, 3, 5), "ticket": "迟1", "at": NOW, "by": "甲"}
    Money.objects.create(number=last.number + 1, **late)
    text = client.get("/farmland/money/months/").content.decode()
    assert "2026年10月" in text and "2025年2月" not in text
    assert "还有 1 个月" in text and "?year=2025" in text and "2025年3月" in text
    older = client.get("/farmland/money/months/?year=2025").content.decode()
    assert "2025年2月" in older and "2026年10月" not in older
    assert everything(NOW.date()) == []


def test_one_month_is_read_alone_and_is_the_same(few):
    filled(2)
    found = months()
    every = list(found)
    assert [one.month for one in every] == found.names and len(every) == len(found)
    assert found.named("2025-07") == next(one for one in every if one.month == "2025-07")
    assert found.named("2019-01") is None and list(found[1:3]) == every[1:3] and found[0] == every[0]
    assert [one for year in found.years for one in found.of_year(year)] == every
    assert found.to_look_at() == [one.month for one in every if one.open]
