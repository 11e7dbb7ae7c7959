"""单位核对: opened by the office on a computed ranking, answered by each unit, signed for after the bulletin (engine 19)."""

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from evaluation.engine.access import rankings_visible_to
from evaluation.engine.models.ranking import Ranking, RankingRow
from evaluation.engine.queries.holding import cell_words, difference
from evaluation.enums import UNDECIDED, FeedbackState, RankingKind, RankingState, ReviewState, SheetState
from evaluation.feedback.access import visible_feedback
from evaluation.feedback.models.feedback import Feedback, FeedbackDeadline, UnitCheck
from evaluation.feedback.models.review import Review
from evaluation.feedback.queries.feedback import may_ask_until, newer_computations
from evaluation.feedback.queries.sealed import seal_feedback
from evaluation.feedback.rules import due_after, same_items
from evaluation.scheme.access.office import require_office
from evaluation.sheets.models.marks import Mark, MarkSheet
from miyun_kpi.accounts.access import require
from miyun_kpi.accounts.enums import Role, Verb
from miyun_kpi.acts.acting import acting, locked, require_version, tell
from miyun_kpi.db.finding import one_of
from miyun_kpi.inbox.services import Message
from miyun_kpi.lib.actors import Actor
from miyun_kpi.lib.decimals import plain
from miyun_kpi.lib.errors import Conflict, FieldError, NotAllowed, Refused, listed
from miyun_kpi.organisations.queries import acts_for
from miyun_kpi.routes import to

CLAUSE = "五（三）"


def open_unit_check(*, actor: Actor, ranking_id: int, at: datetime) -> UnitCheck:
    """Give every unit its 反馈单 to check within the scheme's working days. Opened again it is the one already open.

    A unit that has answered an earlier computation of the period and finds every item as it was need not do so again.
    """
    ranking = one_of(rankings_visible_to(actor).select_related("scheme", "period").filter(pk=ranking_id))
    require_office(actor, Verb.COMPUTE_RANKINGS, track=ranking.scheme.track)
    if ranking.kind != RankingKind.OFFICIAL:
        raise Refused("trial-only", "试算不发各单位核对，没有开启。请先正式核定。", clause=ranking.scheme.cite(CLAUSE))
    with acting(actor, at) as act:
        ranking = locked(Ranking.objects.select_related("scheme", "period"), ranking_id)
        found = UnitCheck.objects.filter(ranking=ranking).first()
        if found is not None:
            return found
        if ranking.state == RankingState.PUBLISHED:
            raise Conflict("already-published", "这次排名已经通报，没有开启核对。对得分有异议请走复核申请。")
        if newer_computations(ranking).exists():
            raise Conflict("not-the-newest", "之后又核定过一次，没有开启。请对最近一次核定开启单位核对。")
        _require_unchanged(ranking)
        days = ranking.scheme.unit_check_days
        opened = UnitCheck.objects.create(
            ranking=ranking,
            days=days,
            opened_at=at,
            opened_by=actor.label,
            opened_by_id=actor.user_id,
            due_at=due_after(at, max(days, 1)),
        )
        feedbacks = Feedback.objects.bulk_create(_feedbacks(opened, at))
        _keep_deadlines(ranking, feedbacks)
        act.tell([*_invitations(opened, feedbacks), *_to_evaluators(opened)])
        data = {"days": days, "due": opened.due_at.isoformat(), "units": len(feedbacks)}
        act.record("evaluation.unit-check.opened", f"ranking:{ranking.pk}", **data)
    return opened


def _require_unchanged(ranking: Ranking) -> None:
    """Units check what will be published: of a result whose inputs have moved they would be sent what nobody stands by."""
    if cells := difference(ranking):
        raise Conflict(
            "inputs-changed",
            "核定之后打分、方案或决定又有改动，没有开启核对。请先重新核定，再对新的一次核定开启单位核对。",
            errors=listed([FieldError(words, "changed") for words in cell_words(ranking, cells)]),
        )


def _feedbacks(opened: UnitCheck, at: datetime) -> list[Feedback]:
    ranking = opened.ranking
    notes = _notes(ranking)
    earlier = _answered_before(ranking)
    feedbacks = []
    for row in RankingRow.objects.filter(ranking=ranking).order_by("position"):
        feedback = Feedback(
            check_round=opened,
            organisation_id=row.organisation_id,
            notes=json.dumps(notes.get(row.organisation_id, []), ensure_ascii=False),
        )
        seal_feedback(feedback)
        before = earlier.get(row.organisation_id)
        if before is not None and same_items(json.loads(before[1]), json.loads(row.receipt)):
            feedback.state, feedback.carried = before[0].state, True
            feedback.checked_at, feedback.checked_by = before[0].checked_at, before[0].checked_by
        feedbacks.append(feedback)
    return feedbacks


