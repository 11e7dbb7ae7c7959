"""How firmly every figure stands, over REST: each carrier cell of a scheme, and every line of a 得分明细."""

import json

import pytest

from evaluation.models import Figure, Ranking, Scheme
from evaluation.ranking.services import compute_trial
from evaluation.scheme.rules.figures import weakest
from miyun_kpi.lib.actors import SYSTEM
from tests.evaluation.conftest import NOW
from tests.evaluation.sheets.test_api_marks import Api
from tests.factories.tampering import rewritten_row


@pytest.mark.parametrize(
    ("standings", "expected"),
    [
        (["printed", "confirmed"], "confirmed"),
        (["confirmed", "derived"], "derived"),
        (["printed", "derived", "assumed"], "assumed"),
        (["unreadable", "assumed"], "unreadable"),
        (["printed"], "printed"),
    ],
)
def test_what_rests_on_several_figures_stands_as_the_weakest(standings, expected):
    assert weakest(standings) == weakest(reversed(standings)) == expected


def test_every_unsettled_figure_of_a_scheme_can_be_named_from_rest(demo):
    for answer in Api("reader").get("schemes/").json()["results"]:
        scheme = Scheme.objects.get(pk=answer["id"])
        cells = {
            (indicator["number"], code): status
            for indicator in answer["indicators"]
            for code, status in indicator["carrier_status"].items()
        }
        carried = Figure.objects.filter(scheme=scheme, kind="carried").select_related("indicator", "organisation")
        assert cells == {(f.indicator.number, f.organisation.code): f.standing for f in carried}
        for indicator in answer["indicators"]:
            said = [one["status"] for one in (*indicator["weights"].values(), *indicator["evaluators"])]
            said += [indicator["scope"]["status"], *indicator["carrier_status"].values()]
            assert sum(status in ("assumed", "unreadable") for status in said) == indicator["unconfirmed"]


def test_a_line_says_the_weakest_of_its_figures_and_the_weight_apart(demo):
    office = Api("office", "区政府办公室", "evaluation_office")
    ranking = Ranking.objects.get(scheme__track="department")
    receipt = office.get(f"rankings/{ranking.pk}/rows/区水务局/").json()
    figures = Figure.objects.filter(scheme=ranking.scheme).select_related("indicator", "organisation")
    weights = {f.indicator.number: f.standing for f in figures.filter(kind="weight")}
    unit = receipt["organisation"]
    for item in receipt["items"]:
        number = item["indicator"]["number"]
        rests = [f.standing for f in figures.filter(kind="share", indicator__number=number)]
        rests += [figures.get(kind="carried", indicator__number=number, organisation__code=unit).standing]
        assert item["weight_status"] == weights[number]
        assert item["status"] == weakest([weights[number], *rests])
    # An assumed share under a printed weight: the line no longer reads as printed (13·附件3, item 13: 3/2/1).
    thirteen = next(item for item in receipt["items"] if item["indicator"]["number"] == 13)
    assert (thirteen["weight_status"], thirteen["status"]) != ("printed", "printed")


def test_what_was_frozen_without_the_weight_s_own_status_is_still_served(demo):
    """As version 1.0.0 froze it."""
    ranking = Ranking.objects.get(scheme__track="township")
    row = ranking.rows.select_related("organisation").first()
    receipt = json.loads(row.receipt)
    for item in receipt["items"]:
        item["status"] = item.pop("weight_status")
    rewritten_row(row, json.dumps(receipt, ensure_ascii=False))
    office = Api("office", "区政府办公室", "evaluation_office")
    served = office.get(f"rankings/{ranking.pk}/rows/{row.organisation.code}/").json()
    assert [item["status"] for item in served["items"]] == [item["status"] for item in receipt["items"]]
    assert "weight_status" not in served["items"][0]


def test_a_settled_cell_makes_a_new_trial_say_confirmed(demo):
    office = Api("office", "区政府办公室", "evaluation_office")
    ranking = Ranking.objects.get(scheme__track="township")
    Figure.objects.filter(scheme=ranking.scheme).update(confirmed=True)
    again, new = compute_trial(actor=SYSTEM, scheme=ranking.scheme, period=ranking.period, at=NOW())
    assert new
    receipt = office.get(f"rankings/{again.pk}/rows/beizhuang-zhen/").json()
    assert {item["status"] for item in receipt["items"]} == {"confirmed"}
