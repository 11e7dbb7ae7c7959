"""结果审议 (13号 四（三）4): 区政府办 sums up, 区政府党组会 deliberates; what the minutes say is recorded by two persons.

Only a confirmed deliberation decides 加减分 and settles ties; only after it the year's result can go to 区委.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from evaluation.adjustments.models import Adjustment
from evaluation.adjustments.queries import signed
from evaluation.adjustments.rules import GROUNDS, PLACES, decided_problem
from evaluation.engine.models.ranking import Ranking
from evaluation.enums import AdjustmentOutcome, AdjustmentState, DeliberationState
from evaluation.periods.services import scheme_moved
from evaluation.scheme.models.scheme import Scheme
from evaluation.year.access.year_end import require_year_work, year_rankings
from evaluation.year.models.year_end import DeliberatedAdjustment, Deliberation, SettledTie
from evaluation.year.queries.year_end import said_of_ties, ties_with
from miyun_kpi.accounts.enums import Role
from miyun_kpi.acts.acting import Act, acting, lock_all, locked, require_version
from miyun_kpi.acts.two_persons import ANOTHER
from miyun_kpi.db.finding import one_of
from miyun_kpi.inbox.services import Message
from miyun_kpi.lib.actors import Actor
from miyun_kpi.lib.decimals import plain, read_decimal
from miyun_kpi.lib.errors import Conflict, FieldError, Refused
from miyun_kpi.lib.reading import wrong_lengths
from miyun_kpi.routes import to

CLAUSE = "四（三）4"
LIMITS = {"meeting": ("会议名称和次数", 2, 120), "minutes_number": ("纪要文号", 2, 80), "note": ("其他意见", 0, 1000)}


@dataclass(frozen=True)
class Said:
    """The meeting on one 加减分. `points` as typed, without a sign, only where it set others."""

    outcome: str
    points: str = ""
    tie_decision: str = ""


@dataclass(frozen=True)
class Minutes:
    """What is typed from the minutes. `outcomes` by adjustment; one left out stays undecided. `ties` by codes joined with +."""

    ranking_id: int
    meeting: str
    held_on: date
    minutes_number: str
    note: str
    outcomes: Mapping[int, Said]
    ties: Mapping[str, str]


def record_deliberation(*, actor: Actor, scheme_id: int, version: int, minutes: Minutes, at: datetime) -> Deliberation:
    """Record the meeting, or change what waits for the second person. Nothing is decided by it yet.

    `version`: 0 for a new one, else that of the recorded one.
    """
    scheme = one_of(Scheme.objects.issued().filter(pk=scheme_id))
    require_year_work(actor, scheme)
    with acting(actor, at) as act:
        locked(Scheme.objects.all(), scheme.pk)
        ranking = one_of(year_rankings(actor, scheme).filter(pk=minutes.ranking_id))
        existing = Deliberation.objects.filter(scheme=scheme, state=DeliberationState.PROPOSED).first()
        row = existing or Deliberation(
            scheme=scheme, number=scheme.deliberations.count() + 1, state=DeliberationState.PROPOSED, version=0
        )
        require_version(row, version)
        words = {name: getattr(minutes, name).strip() for name in LIMITS}
        decided = _decided(scheme, minutes)
        _require_heading(words, minutes, scheme, at)
        row.ranking, row.held_on, row.digest = ranking, minutes.held_on, ranking.digest
        row.meeting, row.minutes_number, row.note = words["meeting"], words["minutes_number"], words["note"]
        act.sign(row, "recorded")
        act.save(row)
        _replace_items(row, minutes, decided, ranking)
        _record(act, "recorded", row)
    return row


def _require_heading(words: Mapping[str, str], minutes: Minutes, scheme: Scheme, at: datetime) -> None:
    problems = wrong_lengths(words, LIMITS)
    if not date(scheme.year, 1, 1) <= minutes.held_on <= at.astimezone().date():
        problems.append(FieldError(f"开会日期须在 {scheme.year} 年以后、今天以前。", "bad-date", field="held_on"))
    if problems:
        raise Refused(
            "bad-deliberation",
            f"有 {len(problems)} 处要改，没有保存。请按提示改正。",
            scheme.cite(CLAUSE),
            errors=problems,
        )


def _decided(scheme: Scheme, minutes: Minutes) -> dict[int, Decimal]:
    """Signed points by adjustment. Everything wrong at once."""
    rows = {
        one.pk: one
        for one in Adjustment.objects.filter(scheme=scheme, state=AdjustmentState.CHECKED).select_related(
            "organisation"
        )
    }
    if set(minutes.outcomes) - set(rows):
        raise Conflict("not-checked", "有的加减分不在待审议的里面（已审议或没有核对），没有保存。请刷新。")
    found: dict[int, Decimal] = {}
    problems = []
    for pk, said in minutes.outcomes.items():
        row = rows[pk]
        try:
            found[pk] = _points(row, said)
        except Refused as refusal:
            words = f"{row.organisation.name}“{row.work}”：{refusal.message}"
            problems.append(FieldError(words, refusal.code, organisation=row.organisation.code, field=f"a{pk}"))
    if problems:
        raise Refused(
            "bad-outcomes",
            f"有 {len(problems)} 条加减分的审议结果要改，没有保存。",
            scheme.cite(CLAUSE),
            errors=problems,
        )
    return found


def _points(row: Adjustment, said: Said) -> Decimal:
    if said.outcome not in AdjustmentOutcome.values:
        raise Refused("bad-outcome", "请选同意、改分或不予。")
    if said.outcome == AdjustmentOutcome.REFUSED:
        return Decimal(0)
    if row.tied and not 2 <= len(said.tie_decision.strip()) <= 500:
        raise Refused("tie-open", "名次有并列，请写区政府党组会怎样处理（2 至 500 字）。", row.scheme.cite(CLAUSE))
    if said.outcome == AdjustmentOutcome.GRANTED:
        return row.points
    ground = GROUNDS[row.ground]
    points = read_decimal(said.points, places=PLACES, what="审议分数") * ground.sign
    problem = decided_problem(ground, points)
    if problem:
        raise Refused("bad-points", f"{problem}请改正。", row.scheme.cite(CLAUSE))
    return points


def _replace_items(row: Deliberation, minutes: Minutes, decided: Mapping[int, Decimal], ranking: Ranking) -> None:
    row.outcomes.all().delete()
    DeliberatedAdjustment.objects.bulk_create(
        DeliberatedAdjustment(
            deliberation=row,
            adjustment_id=pk,
            outcome=minutes.outcomes[pk].outcome,
            points=points,
            tie_decision=minutes.outcomes[pk].tie_decision.strip()[:500],
        )
        for pk, points in sorted(decided.items())
    )
    row.ties.all().delete()
    said = {key: text.strip() for key, text in minutes.ties.items() if text.strip()}
    if any(len(text) > 300 or "\x00" in text for text in said.values()):
        raise Refused("bad-tie", "并列的处理超过 300 字，没有保存。请精简。")
    SettledTie.objects.bulk_create(
        SettledTie(deliberation=row, organisations=list(tie.organisations), total=tie.total, decision=tie.decision)
        for tie in ties_with(ranking, decided, said)
        if tie.decision
    )


def confirm_deliberation(*, actor: Actor, deliberation_id: int, version: int, at: datetime) -> Deliberation:
    """A second person confirms it against the minutes: 加减分 are decided, ties settled, the units told."""
    found = one_of(Deliberation.objects.select_related("scheme").filter(pk=deliberation_id))
    require_year_work(actor, found.scheme)
    with acting(actor, at) as act:
        act.lock(Scheme.objects.all(), found.scheme_id)
        lock_all(Adjustment.objects.filter(pk__in=found.outcomes.values("adjustment_id")))
        row = act.lock(Deliberation.objects.select_related("scheme", "ranking"), deliberation_id)
        act.require_state(row, (DeliberationState.PROPOSED,), "确认")
        require_version(row, version)
        act.require_other_hand(row, "recorded", ANOTHER)
        outcomes = list(row.outcomes.select_related("adjustment__organisation", "adjustment__scheme"))
        _require_ties_settled(row, {one.adjustment_id: one.points for one in outcomes})
        for one in outcomes:
            _decide(one)
        row.state = DeliberationState.CONFIRMED
        act.sign(row, "confirmed")
        act.save(row)
        scheme_moved(row.scheme)
        _record(act, "confirmed", row)
        act.tell([_message(row, one) for one in outcomes])
    return row


def _require_ties_settled(row: Deliberation, decided: Mapping[int, Decimal]) -> None:
    open_ties = [tie for tie in ties_with(row.ranking, decided, said_of_ties(row)) if not tie.decision]
    if open_ties:
        raise Refused(
            "tie-open",
            f"按这次审议，还有 {len(open_ties)} 处并列没有写怎样处理，没有确认。请登记人补上后再确认。",
            row.scheme.cite(CLAUSE),
            errors=[FieldError(f"{'、'.join(tie.names)} 同为 {tie.total:.4f}", "tie-open") for tie in open_ties],
        )


def _decide(one: DeliberatedAdjustment) -> None:
    row = locked(Adjustment.objects.all(), one.adjustment_id)
    if row.state != AdjustmentState.CHECKED:
        raise Conflict("not-checked", f"“{row.work}”{row.get_state_display()}，没有确认。请登记人改过后再确认。")
    refused = one.outcome == AdjustmentOutcome.REFUSED
    row.state = AdjustmentState.REFUSED if refused else AdjustmentState.GRANTED
    row.decided_points, row.tie_decision = one.points, one.tie_decision
    row.version += 1
    row.save()


def _message(row: Deliberation, one: DeliberatedAdjustment) -> Message:
    adjustment = one.adjustment
    said = "不予" if one.outcome == AdjustmentOutcome.REFUSED else f"{signed(one.points)} 分"
    return Message(
        key=f"adjustment-decided/{adjustment.pk}",
        organisation_id=adjustment.organisation_id,
        role=Role.REPORTER,
        title=f"加减分已审议：{adjustment.work}（{said}）"[:120],
        body=f"{row.meeting}，{row.held_on}，纪要 {row.minutes_number}。",
        url=to("evaluation:adjustment", adjustment.pk),
        clause=row.scheme.cite(CLAUSE),
    )


def _record(act: Act, what: str, row: Deliberation) -> None:
    outcomes = row.outcomes.order_by("adjustment_id")
    act.record(
        f"evaluation.deliberation.{what}",
        row,
        number=row.number,
        meeting=row.meeting,
        held_on=row.held_on.isoformat(),
        minutes=row.minutes_number,
        ranking=row.ranking_id,
        digest=row.digest,
        outcomes={str(one.adjustment_id): [one.outcome, plain(one.points)] for one in outcomes},
        ties=[[one.organisations, one.decision] for one in row.ties.all()],
    )
