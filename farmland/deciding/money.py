"""付款, 追回, 冲正 of money, and 对账."""

from typing import Any

from farmland.deciding.common import SAYS, of_money
from farmland.enums import REWARD_OF, MoneyKind
from farmland.models import Money
from farmland.queries.money import fund
from farmland.queries.reconciling import months
from farmland.services import money as moneys
from farmland.services import reconciling, warrants
from miyun_kpi.lib.errors import NotFound
from miyun_kpi.proposals.declaring import FIGURE, reconciliation, yuan
from miyun_kpi.proposals.registry import Decision, Given
from miyun_kpi.routes import to


def _line(given: Given) -> Money:
    row = Money.objects.filter(number=given["number"]).first()
    if row is None:
        raise NotFound
    return row


def _line_said(given: Given) -> SAYS:
    row = _line(given)
    said = f"{row.get_kind_display()}　{yuan(row.amount)}　{row.day}　票据 {row.ticket}"
    return [(f"第 {row.number} 笔", said), ("原因", given["reason"])]


def _line_warns(given: Given) -> list[str]:
    """A payment that goes leaves its 核定 open."""
    rows = _line(given).warrants.all()
    return [f"付款核定第 {row.pk} 号（{row.payee}，{yuan(row.amount)}）重新待付。" for row in rows]


def _warrant_name(given: Given) -> str:
    ids = {name: given[name] for name in ("entry_id", "lot_id", "transfer_id", "fee_id")}
    return warrants.name_of(given["kind"], **ids, town=given["town"])


def _warrant_said(given: Given) -> SAYS:
    said = [("类别", str(MoneyKind(given["kind"]).label)), ("金额", yuan(given["amount"]))]
    return [("为了", _warrant_name(given)), *said, ("依据", given["note"])]


def _warrant_warns(given: Given) -> list[str]:
    """What is given back comes out of the fund, when its voucher is registered."""
    there = fund()
    if given["kind"] != MoneyKind.REFUND_COMPENSATION or given["amount"] <= there:
        return []
    return [f"耕地保护补偿费余额 {yuan(there)}，不够退还 {yuan(given['amount'])}；余额够了以后才能登记退款凭证。"]


def _warrant_key(given: Given) -> str:
    ids = ".".join(str(given[name] or 0) for name in ("entry_id", "lot_id", "transfer_id", "fee_id"))
    return f"farmland-{given['kind']}:{ids}"[:80]


def money() -> list[Decision]:
    common: dict[str, Any] = {"subject": "farmland", "may": of_money, "clause": "第十一条"}
    ids = dict.fromkeys(("entry_id", "lot_id", "transfer_id", "fee_id"), int)
    grants = [
        Decision(
            f"farmland-{code}",
            word,
            takes={"kind": str, "amount": FIGURE, **ids, "town": str, "note": str},
            run=warrants.issue,
            about=_warrant_name,
            key=_warrant_key,
            address=lambda given: to("farmland:payable"),
            said=_warrant_said,
            warns=_warrant_warns,
            **common,
        )
        for code, word in (("pay", "核定付款"), ("claim", "追回奖励"))
    ]
    return [
        *grants,
        Decision(
            "farmland-reverse-money",
            "冲正收支",
            takes={"number": int, "reason": str},
            run=moneys.reverse_money,
            about=lambda given: f"收支第 {given['number']} 笔",
            key=lambda given: f"farmland-money:{given['number']}",
            address=lambda given: to("farmland:money"),
            said=_line_said,
            warns=_line_warns,
            **common,
        ),
        reconciliation(
            "farmland-reconciliation",
            "对账",
            "收支",
            months=months,
            address="farmland:reconciling",
            run=reconciling.reconcile,
            **common,
        ),
    ]


def code_of(kind: str) -> str:
    """Of a payment or of a 追回."""
    return "farmland-claim" if kind in REWARD_OF else "farmland-pay"
