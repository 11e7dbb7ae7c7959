"""Whatever is entered, struck, paid, taken back and reversed in whatever order: paid, due and owed back equal the final facts.

The facts are computed a second time here, from the rows of the tables, without the code of the product.
"""

from datetime import timedelta
from decimal import ROUND_HALF_UP
from decimal import Decimal as D

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from farmland.enums import MoneyKind
from farmland.models import Application, Entry, Fee, Money, Rate, Reward, RulePeriod, Setting, Warrant
from farmland.queries import money as sums
from farmland.queries import payable, rewards
from farmland.queries import pool as pools
from farmland.queries.payable import everything
from farmland.services import applications, fees, ledger, striking, tables, warrants
from farmland.services.money import reverse_money
from miyun_kpi.lib.errors import Refused
from tests.farmland.conftest import AT, DAY, PICTURE, act, put, rate, reserved, somebody, ticket

KINDS = ("compensation", "reclamation", "reward_first", "reward_second")
KEYS = ("rewards_add_up", "soe_lots_rewarded", "old_lots_rewarded", "second_after_waiver")
DAYS = st.integers(-12, 12)
PICK = st.integers(0, 9)
STEP = st.one_of(
    st.tuples(st.just("rate"), st.sampled_from(KINDS), st.sampled_from(["1", "20000", "33333.33"]), DAYS),
    st.tuples(st.just("choose"), st.sampled_from(KEYS), st.booleans(), DAYS),
    st.tuples(st.just("strike"), PICK, st.sampled_from([None, "500", "45000.01"]), DAYS),
    st.tuples(st.just("unchoose"), PICK, st.sampled_from([None, True, False]), DAYS),
    st.tuples(st.just("period"), PICK, st.sampled_from([None, 5, 900])),
    st.tuples(st.just("settle"), st.sampled_from(["0.3333", "7.0001", "12.5"]), st.booleans(), st.booleans()),
    st.tuples(st.just("grant"), PICK, st.booleans()),
    st.tuples(st.sampled_from(["pay", "cancel", "topup", "reclaim", "undo", "undo_money", "post"]), PICK),
)


def yuan(value):
    return value.quantize(D("0.01"), ROUND_HALF_UP)


def value_on(kind, day):
    rows = [r for r in Rate.objects.filter(kind=kind, struck_at=None) if r.starts_on <= day]
    rows = [r for r in rows if r.ends_on is None or day <= r.ends_on]
    return max(rows, key=lambda r: r.starts_on).value if rows else None


def chosen_on(key, day):
    rows = [r for r in Setting.objects.filter(key=key, struck_at=None) if r.starts_on <= day]
    return max(rows, key=lambda r: r.starts_on).value if rows else key != "second_after_waiver"


def fee_due(fee):
    """(amount, waived), None without a price or a rule for the day."""
    day = fee.assessed_on
    ruled = RulePeriod.objects.filter(struck_at=None, starts_on__lte=day, ends_on__gte=day).exists()
    price = value_on(fee.kind, day)
    if not ruled or price is None:
        return None
    amount = yuan(fee.area * price)
    return amount, min(fee.approved, amount)


def reward_due(entry):
    """(（一）, （二）) by the tables; None without a rate. All projects here are other social ones that are run for profit."""
    day, lot = entry.done_on, entry.lot
    if lot.accepted_on.year < 2020 and not chosen_on("old_lots_rewarded", day):
        return D(0), D(0)
    one, two = value_on("reward_first", day), value_on("reward_second", day)
    if one is None or two is None:
        return None
    fee = Fee.objects.get(application=entry.application, kind="compensation")
    due = fee_due(fee)
    free = due is not None and due[0] == due[1]
    first = yuan(entry.area * one)
    second = D(0) if free and not chosen_on("second_after_waiver", day) else yuan(entry.area * two)
    return (first if chosen_on("rewards_add_up", day) or not second else D(0)), second


