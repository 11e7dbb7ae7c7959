"""The committed schemes agree with the text and the printed totals, and the checks would see if they did not."""

import copy

import pytest
from django.core.checks import run_checks
from django.core.management import call_command

from evaluation.checks import scheme_fixtures, schemes_as_printed
from evaluation.models import Figure
from evaluation.scheme.rules.fixtures import hundred, quotations, sheet_count, sum_problems, unplaced, unquoted
from miyun_kpi.gazette.models import Clause

pytestmark = pytest.mark.django_db


@pytest.fixture(params=["township", "department"])
def data(request, gazette):
    return copy.deepcopy(next(one for one in scheme_fixtures() if one["track"] == request.param))


@pytest.fixture
def texts(gazette):
    return dict(Clause.objects.filter(document__ref="2020-13").values_list("ref", "text"))


def test_weights_shares_and_totals_are_as_printed(data):
    assert sum_problems(data) == [] and hundred(data) == []


def test_there_are_28_and_29_sheets(data):
    assert sheet_count(data) == {"township": 28, "department": 29}[data["track"]]


def test_every_quoted_sentence_stands_in_its_clause(data, texts):
    assert len(quotations(data)) > 100
    assert unquoted(data, texts) == []


def test_every_figure_has_a_clause_that_exists_and_says_why_it_is_no_more_than_a_reading(data, texts):
    assert unplaced(data, texts) == []


def test_the_sub_indicators_of_items_5_and_6_are_8_and_21(gazette):
    department = next(one for one in scheme_fixtures() if one["track"] == "department")
    counts = {i["number"]: len(i["sub_indicators"]) for i in department["indicators"] if i.get("sub_indicators")}
    assert counts == {5: 8, 6: 21}


def test_a_wrong_weight_is_seen(data):
    weights = data["indicators"][0]["weights"]
    zone = next(iter(weights))
    weights[zone]["value"] = "9.5"
    (problem,) = sum_problems(data)
    assert "生态保护" in problem and "合计" in problem


def test_a_wrong_share_is_seen(data):
    data["indicators"][0]["evaluators"][0]["share"] = "1/2"
    assert sum_problems(data) == ["第 1 项各考评部门份额之和为 1/2，须为 1。"]


def test_a_wrong_total_is_seen(data):
    totals = data["dimensions"][3]["totals"]
    totals[next(iter(totals))] = "11"
    assert len(hundred(data)) == 1


def test_one_changed_word_is_seen(data, texts):
    data["indicators"][2]["name"] += "好"
    assert unquoted(data, texts) == [f"{data['indicators'][2]['clause']}：{data['indicators'][2]['name']}"]


def test_a_quotation_from_another_clause_is_seen(data, texts):
    data["indicators"][2]["clause"] = data["indicators"][3]["clause"]
    assert unquoted(data, texts)


def test_a_clause_that_does_not_exist_and_a_reading_without_a_note_are_seen(data, texts):
    data["indicators"][0]["scope"] |= {"clause": "附件9", "note": ""}
    said = unplaced(data, texts)
    assert len(said) == 2 and "附件9" in said[0] and "没有说明" in said[1]


def test_the_loaded_gazette_passes_the_check(gazette):
    assert schemes_as_printed(databases=["default"]) == []
    assert not [m for m in run_checks(tags=["gazette"], databases=["default"]) if m.is_serious()]
    call_command("check_gazette", stdout=open("/dev/null", "w"))


def test_a_figure_changed_behind_the_services_is_found(gazette):
    Figure.objects.filter(scheme__track="township", key="weight/9/core").update(value="9")
    (found,) = schemes_as_printed(databases=["default"])
    assert found.id == "evaluation.E005" and "新城核心区绿色发展" in found.msg


def test_a_lost_cell_is_found(gazette):
    Figure.objects.filter(scheme__track="department", kind="carried").first().delete()
    (found,) = schemes_as_printed(databases=["default"])
    assert found.id == "evaluation.E006"


def test_without_a_database_nothing_is_asked():
    assert schemes_as_printed() == []
