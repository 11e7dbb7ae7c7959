"""Who in the office hears of a decision about a 复核: the other person, and whoever proposed it; nobody of the own act."""

import pytest

from miyun_kpi.inbox.queries import notices_for
from tests.evaluation.feedback.test_reviews import _computed, answered, feedback, ranking, step
from tests.factories.feedback import actor

__all__ = ["_computed", "feedback", "ranking"]

pytestmark = pytest.mark.django_db


def heard(username, review):
    found = (one for one in notices_for(actor(username)) if one.key.startswith(f"review/{review.pk}/"))
    return [one.title.partition("：")[0] for one in found]


def test_the_second_person_hears_of_the_proposal_and_the_first_of_how_it_ended(feedback, ranking):
    review = answered(feedback, ranking, outcome="upheld", value="")
    asked = ["复核申请已答复，请决定"]
    assert heard("office1", review) == asked == heard("office2", review)
    review = step("propose_decision", review, "office1", outcome="upheld", text="打分有据，维持原分")
    assert heard("office1", review) == asked
    assert heard("office2", review) == ["复核决定请另一个人确认", *asked]
    review = step("decide_review", review, "office2", approve=False, note="请写明依据")
    assert heard("office1", review) == ["复核决定被退回，请重新提出", *asked]
    review = step("propose_decision", review, "office1", outcome="upheld", text="打分有据，按细则第 1 条维持")
    step("decide_review", review, "office2", approve=True)
    assert heard("office1", review)[0] == "复核决定已确认"
    assert "复核决定已确认" not in heard("office2", review)
