"""Every endpoint, as every client that may: what it answers has exactly the fields and types the schema says.

`tests.answers` holds every other answer of the suite to it as well; this walk makes sure that every endpoint answered.
"""

import copy
import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.db import transaction
from django.http import HttpResponse
from django.urls import reverse
from django.utils import timezone
from drf_spectacular.drainage import GENERATOR_STATS
from drf_spectacular.validation import validate_schema

from evaluation.models import Mark, MarkCondition, MarkSheet, RecordLine
from farmland.models import Application, Entry, Lot, Warrant
from farmland.services import applications
from farmland.services.money import Movement, record_money
from finance_policy.models import BankReturn, Loan, SubsidyRate, VetoNotice
from finance_policy.rules.conditions import WORDS
from miyun_kpi.accounts.access import verbs_of
from miyun_kpi.acts.days import Late
from miyun_kpi.api.schema import schema_document
from miyun_kpi.lib.actors import Actor
from miyun_kpi.organisations.queries import resolve
from miyun_kpi.registers.models import Record, RecordEvent
from miyun_kpi.registers.registry import all_kinds
from tests import answers
from tests.evaluation.conftest import _demo_of_module, demo
from tests.house import months
from tests.house.role_matrix import API, CLIENTS
from tests.house.role_matrix.farmland import MONEY
from tests.house.role_matrix.finance import ENTERPRISE
from tests.house.test_role_matrix import Walker, _world, arguments, column, offices, world

__all__ = ["_demo_of_module", "_world", "demo", "world"]
World = dict[str, Any]
Cell = tuple[str, str]


# What an act of the walk needs beside the world of the role matrix, and other bodies than those it is refused with there.
def _blank_sheet_filled(world: World) -> None:
    Mark.objects.filter(sheet=world["sheet_id"]).update(value=Decimal("88.5"), version=1, problems="巡河次数不足")


def _unlike(world: World) -> None:
    """Every mark of the sheet is unlike the record: nothing stands on it."""
    _blank_sheet_filled(world)
    sheet, at = MarkSheet.objects.get(pk=world["sheet_id"]), timezone.now()
    source = {"provider": "registers", "source": "safety.plans", "basis": "例会议定", "added_at": at}
    RecordLine.objects.create(share_figure=sheet.share_figure, **source)
    condition = {"kind": "nothing", "threshold": "100", "state": "active", "added_at": at, "tried_at": at}
    MarkCondition.objects.create(scheme=sheet.scheme, basis="例会议定", **condition)


def _record(name: str, *, stage: str = "", **values: str) -> Callable[[World], None]:
    """The record of the address at a stage, with further values."""

    def prepare(world: World) -> None:
        record = Record.objects.get(pk=arguments(name, world)["record_id"])
        record.values |= values
        record.stage = stage or record.stage
        record.save()

    return prepare


def _rate(world: World) -> None:
    entered = {"entered_at": timezone.now(), "entered_by": "甲"}
    SubsidyRate.objects.create(level="1", from_on=date(2021, 5, 1), percent=1, basis="某文", **entered)


def _draft_return(world: World) -> None:
    BankReturn.objects.filter(pk=world["return_id"]).update(state="draft", **dict.fromkeys(WORDS, 9))


def _reserved(world: World) -> None:
    """The application of the world holds its land: an allocation with its steps."""
    application_id = world["api:farmland-application:application_id"]
    applications.reserve(actor=_office("区规自分局"), application_id=application_id, version=1, at=timezone.now())


def _reserved_to_release(world: World) -> None:
    application_id = world["api:farmland-application-proposals:application_id"]
    applications.reserve(actor=_office("区规自分局"), application_id=application_id, version=1, at=timezone.now())


def _used(world: World) -> None:
    """A lot that the application of the world has used."""
    row = Application.objects.get(pk=world["api:farmland-application:application_id"])
    Application.objects.filter(pk=row.pk).update(state="posted")
    facts = {
        "kind": "post",
        "area": 1,
        "change": 0,
        "lot_free": 9,
        "pool_free": 9,
        "reason": "核销",
        "clause": "21·第七条",
    }
    dated = {"done_on": date(2020, 6, 1), "at": timezone.now(), "by": "甲"}
    Entry.objects.create(number=900, act=900, lot_id=world["lot_id"], application=row, **facts, **dated)


def _built(world: World) -> None:
    Lot.objects.filter(pk=world["lot_id"]).update(builder="soe", cost=Decimal(9))


