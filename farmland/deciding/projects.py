"""核费, 减免, 核销, 撤回预留, 收回, its finding and 费用处理 of a project."""

from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

from farmland.deciding.common import SAYS, VERSIONED, of_money, of_pool, paid_words
from farmland.enums import FeeKind
from farmland.models import Application
from farmland.queries.money import fund, over_of, paid_of, short_of
from farmland.services import applications, fees, returning
from miyun_kpi.proposals.declaring import DATED, DAY, FIGURE, late_said, row_of, yuan
from miyun_kpi.proposals.registry import Decision, Given
from miyun_kpi.routes import to

_project = row_of(Application, "application_id")


def _project_said(*more: Callable[[Given], SAYS]) -> Callable[[Given], SAYS]:
    def said(given: Given) -> SAYS:
        row = _project(given)
        own = [("项目", f"第 {row.number} 号　{row.name}"), ("占用面积", f"{row.area:.4f} 亩")]
        return [*own, *(pair for one in more for pair in one(given))]

    return said


def _waiver_said(given: Given) -> SAYS:
    approved = f"{given['approval_number']}　{given['approval_on']}"
    return [("减免", yuan(given["amount"])), ("区政府批准", approved)]


def _waiver_warns(given: Given) -> list[str]:
    """What was paid already becomes 待退."""
    fee = _project(given).fees.filter(kind=FeeKind.COMPENSATION).first()
    if fee is None:
        return []
    over = paid_of(fee) - (fee.amount - given["amount"])
    said = f"已缴 {yuan(paid_of(fee))}，减免以后待退 {yuan(over)}，在“应付和待退”核定、登记凭证。"
    return [said] if over > 0 else []


def _assess_said(given: Given) -> SAYS:
    found = fees.lines_of(_project(given), given["on"])
    return [(str(FeeKind(line.duty.kind).label), yuan(line.amount or Decimal(0))) for line in found]


def _reclaim_said(given: Given) -> SAYS:
    approved = f"{given['approval_number']}　{given['approval_on']}"
    force = "是" if given["force_majeure"] else "否"
    return [("区政府批准", approved), ("不可抗力", force), ("费用处理的协调意见", given["coordination"])]


def _find_said(given: Given) -> SAYS:
    found = "是" if given["force_majeure"] else "否，无偿收回"
    return [("不可抗力", found), ("协调意见", given["coordination"])]


def _find_warns(given: Given) -> list[str]:
    """Without 不可抗力 nothing goes back."""
    if given["force_majeure"]:
        return ["确认以后由区财政局登记费用处理：两项费用各退多少。"]
    return _money_warns(given, dict.fromkeys(FeeKind.values, Decimal("0.00")))


def _settle_said(given: Given) -> SAYS:
    back = [(f"退还{FeeKind(kind).label}", yuan(given[kind])) for kind in FeeKind.values]
    return [("费用处理的协调意见", given["coordination"]), *back]


def _settle_warns(given: Given) -> list[str]:
    return _money_warns(given, given)


def _money_warns(given: Given, returned: Mapping[str, Decimal]) -> list[str]:
    """What is to be given back then, or to be paid again; and whether the fund holds it."""
    said = []
    for fee in _project(given).fees.order_by("pk"):
        fee.returned = returned[fee.kind]
        over, short, paid = over_of(fee), short_of(fee), f"{fee.get_kind_display()}现在已缴 {yuan(paid_of(fee))}"
        if over:
            said.append(f"{paid}，确认以后待退 {yuan(over)}，在“应付和待退”核定、登记凭证。")
            if fee.kind == FeeKind.COMPENSATION and over > (there := fund()):
                said.append(f"耕地保护补偿费余额 {yuan(there)}，不够退还；余额够了以后才能登记退款凭证。")
        if short:
            said.append(f"{paid}，确认以后待补缴 {yuan(short)}，由建设单位补缴、登记票据。")
    return said


def _reason_said(given: Given) -> SAYS:
    return [("原因", given["reason"])]


def _decision(code: str, word: str, run: Any, may: Any, clause: str, takes: Any, *said: Any, **more: Any) -> Decision:
    return Decision(
        f"farmland-{code}",
        word,
        subject="farmland",
        clause=clause,
        takes={**VERSIONED, **takes},
        run=run,
        may=may,
        about=lambda given: _project(given).name,
        key=lambda given: f"farmland-application:{given['application_id']}",
        address=lambda given: to("farmland:application", given["application_id"]),
        said=_project_said(*said),
        stands=lambda given: int(_project(given).version),
        **more,
    )


def projects() -> list[Decision]:
    one = _decision
    waiver = {"amount": FIGURE, "approval_number": str, "approval_on": DAY}
    back = {"approval_number": str, "approval_on": DAY, "force_majeure": bool, "coordination": str, **DATED}
    found = {"force_majeure": bool, "coordination": str}
    settled = {"coordination": str, **dict.fromkeys(FeeKind.values, FIGURE)}
    return [
        one("assess", "核费", fees.assess_fees, of_money, "第八条（四）", DATED, late_said, _assess_said),
        one("waive", "登记减免", fees.waive_fee, of_money, "第八条（二）", waiver, _waiver_said, warns=_waiver_warns),
        one("post", "核销", applications.post, of_pool, "第八条（四）", DATED, late_said),
        one(
            "release",
            "撤回预留",
            applications.release,
            of_pool,
            "第七条",
            {"reason": str, **DATED},
            late_said,
            _reason_said,
        ),
        one(
            "reclaim",
            "收回指标",
            applications.reclaim,
            of_pool,
            "第八条（三）",
            back,
            late_said,
            _reclaim_said,
            warns=lambda given: paid_words(_project(given), "收回"),
        ),
        one(
            "find",
            "改不可抗力的认定",
            returning.find_force_majeure,
            of_pool,
            "第八条（三）",
            found,
            _find_said,
            warns=_find_warns,
        ),
        one(
            "settle",
            "登记费用处理",
            returning.settle,
            of_money,
            "第十四条",
            settled,
            _settle_said,
            warns=_settle_warns,
        ),
    ]
