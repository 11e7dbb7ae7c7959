"""Acts on the pool of 21号: every hand wants the same few 亩, and the money behind them."""

from decimal import Decimal
from typing import Any

from farmland.enums import EntryKind
from farmland.models import Application, Entry, Fee, Lot, Money, Rate
from farmland.queries import payable
from farmland.services import applications, fees, ledger, lots, money, striking, tables, transfers, warrants
from tests.races.mixed.hands import WHY, Hand, Move

OFFICE, PURSE = "guizi", "caizhengnong"
PRICES = ("reward_first", "reward_second", "compensation")
TOWNS = ("十里堡镇", "西田各庄镇", "巨各庄镇")


def project(hand: Hand) -> applications.Project:
    return applications.Project(
        name=f"混合项目{hand.number()}",
        applicant="某公司",
        investor="social",
        commercial=True,
        district_pays=False,
        public=False,
        town=hand.chance.choice(TOWNS),
        area=Decimal(hand.chance.randint(80, 400)) / 10,
        approval_number="密政批1号",
        approval_on=hand.ago(3),
    )


def ask(hand: Hand) -> Any:
    waiting = Application.objects.filter(state="registered").order_by("-pk")
    if waiting.count() < 4:
        return applications.register_application(actor=hand.one_of(OFFICE), project=project(hand), at=hand.at)
    row = hand.pick(waiting)
    return applications.amend_application(
        actor=hand.one_of(OFFICE),
        application_id=row.pk,
        version=hand.version(row),
        project=project(hand),
        at=hand.at,
    )


def use(hand: Hand) -> Any:
    open_ones = Application.objects.filter(state__in=["registered", "reserved"])
    row = hand.pick(open_ones.order_by("-pk"), 6) if hand.chance.random() < 0.85 else hand.newest(Application, 6)
    given: dict[str, Any] = {"application_id": row.pk, "version": hand.version(row), "at": hand.at}
    office = {"actor": hand.one_of(OFFICE)} | given
    ways = {
        "registered": [lambda: applications.reserve(**office)] * 5
        + [lambda: applications.strike_application(reason=WHY, **office)],
        "reserved": [
            lambda: applications.release(reason=WHY, **office),
            lambda: fees.assess_fees(actor=hand.one_of(PURSE), on=hand.today, **given),
            lambda: applications.post(**office),
            lambda: applications.post(**office),
            lambda: fees.waive_fee(
                actor=hand.one_of(PURSE),
                amount=Decimal(hand.number(900)),
                approval_number="密政批2号",
                approval_on=hand.ago(1),
                **given,
            ),
        ],
        "posted": [
            lambda: applications.reclaim(
                approval_number="密政批9号",
                approval_on=hand.today,
                force_majeure=hand.coin(),
                coordination="",
                **office,
            ),
            lambda: applications.reserve(**office),
        ],
    }
    return hand.chance.choice(ways.get(row.state, ways["registered"]))()


def pay(hand: Hand) -> Any:
    """Tickets of whole fees and parts of them, and what is spent of them; as often as not more than there is."""
    owed = list(Fee.objects.filter(application__state="reserved", amount__gt=0).order_by("-pk")[:3])
    kind, amount, facts = "use_farmland", Decimal(hand.number(10**6)), {}
    if owed and hand.chance.random() < 0.7:
        fee = hand.chance.choice(owed)
        kind, facts = f"in_{fee.kind}", {"application_id": fee.application_id}
        amount = fee.owed if hand.coin() and fee.owed else amount
    movement = money.Movement(kind=kind, amount=amount, day=hand.today, ticket=f"票{hand.number(10**5)}", **facts)
    return money.record_money(actor=hand.one_of(PURSE), movement=movement, at=hand.at)


