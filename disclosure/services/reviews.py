"""先审后发 (二（六）, 四（一）): organs and third parties asked, and the audit itself, done by somebody who had no hand in it."""

from collections.abc import Sequence
from datetime import date, datetime

from django.db.models import Exists, OuterRef, Q, QuerySet

from disclosure import access
from disclosure.enums import APP, DOCUMENT, Answer, Check, Decision, Ground, Stage
from disclosure.models import Consultation, Review, ThirdParty
from disclosure.rules.release import Asked, checks_for, obstacles
from miyun_kpi.acts.acting import Act as Doing
from miyun_kpi.acts.acting import acting, locked, refuse_same_hand
from miyun_kpi.acts.proof import require_proof
from miyun_kpi.db.finding import one_of
from miyun_kpi.db.sealed import HIDDEN, KeyMissing, seal
from miyun_kpi.lib.actors import Actor
from miyun_kpi.lib.citations import cite
from miyun_kpi.lib.errors import Conflict, Refused
from miyun_kpi.organisations.models import Organisation
from miyun_kpi.registers.enums import Act
from miyun_kpi.registers.models import Record, RecordEvent
from miyun_kpi.registers.services.records import take_step

OPEN = (Stage.DRAFT, Stage.SUBMITTED)
OWN = "写过、改过或报审这一条的人不能审核它，没有执行。请换一个人审核。"


def _prepared(actor: Actor, record_id: int) -> Record:
    """The record, locked, while its audit is still to come."""
    _, row = access.published_record(actor, record_id)
    access.require_prepare(actor, row)
    row = locked(Record.objects.all(), record_id)
    if row.struck_at is not None or row.stage not in OPEN:
        raise Conflict("wrong-state", "这一条已经审核或撤销，不再登记协商和第三方意见，没有保存。请先退回修改。")
    return row


def ask_organ(
    *, actor: Actor, record_id: int, organisation: Organisation, asked_on: date, at: datetime
) -> Consultation:
    with acting(actor, at) as act:
        row = _prepared(actor, record_id)
        if organisation.pk == row.owner_id:
            raise Refused("own-unit", "有关机关就是公开单位自己，没有保存。请写另一个机关。")
        _require_past(asked_on, at)
        if Consultation.objects.filter(record=row, organisation=organisation).exists():
            raise Refused("already-asked", f"已经登记与{organisation.name}协商，没有再登记。")
        made = Consultation.objects.create(
            record=row, organisation=organisation, asked_on=asked_on, recorded_by=actor.label
        )
        _note(act, "disclosure.organ.asked", row, {"organisation": organisation.code})
    return made


def confirm_organ(
    *, actor: Actor, consultation_id: int, confirmed_by: str, confirmed_on: date, at: datetime
) -> Consultation:
    """Entered by the publishing unit from the organ's letter, or by the organ itself."""
    said = confirmed_by.strip()
    with acting(actor, at) as act:
        found = locked(Consultation.objects.all(), consultation_id)
        _, row = access.published_record(actor, found.record_id)
        access.require_confirm(actor, found, row)
        if found.confirmed_on is not None:
            raise Conflict("already-confirmed", f"{found.confirmed_by}已于 {found.confirmed_on} 确认，没有再登记。")
        if row.stage not in OPEN:
            raise Conflict("wrong-state", "这一条已经审核，没有保存。")
        if not 2 <= len(said) <= 60:
            raise Refused("who-missing", "请写确认人（2 至 60 字），没有保存。")
        if confirmed_on < found.asked_on:
            raise Refused("too-early", f"确认日期早于提请日期 {found.asked_on}，没有保存。")
        _require_past(confirmed_on, at)
        found.confirmed_on, found.confirmed_by = confirmed_on, said
        found.save()
        _note(act, "disclosure.organ.confirmed", row, {"consultation": found.pk})
    return found


def ask_party(*, actor: Actor, record_id: int, name: str, ground: str, asked_on: date, at: datetime) -> ThirdParty:
    said = name.strip()
    if not 1 <= len(said) <= 60 or ground not in Ground.values:
        raise Refused("party-missing", "请写第三方（60 字以内）和涉及的权益，没有保存。")
    with acting(actor, at) as act:
        row = _prepared(actor, record_id)
        _require_past(asked_on, at)
        made = ThirdParty.objects.create(
            record=row, name=seal(said), ground=ground, asked_on=asked_on, recorded_by=actor.label
        )
        _note(act, "disclosure.party.asked", row, {"party": made.pk, "ground": ground})
    return made


