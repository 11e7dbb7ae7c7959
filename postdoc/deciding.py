"""The acts of 27号 over money that one person proposes and another of the deciding office carries out."""

from decimal import Decimal
from typing import Any

from miyun_kpi.db.finding import one_of
from miyun_kpi.lib.actors import Actor
from miyun_kpi.lib.decimals import plain
from miyun_kpi.proposals.declaring import DAY, page, reconciliation, right, row_of, yuan
from miyun_kpi.proposals.registry import Decision, Given, register_decision
from postdoc import access
from postdoc.enums import Clawback, Entry
from postdoc.models import Application, Figure, LedgerLine
from postdoc.queries.money import balance_of, months
from postdoc.rules.figures import LABELS, RETIRED
from postdoc.services import clawback, ledger, money

POSTDOC: dict[str, Any] = {"subject": "postdoc"}


_of_treasury = right(access.require_treasury, "预算和资金对账")
_of_handler = right(access.require_handler, "标准的录入和撤销")
_application = row_of(Application, "application_id")
_figure = row_of(Figure, "figure_id")


def _version(given: Given) -> int:
    return int(_application(given).version)


def _named(code: str) -> str:
    return (LABELS | RETIRED).get(code, (code, ""))[0]


def _of_clawback(actor: Actor, given: Given) -> None:
    access.visible_application(actor, given["application_id"])
    clawback.require_deciding(actor)


def _clawback_said(given: Given) -> list[tuple[str, str]]:
    row = _application(given)
    now = balance_of(row)
    whole = now.received - now.clawback
    sum_ = whole if given["amount"] is None else given["amount"]
    return [
        ("申报", f"{row}，{row.get_grant_display()}，已拨付 {yuan(now.received)}，已决定追回 {yuan(now.clawback)}"),
        ("追回原因", Clawback(given["ground"]).label),
        ("追回金额", f"{yuan(sum_)}{'（全部）' if sum_ == whole else ''}"),
        ("决定文号", given["proof"]),
        ("理由", given["note_text"]),
    ]


def _line(given: Given) -> LedgerLine:
    return one_of(LedgerLine.objects.filter(pk=given["line_id"], application_id=given["application_id"]))


def _of_reversal(actor: Actor, given: Given) -> None:
    row = access.visible_application(actor, given["application_id"])
    ledger.require_writer(actor, row, _line(given).kind)


def _reversal_said(given: Given) -> list[tuple[str, str]]:
    line = _line(given)
    what = f"{line.on} {line.get_kind_display()} {yuan(line.amount)}，凭证 {line.proof}"
    return [("冲正的一笔", what), ("理由", given["reason"])]


def _reversal_warns(given: Given) -> list[str]:
    if _line(given).kind != Entry.RECOVERED:
        return []
    return ["冲正追回到账以后，让出的月份和一次性奖励重新占用，退回预算的部分收回。"]


TABLES = (
    Decision(
        "postdoc-budget",
        "录入博士后专项经费预算",
        clause="第二十二条",
        takes={"year": int, "amount": Decimal, "document": str, "on": DAY},
        run=money.change_budget,
        may=_of_treasury,
        about=lambda given: f"{given['year']} 年度预算 {yuan(given['amount'])}",
        key=lambda given: f"postdoc-budget:{given['year']}:{given['amount']}",
        address=page("postdoc:money"),
        said=lambda given: [
            ("年度", str(given["year"])),
            ("金额", yuan(given["amount"])),
            ("依据", given["document"]),
            ("日期", str(given["on"])),
        ],
        **POSTDOC,
    ),
    Decision(
        "postdoc-figure",
        "录入经费标准",
        clause="第五章",
        takes={"code": str, "value": Decimal, "starts_on": DAY, "document": str},
        run=money.enter_figure,
        may=_of_handler,
        about=lambda given: f"{_named(given['code'])}自 {given['starts_on']} 起",
        key=lambda given: f"postdoc-figure:{given['code']}:{given['starts_on']}",
        address=page("postdoc:money"),
        said=lambda given: [
            ("标准", _named(given["code"])),
            ("数值", f"{plain(given['value'])} {(LABELS | RETIRED)[given['code']][1]}"),
            ("自哪一天起", str(given["starts_on"])),
            ("依据", given["document"]),
        ],
        **POSTDOC,
    ),
    Decision(
        "postdoc-figure-strike",
        "撤销经费标准",
        clause="第五章",
        takes={"figure_id": int, "reason": str},
        run=money.strike_figure,
        may=_of_handler,
        about=lambda given: f"{_named(_figure(given).code)}自 {_figure(given).starts_on} 起",
        key=lambda given: f"postdoc-figure-row:{given['figure_id']}",
        address=page("postdoc:money"),
        said=lambda given: [
            (
                "撤销的一行",
                f"{_named(_figure(given).code)} {plain(_figure(given).value)}，自 {_figure(given).starts_on} 起",
            ),
            ("理由", given["reason"]),
        ],
        **POSTDOC,
    ),
)
LEDGER = (
    Decision(
        "postdoc-clawback",
        "决定追回博士后专项经费",
        clause="第二十六条",
        takes={
            "application_id": int,
            "version": int,
            "ground": str,
            "amount": Decimal,
            "proof": str,
            "note_text": str,
        },
        run=clawback.claw_back,
        may=_of_clawback,
        about=lambda given: str(_application(given)),
        key=lambda given: f"postdoc-application:{given['application_id']}",
        stands=_version,
        address=page("postdoc:application", "application_id"),
        said=_clawback_said,
        **POSTDOC,
    ),
    Decision(
        "postdoc-reversal",
        "冲正博士后资金流水",
        clause="第二十四条（三）",
        takes={"application_id": int, "version": int, "line_id": int, "reason": str},
        run=ledger.reverse_line,
        may=_of_reversal,
        about=lambda given: f"{_application(given)}的一笔",
        key=lambda given: f"postdoc-application:{given['application_id']}",
        stands=_version,
        address=page("postdoc:application", "application_id"),
        said=_reversal_said,
        warns=_reversal_warns,
        **POSTDOC,
    ),
    reconciliation(
        "postdoc-reconciliation",
        "博士后资金对账",
        "资金流水",
        months=months,
        address="postdoc:ledger-months",
        run=money.reconcile,
        may=_of_treasury,
        clause="第二十六条",
        **POSTDOC,
    ),
)


def register() -> None:
    register_decision(*TABLES, *LEDGER)
