"""加减分: proposed, amended, waiting for the city, checked by a second person of the office (engine 15; 13号 四（三）4).

The decision itself is taken at 结果审议 and recorded there.
"""

from dataclasses import dataclass
from datetime import date, datetime
from typing import IO

from evaluation.adjustments.access import is_proposer, require_proposer, scheme_to_propose, visible_adjustment
from evaluation.adjustments.models import Adjustment
from evaluation.adjustments.queries import EVIDENCE, same_facts_of, signed
from evaluation.adjustments.rules import CLAUSE, GROUNDS, Entry, entry_problems, points_problem, read_points
from evaluation.enums import AMENDABLE, AdjustmentState
from evaluation.scheme.access.office import require_office
from evaluation.scheme.models.scheme import Scheme
from miyun_kpi.accounts.access import require
from miyun_kpi.accounts.enums import Role, Verb
from miyun_kpi.acts.acting import Act, acting, tell, unless_taken
from miyun_kpi.attachments.models import Attachment
from miyun_kpi.attachments.services import remove, store
from miyun_kpi.db.finding import one_of
from miyun_kpi.inbox.services import Message
from miyun_kpi.lib.actors import Actor
from miyun_kpi.lib.citations import citing
from miyun_kpi.lib.decimals import plain
from miyun_kpi.lib.errors import Conflict, FieldError, Refused
from miyun_kpi.organisations.models import Organisation
from miyun_kpi.routes import to

ALREADY = Conflict("already-proposed", "这件工作的这种加减分已经提出、还没有办结，没有再存一条。请到那一条里改。")


@dataclass(frozen=True)
class Typed:
    """One piece of work as typed; `points` without a sign. `awaits_city`: the city has not said its result yet."""

    ground: str
    work: str
    points: str
    reason: str
    happened_on: date
    document_number: str = ""
    city_task: str = ""
    bottom_place: int | None = None
    ranking_scope: str = ""
    tied: bool = False
    keep_reason: str = ""
    awaits_city: bool = False


def propose_adjustment(*, actor: Actor, organisation_id: int, year: int, typed: Typed, at: datetime) -> Adjustment:
    """One piece of work of one unit: by the unit itself, an evaluator or the office."""
    organisation = one_of(Organisation.objects.filter(pk=organisation_id))
    scheme = scheme_to_propose(actor, organisation, year)
    assert actor.organisation_id is not None
    values = _values(typed, scheme, at)
    with acting(actor, at) as act:
        with unless_taken(ALREADY):
            row = Adjustment.objects.create(
                scheme=scheme,
                organisation=organisation,
                proposed_for_id=actor.organisation_id,
                proposed_role=actor.role,
                proposed_at=at,
                **act.signed(Adjustment, "entered"),
                **values,
            )
        _record(act, "proposed", row)
    return row


def amend_adjustment(*, actor: Actor, adjustment_id: int, version: int, typed: Typed, at: datetime) -> Adjustment:
    """Its proposer changes it until it is checked; a returned one goes back to the office."""
    with acting(actor, at) as act:
        row = _locked(act, adjustment_id)
        _require_amendable(actor, row, version)
        for name, value in _values(typed, row.scheme, at).items():
            setattr(row, name, value)
        act.sign(row, "entered")
        with unless_taken(ALREADY):
            act.save(row)
        _record(act, "amended", row)
    return row


def _require_amendable(actor: Actor, row: Adjustment, version: int | None = None) -> None:
    require_proposer(actor, row)
    _require_version(row, version)
    if row.state not in AMENDABLE:
        raise Conflict("not-amendable", f"这一条{row.get_state_display()}，不能再改，没有保存。")


