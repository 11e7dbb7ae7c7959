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
from miyun_kpi.duties.telling import MEETINGS
from miyun_kpi.lib.years import Years, year_fills
from tests.bench.ground import Browser
from tests.bench.measuring import analyse, backend, taken

ROUNDS = 7
# Grounds by turns: of two that are measured a minute apart, a busy machine makes one slower in all it does.
TURNS = 3
PAGES = {"farmland": ("guizi", "/farmland/", Entry), "duties": ("zhengfuban1", "/duties/", DutyPeriod)}
# Beside those two: printed, one year and twenty, without a target.
BESIDE = {
    "farmland": (
        ("guizi", "/farmland/applications/"),
        ("guizi", "/farmland/entries/"),
        ("guizi", "/farmland/plan/"),
        ("caizhengnong", "/farmland/rewards/"),
        ("caizhengnong", "/farmland/money/"),
        ("caizhengnong", "/farmland/money/months/"),
        ("caizhengnong", "/farmland/payable/"),
    ),
    # A town, the office of 14号, a leader; the duty and the unit are those with most behind them.
    "duties": (
        ("xiwengzhuang", "/"),
        ("xiwengzhuang", "/inbox/week/"),
        ("xiwengzhuang", "/duties/"),
        ("xiwengzhuang", "/duties/2020-14/"),
        ("xiwengzhuang", "/duties/periods/{period}/"),
        ("zhengwu", "/"),
        ("zhengwu", "/duties/"),
        ("zhengwu", "/duties/2020-14/"),
        ("zhengwu", "/duties/2020-14/review/"),
        ("zhengwu", "/duties/duty/{duty}/"),
        ("zhengfuban1", "/"),
        ("zhengfuban1", "/evaluation/periods/year/2020/"),
        ("zhengfuban1", "/organisations/xiwengzhuang-zhen/"),
        ("lingdao", "/evaluation/leader/"),
    ),
}


def signed_in(username: str) -> Browser:
    client = Client()
    client.force_login(User.objects.get(username=username), backend=settings.AUTHENTICATION_BACKENDS[-1])
    return Browser(cookie=f"{settings.SESSION_COOKIE_NAME}={client.cookies[settings.SESSION_COOKIE_NAME].value}")


def spent(page: Callable[[], object]) -> list[float]:
    """After analyse(): of years of rows that takes seconds, and is done once for all pages."""
    schedstat = backend()
    return [taken(page, schedstat) for _ in range(2 + ROUNDS)][2:]


@pytest.mark.parametrize("part", BESIDE)
def test_the_pages_beside_it(demo, capsys, part):
    found = {}
    for number in (1, 20):
        with transaction.atomic():
            year_fills()[part][1](Years(number, timezone.now()))
            analyse()
            newest = DutyPeriod.objects.filter(unit__duty__key=MEETINGS, unit__organisation__name="溪翁庄镇").latest(
                "due_at"
            )
            keys = {"duty": newest.unit.duty_id, "period": newest.pk}
            for username, address in BESIDE[part]:
                page = partial(signed_in(username), address.format(**keys))
                found[username, address, number] = statistics.median(spent(page)) / 1e6
            transaction.set_rollback(True)
    with capsys.disabled():
        for one in BESIDE[part]:
            print(
                f"\nbeside {' '.join(one)}, {connection.vendor}: {found[*one, 1]:.0f} → {found[*one, 20]:.0f} ms",
                end="",
            )


@pytest.mark.parametrize("part", PAGES)
def test_a_page_at_twenty_years_against_the_same_at_one(demo, measured, part):
    username, address, rows = PAGES[part]
    browser, before = signed_in(username), rows.objects.count()

    def at(number: int) -> tuple[float, int]:
        """The years are taken away again: both pages begin from the same demonstration."""
        with transaction.atomic():
            year_fills()[part][1](Years(number, timezone.now()))
            analyse()
            found = statistics.median(spent(lambda: browser(address))), rows.objects.count() - before
            transaction.set_rollback(True)
        return found

    ratios = []
    for turn in range(TURNS):
        found = {number: at(number) for number in ((20, 1) if turn % 2 else (1, 20))}
        (late, many), (early, few) = found[20], found[1]
        assert many > 18 * few > 5_000
        ratios.append(late / early)
    measured.values(
        f"{part}_years", ratios, f"{many} rows against {few}, the last time {early / 1e6:.0f} ms with these"
    )