def _warranted(world: World) -> None:
    """The lot of the world is to be paid what its warrant says."""
    _built(world)
    Warrant.objects.filter(pk=world["warrant_id"]).update(
        kind="out_soe_cost", amount=1, lot_id=world["lot_id"], money=None, cancelled_at=None
    )


def _paid(world: World) -> None:
    late = Late("票据存根", "今天才送到")
    movement = Movement("in_transfer", Decimal(1), date(2020, 6, 1), "票0", transfer_id=world["transfer_id"], late=late)
    record_money(actor=_office("区财政局"), movement=movement, at=timezone.now())


def _office(name: str) -> Actor:
    place = resolve(name)
    assert place is not None
    return Actor("甲", user_id=1, organisation_id=place.pk, role="register_office", verbs=verbs_of("register_office"))


def _supported(world: World) -> None:
    """The firm of the loan was in the library at the first level, whose rate is told, and nothing stopped it."""
    VetoNotice.objects.update(issued_on=date(2021, 5, 1))
    row = Record.objects.get(pk=Loan.objects.get(pk=world["loan_id"]).record_id)
    row.values |= {"level": "1", "recognised_on": "2020-01-01"}
    row.save()
    said = {"at": timezone.now(), "by": "甲"}
    RecordEvent.objects.create(record=row, act="stepped", step="认定入库", step_code="recognise", **said)


def _case(world: World) -> None:
    """Of the registers of 19号 the enterprises belong to no unit; a case does."""
    unit = resolve("区水务局")
    assert unit is not None
    said = {"created_at": timezone.now(), "created_by": "甲", "changed_at": timezone.now()}
    values = {"title": "某案例", "unit": unit.code, "on": "2020-09-30", "story": "某做法"}
    row = Record.objects.create(kind="finance.cases", number=1, stage="filed", values=values, owner=unit, **said)
    name = "api:finance-record-hand-over"
    world |= {f"{name}:kind": "cases", f"{name}:record_id": row.pk}


PREPARED: dict[Cell, Callable[[World], None]] = {
    ("api:mark-sheet-file", "POST"): _blank_sheet_filled,
    ("api:mark-sheet-differences", "POST"): _unlike,
    ("api:disclosure-record", "PATCH"): _record("api:disclosure-record", stage="draft"),
    ("api:farmland-record-steps", "POST"): _record("api:farmland-record-steps", approval="同1"),
    ("api:finance-record-hand-over", "POST"): _case,
    ("api:finance-record-steps", "POST"): _record("api:finance-record-steps", standard="某标准"),
    ("api:postdoc-record-steps", "POST"): _record("api:postdoc-record-steps", answer="已办", answered_on="2020-09-30"),
    ("api:water-record-steps", "POST"): _record("api:water-record-steps", plan="某计划"),
    ("api:green-trial", "POST"): _rate,
    ("api:green-subsidies", "POST"): _supported,
    ("api:green-return", "PATCH"): _draft_return,
    ("api:green-return-submit", "POST"): _draft_return,
    ("api:farmland-allocations", "GET"): _reserved,
    ("api:farmland-application", "GET"): _reserved,
    ("api:farmland-application-proposals", "POST"): _reserved_to_release,
    ("api:farmland-money", "GET"): _paid,
    **{("api:farmland-months", method): _paid for method in ("GET", "POST")},
    **{("api:green-subsidy-months", method): months.subsidised for method in ("GET", "POST")},
    **{("api:postdoc-months", method): months.living for method in ("GET", "POST")},
    ("api:farmland-reward-lines", "GET"): _used,
    ("api:farmland-warrants", "POST"): _built,
    ("api:farmland-voucher", "POST"): _warranted,
}
TYPED: dict[Cell, Callable[[World], Any]] = {
    ("api:mark-sheet-file", "POST"): lambda world: {"version": 1, "reason": "数字为虚构"},
    ("api:mark-sheet-differences", "POST"): lambda world: {
        "rows": [{"organisation": "beizhuang-zhen", "version": 1}],
        "text": "与检查记录一致",
    },
    ("api:finance-records", "POST"): lambda world: {"values": ENTERPRISE | {"code": "91440300708461136T"}},
    ("api:farmland-application-proposals", "POST"): lambda world: {
        "act": "release",
        "version": 2,
        "reason": "项目推迟",
    },
    ("api:farmland-warrants", "POST"): lambda world: {"kind": "out_soe_cost", "amount": "1.00", "lot": world["lot_id"]},
    ("api:farmland-money", "POST"): lambda world: MONEY | {"kind": "in_transfer", "transfer": world["transfer_id"]},
}
TYPED |= {(name, "POST"): months.read(name) for name in months.MONTHS}
SCHEMA = ("api:schema", "GET")
DONE = (200, 201, 202)
# Reached, but refused by a rule in this world; and lists without a row. Both are empty and should stay so.
REFUSED: set[Cell] = set()
EMPTY: set[str] = set()


