from collections.abc import Iterator
from typing import Any

import pytest

from tests import database
from tests.simulation.driver import Outcome
from tests.simulation.world import world


@pytest.fixture(scope="package")
def _world(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """The demonstration of the first day, once for all years of this process."""
    assert database.loading_failed is None, database.loading_failed
    with django_db_blocker.unblock(), world():
        yield


@pytest.fixture
def begun(_world: None, db: None, settings: Any) -> None:
    """The state in which every year begins.

    What is counted of refused pages lies in the process and is written when its window is over, by whatever request
    comes then: not by the step that is looked at, and not at all here (tests/audit/test_counting.py).
    """
    settings.AUDIT_WINDOW_SECONDS = 10**9


@pytest.fixture(scope="session")
def years(request: pytest.FixtureRequest) -> Iterator[list[Outcome]]:
    """What came of each year; of several the whole in a line, which the row of the night takes."""
    found: list[Outcome] = []
    yield found
    if len(found) > 1:
        done, refused = sum(one.done.total() for one in found), sum(one.refused.total() for one in found)
        steps, failed = sum(len(one.trace) for one in found), sum(one.finding is not None for one in found)
        request.config.get_terminal_writer().write(
            f"\nsimulated in all: {len(found)} seeds, {steps} steps, {done} done, {refused} refused, {failed} failed\n"
        )
