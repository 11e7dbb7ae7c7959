"""期初 of 依申请公开 as a decision of two persons. Who asked is in none of its words."""

from collections import Counter

from disclosure.enums import APP
from disclosure.rules.opening import DAYS, STAGES
from disclosure.services import opening
from miyun_kpi.lib.lists import first
from miyun_kpi.proposals.declaring import rest_said
from miyun_kpi.proposals.registry import Decision, Given, register_decision

SHOWN = 30


def _said(given: Given) -> list[tuple[str, str]]:
    rows = given["rows"]
    stages = Counter(one["stage"] for one in rows)
    found = [("件数", f"{len(rows)} 件")]
    found += [("阶段", f"{STAGES[stage]} {number} 件") for stage, number in stages.items()]
    shown = first(rows, SHOWN)
    for place, row in enumerate(shown, start=1):
        days = [f"{label} {row[name]}" for name, label in DAYS.items() if row.get(name)]
        days += [f"延长 {row['extension_days']} 个工作日"] if int(row.get("extension_days") or 0) else []
        said = f"{row['content']}　{STAGES[row['stage']]}；{'，'.join(days)}；依据：{row['basis']}"
        found.append((f"第 {place} 件", said))
    return [*found, *rest_said(shown, "件")]


def register() -> None:
    register_decision(
        Decision(
            opening.CODE,
            "公开申请期初登记",
            subject=APP,
            clause="五（一）",
            takes={"organisation_id": int, "rows": list},
            run=opening.open_applications,
            may=lambda actor, given: opening.may(actor, given["organisation_id"]),
            about=lambda given: f"依申请公开 {len(given['rows'])} 件",
            key=lambda given: f"disclosure-opening:{given['organisation_id']}",
            address=lambda given: "/disclosure/applications/",
            said=_said,
        )
    )
