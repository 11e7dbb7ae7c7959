"""A unique word for every kind of sealed text, typed through the doors: the bytes of no column of no table hold it.

Pages, REST, workbooks, what waits between preview and confirmation, and what a refused form leaves. The control: words
typed beside them into what is not sealed are found, so that the look reaches the rows.
"""

import io
import json

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone
from openpyxl import load_workbook

from miyun_kpi.api.models import IdempotencyKey
from miyun_kpi.audit.models import AuditEntry
from miyun_kpi.organisations.queries import resolve
from miyun_kpi.proposals.models import Proposal
from miyun_kpi.registers.excel import template
from miyun_kpi.registers.models import Record
from miyun_kpi.registers.registry import kind_by
from tests.disclosure.conftest import ITEM
from tests.disclosure.test_opening import ROW
from tests.factories.rankings import BACKEND, person
from tests.postdoc.test_planted_mark import everything_stored
from tests.registers.test_records import api

PEOPLE = {
    "organ": ("区民政局", "reporter"),
    "head": ("区民政局", "unit_head"),
    "water": ("区水务局", "register_office"),
    "city": ("区城管委", "register_office"),
    "safety": ("区安委会办公室", "register_office"),
    "finance": ("区金融办", "register_office"),
}


class Words:
    """A new word for each use, remembered by what it was typed into."""

    def __init__(self):
        self.sealed, self.plain = {}, {}

    def secret(self, what):
        return self.sealed.setdefault(what, f"QXSEALED{len(self.sealed):02d}Z")

    def open(self, what):
        return self.plain.setdefault(what, f"QXPLAIN{len(self.plain):02d}Z")


@pytest.fixture
def words():
    return Words()


@pytest.fixture
def clients(gazette):
    made = {}
    for name, place in PEOPLE.items():
        made[name] = Client()
        made[name].force_login(person(f"at-rest-{name}", *place), backend=BACKEND)
    return made


def sent(client, address, typed, status=302):
    answer = client.post(address, typed)
    assert answer.status_code == status, (address, answer.status_code, answer.content.decode()[:3000])
    return answer


def typed_applications(clients, words):
    asked = {"received_on": timezone.localdate().isoformat(), "way": "net", "applicant_kind": "natural"}
    asked |= {"content": words.open("content")}
    who = {"applicant": words.secret("applicant"), "contact": words.secret("contact")}
    sent(clients["organ"], "/disclosure/applications/new/", asked | who)
    refused = {"applicant": words.secret("applicant refused"), "contact": words.secret("contact refused"), "way": "x"}
    sent(clients["organ"], "/disclosure/applications/new/", asked | refused, 422)
    today = timezone.localdate().isoformat()
    waits = {"applicant": words.secret("applicant waits"), "contact": words.secret("contact waits")}
    waits |= {"received_on": today, "basis": words.open("basis")}
    sent(clients["organ"], "/disclosure/applications/opening/", ROW | waits)
    assert Proposal.objects.count() == 1, "it waits for the second person"


def typed_third_party(clients, words):
    item = ITEM | {"third": "yes", "agencies": "no", "unit": "区民政局"}
    sent(clients["organ"], "/disclosure/records/welfare/new/", item)
    row = Record.objects.get(kind="disclosure.welfare")
    party = {"name": words.secret("third party"), "ground": "privacy", "asked_on": timezone.localdate().isoformat()}
    sent(clients["organ"], f"/disclosure/reviews/{row.pk}/parties/", party)
    sent(clients["organ"], f"/disclosure/records/welfare/{row.pk}/step/", {"version": "1", "step": "submitted"})
    review = {"version": "2", "decision": "passed", "checks": ["secrecy"], "opinion": ""}
    sent(clients["head"], f"/disclosure/reviews/{row.pk}/decide/", review, 422)


