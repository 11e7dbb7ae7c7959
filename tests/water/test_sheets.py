"""Targets and projects as workbooks: every value as entered, every stage with its days behind."""

import io

from openpyxl import load_workbook

from tests.evaluation.conftest import _demo_of_module, demo
from tests.factories.sheets import person
from water.models import Measure, Phase

__all__ = ["_demo_of_module", "demo"]


def pages(address):
    book = load_workbook(io.BytesIO(person("beizhuang").get(address).content))
    return {page.title: [list(row) for row in page.values][3:] for page in book}


def test_every_value_stands_as_it_was_entered(demo):
    found = pages("/water/targets.xlsx")["监测值"]
    stored = Measure.objects.filter(struck_at__isnull=True)
    assert len(found) == stored.count() > 0
    assert {row[1] for row in found} == {f"{one.day:%Y-%m-%d}" for one in stored}
    assert all(row[5] is not None for row in found)


def test_every_stage_is_a_row(demo):
    found = pages("/water/projects.xlsx")["项目阶段"]
    assert {row[2] for row in found if row[2]} == set(Phase.objects.values_list("name", flat=True)) != set()
