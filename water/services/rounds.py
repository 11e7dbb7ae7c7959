"""五无 checks: entered by the township of the body or by 区河长制办公室; the latest decides the stage of the body."""

from collections.abc import Mapping
from datetime import date, datetime

from miyun_kpi.acts.acting import Act, acting, locked, unless_taken
from miyun_kpi.acts.days import IN_TIME, Late, late_words
from miyun_kpi.db.finding import one_of
from miyun_kpi.lib.actors import Actor
from miyun_kpi.lib.citations import cite
from miyun_kpi.lib.errors import Conflict, Refused
from miyun_kpi.lib.reading import read_reason
from miyun_kpi.registers.models import Record
from water.access import require_round, visible_body
from water.enums import DOCUMENT
from water.models import Round
from water.rules.rounds import FIVE, stage_of


def enter_round(
    *,
    actor: Actor,
    body_id: int,
    day: date,
    found: Mapping[str, bool],
    note: str,
    next_on: date | None,
    checked_by: str,
    late: Late = IN_TIME,
    at: datetime,
) -> Round:
    """`found` holds the five names. A failing check needs a note on what is wrong. `day` is 办理日期: later than the next
    working day it is 补登 by its paper."""
    require_round(actor, visible_body(actor, body_id))
    if day > at.astimezone().date():
        raise Refused("future", f"核查日期 {day} 还没有到，没有保存。请填实际核查的日期。")
    if next_on is not None and next_on <= day:
        raise Refused("next-before", "下次核查的日期须晚于这次核查，没有保存。请改正后再存。")
    if not checked_by.strip():
        raise Refused("nobody", "请写核查人，没有保存。")
    lacking = [words for name, words in FIVE if not found[name]]
    if lacking and not note.strip():
        raise Refused(
            "note-missing", f"没有做到{'、'.join(lacking)}，请写明情况；没有保存。", clause=cite(DOCUMENT, "三（二）")
        )
    entered_late = late_words(day, at, late, clause=cite(DOCUMENT, "三（二）"), what="核查日期")
    with acting(actor, at) as act:
        body = _locked(body_id)
        taken = Conflict("day-taken", f"这个小微水体 {day} 已经登记过核查，没有保存。登错的请先作废原来的。")
        with unless_taken(taken):
            row = Round.objects.create(
                body=body,
                day=day,
                note=note.strip(),
                next_on=next_on,
                checked_by=checked_by.strip(),
                late=entered_late,
                **act.signed(Round, "entered"),
                **{name: found[name] for name, _ in FIVE},
            )
        _restage(act, body)
        act.record("water.round.entered", row, body=body.pk, day=str(day), lacking=lacking, **said_late(entered_late))
    return row


def said_late(words: str) -> dict[str, str]:
    """For the audit, where there is anything to say."""
    return {"entered_late": words} if words else {}


def strike_round(*, actor: Actor, body_id: int, round_id: int, reason: str, at: datetime) -> Round:
    require_round(actor, visible_body(actor, body_id))
    said = read_reason(reason, "作废核查要写理由", most=300)
    with acting(actor, at) as act:
        body = _locked(body_id)
        row = one_of(Round.objects.filter(pk=round_id, body=body))
        if row.struck_at is not None:
            raise Conflict("struck", "这次核查已经作废，没有执行。")
        row.struck_at, row.struck_reason = at, said
        row.save()
        _restage(act, body)
        act.record("water.round.struck", f"round:{row.pk}", reason=said)
    return row


def _locked(body_id: int) -> Record:
    body = locked(Record.objects.all(), body_id)
    if body.struck_at is not None:
        raise Conflict("revoked", "这个小微水体已经撤销登记，没有执行。")
    return body


def _restage(act: Act, body: Record) -> None:
    """Stage and next date of the body follow its latest standing round."""
    last = Round.objects.filter(body=body, struck_at__isnull=True).order_by("-day", "-id").first()
    body.stage = stage_of({name: getattr(last, name) for name, _ in FIVE} if last else None)
    body.values = {**body.values, "next_on": last.next_on.isoformat() if last and last.next_on else ""}
    act.save(body)
