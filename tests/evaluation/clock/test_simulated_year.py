"""A year of the clock with outages, a clock set ahead and back, and doubled beats: all that is due once, nothing early.

Every task of the schedule is called as the worker calls it. What must have happened is worked out day by day from the
moments at which the clock was there, not with the product's own sums. One outage in `make test`, whole years at night.
"""

import os
import random
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

import pytest
import time_machine
from celery import current_app
from django.conf import settings

from evaluation.models import MarkSheet, Period, Ranking, Scheme
from evaluation.periods.rules.calendar import SHANGHAI, default_window, stage_periods
from miyun_kpi.inbox.models import Notice
from miyun_kpi.jobs.models import Slot, TimedTask
from miyun_kpi.lib import workdays
from miyun_kpi.lib.periods import PeriodCode
from tests.factories.rankings import person

# How many whole years the night simulates; without it a few weeks with one outage.
YEARS = int(os.environ.get("KPI_TEST_SIMULATE", "0"))
HOURS = (time(0, 5), time(9), time(18, 5))
ZONE = SHANGHAI


@dataclass(frozen=True)
class Plan:
    """`outages` (from, until); `ahead` (from, until, by how much): the server's clock is wrong for a while."""

    first: date
    last: date
    outages: tuple[tuple[datetime, datetime], ...]
    ahead: tuple[tuple[datetime, datetime, timedelta], ...] = ()

    def moments(self) -> Iterator[datetime]:
        """What the clock says whenever beat calls, in the order in which that happens."""
        day = self.first
        while day <= self.last:
            for hour in HOURS:
                true = datetime.combine(day, hour, ZONE)
                if not any(since <= true < until for since, until in self.outages):
                    yield true + sum((by for since, until, by in self.ahead if since <= true < until), timedelta())
            day += timedelta(days=1)


def plan_of(seed: int) -> Plan:
    chance = random.Random(seed)
    first, last = date(2020, 5, 20), date(2021, 2, 20)

    def somewhere() -> datetime:
        return datetime.combine(first, time(), ZONE) + timedelta(hours=chance.randrange((last - first).days * 24))

    outages = []
    for _ in range(chance.randint(3, 8)):
        since = somewhere()
        hours = chance.choice([1, 5, 24, 72, 24 * 7, 24 * chance.randint(8, 30)])
        outages.append((since, since + timedelta(hours=hours)))
    ahead = []
    for _ in range(chance.randint(1, 3)):
        since = somewhere()
        by = timedelta(hours=chance.choice([-30, -2, 3, 26, 24 * 5]))
        ahead.append((since, since + timedelta(hours=chance.choice([6, 30])), by))
    return Plan(first, last, tuple(outages), tuple(ahead))


def run(plan: Plan, doubled: random.Random) -> list[datetime]:
    """Each call of each task at each moment, some of them twice. Returns the moments."""
    moments = list(plan.moments())
    current_app.loader.import_default_modules()
    calls = [current_app.tasks[entry["task"]] for entry in settings.CELERY_BEAT_SCHEDULE.values()]
    for moment in moments:
        with time_machine.travel(moment, tick=False):
            for call in calls:
                for _ in range(2 if doubled.random() < 0.2 else 1):
                    call()
    return moments


def days_left(today: date, due: date) -> int:
    return sum(workdays.is_working_day(today + timedelta(days=n)) for n in range(1, (due - today).days + 1))


def expected_reminders(period: Period, moments: list[datetime]) -> dict[str, datetime]:
    """Rule → when: at each moment the most urgent rule that has come since the window opened, each once."""
    found: dict[str, datetime] = {}
    due = period.due_at.astimezone(ZONE)
    opened = max(period.starts_at, period.opened_at).astimezone(ZONE).date()
    for moment in moments:
        if not (period.opened_at <= moment and period.starts_at <= moment < period.locks_at):
            continue
        rule = ""
        if moment >= due:
            rule = "late"
        else:
            for number in (3, 1, 0):
                # The first day from which on so few are left, if the window was open by then.
                days = [opened + timedelta(days=n) for n in range(-10, (moment.date() - opened).days + 1)]
                first = next((day for day in days if days_left(day, due.date()) <= number), None)
                if first is not None and opened <= first:
                    rule = f"due-{number}"
        if rule:
            found.setdefault(rule, moment)
    return found


