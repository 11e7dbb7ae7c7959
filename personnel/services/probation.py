"""试用期满: the recorded decision, 正式任职 or 免去试任职务, and its 撤回 by another person."""

from collections.abc import Sequence
from datetime import date, datetime

from miyun_kpi.acts.acting import acting, lock_only, require_other_hand
from miyun_kpi.acts.acting import record as audit
from miyun_kpi.audit.models import AuditEntry
from miyun_kpi.db.finding import one_of
from miyun_kpi.lib.actors import Actor
from miyun_kpi.lib.errors import Conflict, NotFound, Refused
from miyun_kpi.lib.reading import read_reason
from personnel import access
from personnel.enums import ActKind, NoticeState, Outcome
from personnel.models import Act, Notice, ProbationDecision
from personnel.queries.terms import facts_of, still_counts
from personnel.rules.terms import derive
from personnel.services.drafts import ActInput, add_act, alone, create_draft, drop, hold_named
from personnel.services.issue import standing_of

DECIDED = "personnel.probation.decided"
RECORDED = "撤回要由登记这个决定以外的另一个人办理，没有执行。请由另一位人事同事办理。"


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
        audit(actor=actor, action=DECIDED, subject=f"act:{act.pk}", data=told, at=at)
    return made


def _probation(act_id: int) -> tuple[Act, date]:
    """The appointment on probation, its person locked, and its last day. Raises when it has ended or was decided."""
    row = one_of(Act.objects.standing().filter(pk=act_id), "没有这一项试用期。")
    others = standing_of({row.person_id})
    act = next((one for one in others if one.pk == act_id), None)
    if act is None or ProbationDecision.objects.filter(act_id=act_id).exists():
        raise Conflict("decided", "这一项试用期已经有决定，没有再登记。决定有误的，先由另一个人在试用期页撤回。")
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


def withdraw_decision(*, actor: Actor, act_id: int, reason: str, at: datetime) -> None:
    """撤回试用期决定: it was recorded wrongly. The 试用期 waits again; the audit keeps what was recorded, and why it went.

    Not by whoever recorded it, and not while an issued removal of it counts. One that is still a draft goes with it.
    """
    access.require_office(actor)
    said = read_reason(reason, "请写撤回理由", most=300)
    with acting(actor, at):
        row = decision_of(act_id)
        # People and posts before the notice, as everywhere in this app; all people of a draft at once.
        if row.removal is not None and row.removal.notice_id is not None:
            hold_named([], row.removal.notice_id)
        standing = standing_of({row.act.person_id})
        # It may have been issued, dropped or withdrawn while this waited.
        row = decision_of(act_id)
        require_other_hand(actor, hand_of(row), RECORDED, at)
        if row.removal is not None and row.removal.notice is not None:
            _release(actor, row.removal, row.removal.notice, standing, at)
        told = {"decided_on": row.decided_on.isoformat(), "reason": said}
        # As when it was recorded: of a dismissal that was never issued the audit does not tell the outcome.
        told |= {"outcome": row.outcome} if row.outcome == Outcome.CONFIRMED else {}
        ProbationDecision.objects.filter(pk=row.pk).delete()
        audit(actor=actor, action="personnel.probation.withdrawn", subject=f"act:{act_id}", data=told, at=at)


def decision_of(act_id: int) -> ProbationDecision:
    """How the 试用期 of a standing appointment ended."""
    found = ProbationDecision.objects.select_related("act__person", "act__position", "removal__notice")
    return one_of(
        found.filter(act_id=act_id, act__in=Act.objects.standing()),
        "没有这一项试用期满决定，或已经撤回。请刷新后再看。",
    )


def hand_of(row: ProbationDecision) -> int | None:
    """Who recorded it, as the audit says it, be it of the entry that a 勘正 has since replaced."""
    before = dict(Act.objects.filter(emends__isnull=False).values_list("pk", "emends_id"))
    entries: list[int] = [row.act_id]
    while (earlier := before.get(entries[-1])) is not None:
        entries.append(earlier)
    found = AuditEntry.objects.filter(action=DECIDED, subject__in=[f"act:{pk}" for pk in entries])
    return found.order_by("-seq").values_list("actor_user_id", flat=True).first()


def _release(actor: Actor, removal: Act, notice: Notice, standing: Sequence[Act], at: datetime) -> None:
    """The removal goes out of its draft; one that was issued stays, and must not count any more."""
    held = lock_only(Notice.objects.filter(pk=notice.pk))
    if held.state == NoticeState.ISSUED:
        if still_counts(removal, standing):
            said = f"免职已由{held}印发，没有撤回。登记错的，先在人员页撤销那一项免职；原件有误的，先印发更正通知。"
            raise Refused("issued", said)
        return
    if held.state != NoticeState.DRAFT:
        raise Conflict("wrong-state", "免去试任职务的通知正在送审，没有撤回。请先在那份通知里退回，再撤回决定。")
    drop(actor, held, [removal], at)
    held.version, held.changed_by_id = held.version + 1, actor.user_id or 0
    held.save(update_fields=["version", "changed_by_id"])
