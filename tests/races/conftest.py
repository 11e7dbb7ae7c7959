import pytest
from django.db import connection

from tests.evaluation.conftest import _demo_of_module, actor_for, demo, live_demo

__all__ = ["_demo_of_module", "actor_for", "demo", "live_demo"]


@pytest.fixture(autouse=True)
def _patient_locks(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever waits for a lock goes on waiting however busy the machine: what a site says after five seconds (409 busy) is no
    outcome of a race, and has a test of its own (test_idempotency)."""
    if connection.vendor == "postgresql":
        monkeypatch.setitem(connection.settings_dict["OPTIONS"], "options", "-c lock_timeout=60s")
