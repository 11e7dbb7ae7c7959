"""Besides 贴息: 风险补偿基金, 期初 of the library, and whose figures 区领导 read. Proposed by one, carried out by another of the office."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from finance_policy import access
from finance_policy.enums import APP, EntryKind, Level
from finance_policy.models import Bank, FundEntry
from finance_policy.services import fund, opening, releasing
from miyun_kpi.lib.lists import first
from miyun_kpi.proposals.declaring import DATED, late_said, page, rest_said, right, row_of, yuan
from miyun_kpi.proposals.registry import Decision, Given, register_decision
from miyun_kpi.registers.registry import kind_by
from miyun_kpi.registers.rules.kinds import Kind
from miyun_kpi.registers.services.records import ImportRow

OPENINGS_SHOWN = 60
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


def _opening_said(given: Given) -> list[tuple[str, str]]:
    shown = first(given["rows"], OPENINGS_SHOWN)
    each = [
        (
            one.values["name"],
            f"{Level(one.values['level']).label}，{one.values['recognised_on']} 认定，"
            f"{one.values['review_on']} 复核；标准：{one.values['standard']}",
        )
        for one in shown
    ]
    found = [("登记簿", _library(given).title), ("依据", given["basis"]), ("条数", f"{len(given['rows'])} 条"), *each]
    return [*found, *rest_said(shown)]


def _library(given: Given) -> Kind:
    return kind_by(APP, given["kind"])[0]


def read_rows(stored: Sequence[Mapping[str, Any]]) -> list[ImportRow]:
    return [ImportRow(**one) for one in stored]


LIBRARY = (
    Decision(
        opening.CODE,
        "期初导入绿色项目库",
        subject="finance_policy",
        clause="三（一）1",
        takes={"kind": str, "rows": read_rows, "basis": str},
        run=opening.open_library,
        may=right(access.require_office, "期初导入"),
        about=lambda given: f"{_library(given).title}期初 {len(given['rows'])} 条",
        key=lambda given: f"{opening.CODE}:{given['kind']}",
        address=lambda given: f"/finance/records/{given['kind']}/",
        said=_opening_said,
    ),
)

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
    register_decision(*FUNDS, *LIBRARY, *READINGS)
