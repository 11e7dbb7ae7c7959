"""复核申请: asked by the unit with its head's consent, answered by the evaluator, decided by two persons of the office.

A mark changes by the decision alone: no deadline that passes, and no silence, changes one.
"""

from datetime import datetime
from decimal import Decimal

from django.db import IntegrityError

from evaluation.enums import UNDECIDED, FeedbackState, ReviewOutcome, ReviewState
from evaluation.feedback.access import visible_review
from evaluation.feedback.models.feedback import Feedback
from evaluation.feedback.models.review import Review
from evaluation.feedback.queries.feedback import may_ask_until
from evaluation.feedback.rules import due_after
from evaluation.feedback.services.review_effects import (
    change_mark,
    filed_mark,
    hold_mark,
    tell_evaluator,
    tell_office,
    tell_unit,
)
from evaluation.feedback.services.unit_checks import CLAUSE, locked_feedback
from evaluation.scheme.access.office import require_office
from evaluation.sheets.models.marks import Mark, MarkSheet
from evaluation.sheets.rules.marks import read_mark
from evaluation.sheets.services.marks import OFFLINE_NUMBER
from miyun_kpi.accounts.access import require
from miyun_kpi.accounts.enums import Role, Verb
from miyun_kpi.acts.acting import acting, locked, require_other_hand
from miyun_kpi.db.finding import one_of
from miyun_kpi.lib.actors import Actor
from miyun_kpi.lib.decimals import plain
from miyun_kpi.lib.errors import Conflict, NotAllowed, Refused
from miyun_kpi.organisations.queries import acts_for

_UNDER_WAY = (ReviewState.CONSENT, *UNDECIDED)


def ask_review(
    *, actor: Actor, feedback_id: int, sheet_id: int, reason: str, evidence: str = "", at: datetime
) -> Review:
    """Ask for the mark of one evaluator to be looked at again. It goes nowhere before the unit's head consents."""
    with acting(actor, at) as act:
        feedback = locked_feedback(actor, feedback_id)
        require(actor, Verb.ASK_REVIEWS)
        _require_time(feedback, at)
        sheet, value, full_mark = _mark_of(feedback, sheet_id)
        review = Review(
            feedback=feedback,
            sheet=sheet,
            value_before=value,
            full_mark=full_mark,
            reason=_words(sheet, reason, "申请理由"),
            evidence=_words(sheet, evidence, "佐证", optional=True),
            filed_at=at,
            filed_by=actor.label,
            filed_by_id=actor.user_id,
        )
        _require_first(feedback, sheet)
        try:
            with acting(actor, at):
                review.save()
        except IntegrityError as error:
            raise _already(sheet) from error
        tell_unit(review, Role.UNIT_HEAD, "asked", "复核申请请您签意见", review.reason, at)
        data = {"sheet": sheet.pk, "value": plain(review.value_before), "reason": review.reason}
        act.record("evaluation.review.asked", f"review:{review.pk}", **data)
    return review


def _require_first(feedback: Feedback, sheet: MarkSheet) -> None:
    """One review of an item at a time, and once decided it stands (推定: 13号 names no second one)."""
    # Else the same mark could be asked about until somebody gives way (decision 0009).
    earlier = Review.objects.filter(sheet=sheet, feedback__organisation_id=feedback.organisation_id)
    if earlier.filter(state__in=_UNDER_WAY).exists():
        raise _already(sheet)
    if earlier.filter(state__in=[ReviewState.UPHELD, ReviewState.CHANGED]).exists():
        raise Conflict(
            "review-decided", f"“{sheet.indicator.short_name}”本期已经复核决定，没有再提。确有错误请与区政府办联系。"
        )


def _already(sheet: MarkSheet) -> Conflict:
    return Conflict(
        "review-under-way", f"“{sheet.indicator.short_name}”已有一件复核申请在办，没有再提。请等它办结，或先撤回。"
    )


def _require_time(feedback: Feedback, at: datetime) -> None:
    until = may_ask_until(feedback)
    if until is None or at >= until:
        when = f"已于 {until.astimezone():%Y-%m-%d %H:%M} 截止" if until else "这一版已被更正"
        raise Conflict(
            "review-closed",
            f"复核申请{when}，没有提交。确有错误请与区政府办联系。",
            clause=feedback.check_round.ranking.scheme.cite(CLAUSE),
        )


def _mark_of(feedback: Feedback, sheet_id: int) -> tuple[MarkSheet, Decimal, Decimal]:
    """The unit's own cell with a mark in it; anything else is not found, or has nothing to be reviewed."""
    ranking = feedback.check_round.ranking
    mark = one_of(
        Mark.objects.select_related("sheet__indicator", "sheet__evaluator", "sheet__scheme", "sheet__period")
        .filter(sheet=sheet_id, organisation=feedback.organisation_id)
        .filter(sheet__scheme=ranking.scheme_id, sheet__period=ranking.period_id)
    )
    if mark.value is None:
        raise Refused(
            "no-mark",
            "这一项没有打分，没有可复核的得分，没有提交。取平均分的项目不单独复核。",
            clause=feedback.check_round.ranking.scheme.cite(CLAUSE),
        )
    return mark.sheet, mark.value, mark.full_mark


