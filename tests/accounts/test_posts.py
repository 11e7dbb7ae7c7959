from datetime import date, timedelta

import pytest

from miyun_kpi.accounts import services
from miyun_kpi.accounts.enums import Role
from miyun_kpi.accounts.models import Portfolio, Post
from miyun_kpi.audit.models import AuditEntry
from miyun_kpi.inbox.models import Notice
from miyun_kpi.lib.errors import Conflict, NotAllowed, NotFound, Refused
from tests.accounts.people import AT, TODAY, actor, person, unit

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


def grant(by, username, role, organisation="区水务局", **changes):
    values = {"title": "", "starts_on": TODAY, "ends_on": None} | changes
    return services.grant_post(
        actor=actor(by), username=username, organisation=unit(organisation), role=role, at=AT, **values
    )


def test_a_granted_post_acts_from_its_first_day_to_its_last(security, marker):
    post = grant(security, "jing", Role.REPORTER, starts_on=TODAY, ends_on=TODAY + 5 * DAY, title=" 科 员 ")
    days = [TODAY - DAY, TODAY, TODAY + 5 * DAY, TODAY + 6 * DAY]
    assert [Post.objects.on(day).filter(pk=post.pk).exists() for day in days] == [False, True, True, False]
    assert post.title == "科 员"
    assert AuditEntry.objects.order_by("-seq").first().action == "accounts.post.granted"


def test_granting_the_same_twice_is_one_post(security, marker):
    assert grant(security, "jing", Role.REPORTER).pk == grant(security, "jing", Role.REPORTER).pk
    assert AuditEntry.objects.filter(action="accounts.post.granted").count() == 1


@pytest.mark.parametrize("role", [Role.SYSTEM_ADMIN, Role.SECURITY_ADMIN, Role.AUDITOR])
def test_an_evaluator_gets_none_of_the_three(security, marker, role):
    with pytest.raises(Refused) as refusal:
        grant(security, "jing", role)
    assert refusal.value.code == "separation-of-powers"
    assert marker.posts.count() == 1


def test_nobody_holds_two_of_the_three(security, admin):
    with pytest.raises(Refused) as refusal:
        grant(security, "guan", Role.AUDITOR)
    assert refusal.value.code == "separation-of-powers"


def test_one_of_the_three_may_follow_the_other(security, admin):
    Post.objects.filter(user=admin).update(ends_on=TODAY)
    grant(security, "guan", Role.AUDITOR, starts_on=TODAY + DAY)


def test_nobody_grants_ends_or_hands_over_his_own(security, marker):
    own = security.posts.get()
    for act in (
        lambda: grant(security, "an", Role.REPORTER),
        lambda: services.end_post(actor=actor(security), post_id=own.pk, ends_on=TODAY, version=1, on=TODAY, at=AT),
        lambda: services.hand_over(
            actor=actor(security), post_id=own.pk, to="jing", first_day=TODAY, version=1, on=TODAY, at=AT
        ),
        lambda: services.hand_over(
            actor=actor(security), post_id=marker.posts.get().pk, to="an", first_day=TODAY, version=1, on=TODAY, at=AT
        ),
    ):
        with pytest.raises(Refused) as refusal:
            act()
        assert refusal.value.code == "own-post"


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"username": "nobody"}, "no-such-person"),
        ({"role": "emperor"}, "bad-role"),
        ({"ends_on": TODAY - DAY}, "dates-reversed"),
        ({"role": Role.EVALUATOR, "starts_on": TODAY}, "post-overlaps"),
    ],
)
def test_a_wrong_grant_is_refused(security, marker, changes, code):
    values = {"username": "jing", "role": Role.REPORTER} | changes
    with pytest.raises(Refused) as refusal:
        grant(security, **values)
    assert refusal.value.code == code


def test_a_disabled_account_gets_no_post(security):
    person("ting", is_active=False)
    with pytest.raises(Refused) as refusal:
        grant(security, "ting", Role.REPORTER)
    assert refusal.value.code == "account-disabled"


def test_a_post_ends_yesterday_at_the_earliest_and_is_not_extended(security, marker):
    post = marker.posts.get()

    def end(day, version):
        return services.end_post(actor=actor(security), post_id=post.pk, ends_on=day, version=version, on=TODAY, at=AT)

    with pytest.raises(Refused) as refusal:
        end(TODAY - 2 * DAY, 1)
    assert refusal.value.code == "too-early"
    end(TODAY + 5 * DAY, 1)
    with pytest.raises(Conflict):
        end(TODAY + DAY, 1)
    with pytest.raises(Refused) as refusal:
        end(TODAY + 9 * DAY, 2)
    assert refusal.value.code == "not-an-extension"
    end(TODAY - DAY, 2)
    assert not Post.objects.on(TODAY).filter(pk=post.pk).exists()
    assert AuditEntry.objects.filter(action="accounts.post.ended", subject="user:jing").count() == 2


