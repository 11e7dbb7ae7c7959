"""勘正 of decided 加减分: the year follows by a new computation, and nothing is let in that the meeting could not decide."""

import json
from datetime import date
from decimal import Decimal

import pytest
from django.utils import timezone

from evaluation.engine.queries.holding import standing_of, standings_by_number
from evaluation.enums import Standing
from evaluation.models import Adjustment, InputsRevision, Ranking, Scheme
from miyun_kpi.emendations.services import decide, propose, withdraw
from miyun_kpi.lib.errors import NotAllowed, NotFound, Refused
from tests.factories.feedback import actor, people
from tests.factories.rankings import filed_quarter, official, published, signed
from tests.factories.year_end import adjustment, official_year, recompute

WHY = {"basis": "entry", "paper": "党组会纪要第 3 页", "reason": "审议分数登记时看错一行"}


@pytest.fixture
def year(gazette: None) -> Ranking:
    return official_year()


def asked(row: Adjustment, by: str = "office1", **typed: str):
    given = {"subject": "adjustment", "subject_id": row.pk, "typed": typed}
    return propose(actor=actor(by), at=timezone.now(), **given, **WHY)


def total(ranking: Ranking) -> Decimal:
    rows = {row["organisation"]: row for row in json.loads(ranking.document)["rows"]}
    return Decimal(rows["beizhuang-zhen"]["total"])


def revision(year: Ranking) -> int:
    found = InputsRevision.objects.filter(scheme=year.scheme_id, period=year.period_id)
    return sum(found.values_list("revision", flat=True))


def test_the_published_year_stays_and_the_next_computation_has_the_right_points(year):
    row = adjustment("granted", "0.5")
    counted = recompute(year)
    before = revision(year)
    made = asked(row, decided_points="0.3")
    assert any("重新核定" in one[1] for one in made.rests)
    decide(actor=actor("office2"), emendation_id=made.pk, version=1, confirm=True, note="", at=timezone.now())
    assert revision(year) > before
    counted.refresh_from_db()
    after = recompute(year)
    assert total(counted) - total(after) == Decimal("0.2") and after.number == counted.number + 1


@pytest.mark.parametrize(
    ("state", "typed", "field"),
    [
        ("granted", {"decided_points": "-0.3"}, "decided_points"),
        ("granted", {"decided_points": "0"}, "decided_points"),
        ("granted", {"decided_points": "0.6"}, ""),
        ("granted", {"decided_points": ""}, ""),
        ("granted", {"happened_on": "2019-12-31"}, "happened_on"),
        ("granted", {"work": "长"}, "work"),
        ("refused", {"decided_points": "0.3"}, "decided_points"),
    ],
)
def test_nothing_that_the_meeting_could_not_decide(year, state, typed, field):
    row = adjustment(state, "0.5", **({"decided_points": Decimal(0)} if state == "refused" else {}))
    with pytest.raises(Refused) as refusal:
        asked(row, **typed)
    assert refusal.value.code == "bad-emendation" and (
        not field or field in {one.field for one in refusal.value.errors}
    )


def test_of_the_bottom_places_only_the_printed_amounts(year):
    row = adjustment("granted", "-0.3", ground="city-near-last", city_task="垃圾分类", bottom_place=2)
    with pytest.raises(Refused):
        asked(row, decided_points="-0.4")
    assert asked(row, decided_points="-0.5").state == "proposed"


def test_a_unit_does_not_put_its_own_right(year):
    with pytest.raises((NotAllowed, NotFound)):
        asked(adjustment("granted", "0.5"), by="town", decided_points="0.3")


# 加减分按季计入 ---------------------------------------------------------------------------------------------------------
@pytest.fixture
def quarter(gazette: None) -> Ranking:
    """2020Q2 通报, with 0.5 of a fact of its last day."""
    people()
    Scheme.objects.update(quarter_adjustments=True)
    adjustment("granted", "0.5", happened_on=date(2020, 6, 30))
    period, by = filed_quarter(), actor("office1")
    ranking = published(signed(official("township", period, by=by), by=by), by=actor("office2"))
    return Ranking.objects.select_related("scheme", "period").get(pk=ranking.pk)


@pytest.mark.parametrize("typed", [{"happened_on": "2020-07-01"}, {"decided_points": "0.3"}])
def test_the_published_quarter_reads_changed_at_once(quarter, typed):
    made = asked(Adjustment.objects.get(), **typed)
    assert standings_by_number([quarter]) == {quarter.pk: Standing.HOLDS}
    decide(actor=actor("office2"), emendation_id=made.pk, version=1, confirm=True, note="", at=timezone.now())
    assert standings_by_number([quarter]) == {quarter.pk: Standing.CHANGED}
    assert standing_of(quarter)[0] == Standing.CHANGED


def test_it_says_beforehand_which_quarter_it_leaves_and_which_it_enters(quarter):
    def told(**typed: str) -> dict[str, str]:
        made = asked(Adjustment.objects.get(), **typed)
        withdraw(actor=actor("office1"), emendation_id=made.pk, version=1, at=timezone.now())
        return {what: becomes for what, becomes in made.rests if "季度结果" in what}

    towns = quarter.scheme.get_track_display()
    second, third = f"2020年第二季度{towns}的季度结果", f"2020年第三季度{towns}的季度结果"
    there = told(happened_on="2020-07-01")
    assert list(there) == [second, third]
    assert "不再计入" in there[second] and "由考评办重新核定，更正通报" in there[second]
    assert there[third] == "这一条按 0.5 分计入；这一季还没有开启打分"
    assert "改按 0.3 分计入" in told(decided_points="0.3")[second]
    assert told(happened_on="2020-06-29") == {}, "in the same quarter it counts as before"
    assert list(told(happened_on="2021-01-04")) == [second], "a day of the next year is in no quarter of this one"
    Scheme.objects.update(quarter_adjustments=False)
    assert told(happened_on="2020-07-01") == {} and told(decided_points="0.3") == {}
