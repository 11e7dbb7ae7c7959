"""期初已办: periods that were settled on paper before the site went live are taken in as they stood, by two persons (0098).

Nobody reported them here, so no report is written; they are not owed, not late and reminded of no more. What was taken in
wrongly is taken back by two persons too, and its period is owed again.
"""

from collections.abc import Mapping, Sequence
from datetime import date, datetime

from miyun_kpi.accounts.enums import Role
from miyun_kpi.acts.acting import Act, acting, lock_all, locked
from miyun_kpi.db.finding import one_of
from miyun_kpi.duties.access import require_office
from miyun_kpi.duties.enums import OpeningHow, ReportState
from miyun_kpi.duties.models import DutyPeriod, Opening
from miyun_kpi.duties.queries.owing import BeforeLive, Place, before_live
from miyun_kpi.duties.rules.cadence import label_of
from miyun_kpi.inbox.services import Message
from miyun_kpi.lib.actors import Actor
from miyun_kpi.lib.citations import cite
from miyun_kpi.lib.errors import Conflict, FieldError, Refused
from miyun_kpi.lib.reading import read_reason
from miyun_kpi.routes import to

CODE, BACK = "duties-opening", "duties-opening-back"
MOST = 500
# unit (key of DutyUnit), period, how, on (ISO), basis: as a page or a workbook gives them and as they wait.
Row = Mapping[str, str]


def place_of(row: Row) -> Place:
    unit = row.get("unit", "")
    return (int(unit) if unit.isascii() and unit.isdigit() and len(unit) < 10 else 0, row.get("period", ""))


def key_of(found: DutyPeriod) -> str:
    """How a page and a workbook name the line."""
    return f"{found.unit_id}-{found.period}"


def named(found: DutyPeriod) -> str:
    return f"{found.unit.organisation.name}{label_of(found.period)}“{found.unit.duty.title}”"


def why_not(found: DutyPeriod) -> str:
    """Why a period that was due before the site went live cannot be taken in; "" where it can."""
    if found.state == ReportState.OPENING:
        return "已经登记为期初已办；要改请先撤销那一期再重新登记。"
    if getattr(found, "report", None) is not None:
        return "在系统里已有填报，不再作期初登记；请照常审核。"
    if getattr(found, "statement", None) is not None:
        return "在系统里已有书面说明，不再作期初登记；请照常审核。"
    return ""


def wrong(row: Row, known: BeforeLive) -> list[FieldError]:
    """Everything about one row that cannot be, by field."""
    found, last = known.rows.get(place_of(row)), known.day
    if found is None:
        said = (
            f"不是本文件报送截止在上线日 {last} 以前的一期，或单位已移出、并入别的单位。"
            "上线以后到期的请照常填报或代录；并入时还能报的请登记在接手的单位名下。"
        )
        return [FieldError(said, "not-before-live", field="unit")]
    errors = [FieldError(said, "bad-opening", field="unit") for said in [why_not(found)] if said]
    if row.get("how") not in OpeningHow.values:
        errors.append(FieldError("期初情形没有选，只能是已报送审核或已免报。", "not-filled", field="how"))
    elif row["how"] == OpeningHow.EXEMPT and not found.unit.duty.exemptible:
        errors.append(FieldError("原文没有允许这项任务免报，请核对期初情形。", "not-exemptible", field="how"))
    begun = found.starts_at.astimezone().date()
    try:
        day = date.fromisoformat(row.get("on", ""))
    except ValueError:
        errors.append(FieldError("纸面日期没有填，请写报送或免报的那天。", "not-filled", field="on"))
    else:
        if not begun <= day <= last:
            said = f"纸面日期 {day} 须在这一期开始 {begun} 以后、不晚于上线日 {last}。"
            errors.append(FieldError(said, "bad-date", field="on"))
    basis = row.get("basis", "").strip()
    if not 2 <= len(basis) <= 200 or "\x00" in basis:
        errors.append(FieldError("请写期初依据：台账或来文的名称、页码（2 至 200 字）。", "not-filled", field="basis"))
    return errors