def hand_over(by, post, to, day, version=1):
    return services.hand_over(actor=actor(by), post_id=post.pk, to=to, first_day=day, version=version, on=TODAY, at=AT)


def test_a_hand_over_leaves_no_day_without_and_none_with_two(security, marker):
    person("jie", Role.REPORTER, "北庄镇")
    post = marker.posts.get()
    after = hand_over(security, post, "jie", TODAY + 3 * DAY)
    post.refresh_from_db()
    assert (post.ends_on, after.starts_on, after.ends_on) == (TODAY + 2 * DAY, TODAY + 3 * DAY, None)
    assert (after.organisation, after.role) == (post.organisation, post.role)
    for n in range(6):
        held = Post.objects.on(TODAY + n * DAY).filter(organisation=post.organisation, role=post.role)
        assert held.count() == 1
    acts = AuditEntry.objects.filter(action="accounts.post.handed-over")
    assert {entry.subject for entry in acts} == {"user:jing", "user:jie"}


def test_both_organisations_are_told_once(security, marker):
    person("jie", Role.REPORTER, "北庄镇")
    hand_over(security, marker.posts.get(), "jie", TODAY + 3 * DAY)
    told = Notice.objects.filter(key__startswith="hand-over:")
    assert {notice.organisation.name for notice in told} == {"区水务局", "北庄镇"}
    assert all("jing" in notice.title and "jie" in notice.title for notice in told)


def test_a_hand_over_of_a_post_with_an_end_keeps_the_end(security, marker):
    person("jie")
    Post.objects.filter(user=marker).update(ends_on=date(2026, 12, 31))
    assert hand_over(security, marker.posts.get(), "jie", TODAY + DAY).ends_on == date(2026, 12, 31)


def test_a_refused_hand_over_changes_nothing(security, admin, marker):
    post = marker.posts.get()
    person("ting", is_active=False)
    for to, code in (("guan", "separation-of-powers"), ("jing", "same-person"), ("ting", "account-disabled")):
        with pytest.raises(Refused) as refusal:
            hand_over(security, post, to, TODAY + DAY)
        assert refusal.value.code == code
    with pytest.raises(Refused):
        hand_over(security, post, "guan", TODAY - DAY)
    post.refresh_from_db()
    assert (post.ends_on, post.version, Notice.objects.filter(key__startswith="hand-over:").count()) == (None, 1, 0)


def test_a_double_click_on_a_hand_over_is_a_conflict_and_one_hand_over(security, marker):
    person("jie")
    post = marker.posts.get()
    hand_over(security, post, "jie", TODAY + DAY)
    with pytest.raises(Conflict):
        hand_over(security, post, "jie", TODAY + DAY)
    assert Post.objects.filter(user__username="jie").count() == 1


def test_posts_need_the_verb_and_an_unknown_post_is_not_found(security, admin, marker):
    with pytest.raises(NotAllowed):
        grant(admin, "jing", Role.REPORTER)
    with pytest.raises(NotFound):
        services.end_post(actor=actor(security), post_id=10**9, ends_on=TODAY, version=1, on=TODAY, at=AT)


def portfolio(by, leader, organisation="区水务局", **changes):
    values = {"starts_on": TODAY, "ends_on": None} | changes
    return services.add_portfolio(actor=actor(by), leader=leader, organisation=unit(organisation), at=AT, **values)


def test_a_portfolio_is_a_leaders_by_date(security, marker):
    person("ling", Role.LEADER)
    row = portfolio(security, "ling")
    assert portfolio(security, "ling").pk == row.pk
    with pytest.raises(Refused) as refusal:
        portfolio(security, "ling", starts_on=TODAY + DAY)
    assert refusal.value.code == "portfolio-overlaps"
    with pytest.raises(Refused) as refusal:
        portfolio(security, "jing")
    assert refusal.value.code == "not-a-leader"
    services.end_portfolio(actor=actor(security), portfolio_id=row.pk, ends_on=TODAY + DAY, at=AT)
    assert [Portfolio.objects.on(TODAY + n * DAY).exists() for n in range(3)] == [True, True, False]
    portfolio(security, "ling", starts_on=TODAY + 2 * DAY)
    # A day that was set and has not come can be set earlier, not later; what has ended stays as it was.
    for on, days, code in ((0, 2, "not-an-extension"), (2, 0, "portfolio-ended")):
        with pytest.raises(Refused) as refusal:
            services.end_portfolio(
                actor=actor(security), portfolio_id=row.pk, ends_on=TODAY + days * DAY, at=AT + on * DAY
            )
        assert refusal.value.code == code
    services.end_portfolio(actor=actor(security), portfolio_id=row.pk, ends_on=TODAY, at=AT)
    assert [Portfolio.objects.on(TODAY + n * DAY).exists() for n in range(3)] == [True, False, True]
    actions = AuditEntry.objects.filter(subject="user:ling").values_list("action", flat=True)
    assert sorted(actions) == ["accounts.portfolio.added"] * 2 + ["accounts.portfolio.ended"] * 2
