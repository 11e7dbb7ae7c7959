"""Fixes what the office computed until now, so that the upgrade itself moves nothing.

Every line of the ledger gets the day of its registration as 办理日期. Settings had no days: the newest of each counted for
all uses, however old, so it starts with the rule, and those before it are struck as replaced. What every use was due by the
tables of this day is fixed, and what towns were paid, by town only, is told apart by project and lot: first what stands,
up to what it is due, then what was taken back from them. The sums of each town are the same before and after.
"""

from collections import defaultdict
from datetime import date
from decimal import Decimal

from django.db import migrations
from django.db.models import F

ZERO = Decimal("0.00")
FIRST_DAY = date(2020, 4, 21)
CENT = Decimal("0.01")
PARTS = {"first": ("out_reward_first", "in_back_first"), "second": ("out_reward_second", "in_back_second")}
DEFAULTS = {
    "rewards_add_up": True,
    "soe_lots_rewarded": True,
    "old_lots_rewarded": True,
    "second_after_waiver": False,
    "maintenance_once": True,
}


def days_of_entries(apps, schema_editor):
    Entry = apps.get_model("farmland", "Entry")
    rows = list(Entry.objects.filter(done_on__isnull=True).only("pk", "at"))
    for row in rows:
        row.done_on = row.at.astimezone().date()
    Entry.objects.bulk_update(rows, ["done_on"], batch_size=500)


def days_of_settings(apps, schema_editor):
    newer = {}
    for row in apps.get_model("farmland", "Setting").objects.order_by("-id"):
        row.starts_on = FIRST_DAY
        if row.key in newer:
            later = newer[row.key]
            row.struck_at, row.struck_by = later.at, later.by
            row.struck_for = "升级前的设置不分日期，由后一次设置取代"
        newer[row.key] = row
        row.save()


def approvals(apps, schema_editor):
    apps.get_model("farmland", "Fee").objects.exclude(waived=0).update(approved=F("waived"))


def standing(rows):
    gone = {row.reverses for row in rows if row.reverses}
    return [row for row in rows if not row.reverses and row.number not in gone]


def state_of(fee, paid):
    if fee is None:
        return "none"
    if fee.amount == 0:
        return "exempt"
    if fee.amount == fee.waived:
        return "waived"
    return "paid" if paid >= fee.amount - fee.waived else "owed"


class Facts:
    """The tables and the payments of the day of the upgrade, as the pages read them until then."""

    def __init__(self, apps):
        def model(name):
            return apps.get_model("farmland", name)

        self.rates = list(model("Rate").objects.order_by("starts_on", "pk"))
        newest = {row.key: row.value for row in model("Setting").objects.order_by("id")}
        self.choices = DEFAULTS | newest
        fees = {fee.application_id: fee for fee in model("Fee").objects.filter(kind="compensation")}
        paid = defaultdict(lambda: ZERO)
        every = list(model("Money").objects.order_by("number"))
        self.kept = standing(every)
        for row in self.kept:
            if row.kind == "in_compensation":
                paid[row.application_id] += row.amount
        self.states = {pk: state_of(fee, paid[pk]) for pk, fee in fees.items()}

    def rate(self, kind, on):
        held = [r for r in self.rates if r.kind == kind and r.starts_on <= on and (not r.ends_on or on <= r.ends_on)]
        return max(held, key=lambda r: (r.starts_on, r.pk), default=None)

    def parts(self, entry):
        """None: without a rate, nothing is fixed yet; else part → (rate, whole, amount, reason)."""
        lot, project, on = entry.lot, entry.application, entry.done_on
        if lot.builder == "soe" and not self.choices["soe_lots_rewarded"]:
            return dict.fromkeys(PARTS, (None, ZERO, ZERO, "国企实施的批次不给属地镇奖励（设置，推定）"))
        if lot.accepted_on < FIRST_DAY and not self.choices["old_lots_rewarded"]:
            return dict.fromkeys(PARTS, (None, ZERO, ZERO, f"{FIRST_DAY} 以前验收的批次不给奖励（设置，推定）"))
        one, other = self.rate("reward_first", on), self.rate("reward_second", on)
        if one is None or other is None:
            return None
        state = self.states.get(project.pk, "none")
        used = project.investor in ("national", "city") or (project.investor == "social" and project.commercial)
        paid = state == "paid" or (state == "waived" and self.choices["second_after_waiver"])
        first = (entry.area * one.value).quantize(CENT, "ROUND_HALF_UP")
        second = (entry.area * other.value).quantize(CENT, "ROUND_HALF_UP") if used and paid else ZERO
        why = "按升级当日的单价和设置固定"
        kept = first if self.choices["rewards_add_up"] or not second else ZERO
        return {"first": (one.value, first, kept, why), "second": (other.value, second, second, why)}


