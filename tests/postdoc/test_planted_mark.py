"""A person with a mark in every personal field: it is found nowhere but on the page that was asked to open it."""

import io
import re
from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone
from openpyxl import load_workbook

from miyun_kpi.lib.actors import SYSTEM
from miyun_kpi.organisations.queries import resolve
from postdoc.services import applications, course, ledger, money, stations, stays
from postdoc.tasks import send_notices_task
from tests.factories.rankings import BACKEND, person
from tests.factories.tokens import issue_token
from tests.postdoc.conftest import FACTS, LATE, STATION, act, somebody
from tests.postdoc.test_money import ALL

MARK = "QX7ZMARK"
WHO = {
    "name": f"马{MARK}",
    "document_kind": "passport",
    "document_number": f"P{MARK}1",
    "born_on": date(1991, 1, 1),
    "phone": f"+86{MARK}",
    "account": f"62{MARK}",
}
MENTORS = {"station_mentor": f"导{MARK}", "flow_mentor": f"师{MARK}"}
PEOPLE = {
    "park": ("中关村密云园", "reporter"),
    "handler": ("区人社保局", "register_office"),
    "treasury": ("区财政局", "register_office"),
    "leader": ("区政府办公室", "leader"),
    "auditor": ("区审计局", "auditor"),
    "stranger": ("北庄镇", "reporter"),
}


@pytest.fixture
def planted(gazette):
    """A life of 27号 with money, up to a withdrawal for illness."""
    now = timezone.now()
    today = now.astimezone().date()
    park, handler, treasury = (
        somebody(*PEOPLE[name], 30 + n) for n, name in enumerate(("park", "handler", "treasury"))
    )
    station = stations.register_station(actor=handler, given=STATION, at=now)
    begin = today - timedelta(days=200)
    facts = (
        FACTS
        | MENTORS
        | {"entered_on": begin, "ends_on": begin + timedelta(days=800), "agreement_on": begin, "degree_on": begin}
    )
    row = stays.register_stay(
        actor=park, station_id=station.pk, who=stays.Identity(**WHO), given=facts, late=LATE, at=now
    )
    stays.correct_person(actor=park, stay_id=row.pk, version=1, name="", phone=f"1{MARK}", account="", at=now)
    money.change_budget(actor=treasury, year=today.year, amount=Decimal(900000), document="批复", on=today, at=now)
    asked = applications.create_application(
        actor=park,
        grant="living",
        station_id=station.pk,
        stay_id=row.pk,
        first="2020-01",
        last="2999-12",
        materials=ALL["living"],
        submit=True,
        at=now,
    )
    asked = applications.review(
        actor=handler, application_id=asked.pk, version=asked.version, decision="approve", opinion="", at=now
    )
    ledger.write_line(
        actor=treasury,
        application_id=asked.pk,
        version=asked.version,
        kind="paid",
        amount=asked.amount,
        on=today,
        proof="凭1",
        at=now,
    )
    act(
        course.withdraw,
        park,
        row,
        at=now,
        left_on=today,
        ground="04",
        notice="told",
        noticed_on=today,
        explanation=f"病{MARK}",
    )
    send_notices_task()
    return row


def walk(client, start="/postdoc/", most=400):
    """Every page of 博士后 that can be reached by links, with the workbooks."""
    seen, forms, waiting = {}, {}, [start, "/", "/notices/", f"/gazette/search/?q={MARK}", "/audit/"]
    while waiting and len(seen) < most:
        address = waiting.pop()
        # Two filters of a list are enough.
        path = address.partition("?")[0]
        forms[path] = forms.get(path, 0) + (address not in seen)
        if address in seen or (forms[path] > 2 and "?" in address):
            continue
        answer = client.get(address)
        seen[address] = answer
        if "text/html" in answer.get("Content-Type", ""):
            for link in re.findall(r'href="(/postdoc/[^"#]*)"', answer.content.decode()):
                waiting.append(link.replace("&amp;", "&"))
    return seen


def words_of(answer):
    content = answer.content
    if content[:2] == b"PK":
        book = load_workbook(io.BytesIO(content))
        return "".join(str(cell) for sheet in book for line in sheet.values for cell in line)
    return content.decode(errors="replace")


def everything_stored():
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f'select * from "{table}"')
            for row in cursor:
                yield table, " ".join(str(bytes(one) if isinstance(one, memoryview) else one) for one in row)


def test_the_mark_is_found_nowhere_but_where_it_was_asked_for(planted, caplog):
    caplog.set_level("DEBUG")
    pages = 0
    for name, (unit, role) in PEOPLE.items():
        client = Client()
        client.force_login(person(f"pm-{name}", unit, role), backend=BACKEND)
        for address, answer in walk(client).items():
            pages += 1
            assert (
                MARK not in words_of(answer).replace(f'value="{MARK}"', "").replace(f"“{MARK}”", "")
                or "search" in address
            ), (name, address)
            assert "search" in address or MARK not in address
        _, text = issue_token(
            actor=SYSTEM, client=f"pm-{name}", organisation=resolve(unit), role=role, at=timezone.now()
        )
        for path in ("stations", "stays", "entitlements", "applications", "household", "members"):
            answer = Client().get(f"/api/v1/postdoc/{path}/", headers={"authorization": f"Token {text}"})
            assert MARK not in answer.content.decode(), (name, path)
    assert pages > 60
    handler = Client()
    handler.force_login(person("pm-look", *PEOPLE["handler"]), backend=BACKEND)
    address = f"/postdoc/stays/{planted.pk}/reveal/"
    assert MARK not in handler.post(address, {"reason": "看"}).content.decode()
    shown = handler.post(address, {"reason": "核对拨付账号"})
    assert shown.content.decode().count(MARK) == 7 and shown["Cache-Control"] == "private, no-store"
    assert MARK not in handler.get(f"/postdoc/stays/{planted.pk}/").content.decode()
    assert MARK not in caplog.text
    found = [table for table, row in everything_stored() if MARK in row]
    assert found == []


def test_a_refusal_repeats_nothing_and_only_the_boxes_keep_what_was_typed(planted, caplog):
    client = Client()
    client.force_login(person("pm-form", *PEOPLE["park"]), backend=BACKEND)
    typed = {name: value or "" for name, value in (WHO | MENTORS | FACTS).items()} | MENTORS
    for changed in (
        {},
        {"name": f"牛{MARK}"},
        {"entered_on": "x"},
        {"document_kind": "identity-card"},
        {"born_on": MARK},
    ):
        answer = client.post(f"/postdoc/stations/{planted.station_id}/enter/", typed | changed)
        assert answer.status_code in (409, 422)
        assert MARK not in re.sub(r'value="[^"]*"', "", answer.content.decode())
    assert MARK not in caplog.text
    assert not [table for table, row in everything_stored() if MARK in row]
