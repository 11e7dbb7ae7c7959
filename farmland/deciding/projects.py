"""核费, 减免, 核销, 撤回预留 and 收回 of a project."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

from farmland.deciding.common import SAYS, VERSIONED, of_money, of_pool, paid_words
from farmland.enums import FeeKind
from farmland.models import Application
from farmland.queries.money import paid_of
from farmland.services import applications, fees
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


def _reason_said(given: Given) -> SAYS:
    return [("原因", given["reason"])]


def projects() -> list[Decision]:
    def one(code: str, word: str, run: Any, may: Any, clause: str, takes: Any, *said: Any, **more: Any) -> Decision:
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

    waiver = {"amount": FIGURE, "approval_number": str, "approval_on": DAY}
    back = {"approval_number": str, "approval_on": DAY, "force_majeure": bool, "coordination": str, **DATED}
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
    ]
