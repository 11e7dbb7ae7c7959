"""Names of files and outputs of commands in the words of the district."""

from io import StringIO
from urllib.parse import unquote

import pytest
from django.core.management import call_command

from evaluation.models import Period, Ranking
from tests.factories.sheets import move_window, person


def test_the_file_of_a_ranking_is_named_in_chinese(demo):
    ranking = Ranking.objects.filter(scheme__track="township").first()
    answer = person("zhengfuban1").get(f"/evaluation/rankings/{ranking.pk}/ranking.xlsx")
    assert answer.status_code == 200
    assert "排名-镇街-" in unquote(answer["Content-Disposition"]) and "township" not in answer["Content-Disposition"]


@pytest.mark.parametrize(("days", "said"), [(-4000, True), (4000, False)])
def test_opening_a_period_whose_dates_are_past_says_so(demo, days, said):
    move_window("2020Q3", days)
    out = StringIO()
    call_command("open_period", "2020Q3", stdout=out)
    assert Period.objects.get(code="2020Q3").label in out.getvalue()
    assert ("日期都已过去" in out.getvalue()) is said
