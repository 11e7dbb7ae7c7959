"""Two administrators at once on PostgreSQL: what one grants, the other must see."""

import threading
from datetime import timedelta

import pytest
from django.db import connection

from miyun_kpi.accounts.enums import Role
from miyun_kpi.accounts.models import Post, User
from miyun_kpi.accounts.services import deputies, posts
from miyun_kpi.lib.actors import SYSTEM
from miyun_kpi.lib.errors import Refused
from tests.accounts.people import AT, TODAY, actor, person, unit
from tests.races.control import until_somebody_waits

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]


def grant_both(monkeypatch, gazette):
    """Grant 审计员 and 考评经办 to one person at the same moment; returns the codes of the refusals."""
    by, organisation = actor(person("an", Role.SECURITY_ADMIN)), unit("区审计局")
    person("jing")
    meeting, judge, refusals = threading.Barrier(2), posts.separation_problem, []

    def judge_together(wanted, held):
        problem = judge(wanted, list(held))
        try:
            meeting.wait(1)
        except threading.BrokenBarrierError:
            pass  # the other one waits for the lock
        return problem

    monkeypatch.setattr(posts, "separation_problem", judge_together)

    def grant(role):
        try:
            posts.grant_post(
                actor=by,
                username="jing",
                organisation=organisation,
                role=role,
                title="",
                starts_on=TODAY,
                ends_on=None,
                at=AT,
                released=True,
            )
        except Refused as refusal:
            refusals.append(refusal.code)
        finally:
            connection.close()

    threads = [threading.Thread(target=grant, args=(role,)) for role in (Role.AUDITOR, Role.EVALUATOR)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    return refusals


def test_two_incompatible_posts_granted_at_once_are_one_post_and_one_refusal(monkeypatch, gazette, transactional_db):
    assert grant_both(monkeypatch, gazette) == ["separation-of-powers"]
    assert Post.objects.filter(user__username="jing").count() == 1


def test_without_the_lock_on_the_person_both_would_be_granted(monkeypatch, gazette, transactional_db):
    monkeypatch.setattr(posts, "_person", lambda actor, username: User.objects.get(username=username))
    assert grant_both(monkeypatch, gazette) == []
    assert Post.objects.filter(user__username="jing").count() == 2


def named_while_it_ends(monkeypatch, gazette):
    """A deputy is named, and before that stands the post is taken back at once; returns whether the deputy still acts."""
    person("jing")
    post = person("shen", Role.CERTIFIER, "区水务局").posts.get()
    made, grant = threading.Event(), posts._granted

    def grant_and_wait(*given, **more):
        found = grant(*given, **more)
        made.set()
        until_somebody_waits()
        return found

    monkeypatch.setattr(posts, "_granted", grant_and_wait)
    common = {"actor": SYSTEM, "post_id": post.pk, "version": 1, "on": TODAY, "at": AT, "released": True}
    days = {"first_day": TODAY, "last_day": TODAY + timedelta(days=30)}

    def name():
        posts.name_deputy(to="jing", reason="外出培训一月", **days, **common)
        connection.close()

    def end():
        made.wait(10)
        posts.end_post(ends_on=None, at_once=True, **common)
        connection.close()

    threads = [threading.Thread(target=act) for act in (name, end)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert not Post.objects.on(TODAY).filter(user__username="shen").exists()
    return Post.objects.on(TODAY).filter(user__username="jing").exists()


def test_a_deputy_named_at_that_moment_ends_with_the_post(monkeypatch, gazette, transactional_db):
    assert not named_while_it_ends(monkeypatch, gazette)


def test_asked_for_but_once_the_deputy_goes_on(monkeypatch, gazette, transactional_db):
    once, asked = deputies.lock_all, []

    def first_alone(found):
        asked.append(found)
        return once(found) if len(asked) == 1 else []

    monkeypatch.setattr(deputies, "lock_all", first_alone)
    assert named_while_it_ends(monkeypatch, gazette)