def _values(typed: Typed, scheme: Scheme, at: datetime) -> dict[str, object]:
    """Everything wrong with what was typed, at once; else the columns."""
    year = scheme.year
    words = {
        name: getattr(typed, name).strip()
        for name in ("work", "reason", "document_number", "city_task", "ranking_scope", "keep_reason")
    }
    ground = GROUNDS.get(typed.ground)
    bottom = bool(ground and ground.places)
    entry = Entry(
        scheme.track,
        typed.ground,
        words["work"],
        words["reason"],
        words["city_task"],
        typed.bottom_place,
        words["ranking_scope"],
    )
    problems = entry_problems(entry)
    if any("\x00" in word for word in words.values()):
        problems.append(FieldError("有读不懂的字符，请重新输入。", "bad-text"))
    # The facts of a year may come out until its results are deliberated in the next.
    if not date(year, 1, 1) <= typed.happened_on <= min(at.astimezone().date(), date(year + 1, 12, 31)):
        problems.append(
            FieldError(f"事实日期须在 {year} 年 1 月 1 日以后、今天以前。", "bad-date", field="happened_on")
        )
    points = None
    if ground is not None:
        try:
            points = read_points(ground, typed.points)
        except Refused as refusal:
            problems.append(FieldError(refusal.message, refusal.code, field="points"))
    if problems or points is None:
        raise Refused(
            "bad-adjustment",
            f"有 {len(problems)} 处要改，没有保存。请按提示改正。",
            clause=scheme.cite(CLAUSE),
            errors=problems,
        )
    if not bottom:
        words["city_task"] = ""
    if ground is None or not ground.ranked:
        words["ranking_scope"] = ""
    return words | {
        "ground": typed.ground,
        "points": points,
        "happened_on": typed.happened_on,
        "bottom_place": typed.bottom_place if bottom else None,
        "tied": typed.tied and bottom,
        "state": AdjustmentState.CITY if typed.awaits_city else AdjustmentState.PROPOSED,
    }


def receive_city_result(
    *,
    actor: Actor,
    adjustment_id: int,
    version: int,
    result: str,
    result_on: date,
    points: str,
    document_number: str,
    at: datetime,
) -> Adjustment:
    """The city has said it: by the proposer or the office; the points may follow it. Then it is to be checked."""
    with acting(actor, at) as act:
        row = _locked(act, adjustment_id)
        if not is_proposer(actor, row):
            require_office(actor, Verb.CHECK_ADJUSTMENTS, track=row.scheme.track)
        _require_version(row, version)
        act.require_state(row, (AdjustmentState.CITY,), "登记市级结果")
        result = result.strip()
        if not 4 <= len(result) <= 500 or "\x00" in result:
            raise Refused("bad-result", "请写市级结果（4 至 500 字），没有保存。")
        if not row.happened_on <= result_on <= at.astimezone().date():
            raise Refused("bad-date", "市级结果的日期须在事实日期以后、今天以前，没有保存。")
        with citing(row.scheme.document_id):
            row.points = read_points(GROUNDS[row.ground], points)
        row.city_result, row.city_result_on = result, result_on
        row.document_number = document_number.strip() or row.document_number
        row.state = AdjustmentState.PROPOSED
        act.sign(row, "entered")
        act.save(row)
        _record(act, "city-result", row)
    return row


def withdraw_adjustment(*, actor: Actor, adjustment_id: int, version: int, at: datetime) -> Adjustment:
    with acting(actor, at) as act:
        row = _locked(act, adjustment_id)
        _require_amendable(actor, row, version)
        row.state = AdjustmentState.WITHDRAWN
        act.save(row)
        _record(act, "withdrawn", row)
    return row


