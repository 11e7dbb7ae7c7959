"""Two administrators at once on PostgreSQL: what one grants, the other must see."""

import threading

import pytest
from django.db import connection

from miyun_kpi.accounts.enums import Role
from miyun_kpi.accounts.models import Post, User
from miyun_kpi.accounts.services import posts
from miyun_kpi.lib.errors import Refused
from tests.accounts.people import AT, TODAY, actor, person, unit

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
