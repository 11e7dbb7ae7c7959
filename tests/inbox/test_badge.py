"""The number beside 工作台: what is owed now, right after one's own act in whichever process, and cheap elsewhere."""

import re
from datetime import timedelta

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from miyun_kpi.inbox import views
from miyun_kpi.registers.models import Record
from tests.accounts.people import AT, person

pytestmark = pytest.mark.django_db
TABLE = "/safety/records/fire-stations/"


@pytest.fixture(autouse=True)
def _on_the_day():
    with time_machine.travel(AT, tick=False) as clock:
        yield clock


def sign_in(username, role, organisation):
    client = Client()
    client.force_login(person(username, role, organisation))
    return client


def number(client, address="/gazette/"):
    """What stands beside 工作台 on a page that is not the desk, with the words a screen reader says; 0 for nothing."""
    shown = client.get(address).content.decode()
    found = re.search(r'<span class="count"[^>]*>(\d+)<span class="hear">(.*?)</span>', shown)
    assert found is None or "逾期" in found[2] and "未读" not in found[2]
    return int(found[1]) if found else 0


@pytest.fixture
def office(gazette):
    return sign_in("anban", "register_office", "区安委会办公室")


@pytest.fixture
def filed(gazette):
    """Two tables of towns that wait for the office to take them."""
    for n, town in enumerate(("北庄镇", "溪翁庄镇")):
        client = sign_in(f"zhen{n}", "reporter", town)
        typed = {"as_of": (AT.date() - timedelta(days=1)).isoformat(), "hydrants": "3"}
        assert client.post(f"{TABLE}new/", typed).status_code == 302
    return list(Record.objects.filter(kind="safety.fire-stations"))


def test_it_falls_with_ones_own_act_and_is_what_the_desk_lists(filed, office):
    assert number(office) == number(office, "/") == 2
    row = filed[0]
    assert office.post(f"{TABLE}{row.pk}/step/", {"version": row.version, "step": "accept"}).status_code == 302
    assert number(office) == 1


def test_another_process_that_remembers_the_old_number_finds_out(filed, office):
    assert number(office) == 2
    elsewhere = dict(views._remembered)
    row = filed[0]
    office.post(f"{TABLE}{row.pk}/step/", {"version": row.version, "step": "accept"})
    assert number(office) == 1
    views._remembered.clear()
    views._remembered.update(elsewhere)
    assert number(office) == 1


def test_what_others_do_shows_within_a_minute(filed, office, _on_the_day):
    assert number(office) == 2
    row, second = filed[0], sign_in("anban2", "register_office", "区安委会办公室")
    second.post(f"{TABLE}{row.pk}/step/", {"version": row.version, "step": "accept"})
    _on_the_day.shift(timedelta(seconds=61))
    assert number(office) == 1


def test_it_counts_what_is_owed_and_not_what_has_time(gazette):
    office, town = sign_in("a", "register_office", "区安委会办公室"), sign_in("b", "reporter", "北庄镇")
    for days in (-1, 2, 9):
        typed = {
            "title": f"隐患{days}",
            "place": "某处",
            "town": "beizhuang-zhen",
            "unit": "北庄镇",
            "number": "1号",
            "listed_by": "区安委会办公室",
            "requirement": "清除",
            "due_on": (AT.date() + timedelta(days=days)).isoformat(),
        }
        assert office.post("/safety/records/hazards/new/", typed).status_code == 302
    Record.objects.filter(kind="safety.hazards").update(stage="working")
    desk = town.get("/").content.decode()
    assert all(f"隐患{days}" in desk for days in (-1, 2, 9))
    assert number(town) == 2


def test_a_page_costs_one_query_more_for_it(filed, office):
    number(office)
    with CaptureQueriesContext(connection) as asked:
        number(office)
    mine = [query["sql"] for query in asked if "audit_auditentry" in query["sql"]]
    assert len(mine) == 1 and not any("registers_record" in query["sql"] for query in asked)


def test_a_person_without_a_post_has_no_number(gazette):
    client = Client()
    client.force_login(person("wu"))
    assert number(client) == 0


def test_a_subject_that_cannot_list_its_items_takes_no_other_page_with_it(office, monkeypatch):
    def broken(actor, at):
        raise ValueError("a subject's own fault")

    monkeypatch.setattr(views.queries, "desk_items", broken)
    assert office.get("/gazette/").status_code == 200