def sent(walker: Walker, name: str, method: str, **headers: str) -> HttpResponse:
    cell, address = (name, method), reverse(name, kwargs=arguments(name, walker.world))
    walker.headers |= headers
    if cell not in TYPED:
        return walker.answer(name, method, address)
    body = json.dumps(TYPED[cell](walker.world))
    return walker.client.generic(method, address, body, content_type="application/json", headers=walker.headers)


@contextmanager
def prepared(walker: Walker, name: str, method: str) -> Iterator[None]:
    """What the act needs is there; afterwards nothing of it."""
    mark, headers = transaction.savepoint(), dict(walker.headers)
    try:
        PREPARED.get((name, method), lambda world: None)(walker.world)
        yield
    finally:
        walker.headers = headers
        transaction.savepoint_rollback(mark)


def clients() -> list[str]:
    return [*CLIENTS, *(f"office {one}" for one in offices(api=True))]


def cells_of(who: str) -> list[Cell]:
    """What a client reaches, by the table of the role matrix."""
    found = []
    for (name, method), row in API.items():
        at = column(name, who)
        if at is not None and row.replace(" ", "")[at] == "A" and (name, method) != SCHEMA:
            found.append((name, method))
    return found


def operation_of(answer: HttpResponse, method: str) -> dict[str, Any]:
    """What the schema says about the address that gave the answer."""
    path = answers.path_of(answer.wsgi_request.resolver_match.route)
    found: dict[str, Any] = answers.document()["paths"][path][method.lower()]
    return found


@pytest.mark.once
@pytest.mark.timeout(600)
def test_every_answer_has_the_fields_and_types_of_its_schema(world):
    reached, done, filled, wrong = set[Cell](), set[Cell](), set[str](), list[str]()
    for who in clients():
        walker = Walker(who, world, api=True)
        for name, method in cells_of(who):
            with prepared(walker, name, method):
                answer = sent(walker, name, method)
            route, status = answer.wsgi_request.resolver_match.route, answer.status_code
            fault = answers.faults_of_answer(route, method, status, answer.content)
            said = operation_of(answer, method)["responses"].get(str(status), {})
            if ("ETag" in said.get("headers", {})) != answer.has_header("ETag"):
                fault += " ETag"
            if fault:
                wrong.append(f"{method} {name} as {who}: {fault}")
            reached.add((name, method))
            if status in DONE:
                done.add((name, method))
                if method == "GET" and json.loads(answer.content).get("results") != []:
                    filled.add(name)
    assert "\n".join(wrong) == ""
    assert reached - done == REFUSED
    assert {name for name, method in done if method == "GET"} - filled == EMPTY
    # Every endpoint there is but the schema is carried out by some client: none is there to refuse every token.
    assert set(API) - done == REFUSED | {SCHEMA}


@pytest.mark.once
@pytest.mark.timeout(600)
def test_a_post_says_that_it_may_be_repeated_exactly_where_a_second_one_changes_nothing(world):
    wrong, asked = [], set[str]()
    for who in clients():
        walker = Walker(who, world, api=True)
        for name, method in cells_of(who):
            if method != "POST" or name in asked or (name, method) in REFUSED:
                continue
            with prepared(walker, name, method):
                first = sent(walker, name, method, **{"Idempotency-Key": "walk"})
                again = sent(walker, name, method, **{"Idempotency-Key": "walk"})
            if first.status_code not in DONE:
                continue
            asked.add(name)
            operation = operation_of(first, method)
            offers = any(one["name"] == "Idempotency-Key" for one in operation.get("parameters", ()))
            says = "Idempotent-Replay" in operation["responses"][str(first.status_code)].get("headers", {})
            repeats = again.headers.get("Idempotent-Replay") == "true"
            if not offers == says == repeats:
                wrong.append(f"{name}: offered {offers}, declared {says}, repeated {repeats}")
    assert "\n".join(wrong) == ""
    assert len(asked) >= 25


