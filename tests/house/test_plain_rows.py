"""Models that are made of their rows without the constructor: what comes is what the constructor makes."""

from pickle import dumps, loads

import pytest
from django.apps import apps
from django.db.models import Model
from django.db.models.signals import post_init, pre_init

from miyun_kpi.db.rows import PlainRows, know
from miyun_kpi.organisations.models import Organisation
from tests.evaluation.conftest import _demo_of_module, demo

__all__ = ["_demo_of_module", "demo"]
PLAIN = [model for model in apps.get_models() if issubclass(model, PlainRows)]


@pytest.mark.parametrize("model", PLAIN, ids=lambda model: model.__name__)
def test_a_row_is_what_the_constructor_makes_of_it(demo, model):
    row = model.objects.order_by("pk").first()
    names = [field.attname for field in model._meta.concrete_fields]
    made = Model.from_db.__func__(model, row._state.db, names, [row.__dict__[name] for name in names])
    assert {name: made.__dict__[name] for name in names} == {name: row.__dict__[name] for name in names}
    assert (row._state.adding, row._state.db) == (made._state.adding, made._state.db) == (False, "default")
    assert row == made and loads(dumps(row)) == row


@pytest.mark.parametrize("model", PLAIN, ids=lambda model: model.__name__)
def test_what_was_not_read_is_read_when_it_is_asked_for(demo, model, django_assert_num_queries):
    whole = model.objects.order_by("pk").first()
    row = model.objects.order_by("pk").only("pk").first()
    name = model._meta.concrete_fields[-1].attname
    assert name in row.get_deferred_fields() and not whole.get_deferred_fields()
    with django_assert_num_queries(1):
        assert getattr(row, name) == getattr(whole, name)


def test_no_signal_and_no_constructor_hangs_on_them():
    """Neither would be called for a row."""
    for model in PLAIN:
        assert "__init__" not in model.__dict__
        assert not pre_init.has_listeners(model) and not post_init.has_listeners(model)


def test_what_is_known_of_a_row_is_asked_no_more(demo, django_assert_num_queries):
    mark = next(model for model in PLAIN if model.__name__ == "Mark").objects.first()
    with django_assert_num_queries(1):
        unit = Organisation.objects.get(pk=mark.organisation_id)
    know(mark, {"organisation": unit})
    with django_assert_num_queries(0):
        assert mark.organisation is unit
