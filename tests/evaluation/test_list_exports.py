"""The lists of rankings and of 复核申请 as workbooks: what the page shows, and nothing of what is not yet decided."""

import io

from django.utils import timezone
from openpyxl import load_workbook

from evaluation.models import MarkSheet, Ranking, Review
from tests.evaluation.conftest import _demo_of_module, demo
from tests.evaluation.sheets import person
from tests.factories.feedback import client_of, computed_quarter, feedback_of, opened

__all__ = ["_demo_of_module", "demo"]


def rows(answer):
    return [list(row) for row in load_workbook(io.BytesIO(answer.content)).active.values]


def test_rankings_are_those_of_the_page_with_their_digest(demo):
    found = rows(person("zhengfuban1").get("/evaluation/rankings/list.xlsx?track=township"))
    trial = Ranking.objects.get(scheme__track="township")
    assert [row[-1] for row in found[3:]] == [trial.digest] and "试算，不得引用" in found[3]
    assert len(rows(person("zhengfuban1").get("/evaluation/rankings/list.xlsx"))) == 3 + Ranking.objects.count()


def test_a_proposal_is_no_decision_until_the_second_person_confirms(gazette):
    feedback = feedback_of(opened(computed_quarter()))
    sheet = MarkSheet.objects.get(scheme=feedback.check_round.ranking.scheme, indicator__number=4)
    now = timezone.now()
    review = Review.objects.create(
        feedback=feedback, sheet=sheet, state="check", value_before="80.5", full_mark=100, reason="断面水质已达标",
        filed_at=now, filed_by="乙", decision="change", decided_value="93.125", decision_text="监测报告属实",
        proposed_at=now, proposed_by="丁", proposed_by_id=1,
    )  # fmt: skip
    address = "/evaluation/reviews/list.xlsx?group="
    shown = str(rows(client_of("office1").get(address)))
    assert "断面水质已达标" in shown and "80.5" in shown and "93.125" not in shown and "监测报告属实" not in shown
    Review.objects.filter(pk=review.pk).update(state="changed", decided_at=now, decided_by="戊", decided_by_id=2)
    assert "93.125" in str(rows(client_of("office1").get(address)))


def test_who_has_no_part_in_reviews_finds_no_list(demo):
    assert person("guanliyuan").get("/evaluation/reviews/list.xlsx").status_code == 404
