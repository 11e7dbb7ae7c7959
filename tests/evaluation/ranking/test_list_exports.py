"""The lists of rankings and of 复核申请 as workbooks: what the page shows, and nothing of what is not yet decided."""

import io

from openpyxl import load_workbook

from evaluation.models import Ranking
from tests.evaluation.conftest import _demo_of_module, demo
from tests.factories.sheets import person

__all__ = ["_demo_of_module", "demo"]


def rows(answer):
    return [list(row) for row in load_workbook(io.BytesIO(answer.content)).active.values]


def test_rankings_are_those_of_the_page_with_their_digest(demo):
    found = rows(person("zhengfuban1").get("/evaluation/rankings/list.xlsx?track=township"))
    trial = Ranking.objects.get(scheme__track="township")
    assert [row[-1] for row in found[3:]] == [trial.digest] and "试算，不得引用" in found[3]
    assert len(rows(person("zhengfuban1").get("/evaluation/rankings/list.xlsx"))) == 3 + Ranking.objects.count()


def test_who_has_no_part_in_reviews_finds_no_list(demo):
    assert person("guanliyuan").get("/evaluation/reviews/list.xlsx").status_code == 404
