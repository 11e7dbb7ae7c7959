"""占补平衡: applications, lots, transfers, fees, and the two accounts that only grow."""

from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db import models

from farmland.enums import FEE_OF, Builder, EntryKind, FeeKind, Investor
from farmland.models import Application, Entry, Fee, Lot, Money, Transfer
from farmland.queries.money import paid_of
from farmland.services import applications as land
from farmland.services.fees import assess_fees, waive_fee
from farmland.services.ledger import reverse_act
from farmland.services.lots import NewLot, accept_lot, amend_lot
from farmland.services.money import Movement, record_money, reverse_money
from farmland.services.transfers import Deal, agree_reward, transfer_out
from miyun_kpi.lib.actors import Actor
from tests.doors.standings import Standing, filled, struck
from tests.doors.table import KEEPER, WHY, Act, Maker, asked, day, plain
from tests.evaluation.conftest import actor_named

APPROVED = "密政批〔2026〕9号"


def reclaim(row: Application, at: datetime) -> dict[str, Any]:
    given = {"application_id": row.pk, "version": row.version, "approval_number": APPROVED, "approval_on": day(at)}
    return given | {"force_majeure": False, "coordination": ""}


def taken_in(row: Lot, at: datetime) -> dict[str, Any]:
    return {"number": row.entries.order_by("number")[0].act, "reason": WHY}


def given_out(row: Transfer, at: datetime) -> dict[str, Any]:
    return {"number": row.entries.order_by("number")[0].act, "reason": WHY}


def of_application(row: Fee) -> dict[str, Any]:
    return {"application_id": row.application_id, "version": row.application.version}


def waiver(row: Fee, at: datetime) -> dict[str, Any]:
    given = {"amount": row.amount / 2, "approval_number": APPROVED, "approval_on": day(at)}
    return of_application(row) | given


def ticket(row: Fee, at: datetime) -> dict[str, Any]:
    kind = next(kind for kind, fee in FEE_OF.items() if fee == row.kind)
    left = row.owed - paid_of(row)
    return {"movement": Movement(kind, left, day(at), f"票{row.pk}", application_id=row.application_id)}


def ticket_back(row: Fee, at: datetime) -> dict[str, Any]:
    standing = [one for one in row.payments.order_by("-number") if money_of(one, at) == "standing"]
    return {"number": standing[0].number if standing else 0, "reason": WHY}


def posting_back(row: Fee, at: datetime) -> dict[str, Any]:
    """Under a posted use a ticket stays: first the posting is taken back."""
    posted = row.application.entries.filter(kind=EntryKind.POST).order_by("-number")[:1]
    return {"number": posted[0].act if posted else 0, "reason": WHY}


def fee_of(row: Fee, at: datetime) -> str:
    if paid_of(row) >= row.owed:
        return "settled"
    return "due" if row.waiver_on is None else "waived"


def entry_of(row: Entry, at: datetime) -> str:
    if row.kind == EntryKind.REVERSED:
        return "reversal"
    return "reversed" if Entry.objects.filter(reverses=row.number).exists() else "standing"


def money_of(row: Money, at: datetime) -> str:
    if row.reverses:
        return "reversal"
    return "reversed" if Money.objects.filter(reverses=row.number).exists() else "standing"


AMENDED = {"cost": None, "profit": None, "paddy": None, "capacity": "", "builder_name": ""}
ACTS: dict[type[models.Model], list[Act]] = {
    Application: [
        plain(land.strike_application, KEEPER, "application_id", reason=WHY),
        plain(land.reserve, KEEPER, "application_id"),
        plain(land.release, KEEPER, "application_id", reason=WHY),
        asked(land.reclaim, KEEPER, reclaim),
    ],
    Lot: [
        plain(amend_lot, KEEPER, "lot_id", quality="八等", **AMENDED),
        asked(reverse_act, KEEPER, taken_in),
    ],
    Transfer: [
        plain(agree_reward, KEEPER, "transfer_id", reward=Decimal("1000.00"), reward_number=APPROVED),
        asked(reverse_act, KEEPER, given_out),
    ],
    Fee: [
        asked(assess_fees, KEEPER, lambda row, at: of_application(row) | {"on": day(at)}),
        asked(waive_fee, KEEPER, waiver),
        asked(record_money, KEEPER, ticket),
        asked(reverse_money, KEEPER, ticket_back),
        asked(reverse_act, KEEPER, posting_back),
    ],
    Entry: [asked(reverse_act, KEEPER, lambda row, at: {"number": row.act, "reason": WHY})],
    Money: [asked(reverse_money, KEEPER, lambda row, at: {"number": row.number, "reason": WHY})],
}
STANDINGS: dict[type[models.Model], Standing] = {
    Lot: struck(),
    Transfer: filled("reversed_at", "standing", "reversed"),
    Fee: Standing(("due", "waived", "settled"), fee_of),
    Entry: Standing(("standing", "reversed", "reversal"), entry_of),
    Money: Standing(("standing", "reversed", "reversal"), money_of),
}


def a_lot(actor: Actor, at: datetime) -> Lot:
    new = NewLot("走门-1", "走门批次", "北庄镇", Builder.TOWN, False, Decimal("3.0000"), day(at), "京规验〔2026〕1号")
    return accept_lot(actor=actor, new=new, at=at)


def a_transfer(actor: Actor, at: datetime) -> Transfer:
    deal = Deal("某区", Decimal("1.0000"), Decimal("100.00"), "协议1号", APPROVED, day(at))
    return transfer_out(actor=actor, deal=deal, at=at)


def a_fee(actor: Actor, at: datetime) -> Fee:
    """Of an application that owes both: registered and reserved for by 区规自分局."""
    keeper = actor_named("guizi")
    project = land.Project(
        name="走门项目",
        applicant="某公司",
        investor=Investor.SOCIAL,
        commercial=True,
        district_pays=False,
        public=False,
        town="北庄镇",
        area=Decimal("1.0000"),
        approval_number=APPROVED,
        approval_on=day(at),
    )
    row = land.register_application(actor=keeper, project=project, at=at)
    land.reserve(actor=keeper, application_id=row.pk, version=row.version, at=at)
    row.refresh_from_db()
    made = assess_fees(actor=actor, application_id=row.pk, version=row.version, on=day(at), at=at)
    return next(fee for fee in made if fee.kind == FeeKind.COMPENSATION)


def an_entry_back(actor: Actor, at: datetime) -> Entry:
    return reverse_act(actor=actor, number=a_lot(actor, at).entries.get().act, reason=WHY, at=at)[0]


def a_ticket(actor: Actor, at: datetime) -> Money:
    return record_money(actor=actor, movement=ticket(a_fee(actor, at), at)["movement"], at=at)


def a_ticket_back(actor: Actor, at: datetime) -> Money:
    return reverse_money(actor=actor, number=a_ticket(actor, at).number, reason=WHY, at=at)


MAKERS: dict[type[models.Model], list[Maker]] = {
    Lot: [(KEEPER, a_lot)],
    Transfer: [(KEEPER, a_transfer)],
    Fee: [(KEEPER, a_fee)],
    Entry: [(KEEPER, an_entry_back)],
    Money: [(KEEPER, a_ticket), (KEEPER, a_ticket_back)],
}
