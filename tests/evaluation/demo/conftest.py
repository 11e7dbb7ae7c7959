from collections.abc import Iterator
from datetime import datetime
from typing import Any

import pytest
from django.db import transaction
from django.utils import timezone

from evaluation.demo.scenes import Scene
from evaluation.demo.services import load_demo
from miyun_kpi import site as sites
from tests import database


@pytest.fixture(scope="package")
def _year(django_db_setup: None, django_db_blocker: Any) -> Iterator[datetime]:
    """Told once, in a transaction around the savepoints of the tests."""
    assert database.loading_failed is None, database.loading_failed
    before = list(sites._current)
    with django_db_blocker.unblock():
        around = transaction.atomic()
        around.__enter__()
        try:
            sites._current[:] = [sites.DEMO]
            at = timezone.now()
            assert load_demo(at=at, scene=Scene.YEAR)
            yield at
        finally:
            sites._current[:] = before
            transaction.set_rollback(True)
            around.__exit__(None, None, None)


@pytest.fixture
def told(_year: datetime, db: None) -> datetime:
    return _year
