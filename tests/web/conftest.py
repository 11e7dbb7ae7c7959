import pytest

from miyun_kpi.web import registry


@pytest.fixture(autouse=True)
def own_registry(monkeypatch: pytest.MonkeyPatch) -> None:
    """The frame without what other apps give it; what a test registers is gone after it."""
    monkeypatch.setattr(registry, "_places", dict(registry._places))
    monkeypatch.setattr(registry, "_counters", [])
    monkeypatch.setattr(registry, "_notices", [])
    monkeypatch.setattr(registry, "_own", [])
