"""占补平衡: applications, lots, transfers, fees, and the two accounts that only grow."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db import models

from farmland.enums import FEE_OF, Builder, EntryKind, FeeKind, Investor
from farmland.models import Application, Entry, Fee, Lot, Money, Rate, RulePeriod, Setting, Transfer, Warrant
from farmland.queries.money import paid_of
from farmland.services import applications as land
from farmland.services import striking, tables, warrants
from farmland.services.fees import assess_fees, waive_fee
from farmland.services.ledger import reverse_act
from farmland.services.lots import NewLot, accept_lot, amend_lot
from farmland.services.money import Movement, record_money, reverse_money
from farmland.services.returning import find_force_majeure, settle
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


def settlement(row: Fee, at: datetime) -> dict[str, Any]:
    """Of a project that was taken back."""
    figures = dict.fromkeys(FeeKind.values, Decimal("0.00"))
    return of_application(row) | {"coordination": "纪要1号"} | figures


def found(row: Fee, at: datetime) -> dict[str, Any]:
    return of_application(row) | {"force_majeure": not row.application.force_majeure, "coordination": "纪要1号"}


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


def rate_of(row: Rate | RulePeriod | Setting, at: datetime) -> str:
    return "standing" if row.struck_at is None else "struck"


def warrant_of(row: Warrant, at: datetime) -> str:
    if row.cancelled_at is not None:
        return "cancelled"
    return "open" if row.money_id is None else "paid"


def strike_of(row: Rate | RulePeriod | Setting, at: datetime) -> dict[str, Any]:
    return {"row_id": row.pk, "reason": WHY, "starts_on": None, "basis": ""}


def voucher(row: Warrant, at: datetime) -> dict[str, Any]:
    return {"warrant_id": row.pk, "ticket": f"付{row.pk}", "day": day(at)}


def voucher_back(row: Warrant, at: datetime) -> dict[str, Any]:
    return {"number": row.money.number if row.money else 0, "reason": WHY}


def again(row: Warrant, at: datetime) -> dict[str, Any]:
    """Cancelled, it is decided anew."""
    ids = {"entry_id": row.entry_id, "lot_id": row.lot_id, "transfer_id": row.transfer_id, "fee_id": row.fee_id}
    return {"kind": row.kind, "amount": row.amount, "town": "", "note": "", **ids}


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
        asked(find_force_majeure, KEEPER, found),
        asked(settle, KEEPER, settlement),
        asked(record_money, KEEPER, ticket),
        asked(reverse_money, KEEPER, ticket_back),
        asked(reverse_act, KEEPER, posting_back),
    ],
    Entry: [asked(reverse_act, KEEPER, lambda row, at: {"number": row.act, "reason": WHY})],
    Money: [asked(reverse_money, KEEPER, lambda row, at: {"number": row.number, "reason": WHY})],
    Rate: [asked(striking.strike_rate, KEEPER, lambda row, at: strike_of(row, at) | {"value": None, "ends_on": None})],
    RulePeriod: [asked(striking.strike_period, KEEPER, lambda row, at: strike_of(row, at) | {"ends_on": None})],
    Setting: [asked(striking.strike_setting, KEEPER, lambda row, at: strike_of(row, at) | {"value": None})],
    Warrant: [
        asked(warrants.record_voucher, KEEPER, voucher),
        plain(warrants.cancel, KEEPER, "warrant_id", versioned=False, reason=WHY),
        asked(reverse_money, KEEPER, voucher_back),
        asked(warrants.issue, KEEPER, again),
    ],
}
STANDINGS: dict[type[models.Model], Standing] = {
    Lot: struck(),
    Rate: Standing(("standing", "struck"), rate_of),
    RulePeriod: Standing(("standing", "struck"), rate_of),
    Setting: Standing(("standing", "struck"), rate_of),
    Warrant: Standing(("open", "paid", "cancelled"), warrant_of),
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


def a_rate(actor: Actor, at: datetime) -> Rate:
    given = {"kind": "maintenance", "value": Decimal("2900.00"), "starts_on": day(at), "ends_on": None, "basis": "文1"}
    return tables.enter_rate(actor=actor, at=at, **given)


def a_period(actor: Actor, at: datetime) -> RulePeriod:
    first = date(2100, 1, 1)
    return tables.enter_period(actor=actor, starts_on=first, ends_on=date(2100, 12, 31), basis="文2", at=at)


def a_setting(actor: Actor, at: datetime) -> Setting:
    given = {"key": "maintenance_once", "value": False, "starts_on": day(at), "basis": "会议"}
    return tables.choose(actor=actor, at=at, **given)


def a_warrant(actor: Actor, at: datetime) -> Warrant:
    """For the cost of a lot that an enterprise made, taken in by 区规自分局."""
    new = NewLot(
        "走门-9",
        "走门企业批次",
        "北庄镇",
        Builder.SOE,
        False,
        Decimal("3.0000"),
        day(at),
        "京规验〔2026〕9号",
        builder_name="某公司",
        cost=Decimal("1000.00"),
    )
    made = accept_lot(actor=actor_named("guizi"), new=new, at=at)
    ids = {"entry_id": None, "lot_id": made.pk, "transfer_id": None, "fee_id": None}
    return warrants.issue(actor=actor, kind="out_soe_cost", amount=Decimal("1000.00"), town="", note="", at=at, **ids)


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
    Rate: [(KEEPER, a_rate)],
    RulePeriod: [(KEEPER, a_period)],
    Setting: [(KEEPER, a_setting)],
    Warrant: [(KEEPER, a_warrant)],
    Entry: [(KEEPER, an_entry_back)],
    Money: [(KEEPER, a_ticket), (KEEPER, a_ticket_back)],
}
