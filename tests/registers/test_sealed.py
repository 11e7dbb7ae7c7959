"""Sealed by the declaration of a field: 当事人, 保管人, a talent. Found in full by the keeper, and by nothing else."""

import io
import json

import pytest
from django.apps import apps
from django.test import Client
from openpyxl import load_workbook

from miyun_kpi.audit.models import AuditEntry
from miyun_kpi.db.sealed import HIDDEN, Sealed, mark_of, seal
from miyun_kpi.emendations.models import Emendation, EmendedFact
from miyun_kpi.emendations.services import decide
from miyun_kpi.lib.errors import Conflict, Refused
from miyun_kpi.organisations.queries import resolve
from miyun_kpi.proposals.models import Proposal
from miyun_kpi.registers.excel import read_records, register_workbook
from miyun_kpi.registers.models import Record, RecordEvent
from miyun_kpi.registers.queries.records import Filters, filtered
from miyun_kpi.registers.registry import kind_by
from miyun_kpi.registers.rereading import reread_all, seal_papers
from miyun_kpi.registers.rules.kinds import Field
from miyun_kpi.registers.services import records as services
from miyun_kpi.registers.services.records import ImportRow, import_records, organisation_resolver
from miyun_kpi.registers.services.saved_views import save_view
from tests.duties.conftest import AT, acting
from tests.registers.test_doubts import change, old
from tests.registers.test_records import api, client_of

NAME = "张某某标记"
CASE = {
    "number": "密环罚1号",
    "party": NAME,
    "town": "北庄镇",
    "trade": "carwash",
    "act": "secretly",
    "opened_on": "2020-05-01",
}
LIST = "/water/records/case/"


@pytest.fixture
def keeper(gazette):
    return acting("区水务局", "register_office")


def register(keeper, **typed):
    return services.create_record(actor=keeper, app="water", kind="case", typed=CASE | typed, at=AT)


@pytest.fixture
def row(keeper):
    return register(keeper)


def raw():
    """As it is stored; read as JSON, which SQLite holds escaped."""
    return str(list(Record.objects.values_list("values", "words"))) + str(
        list(RecordEvent.objects.values_list("before"))
    )


def test_a_party_of_a_case_is_stored_as_a_token_with_its_mark(row):
    held = Sealed(row.values["party"])
    assert held.open() == NAME and held.mark == mark_of(NAME)
    assert NAME not in json.dumps(row.values, ensure_ascii=False) + row.words + (row.unique_key or "")


def test_the_keeper_finds_it_in_full_and_neither_a_part_nor_another_does(row, keeper):
    register(keeper, number="密环罚2号", party="别人")
    own = client_of("区水务局", "register_office")

    def numbers(client, **query):
        return [one.number for one, *_ in client.get(LIST, query).context["rows"]]

    assert numbers(own, party=f"{NAME[:1]} {NAME[1:]}") == [1] and numbers(own, party="别人") == [2]
    assert numbers(own, party=NAME[:-1]) == numbers(own, party="%") == numbers(own, q=NAME) == []
    assert 'name="party"' in own.get(LIST).content.decode()
    # Whoever does not keep the register is shown the list as without the question, and is not offered it.
    other = client_of("北庄镇", "reporter", "y")
    assert numbers(other, party=NAME) == numbers(other, party="没有这个人") == numbers(other) == [1, 2]
    assert 'name="party"' not in other.get(LIST).content.decode()
    assert numbers(other, q=NAME) == numbers(other, q=mark_of(NAME)) == []


def test_counts_and_the_export_hold_by_the_same_question(row, keeper):
    register(keeper, number="密环罚2号", party="别人")
    own = client_of("区水务局", "register_office")
    assert own.get(f"{LIST}counts/", {"party": NAME}).context["number"] == 1
    book = load_workbook(io.BytesIO(own.get(f"{LIST}workbook/", {"party": NAME}).content))
    said = str([*book.active.values])
    assert "密环罚1号" in said and "密环罚2号" not in said and NAME not in said and HIDDEN in said