def answer_party(
    *, actor: Actor, party_id: int, answer: str, answered_on: date | None, public_interest: str, at: datetime
) -> ThirdParty:
    """What the third party said; without its consent only a written reason of 公共利益 leads on."""
    said = public_interest.strip()
    with acting(actor, at) as act:
        found = one_of(ThirdParty.objects.filter(pk=party_id))
        row = _prepared(actor, found.record_id)
        if answer not in Answer.values:
            raise Refused("answer-missing", "请选第三方的答复，没有保存。")
        if answer != Answer.SILENT and answered_on is None:
            raise Refused("day-missing", "请填第三方答复的日期，没有保存。")
        if answered_on is not None and answered_on < found.asked_on:
            raise Refused("too-early", f"答复日期早于征求意见日期 {found.asked_on}，没有保存。")
        if said and not 10 <= len(said) <= 500:
            raise Refused("reason-missing", "公共利益的理由要写 10 至 500 字，没有保存。")
        found.answer, found.answered_on, found.public_interest = answer, answered_on, said
        found.save()
        _note(act, "disclosure.party.answered", row, {"party": found.pk, "answer": answer})
    return found


def called(party: ThirdParty, *, opened: bool) -> str:
    """By its name for who may know it; with a foreign key the page stands and says nothing."""
    try:
        return party.name.open() if opened else HIDDEN
    except KeyMissing:
        return HIDDEN


def obstacles_of(kind_code: str, row: Record, *, opened: bool) -> list[str]:
    """`opened`: with the names of third parties, for who prepares or reviews the item."""
    organs = [
        (one.organisation.name, one.confirmed_on is not None)
        for one in row.consultations.select_related("organisation")
    ]
    parties = [Asked(called(one, opened=opened), one.answer, one.public_interest) for one in row.third_parties.all()]
    return obstacles(kind_code, row.values, organs=organs, parties=parties)


# Whoever did one of these has a hand in the item.
_HAND = Q(act__in=[Act.CREATED, Act.CHANGED, Act.IMPORTED, Act.EMENDED]) | Q(step_code="submitted")


def hands_of(row: Record) -> set[int | None]:
    """Everybody who wrote, changed, put right or submitted it."""
    return set(row.events.filter(_HAND).values_list("by_id", flat=True))


def without_hand_of(actor: Actor, found: QuerySet[Record]) -> QuerySet[Record]:
    """Those in which neither the actor nor whom the actor stands in for had a hand: what `review` would not refuse them."""
    own = [one for one in (actor.user_id, actor.stands_for) if one is not None]
    return found.exclude(Exists(RecordEvent.objects.filter(_HAND, record=OuterRef("pk"), by_id__in=own)))


def review(
    *, actor: Actor, record_id: int, version: int, decision: str, checks: Sequence[str], opinion: str, at: datetime
) -> Review:
    """Pass or give back what waits. A pass needs every 关 of the channel ticked and nothing standing against it."""
    said = opinion.strip()
    kind, row = access.published_record(actor, record_id)
    access.require_review(actor, row)
    if decision not in Decision.values:
        raise Refused("decision-missing", "请选通过或退回，没有执行。")
    with acting(actor, at) as act:
        row = locked(Record.objects.all(), record_id)
        if row.stage != Stage.SUBMITTED or row.version != version:
            raise Conflict("stale", "这一条已不在待审核，或刚被改过，没有执行。请刷新后看过再审。")
        refuse_same_hand(actor, hands_of(row), OWN)
        if decision == Decision.RETURNED and not 4 <= len(said) <= 500:
            raise Refused("reason-missing", "退回要写意见（4 至 500 字），没有执行。")
        given = [check for check in Check.values if check in checks]
        if decision == Decision.PASSED:
            require_proof(actor, at)
            _require_pass(kind.code, row, given)
        made = Review.objects.create(
            record=row,
            version=row.version,
            decision=decision,
            checks=given,
            opinion=said[:500],
            author_id=row.hand_id,
            reviewer_id=actor.user_id or 0,
            reviewer=actor.label,
            at=at,
        )
        step = "approve" if decision == Decision.PASSED else "returned"
        take_step(
            actor=actor, app=APP, kind=kind.code, record_id=row.pk, version=version, step=step, reason=said, at=at
        )
        _note(act, "disclosure.item.reviewed", row, {"decision": decision, "checks": given})
    return made


def _require_pass(kind_code: str, row: Record, given: Sequence[str]) -> None:
    lacking = [check.label for check in checks_for(row.values.get("channel", "")) if check not in given]
    against = obstacles_of(kind_code, row, opened=False)
    if lacking:
        against.insert(0, f"还没有把{'、'.join(lacking)}。")
    if against:
        raise Refused("not-ready", f"{''.join(against)}没有通过。", clause=cite(DOCUMENT, "二（六）"))


def _require_past(day: date, at: datetime) -> None:
    if day > at.astimezone().date():
        raise Refused("future-day", "日期不能晚于今天，没有保存。")


def _note(act: Doing, action: str, row: Record, data: dict[str, object]) -> None:
    act.record(action, f"record:{row.pk}", **data)
