"""Besides 贴息: 风险补偿基金, and whose figures 区领导 read. Proposed by one, carried out by another of the office."""

from decimal import Decimal
from typing import Any

from finance_policy import access
from finance_policy.enums import EntryKind
from finance_policy.models import Bank, FundEntry
from finance_policy.services import fund, releasing
from miyun_kpi.proposals.declaring import DATED, late_said, page, right, row_of, yuan
from miyun_kpi.proposals.registry import Decision, Given, register_decision

FUND: dict[str, Any] = {"subject": "finance_policy", "clause": access.FUND_CLAUSE}


_of_fund = right(access.require_fund)


def _fund_said(given: Given) -> list[tuple[str, str]]:
    return [
        ("事项", EntryKind(given["kind"]).label),
        ("金额", yuan(given["amount"])),
        *late_said(given),
        ("对方", given["party"]),
        ("依据", given["basis"]),
    ]


_entry = row_of(FundEntry, "entry_id")


def _entry_said(given: Given) -> list[tuple[str, str]]:
    row = _entry(given)
    what = f"第 {row.number} 笔 {row.on} {row.get_kind_display()} {yuan(abs(row.amount))}，{row.party}"
    return [("冲正的一笔", what), ("理由", given["reason"])]


FUNDS = (
    Decision(
        "finance-fund",
        "记风险补偿基金账",
        takes={"kind": str, "amount": Decimal, "party": str, "basis": str, **DATED},
        run=fund.enter,
        may=_of_fund,
        about=lambda given: f"{EntryKind(given['kind']).label} {yuan(given['amount'])}，{given['party']}",
        key=lambda given: f"finance-fund:{given['kind']}:{given['on']}:{given['amount']}:{given['party'][:20]}",
        address=page("finance_policy:fund"),
        said=_fund_said,
        **FUND,
    ),
    Decision(
        "finance-fund-reverse",
        "冲正风险补偿基金账",
        takes={"entry_id": int, "reason": str},
        run=fund.reverse,
        may=_of_fund,
        about=lambda given: f"第 {_entry(given).number} 笔",
        key=lambda given: f"finance-fund-entry:{given['entry_id']}",
        address=page("finance_policy:fund"),
        said=_entry_said,
        **FUND,
    ),
)

_bank = row_of(Bank, "bank_id")


READINGS = (
    Decision(
        "finance-reading",
        "让区领导查看单家银行季报",
        subject="finance_policy",
        clause="三（三）8",
        takes={"bank_id": int, "period": str, "reason": str},
        run=releasing.open_bank,
        may=lambda actor, given: access.require_office(actor, "单家银行季报的查看决定"),
        about=lambda given: f"{_bank(given).name} {given['period']}",
        key=lambda given: f"finance-reading:{given['bank_id']}:{given['period'][:20]}",
        address=page("finance_policy:returns"),
        said=lambda given: [
            ("银行", _bank(given).name),
            ("季度", given["period"]),
            ("理由", given["reason"]),
        ],
    ),
)


def register() -> None:
    register_decision(*FUNDS, *READINGS)