def test_nothing_sorts_by_it(row, keeper):
    two = register(keeper, number="密环罚2号", party="一")
    kind, _ = kind_by("water", "case")
    for sort in ("party", "-party"):
        assert list(filtered(kind, Record.objects.all(), Filters(sort=sort))) == [row, two], "by number"
    assert "sort=party" not in client_of("区水务局", "register_office").get(LIST).content.decode()


def test_the_interface_neither_tells_nor_finds_it(row):
    for who in (api("区水务局", "register_office"), api("北庄镇", "reporter")):
        answer = Client().get("/api/v1/water/case/", headers=who)
        assert answer.json()["count"] == 1 and NAME not in answer.content.decode()
        assert "party" not in answer.json()["results"][0]["values"]
        assert Client().get("/api/v1/water/case/", {"search": NAME}, headers=who).json()["count"] == 0


def test_the_page_tells_it_for_a_reason_to_who_writes_the_record(row):
    own, address = client_of("区水务局", "register_office"), f"{LIST}{row.pk}/"
    assert NAME not in own.get(address).content.decode()
    assert own.post(f"{address}step/", {"look": "1", "reason": "送达处罚决定"}).status_code == 302
    assert NAME in own.get(address).content.decode()
    assert NAME not in client_of("北庄镇", "reporter", "y").get(address).content.decode()


def test_the_audit_of_a_change_says_so_and_the_fingerprint(row, keeper):
    change(keeper, row, party="李某某标记")
    entry = AuditEntry.objects.filter(action="registers.record.changed").get()
    data = json.loads(entry.data)
    assert data["fields"] == ["party"]
    assert data["sealed"] == [{"fields": "party", "now": f"已改 {mark_of('李某某标记')[:16]}"}]
    assert "标记" not in str(list(AuditEntry.objects.values_list("data", "reason", "subject"))) and "标记" not in raw()
    page = client_of("区审计局", "auditor").get("/audit/").content.decode()
    assert f"加密的栏：当事人 已改 {mark_of('李某某标记')[:16]}" in page
    # A change of something else says nothing of it.
    change(keeper, row, trace="沿河")
    last = AuditEntry.objects.filter(action="registers.record.changed").order_by("pk").last()
    assert "sealed" not in json.loads(last.data)


def test_a_view_is_not_saved_with_the_name_in_it(row, keeper):
    kind, _ = kind_by("water", "case")
    with pytest.raises(Refused, match="没有保存"):
        save_view(actor=keeper, kind=kind, name="张某某的", query=f"?stage=opened&party={NAME}")
    assert save_view(actor=keeper, kind=kind, name="立案的", query="?stage=opened").query == "stage=opened"


def test_an_export_comes_back_and_leaves_what_it_did_not_show(row, keeper):
    kind, _ = kind_by("water", "case")
    book = load_workbook(io.BytesIO(register_workbook(kind, Record.objects.all(), secrets=True, viewer="某人", at=AT)))
    heads = next(one for one in book.active.iter_rows() if any(cell.value == "案号" for cell in one))
    column = {cell.value: cell.column for cell in heads}
    book.active.cell(heads[0].row + 1, column["溯源情况"]).value = "查到暗管"
    again = io.BytesIO()
    book.save(again)
    given = {"today": AT.date(), "only": None}
    preview = read_records(kind, again.getvalue(), Record.objects.all(), organisation_resolver(), **given)
    assert preview.errors == [] and [list(one) for _, one in preview.changed] == [["trace"]]
    rows = [ImportRow(one.record_id, one.version, one.values) for one in preview.rows]
    assert import_records(actor=keeper, app="water", kind="case", rows=rows, at=AT) == (0, 1)
    row.refresh_from_db()
    assert Sealed(row.values["party"]).open() == NAME and row.values["trace"] == "查到暗管"
    # Of a case that is not registered it is asked for.
    book.active.cell(heads[0].row + 1, column["案号"]).value = "密环罚9号"
    again = io.BytesIO()
    book.save(again)
    preview = read_records(kind, again.getvalue(), Record.objects.all(), organisation_resolver(), **given)
    assert [one.code for one in preview.errors] == ["missing"]