def check_adjustment(
    *, actor: Actor, adjustment_id: int, version: int, passed: bool, note: str, keep_reason: str = "", at: datetime
) -> Adjustment:
    """核对 by the office, not by who entered it. The same fact counted twice needs a reason; returned, an observation."""
    with acting(actor, at) as act:
        row = _locked(act, adjustment_id)
        require_office(actor, Verb.CHECK_ADJUSTMENTS, track=row.scheme.track)
        _require_version(row, version)
        if row.state == AdjustmentState.CITY and passed:
            raise Refused("waits-for-city", "这一条还在等市级结果，不能核对通过，没有执行。请先登记市级结果。")
        act.require_state(row, (AdjustmentState.PROPOSED, AdjustmentState.CITY), "核对")
        act.require_other_hand(row, "entered", "核对要由填写人以外的另一个人办理，没有执行。请考评办的另一位同事办理。")
        note, keep_reason = note.strip(), keep_reason.strip()
        if len(note) > 500 or len(keep_reason) > 500 or "\x00" in note + keep_reason:
            raise Refused("bad-text", "意见和理由各不超过 500 字，没有执行。请精简。")
        if passed:
            _require_to_stand(row, keep_reason)
            row.keep_reason = keep_reason or row.keep_reason
            row.state = AdjustmentState.CHECKED
            act.sign(row, "checked")
        else:
            if len(note) < 4:
                raise Refused("reason-missing", "退回要写意见（4 至 500 字），没有执行。意见会送提出单位。")
            row.state = AdjustmentState.RETURNED
        row.note = note
        act.save(row)
        _record(act, "checked" if passed else "returned", row)
        if not passed:
            _tell_proposer(row, actor, at)
    return row


def _require_to_stand(row: Adjustment, keep_reason: str) -> None:
    problem = points_problem(GROUNDS[row.ground], row.points)
    if problem:
        raise Refused("bad-points", f"{problem}没有通过。请退回改正。", clause=row.scheme.cite(CLAUSE))
    same = same_facts_of(row)
    if same and len(keep_reason or row.keep_reason) < 4:
        first = same[0]
        raise Refused(
            "same-fact",
            f"与{first.adjustment.organisation.name}“{first.adjustment.work}”（{first.adjustment.get_ground_display()}）"
            f"{first.why}，像是同一事实，没有通过。各计的请写理由（4 至 500 字），否则退回。",
            clause=row.scheme.cite(CLAUSE),
        )


def add_adjustment_evidence(
    *, actor: Actor, adjustment_id: int, file: IO[bytes], name: str, at: datetime
) -> Attachment:
    """佐证材料, while the entry may still be changed by its proposer."""
    with acting(actor, at) as act:
        row = _locked(act, adjustment_id)
        _require_amendable(actor, row)
        return store(actor=actor, kind=EVIDENCE, subject_id=row.pk, file=file, name=name, at=at)


def remove_adjustment_evidence(*, actor: Actor, attachment_id: int, at: datetime) -> Adjustment:
    found = one_of(Attachment.objects.filter(pk=attachment_id, kind=EVIDENCE))
    with acting(actor, at) as act:
        row = _locked(act, found.subject_id)
        _require_amendable(actor, row)
        remove(actor=actor, attachment=found, at=at)
    return row


def _locked(act: Act, adjustment_id: int) -> Adjustment:
    visible_adjustment(act.actor, adjustment_id)
    require(act.actor, Verb.PROPOSE_ADJUSTMENTS)
    return act.lock(Adjustment.objects.select_related("scheme", "organisation", "proposed_for"), adjustment_id)


def _require_version(row: Adjustment, version: int | None) -> None:
    """`None` where nothing that was read is overwritten."""
    if version is not None and row.version != version:
        raise Conflict(
            "stale",
            f"这一条刚有变动（现为{row.get_state_display()}，{signed(row.points)} 分），没有执行。请刷新后再看一遍。",
        )


def _record(act: Act, what: str, row: Adjustment) -> None:
    data = {
        "organisation": row.organisation.code,
        "ground": row.ground,
        "work": row.work,
        "points": plain(row.points),
        "state": row.state,
        "note": row.note,
        "keep_reason": row.keep_reason,
        "city_result": row.city_result,
    }
    act.record(f"evaluation.adjustment.{what}", f"adjustment:{row.pk}", **data)


def _tell_proposer(row: Adjustment, hand: Actor, at: datetime) -> None:
    tell(
        [
            Message(
                key=f"adjustment-returned/{row.pk}/{row.version}",
                organisation_id=row.proposed_for_id,
                role=Role(row.proposed_role),
                title=f"加减分退回补正：{row.organisation.name}“{row.work}”"[:120],
                body=row.note,
                url=to("evaluation:adjustment", row.pk),
                clause=row.scheme.cite(CLAUSE),
                hand=hand.user_id,
            )
        ],
        at=at,
    )
