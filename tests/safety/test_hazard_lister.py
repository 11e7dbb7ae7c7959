"""15号 二（四）7: a 重大隐患 that another body than 区安委会办公室 lists is that body's to see, to list and to certify."""

import io
from datetime import date, timedelta

import pytest
from django.test import Client
from django.utils import timezone
from openpyxl import load_workbook

from miyun_kpi.lib.actors import SYSTEM
from miyun_kpi.organisations.queries import resolve
from miyun_kpi.registers.models import Record
from tests.factories.rankings import BACKEND, person
from tests.factories.tokens import issue_token

LIST = "/safety/records/hazards/"


def sign_in(username, organisation, role):
    client = Client()
    client.force_login(person(username, resolve(organisation).name, role), backend=BACKEND)
    return client


@pytest.fixture
def office(gazette):
    return sign_in("anban", "区安委会办公室", "register_office")


@pytest.fixture
def lister(gazette):
    """Two people of 区应急局: one lists, the other certifies."""
    return [sign_in(f"yingji{n}", "区应急局", "register_office") for n in (1, 2)]


@pytest.fixture
def town(gazette):
    return sign_in("zhen", "北庄镇", "reporter")


@pytest.fixture
def hazard(office):
    """Registered by 区安委会办公室, listed by 区应急局: the ordinary case."""
    typed = {
        "title": "消防通道被占",
        "place": "某液化气站",
        "town": "beizhuang-zhen",
        "unit": "北庄镇",
        "listed_by": "区应急局",
        "requirement": "清除占道物",
        "due_on": (date.today() + timedelta(days=30)).isoformat(),
    }
    assert office.post(f"{LIST}new/", typed).status_code == 302
    return Record.objects.get(kind="safety.hazards")


def take(client, hazard, step, **typed):
    version = Record.objects.get(pk=hazard.pk).version
    answer = client.post(f"{LIST}{hazard.pk}/step/", {"version": version, "step": step, **typed})
    return answer.status_code, Record.objects.get(pk=hazard.pk).stage


def test_the_body_that_lists_it_carries_it_from_the_desk_to_the_end(hazard, office, lister, town):
    first, second = lister
    desk = first.get("/").content.decode()
    assert "重大隐患：消防通道被占" in desk and f'href="{LIST}{hazard.pk}/"' in desk
    page = first.get(f"{LIST}{hazard.pk}/")
    assert page.status_code == 200 and 'value="list"' in page.content.decode()
    assert take(first, hazard, "list", number="密应急〔2026〕1号") == (302, "working")
    later = (date.today() + timedelta(days=60)).isoformat()
    assert take(town, hazard, "extend", extension_to=later, extension_reason="汛期施工困难") == (302, "extending")
    assert "同意延期" in first.get("/").content.decode()
    assert take(first, hazard, "grant") == (302, "working")
    assert take(town, hazard, "ask", done="已清除并画线") == (302, "asked")
    # Who listed it does not certify it, and 区安委会办公室 does not certify for another body.
    assert take(first, hazard, "close", verified="属实")[1] == "asked"
    assert take(office, hazard, "close", verified="属实")[1] == "asked"
    assert take(second, hazard, "close", verified="现场查看属实") == (302, "closed")


def test_its_lists_counts_file_and_api_show_it_the_same_record_and_no_other(hazard, lister, gazette):
    other = sign_in("shuiwu-y", "区水务局", "register_office")
    for client, seen in ((lister[0], 1), (other, 0)):
        assert ("消防通道被占" in client.get(LIST).content.decode()) is bool(seen)
        assert ("北庄镇" in client.get(f"{LIST}counts/").content.decode()) is bool(seen)
        book = load_workbook(io.BytesIO(client.get(f"{LIST}workbook/").content))
        cells = [str(cell.value) for row in book.active.iter_rows() for cell in row]
        assert ("消防通道被占" in cells) is bool(seen)
        assert client.get(f"{LIST}{hazard.pk}/").status_code == (200 if seen else 404)
    for unit, number in (("区应急局", 1), ("区水务局", 0)):
        _, text = issue_token(
            actor=SYSTEM, client=unit, organisation=resolve(unit), role="register_office", at=timezone.now()
        )
        answer = Client().get("/api/v1/safety/hazards/", HTTP_AUTHORIZATION=f"Token {text}")
        assert answer.json()["count"] == number, answer.json()


def test_what_it_listed_is_not_its_to_rewrite(hazard, lister):
    answer = lister[0].post(f"{LIST}{hazard.pk}/save/", {"version": "1", "due_on": "2099-01-01"})
    assert answer.status_code == 403
    assert Record.objects.get(pk=hazard.pk).values["due_on"] < "2099"