# ── What stood in the clear ──────────────────────────────────────────────────────────────────────────────────────


def test_what_was_registered_in_the_clear_is_sealed_with_its_trail_and_its_papers(keeper):
    row = register(keeper)
    Record.objects.filter(pk=row.pk).update(values=row.values | {"party": NAME})
    assert "标记" in raw(), "as a release before has left it"
    RecordEvent.objects.create(record=row, act="changed", at=AT, by="初始", before={"party": f"旧{NAME}"})
    paper = Emendation.objects.create(
        subject="record",
        subject_id=row.pk,
        name="案件",
        organisation=resolve("区水务局"),
        basis="typing",
        paper="原件",
        reason="写错",
        recorded_by="甲",
        recorded_by_id=1,
        recorded_at=AT,
    )
    fact = {"label": "当事人", "before": NAME, "after": f"新{NAME}", "before_words": NAME, "after_words": NAME}
    EmendedFact.objects.create(emendation=paper, field="party", **fact)
    EmendedFact.objects.create(emendation=paper, field="trace", label="溯源", before="甲", after="乙")
    rows = [{"values": CASE, "stage": "已立案", "on": "2020-05-01", "basis": "台账"}]
    waits = Proposal.objects.create(
        code="registers-opening",
        thing="register:water.case",
        name="案件",
        organisation=resolve("区水务局"),
        given={"app": "water", "kind": "case", "rows": rows},
        said=[],
        warned=[],
        recorded_by="甲",
        recorded_at=AT,
    )
    reread_all(apps), seal_papers(apps)
    row.refresh_from_db(), waits.refresh_from_db()
    assert Sealed(row.values["party"]).mark == mark_of(NAME) and "标记" not in raw()
    assert Sealed(row.events.get(act="changed").before["party"]).open() == f"旧{NAME}"
    assert Sealed(waits.given["rows"][0]["values"]["party"]).open() == NAME
    facts = {one.field: (one.before, one.after) for one in paper.emended.all()}
    assert facts == {"party": (HIDDEN, HIDDEN), "trace": ("甲", "乙")}
    before = raw(), list(Proposal.objects.values_list("given", flat=True))
    assert reread_all(apps)[0] == 0
    seal_papers(apps)
    assert before == (raw(), list(Proposal.objects.values_list("given", flat=True))), "twice is as once"


def test_a_paper_that_still_waits_cannot_write_it_back_in_the_clear(row, keeper):
    paper = Emendation.objects.create(
        subject="record",
        subject_id=row.pk,
        name="案件",
        organisation=resolve("区水务局"),
        basis="typing",
        paper="原件",
        reason="写错",
        recorded_by="甲",
        recorded_by_id=77,
        recorded_at=AT,
    )
    EmendedFact.objects.create(emendation=paper, field="party", label="当事人", before=NAME, after="王五标记")
    seal_papers(apps)
    with pytest.raises(Conflict):
        decide(actor=keeper, emendation_id=paper.pk, version=1, confirm=True, note="", at=AT)
    row.refresh_from_db()
    assert Sealed(row.values["party"]).open() == NAME


def test_a_token_of_before_gets_its_mark_and_one_of_a_foreign_key_stays(keeper, settings):
    row = old("finance.talent", 1, title="某事", unit="某行", person=seal(NAME).token)
    mine, settings.PERSONAL_KEYS = settings.PERSONAL_KEYS, ["another key"]
    reread_all(apps)
    row.refresh_from_db()
    assert Sealed(row.values["person"]).mark == ""
    settings.PERSONAL_KEYS = mine
    reread_all(apps)
    row.refresh_from_db()
    assert Sealed(row.values["person"]).mark == mark_of(NAME) and Sealed(row.values["person"]).open() == NAME


def test_what_is_in_the_clear_cannot_be_declared_findable():
    with pytest.raises(ValueError, match="in the clear"):
        Field("x", "甲", findable=True)