def check(plan: Plan, moments: list[datetime], in_force: datetime) -> None:
    scheme = Scheme.objects.first()
    assert scheme is not None
    latest = max(moments)
    # Periods: every one that is due, once, never before its window; with three working days from the opening on.
    wanted = set()
    for code in stage_periods(PeriodCode.parse(scheme.process_from), PeriodCode.parse(scheme.process_to)):
        window = default_window(code)
        if window.locks_at > in_force and window.starts_at <= latest:
            wanted.add(str(code))
    assert set(Period.objects.values_list("code", flat=True)) == wanted
    slots = Slot.objects.filter(task="evaluation.open_due_periods", key__startswith="period:")
    assert {slot.key.removeprefix("period:") for slot in slots} == wanted
    for period in Period.objects.all():
        begins = default_window(period.period_code).starts_at
        assert period.opened_at == next(moment for moment in moments if moment >= begins), period.code
        opened, due = period.opened_at.astimezone(ZONE).date(), period.due_at.astimezone(ZONE).date()
        assert days_left(opened - timedelta(days=1), due) >= 3, (period.code, opened, due)
    # Trials: one for each scheme at each lock.
    trials = Counter(Ranking.objects.values_list("period__code", "scheme__track"))
    locked = [period for period in Period.objects.filter(kind="quarter") if period.locks_at <= latest]
    assert trials == {(period.code, track): 1 for period in locked for track in ("township", "department")}
    for ranking in Ranking.objects.select_related("period"):
        assert ranking.computed_at == next(moment for moment in moments if moment >= ranking.period.locks_at)
    # Reminders: by sheet and rule, at the first moment that the clock was there, the latest of several alone.
    sent = {
        tuple(key.split("/")[1:]): at
        for key, at in Notice.objects.filter(key__startswith="remind/").values_list("key", "sent_at")
    }
    expected = {
        (str(sheet), rule): moment
        for period in Period.objects.exclude(kind="month")
        for rule, moment in expected_reminders(period, moments).items()
        for sheet in MarkSheet.objects.filter(period=period).values_list("pk", flat=True)
    }
    assert sent == expected
    # The ledger: nothing before its moment, no failure, and every task has been seen.
    assert not [slot for slot in Slot.objects.exclude(due_at=None) if slot.done_at and slot.done_at < slot.due_at]
    assert not Slot.objects.filter(state="failed").values_list("task", "key", "message")
    assert TimedTask.objects.count() >= len(settings.CELERY_BEAT_SCHEDULE)


def simulated(plan: Plan, seed: int) -> None:
    in_force = datetime.combine(plan.first, time(), ZONE)
    Scheme.objects.update(in_force_at=in_force)
    person("clock-office", "区政府办公室", "evaluation_office")
    check(plan, run(plan, random.Random(seed)), in_force)


def at(*moment: int) -> datetime:
    return datetime(*moment, tzinfo=ZONE)


# Down over the opening of the quarter and over two reminders, then a day ahead for six hours.
WEEKS = Plan(
    date(2020, 6, 28),
    date(2020, 7, 29),
    ((at(2020, 6, 30, 12), at(2020, 7, 9, 8)), (at(2020, 7, 14, 20), at(2020, 7, 17, 8))),
    ((at(2020, 7, 19, 8), at(2020, 7, 19, 14), timedelta(days=1)),),
)


@pytest.mark.usefixtures("gazette")
@pytest.mark.parametrize("seed", [-1, *range(YEARS)], ids=lambda seed: "weeks" if seed < 0 else f"year {seed}")
def test_outages_and_a_clock_that_jumps_lose_nothing_and_double_nothing(seed):
    simulated(WEEKS if seed < 0 else plan_of(seed), seed)
    if seed < 0:
        made_up = Slot.objects.filter(made_up=True, task="evaluation.open_due_periods").values_list("key", flat=True)
        assert set(made_up) >= {"period:2020-06", "period:2020Q2"}
