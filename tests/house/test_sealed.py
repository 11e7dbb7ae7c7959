"""What is said of a person outside the offices is sealed by its declaration, and nothing lists, orders, indexes or sums it."""

import re

import pytest
from django.apps import apps
from django.db import models

from miyun_kpi.db.sealed import SealedField
from miyun_kpi.registers.enums import FieldType
from miyun_kpi.registers.queries.records import in_list
from miyun_kpi.registers.registry import all_kinds
from miyun_kpi.registers.rules.stored import search_words, unique_key
from tests.house import ROOT, files, name

# Words of a label that speak of such a person or of how to reach one.
PERSONAL = re.compile(
    r"申请人|当事人|第三方|联系方式|联系人|电话|手机|邮箱|住址|证件|身份证|账号|咨询人|保管人|姓名|出生"
)
# Where the words mean something else, or the name is public or of an office: why it stays in the clear.
IN_THE_CLEAR = {
    "accounts.User.display_name": "people of the house, in every trail",
    "disclosure.Application.applicant_kind": "a code of two kinds, in the yearly table",
    "personnel.Person.name": "whom the district appoints is published",
    "postdoc.Person.masked": "the surname and two stars",
    "postdoc.Person.document_kind": "a code of kinds",
    "postdoc.Person.fingerprint": "a keyed fingerprint",
}
REGISTERS_IN_THE_CLEAR = {
    "disclosure.interpretations.speaker": "the official who explains in public (第一解读人)",
    "disclosure.inquiries.first": "the official on duty (首问人)",
    "safety.black-list.objection": "what was said, not who",
    "finance.bonds.certifier": "a body that certifies bonds",
}
SEALED = [
    (f"{model._meta.label}.{one.name}", model, one)
    for model in apps.get_models()
    for one in model._meta.concrete_fields
    if isinstance(one, SealedField)
]
FIELDS = [
    (f"{kind.key}.{one.name}", kind, one) for kind, _ in all_kinds() for one in kind.fields if kind.app != "sample"
]
SEALED_FIELDS = [(key, kind, one) for key, kind, one in FIELDS if one.sealed]


def test_a_column_that_speaks_of_a_person_is_sealed_or_says_why_not():
    found = {
        f"{model._meta.label}.{one.name}": isinstance(one, SealedField)
        for model in apps.get_models()
        if model._meta.app_config.path.startswith(str(ROOT)) and ".venv" not in model._meta.app_config.path
        for one in model._meta.concrete_fields
        if isinstance(one, (models.CharField, models.TextField)) and not one.name.endswith("_by")
        if PERSONAL.search(str(one.verbose_name))
    }
    assert {key for key, sealed in found.items() if not sealed} == set(IN_THE_CLEAR)
    assert {
        "disclosure.Application.applicant",
        "disclosure.Application.contact",
        "disclosure.ThirdParty.name",
        "postdoc.Person.phone",
    } <= {key for key, sealed in found.items() if sealed}


def _speaks(one):
    return one.type == FieldType.PERSON or PERSONAL.search(one.label)


def test_a_field_of_a_register_that_speaks_of_a_person_is_sealed_or_says_why_not():
    texts = (FieldType.TEXT, FieldType.LONG, FieldType.PERSON, FieldType.SEALED)
    found = {key: one.sealed for key, _, one in FIELDS if one.type in texts and _speaks(one)}
    assert {key for key, sealed in found.items() if not sealed} == set(REGISTERS_IN_THE_CLEAR)
    assert {
        "water.case.party",
        "water.discharge.contact",
        "safety.supplies.keeper",
        "disclosure.inquiries.asker",
        "finance.talent.person",
    } == {key for key, sealed in found.items() if sealed}


@pytest.mark.parametrize(("key", "model", "field"), SEALED, ids=[key for key, *_ in SEALED])
def test_no_order_index_or_constraint_reads_a_sealed_column(key, model, field):
    meta = model._meta
    named = [str(one).lstrip("-") for one in meta.ordering or []]
    named += [one for index in meta.indexes for one in index.fields]
    named += [one for rule in meta.constraints for one in getattr(rule, "fields", ())]
    assert field.name not in named and not field.db_index and not field.unique
    known = {one for one in ("exact", "contains", "startswith", "in", "gt", "isnull") if field.get_lookup(one)}
    assert not known and bool(field.get_lookup("sought")) == field.findable
    with pytest.raises(TypeError):
        field.get_prep_value("clear")


@pytest.mark.parametrize(("key", "kind", "field"), SEALED_FIELDS, ids=[key for key, *_ in SEALED_FIELDS])
def test_no_list_sort_sum_search_or_key_reads_a_sealed_field(key, kind, field):
    assert field.secret and not field.summed and not in_list(field)
    assert field.name not in (kind.town, kind.owner, kind.due, kind.done, *kind.unique, *kind.moving)
    values = {one.name: "" for one in kind.fields} | {field.name: "标记"}
    assert "标记" not in search_words(kind, values, []) + (unique_key(kind, values) or "")


def test_nothing_orders_or_sums_by_a_sealed_column_in_its_queries():
    """The database would sort tokens: an order that means nothing, and one that moves with every saving."""
    names = {one.name for key, _, one in SEALED if key not in ("accounts.SecondFactor.secret",)} - {"name"}
    calls = re.compile(r"(?:order_by|Sum|Min|Max|values_list|values|distinct)\(([^)]*)\)")
    found = [
        (name(path), said)
        for path in files(".py", under=("disclosure", "postdoc", "miyun_kpi"))
        if "migrations" not in path.parts
        for said in calls.findall(path.read_text())
        if {word.rpartition("__")[2].lstrip("-") for word in re.findall(r'"([^"]+)"', said)} & names
    ]
    assert found == []
