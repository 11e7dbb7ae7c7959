"""The same form sent twice at the very same moment, past the page's own button: done once, both led to the same place."""

import threading
from typing import Any

import pytest
from django.test import Client

from farmland.models import Application
from miyun_kpi.web import middleware, once
from miyun_kpi.web.models import SentForm
from tests.factories.rankings import BACKEND, person
from tests.races.test_reviews import at_once, wait_after
from tests.web.test_same_form import drawn

pytestmark = [pytest.mark.postgres, pytest.mark.timeout(240)]
# Nothing of a 占补 application is unique: of two nobody could say that they are one.
NEW = "/farmland/applications/new/"
TYPED = {
    "name": "丙项目",
    "applicant": "某公司",
    "investor": "social",
    "commercial": "yes",
    "district_pays": "no",
    "public": "no",
    "town": "十里堡",
    "area": "23.5",
    "approval_number": "密政批9号",
    "approval_on": "2026-01-05",
}


@pytest.fixture
def twice(transactional_db: None, gazette: None, monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """Two sockets of one browser, the same words; both have found that nobody sent them before."""
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(person("guizi", "区规自分局", "register_office"), backend=BACKEND)
    body = drawn(browser, NEW, "area") | TYPED
    wait_after(monkeypatch, middleware, "led_to")

    def press() -> Any:
        client = Client(enforce_csrf_checks=True, raise_request_exception=False)
        client.cookies = browser.cookies
        answer = client.post(NEW, body)
        return answer.status_code, answer.headers.get("Location", "")

    return [press, press]


def test_it_is_done_once_and_both_are_led_to_the_same_place(twice: list[Any]) -> None:
    first, second = at_once(twice)
    assert Application.objects.count() == 1
    assert first == second == (302, SentForm.objects.get().location)


@pytest.mark.control("test_it_is_done_once_and_both_are_led_to_the_same_place")
def test_without_the_claim_it_is_done_twice(twice: list[Any], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(once.Claim, "take", lambda self: None)
    at_once(twice)
    assert Application.objects.count() == 2


@pytest.mark.no_control("what comes to nothing is taken back by the transaction; the test above has the control")
def test_when_the_first_comes_to_nothing_the_second_does_it(twice: list[Any], monkeypatch: pytest.MonkeyPatch) -> None:
    """The first breaks within its act, after it has claimed the form."""
    real, first = once.Claim.take, threading.Lock()

    def take_and_break(self: once.Claim) -> None:
        real(self)
        if first.acquire(blocking=False):
            raise RuntimeError("broken in the middle")

    monkeypatch.setattr(once.Claim, "take", take_and_break)
    assert sorted(status for status, _ in at_once(twice)) == [302, 500]
    assert Application.objects.count() == 1
