"""勘正 of decided 加减分: the year follows by a new computation, and nothing is let in that the meeting could not decide."""

import json
from decimal import Decimal

import pytest
from django.utils import timezone

from evaluation.models import Adjustment, InputsRevision, Ranking
from miyun_kpi.emendations.services import decide, propose
from miyun_kpi.lib.errors import NotAllowed, NotFound, Refused
from tests.factories.feedback import actor
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
