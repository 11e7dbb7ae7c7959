"""行政复议 and 行政诉讼 about an application (五（一） “严格依法依规办理申请”): its notice, its outcome, and the answer given once more.

An answer is never changed by it: the one that was given stays with the case that overturned it, and the application is
open again under the days that the decision names.
"""

from datetime import date, datetime

from disclosure import access
from disclosure.enums import ChallengeKind, Finding
from disclosure.models import Application, Challenge
from disclosure.services.applications import CLAUSE, keep_event
from miyun_kpi.acts.acting import Act, acting, lock_only, unless_taken
from miyun_kpi.acts.days import IN_TIME, Late, late_words
from miyun_kpi.lib.actors import Actor
from miyun_kpi.lib.errors import Conflict, Refused
from miyun_kpi.lib.reading import read_reason

MOST_DAYS = 60


def notify(
    *,
    actor: Actor,
    application_id: int,
    version: int,
    kind: str,
    number: str,
    on: date,
    late: Late = IN_TIME,
    at: datetime,
) -> Challenge:
    """The notice of a 复议 or a suit came in on a day; the application may be answered or not, filed or not."""
    if kind not in ChallengeKind.values or not 2 <= len(number.strip()) <= 60:
        raise Refused("not-filled", "请选行政复议或行政诉讼，并写案号（2 至 60 字），没有保存。", CLAUSE)
    words = late_words(on, at, late, clause=CLAUSE)
    taken = Conflict("twice", f"案号“{number.strip()}”已经登记过，没有再登记。请核对案号。", CLAUSE)
    with acting(actor, at) as act:
        row = _held(act, actor, application_id, version)
        if on < row.received_on:
            raise Refused(
                "too-early", f"收到通知的日期 {on} 早于收到申请的日期 {row.received_on}，没有保存。请核对日期。"
            )
        with unless_taken(taken):
            made = Challenge.objects.create(application=row, kind=kind, number=number.strip(), notified_on=on)
        _kept(act, row, f"登记{made.get_kind_display()}", f"{on}　{made.number}", words)
    return made


def settle(
    *,
    actor: Actor,
    application_id: int,
    version: int,
    challenge_id: int,
    finding: str,
    decision_number: str,
    on: date,
    again_days: int | None = None,
    late: Late = IN_TIME,
    at: datetime,
) -> Challenge:
    """The decision came in on a day. `again_days`: it orders a new answer in so many working days; the case is open again."""
    if finding not in Finding.values or not 2 <= len(decision_number.strip()) <= 60:
        raise Refused("not-filled", "请选结果，并写决定文号（2 至 60 字），没有保存。", CLAUSE)
    if again_days is not None and not 1 <= again_days <= MOST_DAYS:
        raise Refused("bad-days", f"重新答复的期限是 1 至 {MOST_DAYS} 个工作日，没有保存。请照决定书写。", CLAUSE)
    if again_days is not None and finding == Finding.UPHELD:
        raise Refused("bad-days", "结果维持的没有重新答复，没有保存。请核对结果。", CLAUSE)
    words = late_words(on, at, late, clause=CLAUSE)
    with acting(actor, at) as act:
        row = _held(act, actor, application_id, version)
        one = _standing(row, challenge_id)
        if one.decided_on is not None:
            raise Conflict("settled", f"{one.get_kind_display()} {one.number} 已经登记结果，没有再登记。", CLAUSE)
        if on < one.notified_on:
            raise Refused(
                "too-early", f"收到决定的日期 {on} 早于收到通知的日期 {one.notified_on}，没有保存。请核对日期。"
            )
        one.decided_on, one.finding, one.decision_number = on, finding, decision_number.strip()
        said = f"{on}　{one.decision_number}　{one.get_finding_display()}"
        if again_days is not None:
            one.again_days = again_days
            one.former_on, one.former_outcome, one.former_answer = row.answered_on, row.outcome, row.answer
            one.former_archived_on = row.archived_on
            row.again_from, row.again_days = on, again_days
            row.answered_on, row.outcome, row.answer, row.archived_on = None, "", "", None
            said += f"，责令 {again_days} 个工作日内重新答复"
        act.save(one)
        _kept(act, row, f"登记{one.get_kind_display()}结果", said, words)
    return one


def strike(
    *, actor: Actor, application_id: int, version: int, challenge_id: int, reason: str, at: datetime
) -> Challenge:
    """Entered by mistake: it counts nowhere, and what another one orders goes on. Where none does, the answer that it overturned
    stands again unless another was given since.
    """
    said = read_reason(reason, "撤销复议诉讼要写理由", most=300)
    with acting(actor, at) as act:
        row = _held(act, actor, application_id, version)
        one = _standing(row, challenge_id)
        one.struck_at, one.struck_reason = at, said
        act.save(one)
        if one.again_days and row.answered_on is None:
            ordered = row.challenges.filter(again_days__isnull=False, struck_at__isnull=True).order_by("pk")
            # An earlier order goes on only where nobody had answered it when this one came.
            other = ordered.filter(pk__gt=one.pk).last() or (None if one.former_on else ordered.last())
            if other is not None:
                _goes_on(act, row, other, one)
                said += f"；照{other.get_kind_display()} {other.number} 重新答复"
            else:
                row.again_from = row.again_days = None
                row.answered_on, row.outcome, row.answer = one.former_on, one.former_outcome, one.former_answer
                row.archived_on = one.former_archived_on
                said += "；原答复恢复" + ("，归档日期照旧" if row.archived_on else "")
        _kept(act, row, f"撤销{one.get_kind_display()}", f"{one.number}　{said}", "")
    return one


def _goes_on(act: Act, row: Application, other: Challenge, struck: Challenge) -> None:
    """The clock of the order that stands; the answer that both overturned is kept with it."""
    row.again_from, row.again_days = other.decided_on, other.again_days
    if other.former_on is None and struck.former_on is not None:
        other.former_on, other.former_outcome = struck.former_on, struck.former_outcome
        other.former_answer, other.former_archived_on = struck.former_answer, struck.former_archived_on
        act.save(other)


def _standing(row: Application, challenge_id: int) -> Challenge:
    return lock_only(Challenge.objects.filter(application=row, pk=challenge_id, struck_at__isnull=True))


def _held(act: Act, actor: Actor, application_id: int, version: int) -> Application:
    row = access.visible_application(actor, application_id)
    access.require_handle(actor, row.organisation_id)
    return act.lock(Application.objects.all(), application_id, version)


def _kept(act: Act, row: Application, what: str, note: str, late: str) -> None:
    act.save(row)
    keep_event(act.actor, row, what, note, act.at, late)
    act.record("disclosure.application.changed", row, act=what)
