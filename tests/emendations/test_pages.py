"""勘正 in the browser: from the page of the thing to the second person and back."""

import re
from datetime import date

import pytest
from django.test import Client

from disclosure.models import Application
from disclosure.services import applications as services
from miyun_kpi.emendations.models import Emendation
from tests.disclosure.conftest import LATE
from tests.emendations.test_applications import AT
from tests.factories.rankings import BACKEND, actor_of, person

WHY = {"basis": "entry", "paper": "收件登记本第 12 页", "reason": "收到日期抄错一行"}


def signed_in(user):
    client = Client()
    client.force_login(user, backend=BACKEND)
    return client


@pytest.fixture
def people(gazette):
    return [person(name, "区民政局", "reporter") for name in ("jia", "yi")]


@pytest.fixture
def row(people):
    made = services.receive(
        actor=actor_of(people[0]),
        received_on=date(2020, 7, 1),
        way="net",
        applicant_kind="natural",
        applicant="王某某",
        contact="13800000000",
        content="低保标准",
        late=LATE,
        at=AT,
    )
    return Application.objects.get(pk=made.pk)


def text(answer):
    return answer.content.decode()


def test_from_the_page_of_an_application_to_the_second_person(people, row):
    one, two = map(signed_in, people)
    page = text(one.get(f"/disclosure/applications/{row.pk}/"))
    address = f"/emendations/application/{row.pk}/new/"
    assert f'href="{address}"' in page
    form = text(one.get(address))
    assert 'value="2020-07-01"' in form and "王某某" not in form
    looked = one.post(address, {"fact-received_on": "2020-07-06", "reason": "抄错一行", "look": "1"})
    assert looked.status_code == 200 and "答复期限" in text(looked)
    assert 'value="2020-07-06"' in text(looked) and "抄错一行" in text(looked), "what was typed stays"
    assert not Emendation.objects.exists()
    unfinished = one.post(address, {"fact-received_on": "2020-07-06"} | WHY | {"paper": ""})
    assert unfinished.status_code == 422 and "请写依据" in text(unfinished) and 'value="2020-07-06"' in text(unfinished)
    done = one.post(address, {"fact-received_on": "2020-07-06"} | WHY)
    made = Emendation.objects.get()
    assert done.status_code == 302 and done.url == f"/emendations/{made.pk}/"
    own = text(one.get(done.url))
    assert "由您提出" in own and "撤回勘正" in own and 'value="confirm"' not in own
    assert f"/emendations/{made.pk}/" in text(two.get("/")), "it waits on the desk of the other"
    page = text(two.get(done.url))
    assert re.search(r"2020-07-01.*2020-07-06", page, re.S) and 'value="confirm"' in page
    back = two.post(f"{done.url}decide/", {"version": 1, "decision": "returned", "note": ""})
    assert back.status_code == 422 and "退回要写意见" in text(back)
    assert two.post(f"{done.url}decide/", {"version": 1, "decision": "confirm", "note": ""}).status_code == 302
    row.refresh_from_db()
    assert row.received_on == date(2020, 7, 6)
    again = two.post(f"{done.url}decide/", {"version": 1, "decision": "confirm", "note": ""})
    assert again.status_code == 409
    assert "已确认" in text(one.get(done.url)) and "已确认" in text(one.get(f"/disclosure/applications/{row.pk}/"))


def test_withdrawn_by_the_proposer_alone(people, row):
    one, two = map(signed_in, people)
    one.post(f"/emendations/application/{row.pk}/new/", {"fact-received_on": "2020-07-06"} | WHY)
    made = Emendation.objects.get()
    assert two.post(f"/emendations/{made.pk}/withdraw/", {"version": 1}).status_code == 403
    assert one.post(f"/emendations/{made.pk}/withdraw/", {"version": 1}).status_code == 302
    assert one.post(f"/emendations/{made.pk}/withdraw/", {"version": 1}).status_code == 409
    made.refresh_from_db()
    assert made.state == "withdrawn"


@pytest.mark.parametrize("name", ["fact-received_on", "reason", "paper"])
def test_a_character_that_is_no_text_breaks_nothing(people, row, name):
    answer = signed_in(people[0]).post(
        f"/emendations/application/{row.pk}/new/", {"fact-received_on": "2020-07-06"} | WHY | {name: "a\x00b" * 9}
    )
    assert answer.status_code in (400, 422) and not Emendation.objects.exists()


def test_a_page_opened_before_another_changed_the_fact_takes_nothing_back(people, row):
    """An untouched box asks for nothing; a touched one whose fact has moved is refused by name, with what was typed."""
    client, address = signed_in(people[0]), f"/emendations/application/{row.pk}/new/"
    opened = dict(re.findall(r'name="(was-[a-z_]+)" value="([^"]*)"', text(client.get(address))))
    assert opened["was-received_on"] == "2020-07-01" and opened["was-content"] == "低保标准"
    boxes = {name.replace("was-", "fact-"): value for name, value in opened.items()}
    Application.objects.filter(pk=row.pk).update(content="低保标准和发放办法", received_on=date(2020, 7, 2))
    stale = client.post(address, boxes | opened | WHY | {"fact-received_on": "2020-07-06"})
    assert stale.status_code == 409 and "“收到日期”在您打开以后被别人改过" in text(stale)
    assert 'value="2020-07-06"' in text(stale) and "现在存着：2020-07-02" in text(stale)
    again = dict(re.findall(r'name="(was-[a-z_]+)" value="([^"]*)"', text(stale)))
    sent = boxes | again | WHY | {"fact-received_on": "2020-07-06", "fact-content": again["was-content"]}
    assert client.post(address, sent).status_code == 302
    assert [(one.field, one.after) for one in Emendation.objects.get().emended.all()] == [("received_on", "2020-07-06")]


def test_pressed_twice_it_is_proposed_once(people, row):
    client, address = signed_in(people[0]), f"/emendations/application/{row.pk}/new/"
    assert client.post(address, {"fact-received_on": "2020-07-06"} | WHY).status_code == 302
    twice = client.post(address, {"fact-received_on": "2020-07-06"} | WHY)
    assert twice.status_code == 409 and f"/emendations/{Emendation.objects.get().pk}/" in text(twice)