def _notes(ranking: Ranking) -> dict[int, list[dict[str, Any]]]:
    """What the filed sheets say beside the marks, by organisation; nothing of what is handled on paper only."""
    found: dict[int, list[dict[str, Any]]] = {}
    marks = (
        Mark.objects.filter(
            sheet__scheme=ranking.scheme_id, sheet__period=ranking.period_id, sheet__state=SheetState.FILED
        )
        .select_related("sheet__indicator", "sheet__evaluator")
        .prefetch_related("deductions__line")
        .order_by("sheet__indicator__number", "sheet_id")
    )
    for mark in marks:
        sheet, offline = mark.sheet, mark.sheet.indicator.offline_only
        found.setdefault(mark.organisation_id, []).append(
            {
                "figure": sheet.share_figure_id,
                "sheet": sheet.pk,
                "indicator": sheet.indicator.number,
                "evaluator": sheet.evaluator.code,
                "offline": offline,
                "version": mark.version,
                "problems": "" if offline else mark.problems,
                "suggestions": "" if offline else getattr(mark, "suggestions", ""),
                "deductions": [
                    {"line": one.line.text, "points": plain(one.points), "reason": "" if offline else one.reason}
                    for one in mark.deductions.all()
                ],
            }
        )
    return found


def _answered_before(ranking: Ranking) -> Mapping[int, tuple[Feedback, str]]:
    """By organisation: its answer to the computation checked last, with the 得分明细 it saw then."""
    last = (
        UnitCheck.objects.filter(ranking__scheme=ranking.scheme_id, ranking__period=ranking.period_id)
        .exclude(ranking=ranking)
        .order_by("-ranking__number")
        .first()
    )
    if last is None:
        return {}
    receipts = dict(RankingRow.objects.filter(ranking=last.ranking_id).values_list("organisation_id", "receipt"))
    answered = last.feedbacks.exclude(state=FeedbackState.OPEN)
    return {one.organisation_id: (one, receipts[one.organisation_id]) for one in answered}


def _keep_deadlines(ranking: Ranking, feedbacks: Sequence[Feedback]) -> None:
    """整改时限 entered with an earlier computation of the period stay."""
    by_organisation = {feedback.organisation_id: feedback for feedback in feedbacks}
    earlier = FeedbackDeadline.objects.filter(
        feedback__check_round__ranking__scheme=ranking.scheme_id,
        feedback__check_round__ranking__period=ranking.period_id,
    ).select_related("feedback")
    # Of several computations the newest word stands.
    kept: dict[tuple[int, int], FeedbackDeadline] = {}
    for one in earlier.order_by("feedback__check_round__ranking__number"):
        feedback = by_organisation.get(one.feedback.organisation_id)
        if feedback is not None:
            kept[feedback.pk, one.share_figure_id] = FeedbackDeadline(
                feedback=feedback,
                share_figure_id=one.share_figure_id,
                due_on=one.due_on,
                entered_by=one.entered_by,
                entered_at=one.entered_at,
            )
    FeedbackDeadline.objects.bulk_create(kept.values())


def _to_evaluators(opened: UnitCheck) -> list[Message]:
    """Each evaluator may now enter by when what it has found is to be put right."""
    ranking = opened.ranking
    sheets = MarkSheet.objects.filter(scheme=ranking.scheme_id, period=ranking.period_id)
    evaluators = sorted(set(sheets.values_list("evaluator_id", flat=True)))
    return [
        Message(
            key=f"deadlines/{opened.pk}/{pk}",
            organisation_id=pk,
            role=Role.EVALUATOR,
            title=f"{ranking.period.label}反馈单已发各单位，请填整改时限",
            body="对写了存在问题、改进建议或扣分的，填写整改时限，印在单位的反馈单上。",
            url=to("evaluation:deadlines", ranking.pk),
            clause=ranking.scheme.cite(CLAUSE),
        )
        for pk in evaluators
    ]


def _invitations(opened: UnitCheck, feedbacks: Sequence[Feedback]) -> list[Message]:
    period = opened.ranking.period
    until = f"{opened.due_at.astimezone():%m月%d日 %H:%M}"
    return [
        Message(
            key=f"unit-check/{opened.pk}/{feedback.organisation_id}/{role}",
            organisation_id=feedback.organisation_id,
            role=role,
            title=f"{period.label}反馈单请核对",
            body=f"请在{until}前逐项核对本单位得分；有异议的，经单位负责人同意提出复核申请。",
            url=to("evaluation:feedback", feedback.pk),
            clause=opened.ranking.scheme.cite(CLAUSE),
        )
        for feedback in feedbacks
        if feedback.state == FeedbackState.OPEN
        for role in (Role.REPORTER, Role.UNIT_HEAD)
    ]


