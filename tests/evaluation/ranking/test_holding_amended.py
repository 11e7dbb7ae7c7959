"""A 修订 from a later quarter on alarms nobody about the quarter before it (engine 21, 22)."""

from datetime import date

import pytest
from django.utils import timezone

from evaluation.drafting.services.amending import decide_amendment, propose_amendment
from evaluation.figures.services.figures import Wanted
from evaluation.models import InputsRevision
from evaluation.periods.queries.population import period_view
from miyun_kpi.lib.periods import PeriodCode
from tests.evaluation.ranking.test_holding import PLACES
from tests.factories import holding as made
from tests.factories.feedback import actor
from tests.factories.year_end import township

pytestmark = pytest.mark.django_db


def test_an_amendment_from_a_later_quarter_alarms_nobody(gazette):
    ranking = made.quarter_in_force()
    views = period_view(township(), ranking.period)
    heavy = [iv for iv in views.indicators if iv.weight("eco") > 2]
    one, other = next(
        (a, b) for a in heavy for b in heavy if a is not b and a.indicator.dimension == b.indicator.dimension
    )
    wanted = [
        Wanted(one.weights["eco"].pk, one.weights["eco"].version, str(one.weight("eco") - 1)),
        Wanted(other.weights["eco"].pk, other.weights["eco"].version, str(other.weight("eco") + 1)),
    ]
    found = propose_amendment(
        actor=actor("office1"),
        scheme_id=township().pk,
        effective_from=PeriodCode(2020, quarter=3),
        wanted=wanted,
        reason="党组会研究调整",
        organ="区政府常务会议",
        approved_on=date(2020, 9, 20),
        document_number="密政办字〔2020〕90号",
        at=timezone.now(),
    )
    decide_amendment(actor=actor("office2"), amendment_id=found.pk, confirm=True, note="", at=timezone.now())
    assert (
        InputsRevision.objects.get(period=ranking.period, scheme=township()).revision > 1
    )  # it was counted, and compared
    assert {name: place(ranking) for name, place in PLACES.items()} == dict.fromkeys(PLACES, "")
