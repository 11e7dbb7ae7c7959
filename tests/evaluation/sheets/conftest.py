import pytest
from django.test import Client

from evaluation.models import MarkSheet
from tests.factories.sheets import person, water_sheet


@pytest.fixture
def shuiwu(demo: None) -> Client:
    """区水务局's evaluator at the page door."""
    return person("shuiwu")


@pytest.fixture
def sheet(demo: None) -> MarkSheet:
    """The open sheet of 河长制和水环境治理, nothing in it."""
    return water_sheet()
