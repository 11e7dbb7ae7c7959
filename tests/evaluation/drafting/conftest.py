import pytest


@pytest.fixture
def administrator(actor_for):
    return actor_for("guanliyuan")
