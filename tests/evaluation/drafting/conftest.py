import pytest


@pytest.fixture
def first(actor_for):
    """Who proposes."""
    return actor_for("zhengfuban1")


@pytest.fixture
def second(actor_for):
    """Who decides."""
    return actor_for("zhengfuban2")


@pytest.fixture
def administrator(actor_for):
    return actor_for("guanliyuan")