def _words(sheet: MarkSheet, text: str, what: str, *, optional: bool = False) -> str:
    """Free text, or for what is handled on paper only the number of a paper (engine 20)."""
    text = text.strip()
    if not text and optional:
        return ""
    if sheet.indicator.offline_only and not OFFLINE_NUMBER.fullmatch(text):
        raise Refused(
            "offline-only",
            f"这项指标材料线下报送，{what}只写线下材料的编号，没有提交。请写成 线下材料 平安办〔2020〕3号 的样子。",
        )
    if not 4 <= len(text) <= 1000:
        raise Refused("reason-missing", f"{what}要写 4 至 1000 字，没有提交。请写明事实和依据。")
    return text


def locked_review(actor: Actor, review_id: int, version: int, verb: Verb) -> Review:
    """The review, locked, in the version that was seen. Two people who decide at once meet here."""
    visible_review(actor, review_id)
    require(actor, verb)
    review = locked(
        Review.objects.select_related(
            "feedback__organisation",
            "feedback__check_round__ranking__scheme",
            "sheet__scheme",
            "sheet__period",
            "sheet__indicator",
            "sheet__evaluator",
        ).defer("feedback__check_round__ranking__document", "feedback__check_round__ranking__inputs"),
        review_id,
    )
    if review.version != version:
        raise Conflict(
            "stale", f"这件复核申请刚被别人办过，现为“{review.get_state_display()}”，没有执行。请刷新后再办。"
        )
    return review


def _require_state(review: Review, *states: ReviewState) -> None:
    if review.state not in states:
        raise Conflict("wrong-state", f"这件复核申请现为“{review.get_state_display()}”，没有执行。请刷新后再办。")


def _step(review: Review, state: ReviewState) -> None:
    review.state, review.version = state, review.version + 1
    review.save()


def consent_review(
    *, actor: Actor, review_id: int, version: int, consent: bool, note: str = "", at: datetime
) -> Review:
    """The head of the unit consents, and the evaluator has its working days to answer; or declines with a word."""
    with acting(actor, at) as act:
        review = locked_review(actor, review_id, version, Verb.CONSENT_REVIEWS)
        _require_state(review, ReviewState.CONSENT)
        review.consented_at, review.consented_by, review.consent_note = at, actor.label, note.strip()[:500]
        if not consent:
            _step(review, ReviewState.REFUSED)
            tell_unit(review, Role.REPORTER, "refused", "复核申请未获单位负责人同意", review.consent_note, at)
        else:
            _require_time(review.feedback, at)
            review.answer_due_at = due_after(at, review.sheet.scheme.review_answer_days)
            _step(review, ReviewState.ANSWER)
            Feedback.objects.filter(pk=review.feedback_id).update(state=FeedbackState.CONTESTED)
            tell_evaluator(review, Role.EVALUATOR, "consented", "收到复核申请，请答复", review.answer_due_at, at)
        action = "evaluation.review.consented" if consent else "evaluation.review.refused"
        act.record(action, f"review:{review.pk}", note=review.consent_note)
    return review


def withdraw_review(*, actor: Actor, review_id: int, version: int, at: datetime) -> Review:
    """Taken back by the unit before the evaluator has answered; without another review the unit is to check again."""
    with acting(actor, at) as act:
        review = locked_review(actor, review_id, version, Verb.ASK_REVIEWS)
        _require_state(review, ReviewState.CONSENT, ReviewState.ANSWER)
        _step(review, ReviewState.WITHDRAWN)
        others = Review.objects.filter(feedback=review.feedback_id, answer_due_at__isnull=False)
        if not others.exclude(state=ReviewState.WITHDRAWN).exists():
            Feedback.objects.filter(pk=review.feedback_id, state=FeedbackState.CONTESTED).update(
                state=FeedbackState.OPEN
            )
        act.record("evaluation.review.withdrawn", f"review:{review.pk}")
    return review


def _outcome(review: Review, outcome: str, value: str) -> Decimal | None:
    if outcome == ReviewOutcome.UPHELD:
        return None
    read = read_mark(value, full_mark=review.full_mark)
    if read == review.value_before:
        raise Refused("same-mark", f"与原得分 {plain(read)} 相同，没有提交。要维持原分请选“维持原分”。")
    return read


def _upon_the_mark_of_now(review: Review, outcome: str, value: str) -> dict[str, str]:
    """`value_before` becomes the mark that is filed now; of one that moved what it was and what it is, for the audit.

    Not where the evaluator has already made it what is decided: then the decision is of the mark that was asked about.
    """
    mark = filed_mark(review)
    changes = outcome != ReviewOutcome.UPHELD
    if mark is None or mark.value == review.value_before:
        return {}
    if mark.value is None:
        if changes:
            raise Refused("no-mark", "这一项现在不打分，没有得分可改，没有提交。请选“维持原分”，并写明情况。")
        return {}
    if changes and read_mark(value, full_mark=review.full_mark) == mark.value:
        return {}
    moved = {"old": plain(review.value_before), "new": plain(mark.value)}
    review.value_before = mark.value
    return moved


