"""Pages over years: the same page at twenty years of data and at one, which manage.py synthesise fills."""

import statistics
from collections.abc import Callable
from functools import partial

import pytest
from django.conf import settings
from django.db import connection, transaction
from django.test import Client
from django.utils import timezone

from farmland.models import Entry
from miyun_kpi.accounts.models import User
from miyun_kpi.duties.models import DutyPeriod
from miyun_kpi.lib.years import Years, year_fills
from tests.bench.ground import Browser
from tests.bench.measuring import analyse, backend, taken

ROUNDS = 11
PAGES = {"farmland": ("guizi", "/farmland/", Entry), "duties": ("zhengfuban1", "/duties/", DutyPeriod)}
# Beside those two: printed, one year and twenty, without a target.
BESIDE = (
    ("guizi", "/farmland/applications/"),
    ("guizi", "/farmland/entries/"),
    ("guizi", "/farmland/plan/"),
    ("caizhengnong", "/farmland/rewards/"),
    ("caizhengnong", "/farmland/money/"),
    ("caizhengnong", "/farmland/money/months/"),
    ("caizhengnong", "/farmland/payable/"),
)


def signed_in(username: str) -> Browser:
    client = Client()
    client.force_login(User.objects.get(username=username), backend=settings.AUTHENTICATION_BACKENDS[-1])
    return Browser(cookie=f"{settings.SESSION_COOKIE_NAME}={client.cookies[settings.SESSION_COOKIE_NAME].value}")


def spent(page: Callable[[], object]) -> list[float]:
    analyse()
    schedstat = backend()
    return [taken(page, schedstat) for _ in range(2 + ROUNDS)][2:]


def test_the_pages_of_farmland_beside_it(demo, capsys):
    found = {}
    for number in (1, 20):
        with transaction.atomic():
            year_fills()["farmland"][1](Years(number, timezone.now()))
            for username, address in BESIDE:
                found[address, number] = statistics.median(spent(partial(signed_in(username), address))) / 1e6
            transaction.set_rollback(True)
    with capsys.disabled():
        for _, address in BESIDE:
            print(
                f"\nbeside {address}, {connection.vendor}: {found[address, 1]:.0f} → {found[address, 20]:.0f} ms",
                end="",
            )


@pytest.mark.parametrize("part", PAGES)
def test_a_page_at_twenty_years_against_the_same_at_one(demo, measured, part):
    username, address, rows = PAGES[part]
    browser, before = signed_in(username), rows.objects.count()

    def at(number: int) -> tuple[list[float], int]:
        """The years are taken away again: both pages begin from the same demonstration."""
        with transaction.atomic():
            year_fills()[part][1](Years(number, timezone.now()))
            found = spent(lambda: browser(address)), rows.objects.count() - before
            transaction.set_rollback(True)
        return found

    one, few = at(1)
    twenty, many = at(20)
    assert many > 18 * few > 5_000
    ratios = [late / early for late, early in zip(sorted(twenty), sorted(one), strict=True)]
    measured.values(f"{part}_years", ratios, f"{many} rows against {few}")
