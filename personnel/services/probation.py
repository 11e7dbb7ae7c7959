"""试用期满: the recorded decision, 正式任职 or 免去试任职务."""

from datetime import date, datetime

from miyun_kpi.acts.acting import acting
from miyun_kpi.acts.acting import record as audit
from miyun_kpi.db.finding import one_of
from miyun_kpi.lib.actors import Actor
from miyun_kpi.lib.errors import Conflict, NotFound, Refused
from personnel import access
from personnel.enums import ActKind, Outcome
from personnel.models import Act, ProbationDecision
from personnel.queries.terms import facts_of
from personnel.rules.terms import derive
from personnel.services.drafts import ActInput, add_act, alone, create_draft
from personnel.services.issue import standing_of


def record_decision(
    *, actor: Actor, act_id: int, outcome: str, decided_on: date, basis: str, at: datetime
) -> ProbationDecision:
    """免去试任职务 puts its removal into a new draft; the term ends when that is issued, by a second person."""
    access.require_office(actor)
    said = basis.strip()
    if outcome not in Outcome.values or not 2 <= len(said) <= 300:
        raise Refused("not-filled", "请选结果，并写决定的依据（2 至 300 字，如会议或考核结论），没有保存。")
    if decided_on > at.astimezone().date():
        raise Refused("future", f"决定日期 {decided_on} 在今天以后，没有保存。请改日期。")
    with acting(actor, at):
        if outcome == Outcome.DISMISSED and actor.user_id is not None:
            alone(actor.user_id)
        act, last_day = _probation(act_id)
        assert act.on is not None
        if outcome == Outcome.CONFIRMED and decided_on < last_day:
            raise Refused("too-early", f"试用期到 {last_day} 才满，没有保存。期满当天起才能决定正式任职。")
        if decided_on <= act.on:
            raise Refused("too-early", f"决定日期须在任职日期 {act.on} 以后，没有保存。请改日期。")
        removal = _removal(actor, act, at) if outcome == Outcome.DISMISSED else None
        made = ProbationDecision.objects.create(
            act=act,
            outcome=outcome,
            decided_on=decided_on,
            basis=said,
            removal=removal,
            recorded_at=at,
            recorded_by=actor.label,
        )
        # A dismissal is a draft until it is issued: the audit, which others read, does not tell it.
        told = {"decided_on": decided_on.isoformat()} | ({"outcome": outcome} if removal is None else {})
        audit(actor=actor, action="personnel.probation.decided", subject=f"act:{act.pk}", data=told, at=at)
    return made


def _probation(act_id: int) -> tuple[Act, date]:
    """The appointment on probation, its person locked, and its last day. Raises when it has ended or was decided."""
    row = one_of(Act.objects.standing().filter(pk=act_id), "没有这一项试用期。")
    others = standing_of({row.person_id})
    act = next((one for one in others if one.pk == act_id), None)
    if act is None or ProbationDecision.objects.filter(act_id=act_id).exists():
        raise Conflict("decided", "这一项试用期已经有决定，没有再登记。请刷新后再看。")
    term = next((one for one in derive(facts_of(others))[0] if one.began_by == act_id), None)
    if term is None or term.probation_until is None:
        raise NotFound("没有这一项试用期。")
    if term.until is not None:
        raise Conflict("left", "此人已经免去这个职务，没有登记。请刷新后再看。")
    return act, term.probation_until


def _removal(actor: Actor, act: Act, at: datetime) -> Act:
    draft = create_draft(actor=actor, meeting="", at=at)
    given = ActInput(
        kind=ActKind.REMOVE,
        person=act.person.name,
        note=act.person.note,
        organisation=act.position.organisation.code,
        title=act.position.title,
        printed=act.printed,
    )
    return add_act(actor=actor, notice_id=draft.pk, version=draft.version, given=given, at=at)