def take_in(*, actor: Actor, document: str, rows: Sequence[Row], at: datetime) -> int:
    """All or nothing; returns how many were taken in. What is not opened yet is opened as 期初已办."""
    kept = require_office(actor, document)
    if not 1 <= len(rows) <= MOST:
        raise Refused("too-many", f"期初登记一次 1 至 {MOST} 期，没有执行。请分几次办理。")
    places = [place_of(row) for row in rows]
    if len(set(places)) != len(places):
        raise Refused("twice", "同一单位同一期写了两次，没有执行。请只留一行。")
    with acting(actor, at) as act:
        known = before_live(kept, at).rows
        fresh = [known[one] for one in places if one in known and known[one].pk is None]
        DutyPeriod.objects.bulk_create(fresh, ignore_conflicts=True)
        units, periods = {unit for unit, _ in places}, {period for _, period in places}
        lock_all(DutyPeriod.objects.filter(unit__in=units, period__in=periods))
        # Read again under the lock: somebody may have reported, or have taken the unit out, in between.
        found = before_live(kept, at)
        for number, row in enumerate(rows, start=1):
            _require_right(number, row, found)
        made = _enter(act, [(found.rows[place], row) for place, row in zip(places, rows, strict=True)])
        act.tell(_messages(made))
    return len(rows)


def _require_right(number: int, row: Row, found: BeforeLive) -> None:
    errors, period = wrong(row, found), found.rows.get(place_of(row))
    if errors:
        name = named(period) if period else f"第 {number} 行"
        said = "".join(one.message for one in errors)
        raise Refused("bad-opening", f"{name}：{said}没有执行，请改正。", errors=errors)
    if period is not None and period.pk is None:
        raise Conflict("stale", f"{named(period)}刚有变动，没有执行。请刷新后再看一遍。")


def _enter(act: Act, rows: Sequence[tuple[DutyPeriod, Row]]) -> list[Opening]:
    DutyPeriod.objects.filter(pk__in=[period.pk for period, _ in rows]).update(state=ReportState.OPENING)
    made = Opening.objects.bulk_create(
        Opening(
            duty_period=period,
            how=row["how"],
            on=date.fromisoformat(row["on"]),
            basis=row["basis"].strip(),
            entered_at=act.at,
            entered_by=act.actor.label,
        )
        for period, row in rows
    )
    for one in made:
        data = {"how": one.how, "paper_on": one.on.isoformat(), "basis": one.basis}
        act.record("duties.opening.entered", f"duty-period:{one.duty_period_id}", **data)
    return made


def take_back(*, actor: Actor, duty_period_id: int, reason: str, at: datetime) -> DutyPeriod:
    """What was taken in wrongly: its period is owed again, and can be taken in anew, made up or answered by a statement."""
    said = read_reason(reason, "撤销期初已办要写理由")
    with acting(actor, at) as act:
        row = locked(DutyPeriod.objects.select_related("unit__duty", "unit__organisation"), duty_period_id)
        require_office(actor, row.unit.duty.document)
        if row.state != ReportState.OPENING:
            raise Conflict("wrong-state", f"{named(row)}不是期初已办，没有执行。请刷新后看过再办。")
        opening = one_of(Opening.objects.filter(duty_period=row))
        row.state = ReportState.EXPECTED
        row.save(update_fields=["state"])
        was = {"how": opening.how, "paper_on": opening.on.isoformat(), "basis": opening.basis}
        act.tell([_message(row, f"back/{opening.pk}", "期初已办撤销，照常应报", said)])
        opening.delete()
        act.record("duties.opening.revoked", f"duty-period:{row.pk}", reason=said, **was)
    return row


def _messages(made: Sequence[Opening]) -> list[Message]:
    """One a unit, at the first of its periods."""
    by_unit: dict[int, list[Opening]] = {}
    for one in made:
        by_unit.setdefault(one.duty_period.unit.organisation_id, []).append(one)
    return [
        _message(
            rows[0].duty_period,
            str(rows[0].pk),
            f"{len(rows)} 期登记为期初已办",
            f"{rows[0].get_how_display()}，依据：{rows[0].basis}。如有不符，请与主管单位联系。",
        )
        for rows in by_unit.values()
    ]


def _message(row: DutyPeriod, key: str, word: str, body: str) -> Message:
    duty = row.unit.duty
    return Message(
        key=f"duty-opening/{key}",
        organisation_id=row.unit.organisation_id,
        role=Role.REPORTER,
        title=f"{word}：{label_of(row.period)}“{duty.title}”"[:120],
        body=body[:500],
        url=to("duties:period", row.pk),
        clause=cite(duty.document, duty.clause),
    )
