"""One page saves its draft many times at the same moment, two windows of an account at once: nothing breaks or doubles."""

from typing import Any

import pytest
from django.utils import timezone

from miyun_kpi.drafts import services
from miyun_kpi.drafts.models import Draft
from tests.drafts.test_drafts import FORM, VERSION, body
from tests.factories.rankings import actor_of, person
from tests.races.test_reviews import at_once

pytestmark = [pytest.mark.postgres, pytest.mark.timeout(240)]


@pytest.mark.no_control("the guard is the unique key of the table, and without it the second row is what it forbids")
def test_saves_of_one_page_and_of_two_at_the_same_moment(transactional_db: None, gazette: None, settings: Any) -> None:
    settings.DRAFTS_MOST = 3
    actor = actor_of(person("drafts-race", "区民政局", "reporter"))

    def save(mark: str, replaces: tuple[str, ...]) -> None:
        typed = services.Typed(form=FORM, version=VERSION, body=body(mark), post_id=actor.post_id)
        services.keep(actor=actor, mark=mark, typed=typed, replaces=replaces, at=timezone.now())

    marks = [f"markmark0{number % 5}" for number in range(20)]
    acts = [lambda mark=mark, other=marks[-1 - n]: save(mark, (other,)) for n, mark in enumerate(marks)]
    assert at_once(acts) == [None] * len(acts)
    held = list(Draft.objects.values_list("mark", flat=True))
    assert len(held) == len(set(held)) and held
