"""正式核定 asks for settled figures: the first promise of a ranking."""

import pytest
from django.utils import timezone

from evaluation.models import Figure, Ranking, Scheme
from evaluation.ranking.services import compute_official
from miyun_kpi.lib.errors import Refused
from tests.factories.rankings import actor_of, filed_quarter, person


@pytest.mark.parametrize("track", ["township", "department"])
def test_no_official_ranking_while_a_figure_is_not_confirmed(gazette, track):
    """One figure of the track that enters the arithmetic is enough; another track's does not matter."""
    office = actor_of(person("office", "区政府办公室", "evaluation_office"))
    period = filed_quarter()
    scheme = Scheme.objects.get(track=track)
    other = Figure.objects.filter(kind="weight").exclude(scheme=scheme).first()
    own = Figure.objects.filter(kind="weight", scheme=scheme).first()
    Figure.objects.filter(pk__in=[own.pk, other.pk]).update(confirmed=False, status="assumed")
    with pytest.raises(Refused) as refused:
        compute_official(actor=office, scheme=scheme, period=period, at=timezone.now())
    assert refused.value.code == "unconfirmed" and own.key in refused.value.errors[0].message
    assert not Ranking.objects.filter(kind="official").exists()
    Figure.objects.filter(pk=own.pk).update(confirmed=True)
    assert compute_official(actor=office, scheme=scheme, period=period, at=timezone.now())[0].kind == "official"
