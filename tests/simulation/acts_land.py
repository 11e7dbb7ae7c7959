"""21号 beside the moves of the race: rewards paid and taken back, rates, rule periods and settings entered late."""

from decimal import Decimal
from typing import Any

from farmland.enums import Choice, MoneyKind, RateKind
from farmland.models import Application, Lot, Transfer, Warrant
from farmland.queries import money as sums
from farmland.queries import payable, rewards, tables
from farmland.services import applications, fees, money, transfers, warrants
from farmland.services import tables as services
from miyun_kpi.organisations.models import Organisation
from tests.races.mixed.hands import WHY, Hand, Move, NothingToDo

OFFICE, PURSE = "guizi", "caizhengnong"


def reward(hand: Hand) -> Any:
    """What a use is due of one part, or some of it, decided and paid by its voucher; back where it was paid too much."""
    found = [one for one in payable.of_uses(rewards.lines()) if one.amount > 0]
    waiting = list(Warrant.objects.filter(money=None, cancelled_at=None).order_by("pk"))
    if waiting and hand.chance.random() < 0.6:
        row = hand.chance.choice(waiting)
        if hand.chance.random() < 0.2:
            return warrants.cancel(actor=hand.one_of(PURSE), warrant_id=row.pk, reason=WHY, at=hand.at)
        given = {"ticket": f"奖{hand.number(10**5)}", "day": hand.today, "at": hand.at}
        return warrants.record_voucher(actor=hand.one_of(PURSE), warrant_id=row.pk, **given)
    if not found:
        raise NothingToDo
    one = hand.chance.choice(sorted(found, key=lambda due: due.key))
    amount = one.amount if hand.chance.random() < 0.7 else one.amount / 2 + Decimal(hand.number(100))
    ids = {"entry_id": one.entry, "lot_id": one.lot, "transfer_id": one.transfer, "fee_id": one.fee}
    return warrants.issue(
        actor=hand.one_of(PURSE),
        kind=one.kind,
        amount=amount.quantize(Decimal("0.01")),
        town=one.town,
        note=WHY,
        at=hand.at,
        **ids,
    )


def spend(hand: Hand) -> Any:
    town = hand.pick(Organisation.objects.filter(pk__in=Lot.objects.values("town_id")).order_by("pk"), 20)
    amount, ticket = Decimal(hand.number(200000)), f"奖{hand.number(10**5)}"
    one = money.Movement(MoneyKind.TOWN_PUBLIC, amount, hand.today, ticket, town=town.name)
    return money.record_money(actor=hand.one_of(PURSE), movement=one, at=hand.at)


def rate(hand: Hand) -> Any:
    """From some day of the last year or the next months."""
    kind = hand.chance.choice(RateKind.values)
    value = Decimal(hand.chance.choice([10, 20, 50])) if kind == RateKind.PROFIT_CAP else Decimal(hand.number(90000))
    return services.enter_rate(
        actor=hand.one_of(PURSE),
        kind=kind,
        value=value,
        starts_on=hand.ago(hand.chance.randint(-60, 400)),
        ends_on=None,
        basis=f"密政发〔2026〕{hand.number(99)}号",
        at=hand.at,
    )


def setting(hand: Hand) -> Any:
    """The other reading of what the text leaves open."""
    key = hand.chance.choice(Choice.values)
    starts_on = hand.ago(hand.chance.randint(-60, 400))
    value = not tables.choices(on=starts_on)[key]
    given = {"key": key, "value": value, "starts_on": starts_on, "basis": WHY, "at": hand.at}
    return services.choose(actor=hand.one_of(OFFICE), **given)


def agreed(hand: Hand) -> Any:
    row = hand.pick(Transfer.objects.filter(reversed_at=None).order_by("-pk"))
    return transfers.agree_reward(
        actor=hand.one_of(OFFICE, PURSE),
        transfer_id=row.pk,
        version=hand.version(row),
        reward=Decimal(hand.number(9000)),
        reward_number="密政批8号",
        at=hand.at,
    )


def goes_on(hand: Hand) -> Any:
    """The next thing of a project: reserved for, charged, paid, 核销."""
    row = hand.pick(Application.objects.filter(state__in=["registered", "reserved"]).order_by("-pk"), 5)
    given: dict[str, Any] = {"application_id": row.pk, "version": hand.version(row), "at": hand.at}
    if row.state == "registered":
        return applications.reserve(actor=hand.one_of(OFFICE), **given)
    owed = [fee for fee in row.fees.order_by("pk") if fee.owed > sums.paid_of(fee)]
    if not row.fees.exists():
        return fees.assess_fees(actor=hand.one_of(PURSE), on=hand.today, **given)
    if owed:
        fee = owed[0]
        ticket = money.Movement(
            f"in_{fee.kind}",
            fee.owed - sums.paid_of(fee),
            hand.today,
            f"票{hand.number(10**6)}",
            application_id=row.pk,
        )
        return money.record_money(actor=hand.one_of(PURSE), movement=ticket, at=hand.at)
    return applications.post(actor=hand.one_of(OFFICE), **given)


MOVES = [
    Move("land/goes-on", goes_on, 6),
    Move("land/reward", reward, 3),
    Move("land/spend", spend),
    Move("land/rate", rate, 3),
    Move("land/setting", setting, 3),
    Move("land/agreed", agreed, 0.5),
]