def answer_review(
    *, actor: Actor, review_id: int, version: int, outcome: str, value: str = "", text: str, at: datetime
) -> Review:
    """The evaluator upholds its mark or proposes another; either way the office decides. A late answer is an answer."""
    with acting(actor, at) as act:
        review = locked_review(actor, review_id, version, Verb.ANSWER_REVIEWS)
        if not acts_for(actor.organisation_id, review.sheet.evaluator_id):
            raise NotAllowed("not-your-sheet", "这件复核申请由打分的考评部门答复，没有提交。")
        _require_state(review, ReviewState.ANSWER)
        review.answer_value, review.answer = _outcome(review, outcome, value), outcome
        review.answer_text = _words(review.sheet, text, "答复说明")
        review.answered_at, review.answered_by = at, actor.label
        review.decision_due_at = due_after(at, review.sheet.scheme.review_decision_days)
        _step(review, ReviewState.DECISION)
        tell_office(review, "answered", "复核申请已答复，请决定", at)
        data = {"answer": outcome, "value": plain(review.answer_value) if review.answer_value is not None else None}
        act.record("evaluation.review.answered", f"review:{review.pk}", **data)
    return review


def propose_decision(
    *, actor: Actor, review_id: int, version: int, outcome: str, value: str = "", text: str, at: datetime
) -> Review:
    """The first person of the office puts a decision forward; without an answer only once the answer is overdue.

    It is upon the mark of now, where the evaluator has changed its own since the request: else it could never be confirmed.
    """
    with acting(actor, at) as act:
        hold_mark(visible_review(actor, review_id))
        review = locked_review(actor, review_id, version, Verb.DECIDE_REVIEWS)
        require_office(actor, Verb.DECIDE_REVIEWS, track=review.sheet.scheme.track)
        if review.state == ReviewState.ANSWER and review.answer_due_at and at < review.answer_due_at:
            due = f"{review.answer_due_at.astimezone():%m月%d日 %H:%M}"
            raise Conflict("answer-awaited", f"考评部门{due}前可以答复，没有提交。请等它答复，或到期之后再决定。")
        _require_state(review, ReviewState.DECISION, ReviewState.ANSWER)
        moved = _upon_the_mark_of_now(review, outcome, value)
        review.decided_value, review.decision = _outcome(review, outcome, value), outcome
        review.decision_text = _words(review.sheet, text, "决定说明")
        review.proposed_at, review.proposed_by, review.proposed_by_id = at, actor.label, actor.user_id
        review.decision_due_at = review.decision_due_at or due_after(at, review.sheet.scheme.review_decision_days)
        _step(review, ReviewState.PROPOSED)
        tell_office(review, "proposed", "复核决定请另一个人确认", at, hand=actor)
        data = {"decision": outcome, "value": plain(review.decided_value) if review.decided_value is not None else None}
        act.record("evaluation.review.proposed", f"review:{review.pk}", **data, **moved)
    return review


def decide_review(*, actor: Actor, review_id: int, version: int, approve: bool, note: str = "", at: datetime) -> Review:
    """The second person confirms, and the mark is what was decided; or sends the decision back with a word."""
    with acting(actor, at) as act:
        if approve:
            hold_mark(visible_review(actor, review_id))
        review = locked_review(actor, review_id, version, Verb.DECIDE_REVIEWS)
        require_office(actor, Verb.DECIDE_REVIEWS, track=review.sheet.scheme.track)
        _require_state(review, ReviewState.PROPOSED)
        require_other_hand(
            actor, review.proposed_by_id, "决定要由提出人以外的另一个人确认，没有执行。请考评办的另一位同事办理。", at
        )
        review.check_note = note.strip()[:500]
        if not approve:
            if len(review.check_note) < 4:
                raise Refused("reason-missing", "退回决定要写意见（至少 4 个字），没有执行。")
            _step(review, ReviewState.DECISION)
            tell_office(review, "returned", "复核决定被退回，请重新提出", at, hand=actor)
            data: dict[str, object] = {"note": review.check_note}
            act.record("evaluation.review.returned", f"review:{review.pk}", **data)
            return review
        changes = review.decision == ReviewOutcome.CHANGED
        if changes:
            change_mark(review, actor, at)
        review.decided_at, review.decided_by, review.decided_by_id = at, actor.label, actor.user_id
        _step(review, ReviewState.CHANGED if changes else ReviewState.UPHELD)
        words = f"改为 {plain(review.decided_value)}" if review.decided_value is not None else "维持原分"
        for role in (Role.REPORTER, Role.UNIT_HEAD):
            tell_unit(review, role, "decided", f"复核决定：{words}", review.decision_text, at)
        tell_evaluator(review, Role.EVALUATOR, "decided", f"复核决定：{words}", None, at)
        tell_office(review, "decided", f"复核决定已确认：{words}", at, hand=actor)
        data = {"decision": review.decision, "before": plain(review.value_before), "words": words}
        act.record("evaluation.review.decided", f"review:{review.pk}", **data)
    return review
