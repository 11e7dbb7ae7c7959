"""The state in which a year begins: the demonstration of one fixed day, in a transaction that is taken back."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

import time_machine
from celery import current_app
from django.core.cache import cache
from django.db import connection, transaction

from evaluation.demo.scenes import Scene
from evaluation.demo.services import load_demo
from evaluation.periods.rules.calendar import SHANGHAI
from miyun_kpi.inbox.views import forget
from tests.factories.rankings import computed, official, person, signed
from tests.races.mixed import records
from tests.races.mixed.hands import People

# Always the same day, so that a seed tells the same year whenever it is run.
BEGINS = datetime(2026, 12, 1, 9, tzinfo=SHANGHAI)
FIRST = BEGINS + timedelta(hours=1)


@contextmanager
def at_moment(at: datetime) -> Iterator[None]:
    """What reads the clock at the edge (pages, tasks) reads this."""
    with time_machine.travel(at, tick=False):
        yield


@contextmanager
def world() -> Iterator[None]:
    """The demonstration of BEGINS, once for many years, with nothing of it left behind."""
    with transaction.atomic():
        with at_moment(BEGINS):
            assert load_demo(at=BEGINS, scene=Scene.OPENING)
            _furnish()
        current_app.loader.import_default_modules()
        connection.run_on_commit = []
        yield
        transaction.set_rollback(True)


def _furnish() -> None:
    """What the demonstration lacks for a year: the head of a town, and a quarter that is computed and being checked."""
    from evaluation.feedback.services.unit_checks import open_unit_check
    from evaluation.models import Figure, Period

    at = BEGINS + timedelta(minutes=5)
    person("zhenzhang", "北庄镇", "unit_head")
    office, quarter = People().named("zhengfuban1"), Period.objects.get(code="2020Q2")
    Figure.objects.update(confirmed=True)
    with at_moment(at):
        towns = computed("township", quarter, by=office)
        open_unit_check(actor=office, ranking_id=towns.pk, at=at)
        signed(official("department", quarter, by=office), by=office)


@contextmanager
def fresh() -> Iterator[People]:
    """The beginning of one year: everything done in the block is taken back."""
    point = transaction.savepoint()
    quiet = logging.getLogger().level
    logging.getLogger("miyun_kpi").setLevel(logging.CRITICAL)
    forget()
    cache.clear()
    try:
        people = People()
        records.learn([actor for _, actor in people.posts])
        yield people
    finally:
        connection.needs_rollback = False
        transaction.savepoint_rollback(point)
        connection.run_on_commit = []
        logging.getLogger("miyun_kpi").setLevel(quiet)
        forget()
        cache.clear()
