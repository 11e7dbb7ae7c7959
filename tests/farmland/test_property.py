"""Whatever is done in whatever order: nothing below zero, and the ledger replays to the stored balances."""

from datetime import date
from decimal import Decimal as D

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from farmland.enums import State
from farmland.models import Application, Entry, Lot
from farmland.queries import pool as pools
from farmland.queries.flow import parts_of
from farmland.services import applications, fees, ledger, transfers
from miyun_kpi.lib.errors import Refused
from tests.farmland.conftest import AT, DAY, act, apply, put, rate, somebody, ticket
from tests.farmland.history import allocation_by_ledger, parts_by_ledger

TOWNS = ("十里堡镇", "河南寨镇", "太师屯镇")
AREA = st.integers(1, 200_000).map(lambda n: D(n).scaleb(-4))
STEP = st.one_of(
    st.tuples(st.just("lot"), st.sampled_from(TOWNS), AREA, st.integers(0, 600)),
    st.tuples(st.just("apply"), st.sampled_from(TOWNS), AREA, st.booleans()),
    st.tuples(st.just("transfer"), AREA),
    st.tuples(st.sampled_from(["settle", "reserve", "release", "pay", "post", "reclaim", "undo"]), st.integers(0, 5)),
)


class Ledger(TestCase):
    @settings(max_examples=25, suppress_health_check=list(HealthCheck))
    @given(st.lists(STEP, min_size=4, max_size=16))
    def test_any_sequence_keeps_the_ledger(self, steps):
        pool, purse = somebody("区规自分局", "register_office", 31), somebody("区财政局", "register_office", 32)
        rate(purse)
        for number, step in enumerate(steps):
            try:
                self.take(pool, purse, number, *step)
            except Refused as refusal:
                assert refusal.message.endswith("。")
        done, differences = pools.replayed()
        assert not done.problems and not differences
        for lot in Lot.objects.all():
            assert lot.buckets.sound and lot.accepted in (0, lot.area)
        for row in Application.objects.filter(state__in=[State.RESERVED, State.POSTED]):
            assert pools.proof_of(row).agrees
            assert pools.proof_of(row).allocation == allocation_by_ledger(row)
        lots = list(Lot.objects.all())
        for near in (None, frozenset(Application.objects.values_list("pk", flat=True)[:1])):
            said = {(one.lot, one.kind, one.goal): one.area for one in parts_of(lots, near)}
            assert said == parts_by_ledger(lots, near)
        held = sum((r.area for r in Application.objects.filter(state=State.RESERVED)), D(0))
        used = sum((r.area for r in Application.objects.filter(state=State.POSTED)), D(0))
        totals = pools.totals()
        assert (totals.reserved, totals.used) == (held, used)
        last = Entry.objects.order_by("-number").first()
        assert last is None or (last.pool_free, last.number) == (totals.free, Entry.objects.count())

    def take(self, pool, purse, number, kind, *what):
        if kind == "lot":
            town, area, days = what
            put(pool, f"批{number}", town, area, date.fromordinal(DAY.toordinal() - days))
        elif kind == "apply":
            town, area, public = what
            apply(pool, name=f"项目{number}", town=town, area=area, public=public)
        elif kind == "transfer":
            deal = transfers.Deal("某区", what[0], D("1"), "协议", "批", DAY)
            transfers.transfer_out(actor=pool, deal=deal, at=AT)
        elif kind == "undo":
            found = Entry.objects.order_by("number")[what[0] * 3 : what[0] * 3 + 1]
            for entry in found:
                ledger.reverse_act(actor=pool, number=entry.act, reason="任意冲正", at=AT)
        else:
            rows = list(Application.objects.order_by("number"))
            if rows:
                self.work(pool, purse, number, kind, rows[what[0] % len(rows)])

    def work(self, pool, purse, number, kind, row):
        if kind == "settle":
            for one in ("reserve", "pay", "post"):
                self.work(pool, purse, number, one, row)
        elif kind == "reserve":
            act(applications.reserve, pool, row)
        elif kind == "release":
            act(applications.release, pool, row, reason="任意撤回")
        elif kind == "pay":
            for fee in act(fees.assess_fees, purse, row, on=DAY):
                ticket(purse, row, f"in_{fee.kind}", fee.amount, f"票{number}{fee.kind}")
        elif kind == "post":
            act(applications.post, pool, row)
        else:
            common = {"approval_number": "批", "approval_on": DAY, "force_majeure": False, "coordination": ""}
            act(applications.reclaim, pool, row, **common)
