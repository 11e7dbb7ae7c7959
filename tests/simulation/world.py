"""The state in which a year begins: the demonstration of one fixed day, in a transaction that is taken back."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime, timedelta

import time_machine
from celery import current_app
from django.core.cache import cache
from django.db import connection, transaction

from evaluation.demo.scenes import Scene
from evaluation.demo.services import load_demo
from evaluation.periods.rules.calendar import SHANGHAI
from miyun_kpi.accounts.models import Post
from miyun_kpi.inbox.views import forget
from miyun_kpi.lib.actors import Actor
from tests.factories.rankings import computed, official, person, signed
from tests.races.mixed import records
from tests.races.mixed.hands import NothingToDo, People
from tests.simulation.acts_web import give_token

# Always the same day, so that a seed tells the same year whenever it is run.
BEGINS = datetime(2026, 12, 1, 9, tzinfo=SHANGHAI)
FIRST = BEGINS + timedelta(hours=1)


class Staff(People):
    """Who is at work on a day: nobody acts in the name of a body that has ended."""

    def __init__(self, day: date) -> None:
        super().__init__()
        self.posts = [(post, actor) for post, actor in self.posts if at_work(post, day)]

    def named(self, username: str, role: str = "") -> Actor:
        try:
            return super().named(username, role)
        except StopIteration:
            raise NothingToDo from None


def at_work(post: Post, day: date) -> bool:
    ends = (post.ends_on, post.organisation.valid_to)
    return post.starts_on <= day and (ends[0] is None or day <= ends[0]) and (ends[1] is None or day < ends[1])


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
    """What the demonstration lacks for a year: the head of a town, who lists hazards, and a quarter that is computed and being checked."""
    from evaluation.feedback.services.unit_checks import open_unit_check
    from evaluation.models import Figure, Period

    at = BEGINS + timedelta(minutes=5)
    person("zhenzhang", "北庄镇", "unit_head")
    for name in ("yingji1", "yingji2"):
        person(name, "区应急局", "register_office")
    give_token(at)
    office, quarter = People().named("zhengfuban1"), Period.objects.get(code="2020Q2")
    Figure.objects.update(confirmed=True)
    with at_moment(at):
        towns = computed("township", quarter, by=office)
        open_unit_check(actor=office, ranking_id=towns.pk, at=at)
        signed(official("department", quarter, by=office), by=office)


@contextmanager
def fresh() -> Iterator[Staff]:
    """The beginning of one year: everything done in the block is taken back."""
    point = transaction.savepoint()
    logging.disable(logging.CRITICAL)
    forget()
    cache.clear()
    try:
        people = Staff(BEGINS.date())
        records.learn([actor for _, actor in people.posts])
        yield people
    finally:
        connection.needs_rollback = False
        transaction.savepoint_rollback(point)
        connection.run_on_commit = []
        logging.disable(logging.NOTSET)
        forget()
        cache.clear()