def fix_rewards(apps, schema_editor):
    Entry, Reward = apps.get_model("farmland", "Entry"), apps.get_model("farmland", "Reward")
    gone = set(Entry.objects.filter(reverses__isnull=False).values_list("reverses", flat=True))
    uses = list(Entry.objects.filter(kind="post").select_related("lot__town", "application").order_by("number"))
    facts, made = Facts(apps), []
    due, once = {}, {}
    for entry in uses:
        found = facts.parts(entry) or {}
        dead = entry.number in gone or entry.application.state != "posted"
        for part, (rate, whole, amount, why) in found.items():
            due[entry.pk, part] = ZERO if dead else amount
            once[entry.pk, part] = amount
            common = {"entry": entry, "part": part, "on": entry.done_on, "rate": rate, "by": "升级"}
            common |= {"adds_up": facts.choices["rewards_add_up"], "reason": why, "at": entry.at}
            made.append(Reward(cause="carried", whole=whole, amount=amount, **common))
            if dead and whole:
                cause = "reversed" if entry.number in gone else "reclaim"
                made.append(Reward(cause=cause, whole=-whole, amount=-amount, **common))
    Reward.objects.bulk_create(made, batch_size=500)
    tell_apart(apps, facts, uses, due, once)


def tell_apart(apps, facts, uses, due, once):
    """One payment of a town is one warrant or several: by the lots and projects it may be for.

    Out: to what stands, up to its due; then to what was taken back since, up to what it was once due. In: from what was
    paid above its due. What nothing explains goes with the last use.
    """
    made = []
    for part, (out, back) in PARTS.items():
        held = defaultdict(lambda: ZERO)
        for money in facts.kept:
            if money.kind not in (out, back):
                continue
            own = [entry for entry in uses if entry.lot.town_id == money.town_id]
            back_again = money.kind == back
            for entry, amount in shares(own, part, money.amount, back_again, held, (due, once)):
                held[entry.pk] += -amount if back_again else amount
                made.append(warrant(apps, money, entry, amount))
    apps.get_model("farmland", "Warrant").objects.bulk_create(made, batch_size=500)


def shares(own, part, amount, back_again, held, tables):
    found, left = defaultdict(lambda: ZERO), amount
    for table in tables[:1] if back_again else tables:
        for entry in own:
            gap = table.get((entry.pk, part), ZERO) - held[entry.pk]
            gap = -gap if back_again else gap - found[entry]
            taken = min(max(gap, ZERO), left)
            found[entry] += taken
            left -= taken
    if left and own:
        found[own[-1]] += left
    return [(entry, taken) for entry, taken in found.items() if taken]


def warrant(apps, money, entry, amount):
    note = "升级前按镇付的款，按项目和批次分开"
    facts = {"kind": money.kind, "amount": amount, "payee": entry.lot.town.name, "entry": entry, "note": note}
    return apps.get_model("farmland", "Warrant")(town=money.town, money=money, at=money.at, by=money.by, **facts)


def other_payments(apps, schema_editor):
    """Enterprises and transfers: each payment is the warrant of itself."""
    Money, made = apps.get_model("farmland", "Money"), []
    kinds = ["out_reward_transfer", "out_soe_cost", "out_soe_profit", "out_maintenance"]
    rows = list(Money.objects.select_related("lot", "town", "transfer").order_by("number"))
    for money in standing(rows):
        if money.kind in kinds:
            payee = money.lot.builder_name if money.lot else money.town.name if money.town else ""
            made.append(
                apps.get_model("farmland", "Warrant")(
                    kind=money.kind,
                    amount=money.amount,
                    payee=payee or "（没有登记）",
                    lot=money.lot,
                    transfer=money.transfer,
                    town=money.town,
                    money=money,
                    note="升级前的付款",
                    at=money.at,
                    by=money.by,
                )
            )
    apps.get_model("farmland", "Warrant").objects.bulk_create(made, batch_size=500)


class Migration(migrations.Migration):
    dependencies = [("farmland", "0002_fixed_and_dated")]
    operations = [
        migrations.RunPython(step, migrations.RunPython.noop, elidable=True)
        for step in (days_of_entries, days_of_settings, approvals, fix_rewards, other_payments)
    ]
