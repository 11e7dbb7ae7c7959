"""A form of a register asks what is known when a record begins, knows who asks and what day it is, and names what is wrong once."""

import re

import pytest
from django.test import Client
from django.utils import timezone

from miyun_kpi.organisations.models import Organisation
from miyun_kpi.registers.models import Record
from miyun_kpi.registers.registry import all_kinds
from tests.factories.rankings import BACKEND, person

pytestmark = pytest.mark.django_db
HAZARDS = "/safety/records/hazards/"
LATER = ["挂牌文号", "申请延到", "延期理由", "整改情况", "验收意见"]


def client_in(organisation, role, name="x"):
    client = Client()
    client.force_login(person(name, organisation, role), backend=BACKEND)
    return client


@pytest.fixture
def office(gazette):
    return client_in("区安委会办公室", "register_office")


def main(answer):
    text = answer.content.decode()
    return text[text.index('id="table"') : text.index('<div class="side">')]


def labels(part):
    return [re.sub(r"<[^>]+>|\s", "", one) for one in re.findall(r"<label for=.*?</label>", part, re.S)]


def box(page, name):
    return re.search(rf'<(?:input|textarea|select)[^>]* name="{name}"[^>]*>', page)[0]


def test_what_a_later_step_asks_waits_behind_one_line(office):
    page = main(office.get(f"{HAZARDS}new/"))
    asked, _, later = page.partition('<details class="form-later">')
    assert sorted(one.removesuffix("（可不填）") for one in labels(later)) == sorted(LATER)
    assert not set(LATER) & {one.removesuffix("（可不填）") for one in labels(asked)} and len(labels(asked)) == 8
    assert "以后办理时再填的 5 栏" in later and asked.count("form-two") == 1


def test_no_register_asks_at_birth_for_a_field_that_one_of_its_steps_asks_for():
    for kind, _ in all_kinds():
        required = {one.name for one in kind.fields if one.required}
        asked = {name for step in kind.steps for name in step.needs}
        assert asked - required <= kind.asked_later and not kind.asked_later & required, kind.key


def test_the_own_unit_and_today_stand_in_the_form(gazette):
    today = timezone.localdate().isoformat()
    town = main(client_in("北庄镇", "reporter").get("/safety/records/fire-stations/new/"))
    assert f'value="{today}"' in box(town, "as_of") and 'value="北庄镇"' in box(town, "unit")
    code = Organisation.objects.get(name="北庄镇").code
    assert f'<option value="{code}" selected>' in town
    lister = main(client_in("区安委会办公室", "register_office", "y").get(f"{HAZARDS}new/"))
    assert 'value="区安委会办公室"' in box(lister, "listed_by") and 'value=""' in box(lister, "unit")
    assert f'value="{today}"' not in box(lister, "due_on"), "a day that lies ahead is nobody's guess"


def test_an_address_that_names_a_value_goes_before(gazette):
    page = main(client_in("北庄镇", "reporter").get("/safety/records/fire-stations/new/?as_of=2020-06-30"))
    assert 'value="2020-06-30"' in box(page, "as_of")


def test_organisations_are_offered_by_name(office):
    page = main(office.get(f"{HAZARDS}new/"))
    assert 'list="organisation-names"' in box(page, "unit")
    assert 'hx-get="/organisations/names/"' in box(page, "unit") and "<datalist" not in page, (
        "fetched when it is come to"
    )


def test_what_is_wrong_is_said_once_at_its_field_and_linked_on_top(office):
    answer = office.post(f"{HAZARDS}new/", {"unit": "没有这个单位", "verified": "已看过", "extension_to": "昨天"})
    page = main(answer)
    assert answer.status_code == 422
    top = page[page.index('class="summary-box"') : page.index("<form")]
    links = re.findall(r'<a href="#f-(\w+)">([^<]+)</a>', top)
    assert ("unit", "责任单位") in links or "unit" in dict(links)
    assert len(links) == len(set(links)) and f"有 {len(links)} 处要改，没有登记" in top
    for name, label in links:
        assert f'aria-describedby="f-{name}-problem"' in box(page, name) and 'aria-invalid="true"' in box(page, name)
        assert f'<ul id="f-{name}-problem">' in page, label
    assert page.count("没有叫“没有这个单位”的单位") == 1
    # A field a later step asks for comes out from behind its line once something is typed in it or wrong.
    asked = page.partition('<details class="form-later">')[0]
    assert 'name="extension_to"' in asked and "已看过" in asked
    assert not Record.objects.filter(kind="safety.hazards").exists()


@pytest.mark.urls("tests.registers.site")
def test_the_list_has_no_column_that_only_some_may_read(gazette):
    import tests.registers.site  # noqa: F401 (the kinds register themselves)

    client = client_in("北庄镇", "reporter")
    typed = {"code": "M-01", "unit": "北庄镇", "contact": "张三标记"}
    assert client.post("/sample/records/outfall/new/", typed).status_code == 302
    page = client.get("/sample/records/outfall/").content.decode()
    head = re.findall(r"<thead>.*?</thead>", page, re.S)[0]
    assert "管理单位" in head and "联系人" not in head
    assert "张三标记" not in page and "＊＊＊" not in page
    row = page[page.index("<tbody>") :].split("</tr>")[0]
    assert head.count("<th ") == row.count("<td ") + row.count("<th ")
