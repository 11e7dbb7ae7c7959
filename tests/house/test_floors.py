"""Foreign keys go down the floors too: given as strings they escape the import contracts."""

import re

import pytest
from django.apps import apps
from django.db import models

from tests.house import CODE, PYPROJECT, ROOT


def floors() -> dict[str, int]:
    """Package → floor, 0 the lowest, read from the import contract so that there is one order."""
    (contract,) = [c for c in PYPROJECT["tool"]["importlinter"]["contracts"] if c["id"] == "floors"]
    found = {}
    for number, layer in enumerate(reversed(contract["layers"])):
        for module in re.split(r"[|:]", layer):
            found[module.strip(" ()")] = number
    return found


def our_models() -> list[type[models.Model]]:
    return [m for m in apps.get_models(include_auto_created=True) if m.__module__.split(".")[0] in CODE]


def upward(model: type[models.Model], order: dict[str, int]) -> list[str]:
    """The relations of `model` that do not go down (or stay in its app)."""
    own = model._meta.app_config.name
    wrong = []
    for field in model._meta.get_fields():
        target = field.related_model
        if field.auto_created or not isinstance(target, type) or target.__module__.split(".")[0] not in CODE:
            continue
        other = target._meta.app_config.name
        if other != own and order[other] >= order[own]:
            wrong.append(f"{model._meta.label}.{field.name} → {target._meta.label}")
    return wrong


def test_every_relation_between_apps_goes_down_the_floors():
    order = floors()
    assert [line for model in our_models() for line in upward(model, order)] == []


def test_the_check_of_relations_sees_one_that_goes_up():
    order = floors() | {"evaluation": -1}
    assert any(upward(model, order) for model in our_models())


def test_every_installed_app_of_ours_has_a_floor_and_an_apps_module():
    order = floors()
    for config in apps.get_app_configs():
        if config.name.split(".")[0] in CODE:
            assert config.name in order, config.name
            assert (ROOT / config.name.replace(".", "/") / "apps.py").exists(), config.name
            assert config.label == config.name.rpartition(".")[2]


@pytest.mark.parametrize("field", [models.ForeignKey, models.OneToOneField, models.ManyToManyField])
def test_no_relation_is_generic(field):
    assert not [
        m for m in our_models() if any(f.__class__.__name__ == "GenericForeignKey" for f in m._meta.private_fields)
    ]


def test_no_column_reads_the_clock_by_itself():
    inherited = {"accounts.ApiToken.created"}  # knox's own column
    wrong = [
        f"{m._meta.label}.{f.name}"
        for m in our_models()
        for f in m._meta.concrete_fields
        if getattr(f, "auto_now", False) or getattr(f, "auto_now_add", False)
    ]
    assert set(wrong) <= inherited
