"""领导首页 in the browser: exactly one landscape page of A4 with 0, 3 and 14 units, nothing under 9 pt, readable on a phone."""

import re
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from evaluation.models import Figure, Period
from miyun_kpi.accounts.models import Portfolio, User
from miyun_kpi.organisations.models import Organisation
from tests.evaluation.conftest import actor_named
from tests.factories.rankings import filled, official, published, signed
from tests.journeys.test_ranking import sign_in

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]
ADDRESS = "/evaluation/leader/"
SMALLEST = """() => Math.min(...[...document.querySelectorAll('.leader *')]
    .filter(one => one.getClientRects().length && [...one.childNodes].some(node => node.nodeType === 3 && node.data.trim()))
    .map(one => parseFloat(getComputedStyle(one).fontSize)))"""


@pytest.fixture
def bulletins(live_demo: None) -> None:
    """Two quarters of both tracks, the last of the departments still to be signed: as much as the page ever says."""
    Figure.objects.update(confirmed=True)
    office, second = actor_named("zhengfuban1", "evaluation_office"), actor_named("zhengfuban2")
    for code in ("2020Q2", "2020Q3"):
        period = filled(Period.objects.get(code=code))
        for track in ("township", "department"):
            ranking = official(track, period, by=office)
            if (code, track) != ("2020Q3", "department"):
                published(signed(ranking, by=office), by=second, scope="total")


def in_charge(number: int) -> None:
    """Of both tracks, those with the longest names among them."""
    Portfolio.objects.all().delete()
    units = sorted(Organisation.objects.filter(evaluated=True), key=lambda one: (-len(one.name), one.code))
    towns = [one for one in units if one.category == "township"]
    for unit in [*towns[: number // 2], *[one for one in units if one not in towns][: number - number // 2]]:
        Portfolio.objects.create(
            leader=User.objects.get(username="lingdao"), organisation=unit, starts_on=date(2020, 1, 1)
        )


@pytest.mark.parametrize("number", [0, 3, 14])
def test_it_prints_on_one_landscape_page_and_nothing_is_small(bulletins: None, page: Any, number: int) -> None:
    in_charge(number)
    sign_in(page, "lingdao")
    page.goto(ADDRESS)
    assert page.locator(".leader-own tbody tr:not(.leader-heads)").count() == number
    paper = page.pdf(prefer_css_page_size=True)
    boxes = re.findall(rb"/MediaBox \[0 0 ([\d.]+) ([\d.]+)\]", paper)
    assert len(boxes) == 1 and float(boxes[0][0]) > float(boxes[0][1]), "one page, landscape"
    assert page.evaluate(SMALLEST) >= 12
    page.emulate_media(media="print")
    assert page.evaluate(SMALLEST) >= 12, "9 pt"
    assert page.locator(".leader h2:visible").count() == 6
    assert not page.locator(".topbar, .btn").first.is_visible()


def test_on_a_phone_nothing_scrolls_sideways(bulletins: None, new_page: Callable[..., Any]) -> None:
    in_charge(14)
    page = new_page(width=390, height=844)
    sign_in(page, "lingdao")
    page.goto(ADDRESS)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    assert page.evaluate(
        "[...document.querySelectorAll('.leader')].every(one => one.scrollWidth <= one.clientWidth + 1)"
    )


def test_from_the_desk_to_the_page_and_to_what_stands_behind_it(bulletins: None, page: Any) -> None:
    in_charge(3)
    sign_in(page, "lingdao")
    page.click("nav a:has-text('领导首页')")
    page.wait_for_selector("h1:has-text('领导首页')")
    page.click("#leader-moves ~ .leader-moves a >> nth=0")
    page.wait_for_selector("h1:has-text('得分明细')")
