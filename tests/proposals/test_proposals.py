"""One proposes, another of the office carries out; a price of 21号 as the example."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from django.test import Client

from farmland.models import Rate
from farmland.services import tables
from miyun_kpi.audit.models import AuditEntry
from miyun_kpi.inbox.models import Notice
from miyun_kpi.lib.errors import Conflict, NotAllowed, NotFound, Refused
from miyun_kpi.proposals.desk import desk_items
from miyun_kpi.proposals.models import Proposal
from miyun_kpi.proposals.registry import decisions
from miyun_kpi.proposals.services import decide, propose, withdraw
from tests.factories.rankings import BACKEND, actor_of, person

AT = datetime(2026, 11, 20, 2, tzinfo=UTC)
PRICE = {
    "kind": "compensation",
    "value": Decimal("200000.00"),
    "starts_on": date(2026, 12, 1),
    "ends_on": None,
    "basis": "密财发〔2026〕1号",
}


@pytest.fixture
def people(gazette):
    return [person(name, "区财政局", "register_office") for name in ("jia", "yi")]


@pytest.fixture
def two(people):
    return [actor_of(one) for one in people]


def proposed(actor, **changed):
    return propose(actor=actor, code="farmland-rate", at=AT, **PRICE | changed)


def decided(actor, row, *, confirm=True, note="", at=AT):
    row.refresh_from_db()
    return decide(actor=actor, proposal_id=row.pk, version=row.version, confirm=confirm, note=note, at=at)


def test_nothing_happens_before_a_second_person_confirms(two):
    one, other = two
    before = AuditEntry.objects.count()
    row = proposed(one)
    assert not Rate.objects.filter(basis=PRICE["basis"]).exists()
    new = AuditEntry.objects.order_by("pk")[before:]
    assert [entry.action for entry in new] == ["proposals.proposal.proposed"], "what was tried leaves no trace"
    assert Notice.objects.filter(key=f"proposal/{row.pk}/proposed").exists()
    assert not desk_items(one, AT), "not to whoever proposed it"
    assert [item.title for item in desk_items(other, AT)] == ["录入单价：耕地保护补偿费单价表自 2026-12-01 起"]
    decided(other, row)
    made = Rate.objects.get(basis=PRICE["basis"])
    assert (made.value, made.created_by) == (PRICE["value"], other.label)
    assert not desk_items(other, AT)


def test_by_the_same_person_or_a_token_or_another_office_it_is_not_confirmed(two, gazette):
    one, other = two
    row = proposed(one)
    with pytest.raises(NotAllowed, match="另一个人"):
        decided(one, row)
    token = type(other)(**{**other.__dict__, "token_id": "abc"})
    with pytest.raises(NotAllowed, match="接口不能代办"):
        decided(token, row)
    with pytest.raises(NotFound):
        decided(actor_of(person("bing", "区规自分局", "register_office")), row)
    with pytest.raises(NotAllowed):
        decided(actor_of(person("ding", "区财政局", "reporter")), row)
    assert not Rate.objects.filter(basis=PRICE["basis"]).exists()


def test_what_the_act_refuses_is_refused_when_it_is_proposed(two):
    with pytest.raises(Refused, match="大于 0"):
        proposed(two[0], value=Decimal("-1.00"))
    with pytest.raises(NotFound):
        proposed(two[0], kind="unknown")
    assert not Proposal.objects.exists()


def test_what_the_act_refuses_by_then_leaves_the_proposal_waiting(two):
    one, other = two
    row = proposed(one)
    tables.enter_rate(actor=one, at=AT, **PRICE | {"basis": "先到的一行"})
    with pytest.raises(Conflict, match="已经录入"):
        decided(other, row)
    row.refresh_from_db()
    assert row.is_open
    decided(other, row, confirm=False, note="已经录入过了")
    row.refresh_from_db()
    assert (row.state, row.note, row.confirmed_by) == ("returned", "已经录入过了", other.label)


def test_a_return_says_why_and_the_second_of_the_same_is_refused(two):
    one, other = two
    row = proposed(one)
    with pytest.raises(Refused, match="退回要写意见"):
        decided(other, row, confirm=False)
    with pytest.raises(Conflict, match="已有一件等待确认"):
        proposed(other)
    with pytest.raises(NotAllowed, match="由提出的人撤回"):
        withdraw(actor=other, proposal_id=row.pk, version=row.version, at=AT)
    withdraw(actor=one, proposal_id=row.pk, version=row.version, at=AT)
    with pytest.raises(Conflict):
        decided(other, row)
    proposed(other, value=Decimal("2.00"))


def test_figures_and_days_come_back_exactly(two):
    one, other = two
    row = proposed(one, value=Decimal("0.10"), ends_on=date(2027, 1, 31))
    assert row.given["value"] == "0.10"
    decided(other, row, at=AT + timedelta(days=1))
    made = Rate.objects.get(basis=PRICE["basis"])
    assert (made.value, made.ends_on) == (Decimal("0.10"), date(2027, 1, 31))


def test_in_the_browser_from_the_form_to_the_second_person(people):
    one, other = (Client() for _ in people)
    for client, user in zip((one, other), people, strict=True):
        client.force_login(user, backend=BACKEND)
    sent = {"kind": "compensation", "value": "200000", "starts_on": "2026-12-01", "ends_on": "", "basis": "密财发1号"}
    wrong = one.post("/farmland/rates/rate/", sent | {"value": "-1"})
    assert wrong.status_code == 422 and "密财发1号" in wrong.content.decode()
    page = one.post("/farmland/rates/rate/", sent, follow=True)
    said = page.content.decode()
    assert "待第二人确认" in said and "200,000.00 元/亩" in said and "撤回" in said and "确认，办理" not in said
    row = Proposal.objects.get()
    address = f"/proposals/{row.pk}/"
    assert "确认，办理" in other.get(address).content.decode()
    assert address in other.get("/").content.decode() and address in other.get("/proposals/").content.decode()
    lost = other.post(address + "decide/", {"version": row.version, "decision": "returned", "note": ""})
    assert lost.status_code == 422 and "退回要写意见" in lost.content.decode()
    done = other.post(address + "decide/", {"version": row.version, "decision": "confirm", "note": ""}, follow=True)
    assert "已确认" in done.content.decode() and Rate.objects.filter(basis="密财发1号").exists()
    again = other.post(address + "decide/", {"version": row.version, "decision": "confirm", "note": ""})
    assert again.status_code == 409 and Rate.objects.filter(basis="密财发1号").count() == 1


def test_every_decision_is_reached_through_a_proposal_only():
    """No view and no API method carries such an act out by itself."""
    import ast
    from pathlib import Path

    naked = {(one.run.__module__, one.run.__name__) for one in decisions()}
    assert naked
    found = []
    for path in [*Path().glob("*/views/*.py"), *Path().glob("*/api/*.py"), *Path().glob("*/api.py")]:
        tree = ast.parse(path.read_text(encoding="utf-8"))
        modules = {
            alias.asname or alias.name: f"{node.module}.{alias.name}"
            for node in ast.walk(tree)
            if isinstance(node, ast.ImportFrom)
            for alias in node.names
        }
        for node in ast.walk(tree):
            if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
                if (modules.get(node.value.id, ""), node.attr) in naked:
                    found.append(f"{path}:{node.lineno} {node.attr}")
            elif isinstance(node, ast.Name) and tuple(modules.get(node.id, ".").rsplit(".", 1)) in naked:
                found.append(f"{path}:{node.lineno} {node.id}")
    assert not found
