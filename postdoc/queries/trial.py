"""试算: what would be due from given inputs, nothing saved and nobody named."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from miyun_kpi.lib.citations import cite
from miyun_kpi.lib.errors import Refused
from postdoc.enums import DOCUMENT
from postdoc.queries.figures import figures
from postdoc.rules.entitlement import Contract, Finding, Month, Stay, conversion, leaving_grant, living_months
from postdoc.rules.leaving import leaving_kind

MOST_STAYS = 10


def trial(
    stays: Sequence[Mapping[str, Any]], contract: Mapping[str, Any] | None, converted_on: date | None, on: date
) -> tuple[list[Month], list[Finding]]:
    """`stays`: entered_on, left_on, withdrawn, ends_on (else two years). The grants after 出站 are of the last stay."""
    if not stays or len(stays) > MOST_STAYS:
        raise Refused("no-stay", f"请给 1 至 {MOST_STAYS} 次进站，没有试算。")
    ordered = sorted(stays, key=lambda one: one["entered_on"])
    for one in ordered:
        if one.get("left_on") and one["left_on"] < one["entered_on"]:
            raise Refused(
                "bad-order", f"离站日 {one['left_on']} 早于进站日 {one['entered_on']}，没有试算。请核对日期。"
            )
    for earlier, later in zip(ordered, ordered[1:], strict=False):
        if earlier.get("left_on") is None or later["entered_on"] <= earlier["left_on"]:
            raise Refused("overlap", f"{later['entered_on']} 的进站与前一次重叠，没有试算。请核对日期。")
    if contract and contract["until"] < contract["from_day"]:
        raise Refused("bad-order", "合同止日早于起日，没有试算。请核对日期。")
    table = figures()
    months = living_months(
        [Stay(n, one["entered_on"], one.get("left_on"), f"第 {n} 次") for n, one in enumerate(ordered, start=1)],
        table,
        on,
    )
    last = ordered[-1]
    left = last.get("left_on")
    given = Contract(contract["in_miyun"], contract["from_day"], contract["until"]) if contract else None
    leaving = _leaving(last, left if left and left <= on else None)
    found = [leaving_grant(leaving, False, given, table, on)]
    found.append(conversion(leaving, False, left, given, converted_on, table, on))
    return months, found


def _leaving(stay: Mapping[str, Any], left_on: date | None) -> str:
    if left_on is None:
        return ""
    if stay.get("withdrawn"):
        return "withdrawn"
    kind = leaving_kind(stay["entered_on"], stay.get("ends_on") or stay["entered_on"], left_on)
    if kind is None:
        raise Refused(
            "too-early",
            "在站不满 21 个月不能出站，没有试算。请改离站日，或勾选退站。",
            clause=cite(DOCUMENT, "第十五条"),
        )
    return kind
