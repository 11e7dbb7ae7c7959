"""Two colleagues store the first items of their unit's 自查报告 at the same moment, on real connections."""

from typing import Any

import pytest

from evaluation.models import SelfReport
from evaluation.year.queries.self_reports import facts_of
from evaluation.year.rules.self_report import item_digest
from evaluation.year.services import self_reports as services
from miyun_kpi.lib.errors import Conflict
from tests.evaluation.conftest import actor_named
from tests.evaluation.year.test_self_reports import AT, scheme, unit
from tests.races.test_reviews import at_once, wait_after

pytestmark = [pytest.mark.postgres, pytest.mark.timeout(240)]


def both(monkeypatch: Any, save: Any) -> list[Any]:
    """Both have found that there is no report yet."""
    items = [fact["indicator"] for fact in facts_of(scheme(), unit()) if not fact["offline"]][:2]
    actor, place, new = actor_named("beizhuang"), (scheme().pk, unit().pk), item_digest("", "")
    wait_after(monkeypatch, services, "lock_one")
    return at_once([lambda item=item: save(actor, *place, item, new, (f"写了{item}", ""), AT) for item in items])


def stored() -> int:
    return SelfReport.objects.get().lines.count()


def through_the_door(actor: Any, scheme_id: int, unit_id: int, item: int, seen: str, typed: Any, at: Any) -> Any:
    return services.save_self_report_item(
        actor=actor,
        scheme_id=scheme_id,
        organisation_id=unit_id,
        indicator_id=item,
        seen=seen,
        done=typed[0],
        problem=typed[1],
        at=at,
    )


def test_both_first_items_are_stored(live_demo: None, monkeypatch: Any) -> None:
    outcomes = both(monkeypatch, through_the_door)
    assert not [one for one in outcomes if isinstance(one, Exception)], outcomes
    assert stored() == 2


@pytest.mark.control("test_both_first_items_are_stored")
def test_without_a_second_try_one_is_refused_though_nobody_wrote_its_item(live_demo: None, monkeypatch: Any) -> None:
    outcomes = both(monkeypatch, services._item_saved)
    assert [type(one) for one in outcomes if isinstance(one, Exception)] == [services.JustMade], outcomes
    assert issubclass(services.JustMade, Conflict) and stored() == 1