def locked_feedback(actor: Actor, feedback_id: int) -> Feedback:
    """The unit's own 反馈单, locked; foreign ones are not found, and those who only read are refused."""
    seen = visible_feedback(actor, feedback_id)
    require(actor, Verb.CHECK_FEEDBACK)
    if not acts_for(actor.organisation_id, seen.organisation_id):
        raise NotAllowed("ended-unit", "本单位已经撤并，由接收的单位核对、签收，没有执行。")
    return locked(
        Feedback.objects.select_related("check_round__ranking__scheme", "check_round__ranking__period", "organisation"),
        feedback_id,
    )


def confirm_feedback(*, actor: Actor, feedback_id: int, version: int, at: datetime) -> Feedback:
    """核对无误. Pressed twice it is confirmed once; refused while a review is under way or the window has passed."""
    with acting(actor, at) as act:
        feedback = locked_feedback(actor, feedback_id)
        if feedback.state == FeedbackState.CONFIRMED:
            return feedback
        require_version(feedback, version)
        if may_ask_until(feedback) is None:
            raise Conflict("newer-check", "之后又核定过，这张反馈单已有新的一张，没有执行。请核对最近的一张。")
        if at >= feedback.check_round.due_at:
            raise Conflict(
                "check-closed", f"核对已于 {feedback.check_round.due_at.astimezone():%Y-%m-%d %H:%M} 截止，没有执行。"
            )
        if feedback.reviews.filter(state__in=[ReviewState.CONSENT, *UNDECIDED]).exists():
            raise Conflict("review-under-way", "本单位有复核申请还没有办结，不能再报核对无误。要先撤回申请。")
        feedback.state, feedback.version = FeedbackState.CONFIRMED, feedback.version + 1
        feedback.checked_at, feedback.checked_by = at, actor.label
        feedback.save()
        act.record("evaluation.feedback.confirmed", f"feedback:{feedback.pk}")
    return feedback


def sign_feedback(*, actor: Actor, feedback_id: int, at: datetime) -> Feedback:
    """签收 of the 反馈单 of a published ranking; signing twice is signing once."""
    with acting(actor, at) as act:
        feedback = locked_feedback(actor, feedback_id)
        if feedback.check_round.ranking.state != RankingState.PUBLISHED:
            raise Conflict("not-published", "这一期还没有通报，没有签收。通报之后再签收反馈单。")
        if feedback.signed_at is not None:
            return feedback
        feedback.signed_at, feedback.signed_by = at, actor.label
        feedback.save(update_fields=["signed_at", "signed_by"])
        act.record("evaluation.feedback.signed", f"feedback:{feedback.pk}")
    return feedback


def require_unit_check(ranking: Ranking, at: datetime, act: str = "通报") -> None:
    """Refuse the bulletin, or the signing before it, until every unit has checked or the window has passed, and while a review is undecided."""
    opened = UnitCheck.objects.filter(ranking=ranking).first()
    if opened is None and ranking.scheme.unit_check_days:
        raise Refused(
            "unit-check-missing",
            f"还没有发各单位核对，不能{act}。请先开启单位核对，期满或全部核对后再{act}。",
            clause=ranking.scheme.cite(CLAUSE),
        )
    waiting = Review.objects.filter(
        sheet__scheme=ranking.scheme_id, sheet__period=ranking.period_id, state__in=UNDECIDED
    ).count()
    if waiting:
        raise Conflict(
            "review-undecided",
            f"还有 {waiting} 件复核申请没有决定，没有{act}。请先办结复核。",
            clause=ranking.scheme.cite(CLAUSE),
        )
    if opened is None or at >= opened.due_at:
        return
    left = opened.feedbacks.filter(state=FeedbackState.OPEN).count()
    if left:
        until = f"{opened.due_at.astimezone():%m月%d日 %H:%M}"
        raise Conflict(
            "unit-check-open",
            f"还有 {left} 个单位没有核对，{until}期满前不能{act}，没有{act}。",
            clause=ranking.scheme.cite(CLAUSE),
        )


def announce_bulletin(ranking: Ranking, at: datetime) -> None:
    """Tell every unit that the period is published and its 反馈单 is to be signed for."""
    feedbacks = list(Feedback.objects.filter(check_round__ranking=ranking))
    word = "已更正通报" if ranking.corrects_id else "已通报"
    tell(
        [
            Message(
                key=f"bulletin/{ranking.pk}/{feedback.organisation_id}",
                organisation_id=feedback.organisation_id,
                role=Role.REPORTER,
                title=f"{ranking.period.label}排名{word}，请签收反馈单",
                body="反馈单列有得分、扣分、存在问题和整改时限，请签收并整改。",
                url=to("evaluation:feedback", feedback.pk),
                clause=ranking.scheme.cite(CLAUSE),
            )
            for feedback in feedbacks
        ],
        at=at,
    )
