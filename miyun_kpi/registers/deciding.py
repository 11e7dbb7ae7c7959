"""期初登记 as a decision of two persons."""

from collections import Counter

from miyun_kpi.lib.actors import Actor
from miyun_kpi.lib.citations import cite
from miyun_kpi.lib.lists import first
from miyun_kpi.proposals.declaring import rest_said
from miyun_kpi.proposals.registry import Decision, Given, register_decision
from miyun_kpi.registers.registry import kind_by
from miyun_kpi.registers.rules.kinds import Kind
from miyun_kpi.registers.services import opening

SHOWN = 30


def _kind(given: Given) -> Kind:
    return kind_by(given["app"], given["kind"])[0]


def _placed(given: Given) -> tuple[str, str, str]:
    kind = _kind(given)
    return kind.subject or kind.app, kind.document, kind.clause


def _may(actor: Actor, given: Given) -> None:
    opening.may(actor, *kind_by(given["app"], given["kind"]))


def _said(given: Given) -> list[tuple[str, str]]:
    kind, rows = _kind(given), given["rows"]
    stages = Counter(one["stage"] for one in rows)
    found = [("登记簿", f"{kind.title}（{cite(kind.document, kind.clause)}）"), ("条数", f"{len(rows)} 条")]
    found += [("阶段", f"{stage} {number} 条") for stage, number in stages.items()]
    named = kind.fields[0].name
    shown = first(rows, SHOWN)
    found += [
        (str(one["values"].get(named) or "（空）"), f"{one['stage']}，{one['on']} 起，{one['basis']}") for one in shown
    ]
    return [*found, *rest_said(shown)]


def register() -> None:
    register_decision(
        Decision(
            opening.CODE,
            "期初登记",
            subject="registers",
            clause="",
            takes={"app": str, "kind": str, "rows": list},
            run=opening.open_records,
            may=_may,
            about=lambda given: f"{_kind(given).title} {len(given['rows'])} 条",
            key=lambda given: f"register:{given['app']}.{given['kind']}",
            address=lambda given: f"/{given['app']}/records/{given['kind']}/",
            said=_said,
            placed=_placed,
        )
    )