def decide(hand: Hand) -> Any:
    """What is due is decided, sometimes more than once; what was decided is paid or taken back."""
    day, chance = hand.today, hand.chance
    waiting = payable.open_warrants()[:6]
    if waiting and chance.random() < 0.5:
        row = chance.choice(waiting)
        if chance.random() < 0.2:
            return warrants.cancel(actor=hand.one_of(PURSE), warrant_id=row.pk, reason=WHY, at=hand.at)
        given = {"ticket": f"付{hand.number(10**5)}", "day": day, "at": hand.at}
        return warrants.record_voucher(actor=hand.one_of(PURSE), warrant_id=row.pk, **given)
    due = payable.everything(day)
    if not due:
        return None
    one = chance.choice(due)
    ids = {"entry_id": one.entry, "lot_id": one.lot, "transfer_id": one.transfer, "fee_id": one.fee}
    given = {"kind": one.kind, "amount": one.amount, "town": one.town, "note": "", "at": hand.at}
    return warrants.issue(actor=hand.one_of(PURSE), **given, **ids)


def price(hand: Hand) -> Any:
    """Prices for days to come, and some of them struck: under whom fees are assessed and rewards fixed meanwhile."""
    rows = list(Rate.objects.filter(kind__in=PRICES, printed=False, struck_at=None).order_by("-pk")[:3])
    if rows and hand.coin():
        given = {"value": Decimal(hand.number(99999)), "starts_on": None, "ends_on": None, "basis": "密财发〔2020〕4号"}
        row = hand.chance.choice(rows)
        return striking.strike_rate(actor=hand.one_of(PURSE), row_id=row.pk, reason=WHY, at=hand.at, **given)
    given = {
        "kind": hand.chance.choice(PRICES),
        "value": Decimal(hand.number(99999)),
        "ends_on": None,
        "basis": "密财发〔2020〕3号",
    }
    return tables.enter_rate(
        actor=hand.one_of(PURSE), starts_on=hand.ago(hand.chance.randint(-9, 3)), at=hand.at, **given
    )


def undo_money(hand: Hand) -> Any:
    row = hand.pick(Money.objects.order_by("-number"), 4)
    return money.reverse_money(actor=hand.one_of(PURSE), number=row.number, reason=WHY, at=hand.at)


def undo(hand: Hand) -> Any:
    found = Entry.objects.filter(kind__in=[EntryKind.POST, EntryKind.ACCEPT, EntryKind.TRANSFER])
    row = hand.pick(found.order_by("-number"), 3)
    return ledger.reverse_act(actor=hand.one_of(OFFICE), number=row.act, reason=WHY, at=hand.at)


def lot(hand: Hand) -> Any:
    """A little comes in, so that more than it can go out."""
    if hand.chance.random() < 0.4:
        return lots.accept_lot(
            actor=hand.one_of(OFFICE),
            new=lots.NewLot(
                record_number=f"备{hand.number(200)}",
                name=f"混合-{hand.number(99)}",
                town=hand.chance.choice(TOWNS),
                builder="town",
                mining=False,
                area=Decimal(hand.number(99)) / 10,
                accepted_on=hand.ago(40),
                acceptance_number="验1",
            ),
            at=hand.at,
        )
    row = hand.pick(Lot.objects.filter(struck_at=None).order_by("-pk"))
    return lots.amend_lot(
        actor=hand.one_of(OFFICE),
        lot_id=row.pk,
        version=hand.version(row),
        cost=None,
        profit=None,
        quality=f"{hand.number(9)}等",
        paddy=None,
        capacity="",
        builder_name=row.builder_name,
        at=hand.at,
    )


def away(hand: Hand) -> Any:
    deal = transfers.Deal(
        f"某区{hand.number(9)}", Decimal(hand.number(60)) / 10, Decimal(300000), "协议", "密政批7号", hand.ago(1)
    )
    return transfers.transfer_out(actor=hand.one_of(OFFICE), deal=deal, at=hand.at)


def check(hand: Hand) -> Any:
    made = ledger.check_ledger(actor=hand.one_of(OFFICE, PURSE), at=hand.at)
    assert made.equal, made.findings
    return made


MOVES = [
    Move("farmland/ask", ask, 3),
    Move("farmland/use", use, 10),
    Move("farmland/pay", pay, 3),
    Move("farmland/decide", decide, 2),
    Move("farmland/price", price, 0.7),
    Move("farmland/undo-money", undo_money),
    Move("farmland/undo", undo, 2),
    Move("farmland/lot", lot, 2),
    Move("farmland/away", away),
    Move("farmland/check", check, 0.5),
]
