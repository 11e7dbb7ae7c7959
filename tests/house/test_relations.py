"""Every fact that names an organisation says what becomes of it when that ends in another."""

from dataclasses import replace

import pytest
from django.apps import apps
from django.db import connection

from miyun_kpi.lib.relations import Relation
from miyun_kpi.organisations import registry
from miyun_kpi.organisations.affairs import affairs_of
from miyun_kpi.organisations.checks import relations_are_declared
from miyun_kpi.organisations.models import Organisation
from miyun_kpi.organisations.registry import relations, undeclared
from miyun_kpi.registers.enums import FieldType
from miyun_kpi.registers.registry import all_kinds

NAMING = (FieldType.ORGANISATION, FieldType.TOWN)


def every_model():
    return apps.get_models(include_auto_created=True)


def test_every_relation_to_an_organisation_says_what_a_merger_does_to_it():
    assert undeclared(every_model()) == []


def test_the_check_names_a_relation_that_says_nothing(monkeypatch):
    first, *_ = relations()
    monkeypatch.delitem(registry._declared, (first.model, first.name))
    name = f"{first.model._meta.label}.{first.name}"
    assert undeclared(every_model()) == [name]
    (error,) = relations_are_declared()
    assert error.is_serious() and error.msg.startswith(name)


def test_nothing_is_declared_that_is_not_there():
    for one in relations():
        assert one.model._meta.get_field(one.name).related_model is Organisation, one


def unsaid(kinds):
    return [f"{k.key}.{one.name}" for k in kinds for one in k.fields if one.type in NAMING and not k.relation_of(one)]


def test_every_field_of_a_register_that_names_an_organisation_says_the_same():
    kinds = [kind for kind, _ in all_kinds()]
    assert len(kinds) > 100 and unsaid(kinds) == []


def test_the_check_of_fields_names_one_that_says_nothing():
    kind = next(kind for kind, _ in all_kinds() if kind.key == "safety.hazards")
    silent = replace(kind, fields=tuple(replace(one, relation=None) for one in kind.fields))
    assert unsaid([silent]) == ["safety.hazards.listed_by"]


def test_what_stays_or_asks_says_why_and_what_moves_says_what_it_is_called():
    for one in relations():
        assert one.said.label, one
        assert one.said.relation == Relation.MOVES or one.said.why.endswith("。"), one


@pytest.mark.django_db
def test_every_declaration_can_be_counted_and_names_a_page_that_exists(gazette):
    unit = Organisation.objects.get(code="minzheng-ju")
    found = affairs_of([unit])
    assert {one.label for one in found.moving} >= {"任务"}
    # One count a declaration, so that the page of a merger stays quick.
    assert connection.vendor and all(one.number for one in (*found.moving, *found.asking, *found.staying))
