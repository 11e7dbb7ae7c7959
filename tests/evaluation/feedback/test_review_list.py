"""The list of 复核申请 as a workbook holds decisions, not proposals."""

import io

from django.utils import timezone
from openpyxl import load_workbook

from evaluation.models import MarkSheet, Review
from tests.factories.feedback import client_of, computed_quarter, feedback_of, opened


def rows(answer):
    return [list(row) for row in load_workbook(io.BytesIO(answer.content)).active.values]


def test_a_proposal_is_no_decision_until_the_second_person_confirms(gazette):
    feedback = feedback_of(opened(computed_quarter()))
    sheet = MarkSheet.objects.get(scheme=feedback.check_round.ranking.scheme, indicator__number=4)
    now = timezone.now()
    review = Review.objects.create(
        feedback=feedback,
        sheet=sheet,
        state="proposed",
        value_before="80.5",
        full_mark=100,
        reason="断面水质已达标",
        filed_at=now,
        filed_by="乙",
        decision="changed",
        decided_value="93.125",
        decision_text="监测报告属实",
        proposed_at=now,
        proposed_by="丁",
        proposed_by_id=1,
    )
    address = "/evaluation/reviews/list.xlsx?group="
    shown = str(rows(client_of("office1").get(address)))
    assert "断面水质已达标" in shown and "80.5" in shown and "93.125" not in shown and "监测报告属实" not in shown
    Review.objects.filter(pk=review.pk).update(state="changed", decided_at=now, decided_by="戊", decided_by_id=2)
    assert "93.125" in str(rows(client_of("office1").get(address)))