REGISTERED = (
    (
        "water",
        "water",
        "case",
        "party",
        {"number": "案1", "town": "北庄镇", "trade": "industry", "act": "above", "opened_on": "2020-01-02"},
    ),
    (
        "city",
        "water",
        "discharge",
        "contact",
        {"name": "某店", "town": "北庄镇", "kind": "person", "found_on": "2020-01-02"},
    ),
    (
        "organ",
        "disclosure",
        "inquiries",
        "asker",
        {"question": "某事", "unit": "区民政局", "way": "phone", "received_on": "2020-01-02", "first": "值班员"},
    ),
    ("finance", "finance", "talent", "person", {"title": "某奖", "unit": "某行"}),
    ("safety", "safety", "supplies", "keeper", {"number": "物1", "unit": "区应急局", "item": "沙袋"}),
)


def typed_registers(clients, words):
    for who, app, kind, field, typed in REGISTERED:
        address = f"/{app}/records/{kind}/"
        sent(clients[who], f"{address}new/", typed | {field: words.secret(f"{kind} {field}")})
        row = Record.objects.get(kind=f"{app}.{kind}")
        if kind == "supplies":
            sent(clients[who], f"{address}{row.pk}/step/", {"look": "1", "reason": "清点物资"})
        changed = typed | {field: words.secret(f"{kind} {field} changed"), "version": "1"}
        sent(clients[who], f"{address}{row.pk}/save/", changed)
        stale = typed | {field: words.secret(f"{kind} {field} stale"), "version": "1"}
        sent(clients[who], f"{address}{row.pk}/save/", stale, 409)
        sent(clients[who], f"{address}new/", {field: words.secret(f"{kind} {field} refused")}, 422)


def typed_by_rest(words):
    headers = api("区水务局", "register_office")
    values = REGISTERED[0][4] | {"number": words.open("number of a case"), "party": words.secret("party by REST")}

    def ask(method, path, body, key):
        more = headers | {"Idempotency-Key": key}
        return Client().generic(method, f"/api/v1/water/{path}", json.dumps(body), "application/json", headers=more)

    made = ask("POST", "case/", {"values": values}, "a")
    assert made.status_code == 201, made.content
    again = {"values": {"party": words.secret("party changed by REST")}, "version": 1}
    assert ask("PATCH", f"case/{made.json()['id']}/", again, "b").status_code == 200
    wrong = {"values": values | {"town": "无", "party": words.secret("party refused by REST")}}
    assert ask("POST", "case/", wrong, "c").status_code == 422
    assert IdempotencyKey.objects.count() >= 1, "answers are kept"


def typed_in_workbooks(clients, words):
    cells = {"案号": "簿2", "当事人": words.secret("party in a workbook"), "镇街": "北庄镇", "行业": "工业生产"}
    cells |= {"行为": "超标排污", "立案日期": "2020-01-02"}
    book = load_workbook(io.BytesIO(template(kind_by("water", "case")[0], at=timezone.now())))
    heads = [cell.value for cell in next(book.active.iter_rows())]
    book.active.append([cells.get(one) for one in heads])
    out = io.BytesIO()
    book.save(out)
    file = SimpleUploadedFile("a.xlsx", out.getvalue())
    preview = clients["water"].post("/water/records/case/import/", {"workbook": file})
    assert preview.status_code == 200, (
        preview.context["errors"] if "errors" in preview.context else preview.context["refusal"]
    )
    assert words.secret("party in a workbook") not in preview.content.decode()
    assert words.sealed["party in a workbook"] not in "".join(row for _, row in everything_stored()), "while it waits"
    packed = preview.context["packed"]
    sent(clients["water"], "/water/records/case/import/accept/", {"read": packed})
    assert Record.objects.filter(kind="water.case", values__number="簿2").exists()


@pytest.mark.timeout(300)
def test_no_column_of_no_table_holds_what_is_sealed(clients, words):
    typed_applications(clients, words)
    typed_third_party(clients, words)
    typed_registers(clients, words)
    typed_by_rest(words)
    typed_in_workbooks(clients, words)
    assert resolve("区水务局") is not None and AuditEntry.objects.exists()
    stored = list(everything_stored())
    found = {(what, table) for what, word in words.sealed.items() for table, row in stored if word in row}
    assert found == set() and len(words.sealed) > 25
    lost = [what for what, word in words.plain.items() if not any(word in row for _, row in stored)]
    assert lost == [] and len(words.plain) == 3, "the control: what is in the clear is found where it lies"
