"""What waits on “my desk”: reservations to assess and fees to settle for 区财政局, to post for 区规自分局, a ledger that disagrees."""

from collections.abc import Sequence
from datetime import datetime

from django.db.models import Max, Q

from farmland import access
from farmland.enums import DOCUMENT, MONEY_OFFICE, POOL_OFFICE, EntryKind, State
from farmland.models import Application
from farmland.queries import rewards
from farmland.queries.money import paid_of
from farmland.queries.payable import ZERO, open_warrants, short_fees, to_settle
from farmland.queries.pool import last_check
from farmland.services.applications import assessed_since
from miyun_kpi.accounts.enums import Verb
from miyun_kpi.inbox.enums import ItemKind
from miyun_kpi.inbox.registry import DeskItem
from miyun_kpi.lib.actors import Actor
from miyun_kpi.organisations.enums import Category
from miyun_kpi.organisations.models import Organisation
from miyun_kpi.routes import to


def desk_items(actor: Actor, at: datetime) -> Sequence[DeskItem]:
    pool, money = access.keeps_pool(actor), access.keeps_money(actor)
    if not pool and not money:
        return []
    items: list[DeskItem] = []
    check = last_check()
    if money:
        items += _payable(at) + _to_settle() + _short()
    if pool and check is not None and not check.equal:
        items.append(
            _item(
                "late",
                "disagrees",
                "占补账本核对不一致",
                "从零重放与余额不同",
                to("farmland:index"),
                "查看",
                "第七条",
                ItemKind.STANDING,
            )
        )
    waiting = Application.objects.filter(state=State.RESERVED).order_by("number")
    reserved_at = Max("entries__at", filter=Q(entries__kind=EntryKind.RESERVE))
    for row in waiting.annotate(reserved_at=reserved_at).prefetch_related("fees__payments"):
        found = _next(row, row.reserved_at)
        if found[2] == ("money" if money else "pool"):
            items.append(
                _item(
                    "to-check",
                    "to_confirm",
                    row.name,
                    found[0],
                    to("farmland:application", row.pk),
                    found[1],
                    "第八条（四）",
                    ItemKind.TURN,
                )
            )
    return items


def _payable(at: datetime) -> list[DeskItem]:
    """What was paid too much and is to be claimed, one a project and lot; and vouchers that are to be recorded."""
    items = []
    for line in rewards.lines(of=rewards.lowered()):
        if line.first.claimable or line.second.claimable:
            lot, ground = line.entry.lot, line.first.ground or line.second.ground
            title, said = f"待追回奖励 {line.what}（{lot.town.name}{lot.name}）", f"多付 {line.over:,.2f} 元，{ground}"
            items.append(
                _item(
                    "to-check",
                    "to_confirm",
                    title,
                    said[:80],
                    to("farmland:payable"),
                    "核定追回",
                    "第十四条",
                    ItemKind.TURN,
                )
            )
    waiting = open_warrants()
    if waiting:
        said = f"共 {sum((row.amount for row in waiting), ZERO):,.2f} 元"
        title, page = f"{len(waiting)} 项付款已核定，待登记凭证", to("farmland:payable")
        items.append(_item("to-check", "to_confirm", title, said, page, "登记凭证", "第十一条", ItemKind.STANDING))
    return items


def _short() -> list[DeskItem]:
    """Quota taken back whose fees were given back, and are to be paid again since it is no 不可抗力 any more."""
    return [
        _item(
            "to-check",
            "to_confirm",
            fee.application.name,
            f"{fee.get_kind_display()}待补缴 {amount:,.2f} 元，由建设单位补缴",
            to("farmland:application", fee.application_id),
            "登记票据",
            "第八条（三）",
            ItemKind.TURN,
        )
        for fee, amount in short_fees()
        if fee.application.state == State.RECLAIMED
    ]


def _to_settle() -> list[DeskItem]:
    """Quota taken back for 不可抗力: what goes back of the fees is registered by 区财政局, also that nothing does."""
    said, kind = "不可抗力收回，已缴费用怎样处理还没有登记", ItemKind.TURN
    return [
        _item(
            "to-check",
            "to_confirm",
            row.name,
            said,
            to("farmland:application", row.pk),
            "登记费用处理",
            "第十四条",
            kind,
        )
        for row in to_settle()
    ]


def concerns(actor: Actor, organisation: Organisation) -> list[str]:
    """The two offices, and a town: its lots, projects and rewards."""
    office = actor.may(Verb.KEEP_REGISTERS) and organisation.code in (POOL_OFFICE, MONEY_OFFICE)
    works = actor.may(Verb.REPORT_PROGRESS) or actor.may(Verb.KEEP_REGISTERS)
    return ["farmland"] if office or (works and organisation.category == Category.TOWNSHIP) else []


def _next(row: Application, reserved_at: datetime | None) -> tuple[str, str, str]:
    """What is lacking, the act, and whose turn it is."""
    fees = list(row.fees.all())
    if not fees:
        return f"占用 {row.area:.4f} 亩，待核费", "核费", "money"
    if not assessed_since(row, reserved_at):
        return "费用要重新核定", "核费", "money"
    if any(paid_of(fee) < fee.owed for fee in fees):
        return "待登记缴费票据", "登记票据", "money"
    return "票据齐全，待核销", "核销", "pool"


def _item(
    group: str, state: str, title: str, context: str, url: str, action: str, clause: str, kind: ItemKind
) -> DeskItem:
    return DeskItem(
        group=group,
        subject="farmland",
        state=state,
        title=f"占补指标：{title}"[:60],
        context=context,
        url=url,
        action=action,
        document=DOCUMENT,
        clause=clause,
        kind=kind,
    )
