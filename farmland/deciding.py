"""The acts of 21号 over money and rights that one person proposes and another of the deciding office carries out."""

from datetime import date
from decimal import Decimal
from typing import Any

from farmland import access
from farmland.enums import RATE_UNITS, Choice, RateKind
from farmland.services import fees
from miyun_kpi.lib.actors import Actor
from miyun_kpi.proposals.registry import Decision, Given, register_decision
from miyun_kpi.routes import to


def _rates_page(given: Given) -> str:
    return to("farmland:rates")


def _of_money(actor: Actor, given: Given) -> None:
    access.require_money(actor)


def _of_either(actor: Actor, given: Given) -> None:
    access.require_office(actor)


def _rate_said(given: Given) -> list[tuple[str, str]]:
    last = given["ends_on"]
    return [
        ("单价表", RateKind(given["kind"]).label),
        ("数值", f"{given['value']:,.2f} {RATE_UNITS[given['kind']]}"),
        ("起用日期", str(given["starts_on"])),
        ("止用日期", str(last) if last else "至下一行起用为止"),
        ("依据", given["basis"]),
    ]


def _period_said(given: Given) -> list[tuple[str, str]]:
    return [("起", str(given["starts_on"])), ("止", str(given["ends_on"])), ("文号和依据", given["basis"])]


def _choice_said(given: Given) -> list[tuple[str, str]]:
    return [
        ("设置", Choice(given["key"]).label),
        ("取值", "是" if given["value"] else "否"),
        ("依据", given["basis"]),
    ]


def register() -> None:
    tables: dict[str, Any] = {"subject": "farmland", "address": _rates_page}
    register_decision(
        Decision(
            "farmland-rate",
            "录入单价",
            clause="第八条（一）",
            takes={
                "kind": str,
                "value": Decimal,
                "starts_on": date.fromisoformat,
                "ends_on": date.fromisoformat,
                "basis": str,
            },
            run=fees.enter_rate,
            may=_of_money,
            about=lambda given: f"{RateKind(given['kind']).label}自 {given['starts_on']} 起",
            key=lambda given: f"farmland-rate:{given['kind']}:{given['starts_on']}",
            said=_rate_said,
            **tables,
        ),
        Decision(
            "farmland-period",
            "录入规则期限",
            clause="第十六条",
            takes={"starts_on": date.fromisoformat, "ends_on": date.fromisoformat, "basis": str},
            run=fees.enter_period,
            may=_of_money,
            about=lambda given: f"{given['starts_on']} 至 {given['ends_on']} 的规则期限",
            key=lambda given: f"farmland-period:{given['starts_on']}",
            said=_period_said,
            **tables,
        ),
        Decision(
            "farmland-choose",
            "改设置",
            clause="第十四条",
            takes={"key": str, "value": bool, "basis": str},
            run=fees.choose,
            may=_of_either,
            about=lambda given: Choice(given["key"]).label,
            key=lambda given: f"farmland-setting:{given['key']}",
            said=_choice_said,
            **tables,
        ),
    )
