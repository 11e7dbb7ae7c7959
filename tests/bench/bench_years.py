"""Pages over years: the same page at twenty years of data and at one, which manage.py synthesise fills."""

from collections.abc import Callable

import pytest
from django.conf import settings
from django.db import transaction
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


def signed_in(username: str) -> Browser:
    client = Client()
    client.force_login(User.objects.get(username=username), backend=settings.AUTHENTICATION_BACKENDS[-1])
    return Browser(cookie=f"{settings.SESSION_COOKIE_NAME}={client.cookies[settings.SESSION_COOKIE_NAME].value}")


def spent(page: Callable[[], object]) -> list[float]:
    analyse()
    schedstat = backend()
    return [taken(page, schedstat) for _ in range(2 + ROUNDS)][2:]


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