class Histories(TestCase):
    @settings(max_examples=30, suppress_health_check=list(HealthCheck), deadline=None)
    @given(st.lists(STEP, min_size=8, max_size=22))
    def test_any_history_ends_where_its_facts_end(self, steps):
        self.pool, self.purse = (somebody(n, "register_office", u) for n, u in (("区规自分局", 31), ("区财政局", 32)))
        for row in PICTURE:
            put(self.pool, *row)
        rate(self.purse)
        for number, step in enumerate((("settle", "12.5", True, True), *steps)):
            self.number, self.at = number, AT + timedelta(days=number % 7)
            try:
                getattr(self, step[0])(*step[1:])
            except Refused as refusal:
                assert refusal.message.endswith("。"), refusal.message
        self.fees_end_right()
        self.rewards_end_right()
        done, differences = pools.replayed()
        assert not done.problems and not differences

    def fees_end_right(self):
        for fee in Fee.objects.filter(application__state__in=["reserved", "posted", "reclaimed"]):
            due = fee_due(fee)
            assert fee.void == (due is None)
            assert (fee.amount, fee.waived) == (due or (D(0), D(0)))
            paid, owed = sums.paid_of(fee), fee.amount - fee.waived
            assert paid >= 0 and paid + max(owed - paid, D(0)) - sums.over_of(fee) == owed

    def rewards_end_right(self):
        every = rewards.uses()
        alive, held = rewards.standing(every), rewards.held(every)
        lines = rewards.lines()
        claimable = {line.entry.pk for line in lines if line.first.claimable or line.second.claimable}
        assert payable.of_uses(rewards.lines(of=rewards.unsettled())) == payable.of_uses(lines)
        fees = list(Fee.objects.order_by("pk"))
        assert sums.unequal_fees() == [fee.pk for fee in fees if sums.paid_of(fee) != fee.owed]
        assert [(one.number, one.amount) for one in sums.by_kind(Money.objects.all())] == [
            (sum(row.kind == kind for row in kept), sums.total(kept, kind))
            for kept in [sums.standing(Money.objects.all())]
            for kind in MoneyKind.values
        ]
        assert claimable <= {entry.pk for entry in rewards.lowered()}, "the desk names every one of them"
        for entry in every:
            wanted = reward_due(entry) if entry.pk in alive else (D(0), D(0))
            for part, due in zip(("first", "second"), wanted or (D(0), D(0)), strict=True):
                one = held[entry.pk, part]
                rows = Reward.objects.filter(entry=entry, part=part)
                assert one.due == due == sum((r.amount for r in rows), D(0))
                money = Warrant.objects.filter(entry=entry, kind__endswith=part, cancelled_at=None)
                paid = sum((w.amount for w in money if w.money_id and w.kind.startswith("out")), D(0))
                back = sum((w.amount for w in money if w.money_id and w.kind.startswith("in")), D(0))
                assert one.kept == paid - back >= 0
                assert paid - back + one.left - one.over == due
                assert one.ordered <= one.left and one.claimed <= one.over

    def rate(self, kind, value, days):
        rate(self.purse, value, DAY + timedelta(days=days), kind, at=self.at)

    def choose(self, key, value, days):
        first = DAY + timedelta(days=days)
        tables.choose(actor=self.purse, key=key, value=value, starts_on=first, basis="会议", at=self.at)

    def strike(self, pick, value, days):
        rows = list(Rate.objects.filter(printed=False, struck_at=None).order_by("pk"))
        if rows:
            first = DAY + timedelta(days=days) if days % 3 == 0 else None
            right = {"value": value and D(value), "starts_on": first, "ends_on": None, "basis": "密财发〔2020〕3号"}
            row = rows[pick % len(rows)]
            striking.strike_rate(actor=self.purse, row_id=row.pk, reason="打错一位", at=self.at, **right)

    def unchoose(self, pick, value, days):
        rows = list(Setting.objects.filter(struck_at=None).order_by("pk"))
        if rows:
            first = DAY + timedelta(days=days) if days % 3 == 0 else None
            right = {"value": value, "starts_on": first, "basis": "会议"}
            row = rows[pick % len(rows)]
            striking.strike_setting(actor=self.pool, row_id=row.pk, reason="理解有误", at=self.at, **right)

    def period(self, pick, days):
        """The trial is printed and stays; one of before it may be struck, so one is entered first."""
        given = {"basis": "文2", "at": self.at, "actor": self.purse}
        rows = list(RulePeriod.objects.filter(printed=False, struck_at=None))
        if not rows:
            first = DAY.replace(year=2022, month=4, day=22 + pick % 5)
            tables.enter_period(starts_on=first, ends_on=first + timedelta(days=days or 1), **given)
        else:
            last = None if days is None else rows[0].starts_on + timedelta(days=days)
            striking.strike_period(row_id=rows[0].pk, reason="年份打错", starts_on=None, ends_on=last, **given)

    def settle(self, area, posted, waived):
        row = reserved(self.pool, name=f"项目{self.number}", area=D(area))
        for fee in act(fees.assess_fees, self.purse, row, on=self.at.date(), at=self.at):
            if waived and fee.kind == "compensation" and fee.amount > 5:
                approved = {"approval_number": "批8", "approval_on": DAY, "amount": min(fee.amount, D("90000"))}
                fee = act(fees.waive_fee, self.purse, row, at=self.at, **approved)
            if fee.owed:
                ticket(self.purse, row, f"in_{fee.kind}", fee.owed, f"票{self.number}{fee.kind}")
        if posted:
            act(applications.post, self.pool, row, at=self.at)

    def project(self, pick, *states):
        rows = list(Application.objects.filter(state__in=states).order_by("pk"))
        return rows[pick % len(rows)] if rows else None

    def post(self, pick):
        row = self.project(pick, "reserved")
        if row:
            act(applications.post, self.pool, row, at=self.at)

    def grant(self, pick, half):
        due = everything(self.at.date())
        if due:
            one = due[pick % len(due)]
            ids = {"entry_id": one.entry, "lot_id": one.lot, "transfer_id": one.transfer, "fee_id": one.fee}
            amount = max(yuan(one.amount / 2), D("0.01")) if half else one.amount
            given = {"kind": one.kind, "amount": amount, "town": one.town, "note": "", **ids}
            warrants.issue(actor=self.purse, at=self.at, **given)

    def pay(self, pick):
        rows = list(Warrant.objects.filter(money=None, cancelled_at=None).order_by("pk"))
        if rows:
            given = {"ticket": f"付{self.number}", "day": self.at.date(), "at": self.at}
            warrants.record_voucher(actor=self.purse, warrant_id=rows[pick % len(rows)].pk, **given)

    def cancel(self, pick):
        rows = list(Warrant.objects.order_by("pk"))
        if rows:
            warrants.cancel(actor=self.purse, warrant_id=rows[pick % len(rows)].pk, reason="另行核定", at=self.at)

    def topup(self, pick):
        for fee in Fee.objects.filter(application__state__in=["posted", "reserved"]):
            left = fee.owed - sums.paid_of(fee)
            if left > 0:
                ticket(self.purse, fee.application, f"in_{fee.kind}", left, f"补{self.number}{fee.pk}")

    def reclaim(self, pick):
        row = self.project(pick, "posted")
        if row:
            given = {"approval_number": "批9", "approval_on": DAY, "force_majeure": False, "coordination": ""}
            act(applications.reclaim, self.pool, row, at=self.at, **given)

    def undo(self, pick):
        row = self.project(pick, "posted")
        if row:
            last = Entry.objects.filter(application=row, kind="post").order_by("-number").first()
            ledger.reverse_act(actor=self.pool, number=last.act, reason="登记有误", at=self.at)

    def undo_money(self, pick):
        rows = list(Money.objects.order_by("-number")[:10])
        if rows:
            number = rows[pick % len(rows)].number
            reverse_money(actor=self.purse, number=number, reason="登记有误", at=self.at)
