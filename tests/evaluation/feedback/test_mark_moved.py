"""复核 of a mark that its evaluator has itself changed meanwhile: decided upon the mark of now, and it can be confirmed."""

from decimal import Decimal

import pytest
from django.utils import timezone

from evaluation.enums import ReviewState
from evaluation.models import InputsRevision, Mark, MarkSheet, Review
from miyun_kpi.audit.models import AuditEntry
from miyun_kpi.audit.telling import Teller
from miyun_kpi.emendations import services as emending
from miyun_kpi.lib.decimals import plain
from miyun_kpi.lib.errors import Conflict, Refused
from tests.evaluation.feedback.test_review_list import rows
from tests.evaluation.feedback.test_reviews import _computed, answered, feedback, mark_of, proposed, ranking, step
from tests.factories.feedback import actor, client_of

__all__ = ["_computed", "feedback", "ranking"]
GIVEN = {"outcome": "changed", "text": "监测报告属实，予以改分"}


def changed(ranking, value: str | None = "90", state: str = "filed") -> None:
    """As the evaluator does after 开锁: another mark, and the sheet filed again (or not yet)."""
    mark = mark_of(ranking)
    MarkSheet.objects.filter(pk=mark.sheet_id).update(state=state)
    Mark.objects.filter(pk=mark.pk).update(
        value=None if value is None else Decimal(value),
        not_applicable="" if value else "本年没有这项任务",
        version=mark.version + 1,
    )


def revisions(ranking) -> list[int]:
    found = InputsRevision.objects.filter(scheme=ranking.scheme, period=ranking.period)
    return list(found.values_list("revision", flat=True))


def page(who: str, review: Review, dossier: bool = False) -> str:
    end = "dossier/" if dossier else ""
    return client_of(who).get(f"/evaluation/reviews/{review.pk}/{end}").content.decode()


def test_what_the_refusal_promises_holds(feedback, ranking):
    review, asked = proposed(feedback, ranking), mark_of(ranking).value
    changed(ranking)
    with pytest.raises(Conflict) as refusal:
        step("decide_review", review, "office2", approve=True)
    assert "按现在的得分重新提出" in str(refusal.value)
    step("decide_review", review, "office2", approve=False, note="得分已变，请重提")
    review = step("propose_decision", review, "office1", value="95.5", **GIVEN)
    assert review.value_before == Decimal(90)
    review = step("decide_review", review, "office2", approve=True)
    assert review.state == ReviewState.CHANGED and mark_of(ranking).value == Decimal("95.5")
    entry = AuditEntry.objects.filter(action="evaluation.review.proposed", subject=f"review:{review.pk}").last()
    said = f"考评部门其后已把得分由 {plain(asked)} 改为 90"
    assert (
        f'"new":"90","old":"{plain(asked)}"' in entry.data.replace(" ", "")
        and said in Teller([entry]).sentences()[0].act
    )


def test_the_page_says_what_it_was_and_what_it_is_to_those_who_may_see_it(feedback, ranking):
    review, asked = answered(feedback, ranking), plain(mark_of(ranking).value)
    changed(ranking, "90.125")
    said = "考评部门其后改为 90.125"
    assert f"申请时 {asked}，{said}" in page("office1", review)
    assert said in page("water", review) and said not in page("town", review)
    review = step("propose_decision", review, "office1", value="95.5", **GIVEN)
    assert said in page("office2", review) and "95.5" in page("office2", review)
    assert said in page("office1", review, dossier=True)
    for address in ("/evaluation/reviews/", "/evaluation/reviews/list.xlsx"):
        answer = client_of("town").get(address)
        shown = answer.content.decode() if address.endswith("/") else str(rows(answer))
        assert asked in shown and "90.125" not in shown
    assert "90.125" not in page("town", review)
    step("decide_review", review, "office2", approve=True)
    assert said in page("town", review)


def test_while_the_sheet_is_open_its_mark_is_nobody_s_yet(feedback, ranking):
    review, asked = answered(feedback, ranking), mark_of(ranking).value
    changed(ranking, "90.125", state="open")
    assert "90.125" not in page("office1", review)
    assert step("propose_decision", review, "office1", value="95.5", **GIVEN).value_before == asked


def test_upheld_is_the_mark_of_now(feedback, ranking):
    review = answered(feedback, ranking)
    changed(ranking)
    given = {"outcome": "upheld", "text": "考评部门已改，予以维持"}
    review = step("propose_decision", review, "office1", **given)
    assert review.value_before == Decimal(90)
    assert step("decide_review", review, "office2", approve=True).state == ReviewState.UPHELD
    assert mark_of(ranking).value == Decimal(90)


def test_a_mark_that_is_already_what_was_decided_is_recorded_and_not_written(feedback, ranking):
    """The evaluator agrees, mends its sheet itself and says so: the office decides that mark, before or after."""
    review, asked = answered(feedback, ranking, value="90"), mark_of(ranking).value
    changed(ranking)
    review = step("propose_decision", review, "office1", value="90", **GIVEN)
    assert review.value_before == asked
    before, count = mark_of(ranking), revisions(ranking)
    review = step("decide_review", review, "office2", approve=True)
    after = mark_of(ranking)
    assert (review.state, review.decided_value) == (ReviewState.CHANGED, Decimal(90))
    assert (after.value, after.version, revisions(ranking)) == (Decimal(90), before.version, count)
    assert not AuditEntry.objects.filter(action="evaluation.marks.saved", data__contains='"review"').exists()


def test_one_proposed_before_the_evaluator_did_it_itself_is_confirmed(feedback, ranking):
    review = proposed(feedback, ranking, value="90")
    changed(ranking)
    assert step("decide_review", review, "office2", approve=True).state == ReviewState.CHANGED


def test_of_a_cell_that_is_not_marked_any_more_nothing_can_be_changed(feedback, ranking):
    review = answered(feedback, ranking)
    changed(ranking, None)
    with pytest.raises(Refused) as refusal:
        step("propose_decision", review, "office1", value="95.5", **GIVEN)
    assert refusal.value.code == "no-mark"
    given = {"outcome": "upheld", "text": "本年没有这项任务，不再打分"}
    assert step("propose_decision", review, "office1", **given).state == ReviewState.PROPOSED


def test_what_was_decided_upon_the_mark_of_now_is_emended_from_it(feedback, ranking):
    review = answered(feedback, ranking)
    changed(ranking)
    review = step("propose_decision", review, "office1", value="95.5", **GIVEN)
    review = step("decide_review", review, "office2", approve=True)
    why = {"basis": "later", "paper": "区政府复核决定书第 2 页", "reason": "决定得分登记时看错一行"}
    given = {"subject": "review", "subject_id": review.pk, "typed": {"decision": "upheld", "decided_value": ""}}
    made = emending.propose(actor=actor("office1"), at=timezone.now(), **given, **why)
    given = {"emendation_id": made.pk, "version": made.version, "confirm": True, "note": ""}
    emending.decide(actor=actor("office2"), at=timezone.now(), **given)
    assert mark_of(ranking).value == Decimal(90)
