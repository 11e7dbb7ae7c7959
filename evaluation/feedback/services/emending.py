"""勘正 of a 复核 that was decided: the decision entered wrongly, or changed by whoever stands above it.

Where it changes the mark, the mark in the filed sheet follows, as by the decision itself; what was published stays until
its 更正.
"""

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal

from evaluation.enums import ReviewOutcome, ReviewState
from evaluation.feedback.access import visible_review
from evaluation.feedback.models.review import Review
from evaluation.feedback.services.review_effects import CLAUSE, hold_mark, put_mark, tell_evaluator, tell_unit
from evaluation.scheme.access.office import is_ranked_co_office
from evaluation.sheets.services.marks import OFFLINE_NUMBER
from miyun_kpi.accounts.enums import Role, Verb
from miyun_kpi.emendations.columns import Ended
from miyun_kpi.emendations.registry import Facts, Place, Rest
from miyun_kpi.lib.actors import Actor
from miyun_kpi.lib.decimals import plain
from miyun_kpi.lib.errors import FieldError
from miyun_kpi.organisations.enums import Track
from miyun_kpi.routes import to

DECIDED = (ReviewState.UPHELD, ReviewState.CHANGED)


def may(actor: Actor, row: Review) -> bool:
    ranked = row.sheet.scheme.track == Track.DEPARTMENT and is_ranked_co_office(actor)
    return actor.may(Verb.DECIDE_REVIEWS) and not ranked


def check(row: Review) -> list[FieldError]:
    """A changed mark has its value, one that is upheld has none; what is handled on paper only is named by its number."""
    if row.sheet.indicator.offline_only and not OFFLINE_NUMBER.fullmatch(row.decision_text):
        said = "这项指标材料线下报送，决定说明只写线下材料的编号。"
        return [FieldError(said, "offline-only", field="decision_text")]
    if row.decision == ReviewOutcome.UPHELD and row.decided_value is not None:
        return [FieldError("维持原分的，决定得分要留空。", "bad-value", field="decided_value")]
    if row.decision == ReviewOutcome.CHANGED and row.decided_value in (None, row.value_before):
        said = f"改分的，请填与原得分 {plain(row.value_before)} 不同的决定得分。"
        return [FieldError(said, "bad-value", field="decided_value")]
    return []


def rests(row: Review, wanted: Facts, today: date) -> Sequence[Rest]:
    before, after = _mark(row, _facts(row)), _mark(row, wanted)
    if before == after:
        return []
    period = row.sheet.period.label
    return [
        Rest(
            f"{row.feedback.organisation.name}第 {row.sheet.indicator.number} 项的得分",
            f"由 {plain(before)} 改为 {plain(after)}",
        ),
        Rest(f"{period}的排名", "已核定或通报的不会自己改：工作台提示输入已变，由考评办重新核定，有变化的再更正通报"),
    ]


def _facts(row: Review) -> Facts:
    value = row.decided_value
    return {"decision": row.decision, "decided_value": "" if value is None else plain(value)}


def _mark(row: Review, facts: Facts) -> Decimal:
    """The mark that follows from the decision."""
    changed = facts["decision"] == ReviewOutcome.CHANGED and facts["decided_value"]
    return Decimal(facts["decided_value"]) if changed else row.value_before


def hold(pk: int) -> None:
    review = Review.objects.select_related("feedback").filter(pk=pk).first()
    if review is not None:
        hold_mark(review)


def follow(row: Review) -> list[str]:
    row.state = ReviewState.CHANGED if row.decision == ReviewOutcome.CHANGED else ReviewState.UPHELD
    return ["state"]


def after(row: Review, before: Facts, actor: Actor, words: str, at: datetime) -> None:
    old, new = _mark(row, before), _mark(row, _facts(row))
    if old != new:
        put_mark(row, old, new, actor, at)
    said = f"改为 {plain(new)}" if row.decided_value is not None else "维持原分"
    for role in (Role.REPORTER, Role.UNIT_HEAD):
        tell_unit(row, role, "emended", f"复核决定已勘正：{said}", words, at)
    tell_evaluator(row, Role.EVALUATOR, "emended", f"复核决定已勘正：{said}", None, at)


REVIEW = Ended(
    model=Review,
    code="review",
    word="复核",
    columns=("decision", "decided_value", "decision_text"),
    action="evaluation.review.emended",
    place=lambda row: Place("evaluation", row.sheet.scheme.document_id, CLAUSE),
    find=visible_review,
    may=may,
    name=lambda row: f"第 {row.pk} 号复核",
    address=lambda row: to("evaluation:review", row.pk),
    ended=lambda row: row.state in DECIDED,
    rests=rests,
    check=check,
    follow=follow,
    hold=hold,
    after=after,
)