def test_the_schema_is_made_without_a_warning_and_is_valid():
    GENERATOR_STATS.reset()
    with GENERATOR_STATS.silence():
        document = schema_document()
    assert not GENERATOR_STATS, [*GENERATOR_STATS._warn_cache, *GENERATOR_STATS._error_cache]
    validate_schema(document)


def untyped(schema: Any, document: dict[str, Any], seen: frozenset[str] = frozenset()) -> list[str]:
    """Where an answer is an object without fields, or has no type at all."""
    if not isinstance(schema, dict) or not schema:
        return ["no schema"]
    if "$ref" in schema:
        name = schema["$ref"].rsplit("/", 1)[-1]
        inner = document["components"]["schemas"][name]
        return [] if name in seen else [f"{name} {one}" for one in untyped(inner, document, seen | {name})]
    for both in ("oneOf", "allOf", "anyOf"):
        if both in schema:
            return [fault for one in schema[both] for fault in untyped(one, document, seen)]
    types = schema.get("type", "")
    if "array" in types:
        return untyped(schema.get("items"), document, seen)
    if "object" in types:
        values = schema.get("additionalProperties")
        fields = schema.get("properties", {})
        if not fields and not isinstance(values, dict):
            return ["an object without fields"]
        found = [f".{name} {fault}" for name, one in fields.items() for fault in untyped(one, document, seen)]
        return found + (untyped(values, document, seen) if isinstance(values, dict) else [])
    return [] if types else ["no type"]


def untyped_answers(document: dict[str, Any]) -> list[str]:
    found = []
    for path, operations in document["paths"].items():
        for method, operation in operations.items():
            for status, said in operation["responses"].items():
                for media in said.get("content", {}).values() if status in map(str, DONE) else ():
                    found += [f"{method} {path}: {fault}" for fault in untyped(media.get("schema"), document)]
            if not any(operation["responses"].get(str(status), {}).get("content") for status in DONE):
                found.append(f"{method} {path}: no answer")
    return found


def test_no_endpoint_answers_with_an_object_of_which_nothing_is_said():
    assert untyped_answers(schema_document()) == []


def test_an_endpoint_that_says_nothing_of_its_answer_would_be_noticed():
    document = copy.deepcopy(schema_document())
    bare = {"type": "object", "additionalProperties": {}}
    document["paths"]["/api/v1/documents/"]["get"]["responses"]["200"]["content"]["application/json"]["schema"] = bare
    document["components"]["schemas"]["Clause"]["properties"]["parent"] = {}
    assert untyped_answers(document) == [
        "get /api/v1/clauses/: ClausePage .results Clause .parent no schema",
        "get /api/v1/documents/: no schema",
    ]


def test_every_enumeration_has_a_name_of_its_own():
    """A name taken from a field (StateEnum, State3c2Enum) changes when another field of that name comes."""
    schemas = schema_document()["components"]["schemas"]
    named = [name for name, schema in schemas.items() if "enum" in schema]
    assert len(named) > 50 and [name for name in named if name.endswith("Enum")] == []


def test_every_list_says_how_it_is_paged():
    for path, operations in schema_document()["paths"].items():
        answer = operations.get("get", {}).get("responses", {}).get("200", {}).get("content", {})
        names = {one["name"] for one in operations.get("get", {}).get("parameters", ())}
        paged = any("Page" in media["schema"].get("$ref", "") for media in answer.values())
        assert paged == ({"page", "page_size"} <= names), path


def test_the_schema_lists_the_registers_of_each_app_with_their_fields(world):
    registers: dict[str, Any] = {}
    for path, operations in schema_document()["paths"].items():
        if path.endswith("/{kind}/"):
            registers |= {f"{path} {code}": words for code, words in operations["get"]["x-registers"].items()}
            (kind,) = (one for one in operations["get"]["parameters"] if one["name"] == "kind")
            assert kind["schema"]["enum"] == list(operations["get"]["x-registers"])
    apps = {"disclosure", "farmland", "finance", "postdoc", "safety", "water"}
    open_ones = [kind for kind, _ in all_kinds() if kind.app in apps and not kind.protected]
    assert len(registers) == len(open_ones) > 90
    for who, name in (("office 区安委会办公室", "api:safety-record"), ("office 区金融办", "api:finance-record")):
        answer = sent(Walker(who, world, api=True), name, "GET")
        given = arguments(name, world)
        (words,) = (words for at, words in registers.items() if at.endswith(f" {given['kind']}"))
        record = json.loads(answer.content)
        assert set(record["values"]) == set(words["fields"]) and (record["stage"] or "") in {"", *words["stages"]}
