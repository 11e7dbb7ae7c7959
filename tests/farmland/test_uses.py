"""What each project holds of a lot is kept beside the ledger, replayed with it, and is what the pages read (0120)."""

from datetime import date
from decimal import Decimal as D
from importlib import import_module

import pytest
from django.apps import apps
from django.db import connection
from django.test.utils import CaptureQueriesContext

from farmland.models import Application, Entry, Lot, LotUse
from farmland.queries import pool as pools
from farmland.queries.flow import parts_of
from farmland.services import applications, ledger
from tests.farmland.conftest import AT, act, put, rate, reserved, settled
from tests.farmland.test_pages import signed_in

pytestmark = pytest.mark.django_db


def held() -> set[tuple]:
    return {(row.lot_id, row.application_id, row.transfer_id, row.buckets) for row in LotUse.objects.all()}


def test_it_follows_a_project_from_its_reservation_to_the_end(pool, purse, four_lots):
    rate(purse)
    row = settled(pool, purse)
    used = dict(row.uses.values_list("lot", "used"))
    assert sum(used.values()) == row.area and not row.uses.filter(reserved__gt=0).exists()
    assert used == dict(Entry.objects.filter(application=row, kind="post").values_list("lot", "area"))
    number = Entry.objects.filter(application=row, kind="post").values_list("act", flat=True)[0]
    ledger.reverse_act(actor=pool, number=number, reason="核销写错了项目", at=AT)
    assert dict(row.uses.values_list("lot", "reserved")) == used and not row.uses.filter(used__gt=0).exists()
    other = reserved(pool, name="项目乙", area=D("1"))
    assert sum(other.uses.values_list("reserved", flat=True)) == 1
    act(applications.release, pool, other, reason="项目不再建设了")
    assert not other.uses.exists(), "what holds nothing has no row"


def test_an_older_site_gets_them_from_its_ledger(pool, purse, four_lots):
    rate(purse)
    settled(pool, purse)
    reserved(pool, name="项目乙", area=D("3"))
    before = held()
    assert before
    LotUse.objects.all().delete()
    import_module("farmland.migrations.0007_uses_of_lots").fill(apps, None)
    assert held() == before


def test_the_replay_finds_a_share_that_was_changed_and_one_that_is_missing(pool, purse, four_lots):
    reserved(pool)
    first, *_ = LotUse.objects.order_by("pk")
    LotUse.objects.filter(pk=first.pk).update(reserved=first.reserved - 1)
    _, found = pools.replayed()
    assert [(one.lot, one.what, one.replayed - one.stored) for one in found] == [(first.lot_id, "去处的预留", 1)]
    LotUse.objects.filter(pk=first.pk).delete()
    check = ledger.check_ledger(actor=pool, at=AT)
    assert not check.equal and "去处的预留" in check.findings


def test_the_first_page_of_the_pool_is_as_long_after_many_years(pool, purse, monkeypatch):
    monkeypatch.setattr("farmland.views.pool.LOTS", 3)
    made = [put(pool, f"批{n}", "十里堡镇", "10", date(2018, 1, 1 + n)) for n in range(5)]
    reserved(pool, name="用完两批", area=D("20"))
    client = signed_in("区规自分局", "register_office")
    page = client.get("/farmland/").content.decode()
    lots = [lot.name for lot in made]
    shown = [name for name in lots if f">{name}</a>" in page]
    assert shown == lots[:3], "reserved lots are in use as well"
    assert "全部 5 批合计" in page and "50.0000" in page and 'href="?page=2"' in page
    Lot.objects.filter(name__in=lots[:2]).update(used=D("10"), reserved=D(0))
    page = client.get("/farmland/").content.decode()
    assert [name for name in lots if f">{name}</a>" in page] == lots[2:], "what is used up stands behind"
    second = client.get("/farmland/?page=2").content.decode()
    assert [name for name in lots if f">{name}</a>" in second] == lots[:2]
    assert second.index(f">{lots[1]}</a>") < second.index(f">{lots[0]}</a>"), "the newest first"


def test_parts_and_proofs_take_as_many_queries_for_many_as_for_one(pool, purse, four_lots):
    for n in range(4):
        reserved(pool, name=f"项目{n}", area=D("2"))
    rows = list(Application.objects.select_related("town"))

    def queries(act):
        with CaptureQueriesContext(connection) as seen:
            act()
        return len(seen)

    assert queries(lambda: pools.proofs_of(rows)) == queries(lambda: pools.proofs_of(rows[:1]))
    assert queries(lambda: parts_of(four_lots)) == queries(lambda: parts_of(four_lots[:1])) == 1
