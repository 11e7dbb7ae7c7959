"""期初已办 of duties, and taking it back, as decisions of two persons of the office of the document."""

from collections import Counter

from miyun_kpi.db.finding import one_of
from miyun_kpi.duties.access import require_office
from miyun_kpi.duties.enums import OpeningHow
from miyun_kpi.duties.models import DutyPeriod, DutyUnit
from miyun_kpi.duties.registry import subject_of
from miyun_kpi.duties.rules.cadence import label_of
from miyun_kpi.duties.services import taking_in
from miyun_kpi.lib.citations import document_label
from miyun_kpi.proposals.declaring import page
from miyun_kpi.proposals.registry import Decision, Given, register_decision


def _said(given: Given) -> list[tuple[str, str]]:
    """Every row: the second person reads what the first has taken from the paper."""
    rows = given["rows"]
    units = DutyUnit.objects.select_related("duty", "organisation").in_bulk(
        {taking_in.place_of(row)[0] for row in rows}
    )
    stages = Counter(OpeningHow(row["how"]).label for row in rows)
    found = [("期数", f"{len(rows)} 期，{'，'.join(f'{word} {number} 期' for word, number in stages.items())}")]
    for row in rows:
        unit = units[taking_in.place_of(row)[0]]
        how = OpeningHow(row["how"]).label
        said = f"{label_of(row['period'])}“{unit.duty.title}”{how}，{row['on']}；依据：{row['basis']}"
        found.append((unit.organisation.name, said))
    return found


def _period(given: Given) -> DutyPeriod:
    found = DutyPeriod.objects.select_related("unit__duty", "unit__organisation", "opening")
    return one_of(found.filter(pk=given["duty_period_id"]))


def _taken_in(given: Given) -> list[tuple[str, str]]:
    row = _period(given)
    opening = row.opening
    return [
        ("任务", row.unit.duty.title),
        ("单位", row.unit.organisation.name),
        ("期间", label_of(row.period)),
        ("原登记", f"{opening.get_how_display()}，{opening.on}；依据：{opening.basis}"),
        ("撤销以后", "这一期照常应报，可以补报、代录、作书面说明，或重新作期初登记"),
        ("理由", given["reason"]),
    ]


def _placed(document: str, clause: str) -> tuple[str, str, str]:
    return subject_of(document), document, clause


def register() -> None:
    register_decision(
        Decision(
            taking_in.CODE,
            "任务期初登记",
            subject="desk",
            clause="",
            takes={"document": str, "rows": list},
            run=taking_in.take_in,
            may=lambda actor, given: require_office(actor, given["document"]),
            about=lambda given: f"{document_label(given['document'])}任务 {len(given['rows'])} 期",
            key=lambda given: f"duties-opening:{given['document']}",
            address=page("duties:opening", "document"),
            said=_said,
            placed=lambda given: _placed(given["document"], ""),
        ),
        Decision(
            taking_in.BACK,
            "撤销任务期初登记",
            subject="desk",
            clause="",
            takes={"duty_period_id": int, "reason": str},
            run=taking_in.take_back,
            may=lambda actor, given: require_office(actor, _period(given).unit.duty.document),
            about=lambda given: taking_in.named(_period(given)),
            key=lambda given: f"duty-period:{given['duty_period_id']}",
            address=page("duties:period", "duty_period_id"),
            said=_taken_in,
            placed=lambda given: _placed(_period(given).unit.duty.document, _period(given).unit.duty.clause),
        ),
    )
