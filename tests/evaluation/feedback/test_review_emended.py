"""勘正 of a decided 复核: the decision stands otherwise, and the mark follows it; what was published waits for its 更正."""

from decimal import Decimal

import pytest
from django.utils import timezone

from evaluation.enums import ReviewState
from evaluation.models import InputsRevision, Review
from miyun_kpi.emendations import services as emending
from miyun_kpi.emendations.desk import desk_items
from miyun_kpi.inbox.models import Notice
from miyun_kpi.lib.errors import Conflict, NotAllowed, NotFound, Refused
from tests.evaluation.feedback.test_reviews import _computed, feedback, mark_of, proposed, ranking, step
from tests.factories.feedback import actor

__all__ = ["_computed", "feedback", "ranking"]
WHY = {"basis": "later", "paper": "区政府复核决定书第 2 页", "reason": "决定得分登记时看错一行"}


@pytest.fixture
def decided(feedback, ranking) -> Review:
    return step("decide_review", proposed(feedback, ranking), "office2", approve=True)


def propose(review: Review, by: str = "office1", **typed):
    return emending.propose(
        actor=actor(by), subject="review", subject_id=review.pk, typed=typed, at=timezone.now(), **WHY
    )


def confirm(made, by: str = "office2"):
    given = {"emendation_id": made.pk, "version": made.version, "confirm": True, "note": ""}
    return emending.decide(actor=actor(by), at=timezone.now(), **given)


def test_another_mark_is_listed_first_and_written_only_when_a_second_person_agrees(decided, ranking):
    before, revision = mark_of(ranking), InputsRevision.objects.get(scheme=ranking.scheme, period=ranking.period)
    told = emending.looked_at(
        actor=actor("office1"),
        subject="review",
        subject_id=decided.pk,
        typed={"decided_value": "98"},
        at=timezone.now(),
    )
    assert any("由 99.5 改为 98" in one.becomes for one in told) and any("更正通报" in one.becomes for one in told)
    made = propose(decided, decided_value="98")
    assert mark_of(ranking).value == Decimal("99.5")
    waiting = {name: [one.url for one in desk_items(actor(name), timezone.now())] for name in ("office1", "office2")}
    assert waiting == {"office1": [], "office2": [f"/emendations/{made.pk}/"]}
    confirm(made)
    after = mark_of(ranking)
    assert (after.value, after.version) == (Decimal(98), before.version + 1)
    now = Review.objects.get(pk=decided.pk)
    assert (now.state, now.decided_value, now.version) == (ReviewState.CHANGED, Decimal(98), decided.version + 1)
    moved = InputsRevision.objects.get(scheme=ranking.scheme, period=ranking.period)
    assert moved.revision == revision.revision + 1
    assert Notice.objects.filter(title__startswith="复核决定已勘正").values("role").distinct().count() >= 2


def test_a_changed_mark_may_be_upheld_after_all_and_the_old_mark_stands_again(decided, ranking):
    confirm(propose(decided, decision="upheld", decided_value=""))
    now = Review.objects.get(pk=decided.pk)
    assert now.state == ReviewState.UPHELD and now.decided_value is None
    assert mark_of(ranking).value == decided.value_before


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"decision": "upheld"}, "决定得分要留空"),
        ({"decided_value": ""}, "不同的决定得分"),
        ({"decided_value": "1000"}, "0 与满分之间"),
        ({"decided_value": "好"}, "决定得分"),
        ({"decision": "other"}, "只能从列出的选"),
    ],
)
def test_what_a_decision_may_not_be_is_refused_in_words(decided, typed, said):
    with pytest.raises(Refused) as refusal:
        propose(decided, **typed)
    assert said in str(refusal.value) and "没有提出" in str(refusal.value)


def test_a_mark_that_moved_since_is_not_overwritten(decided, ranking):
    made = propose(decided, decided_value="98")
    mark = mark_of(ranking)
    mark.value = Decimal(97)
    mark.save()
    with pytest.raises(Conflict) as refusal:
        confirm(made)
    assert "得分已由 99.5 变为 97" in str(refusal.value) and mark_of(ranking).value == Decimal(97)
    assert Review.objects.get(pk=decided.pk).decided_value == Decimal("99.5")


def test_only_the_office_and_never_one_person_alone(decided):
    with pytest.raises((NotAllowed, NotFound)):
        propose(decided, by="town", decision_text="写错了，请看附件")
    made = propose(decided, decision_text="监测报告第二页属实，予以改分")
    with pytest.raises(NotAllowed):
        confirm(made, by="office1")
    confirm(made)
    assert Review.objects.get(pk=decided.pk).decision_text == "监测报告第二页属实，予以改分"


def test_one_that_is_under_way_goes_its_own_way(feedback, ranking):
    with pytest.raises(Refused) as refusal:
        propose(proposed(feedback, ranking), decided_value="98")
    assert refusal.value.code == "still-open"
