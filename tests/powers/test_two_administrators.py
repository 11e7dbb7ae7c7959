"""Nobody holds the house alone: what one administrator does about powers waits for another, by every door."""

from datetime import timedelta

import pytest
from django.test import Client

from miyun_kpi.accounts import services
from miyun_kpi.accounts.access import posts_on
from miyun_kpi.accounts.enums import SEPARATED_ROLES, STRONG_ROLES, Role
from miyun_kpi.accounts.models import ApiToken, Post, User
from miyun_kpi.accounts.registry import Waiting
from miyun_kpi.inbox.models import Notice
from miyun_kpi.inbox.queries import notices_for
from miyun_kpi.lib.errors import Conflict, NotAllowed, NotFound, Refused
from miyun_kpi.powers.desk import desk_items
from miyun_kpi.proposals.models import Proposal
from miyun_kpi.proposals.services import decide, withdraw
from tests.accounts.people import LONG_AGO, actor, person, unit
from tests.clock import now, today

pytestmark = pytest.mark.usefixtures("gazette")
DAY = timedelta(days=1)
WEAK = sorted(set(Role) - STRONG_ROLES)


@pytest.fixture
def three():
    return person("guan", Role.SYSTEM_ADMIN), person("an", Role.SECURITY_ADMIN), person("shen", Role.AUDITOR)


def grant(by, username, role, place="区水务局", **more):
    given = {"title": "", "starts_on": today(), "ends_on": None} | more
    return services.grant_post(
        actor=actor(by), username=username, organisation=unit(place), role=role, at=now(), **given
    )


def newest():
    return Proposal.objects.order_by("-pk")[0]


def confirm(by, row=None):
    row = row or newest()
    return decide(actor=actor(by), proposal_id=row.pk, version=row.version, confirm=True, note="", at=now())


# ── what one of them alone tries ─────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("role", sorted(STRONG_ROLES))
def test_a_strong_role_is_granted_by_two(three, role):
    system, security, auditor = three
    person("ren")
    assert isinstance(grant(security, "ren", role), Waiting)
    assert not Post.objects.filter(user__username="ren").exists()
    for alone in (security, auditor):
        with pytest.raises((NotAllowed, NotFound)):
            confirm(alone)
    confirm(system)
    assert Post.objects.get(user__username="ren").role == role


@pytest.mark.parametrize("role", WEAK)
def test_others_are_granted_by_one(three, role):
    person("ren")
    assert isinstance(grant(three[1], "ren", role), Post)


@pytest.mark.parametrize("role", sorted(STRONG_ROLES - SEPARATED_ROLES))
def test_no_strong_post_is_handed_over_or_lent_by_one(three, role):
    system, security, _ = three
    post = person("zhu", role, "区水务局").posts.get()
    person("jie")
    common = {"actor": actor(security), "post_id": post.pk, "to": "jie", "version": 1, "on": today(), "at": now()}
    assert isinstance(services.hand_over(first_day=today() + DAY, **common), Waiting)
    lent = {"first_day": today(), "last_day": today() + DAY, "reason": "外出三天"}
    assert isinstance(services.name_deputy(**common, **lent), Waiting)
    assert not Post.objects.filter(user__username="jie").exists()
    confirm(system)
    assert Post.objects.get(user__username="jie").deputises.username == "zhu"


def test_posts_that_move_with_a_reform_wait_where_one_is_strong(three):
    _, security, _ = three
    post = person("zhu", Role.CERTIFIER, "区民政局").posts.get()
    unit("区民政局").__class__.objects.filter(pk=post.organisation_id).update(valid_to=today())
    done = services.move_posts(
        actor=actor(security), posts=[(post.pk, 1)], to=unit("区财政局"), first_day=today() + DAY, on=today(), at=now()
    )
    assert isinstance(done, Waiting) and Post.objects.filter(user__username="zhu").count() == 1
    confirm(three[0])
    assert Post.objects.filter(user__username="zhu", organisation=unit("区财政局")).exists()


@pytest.mark.parametrize("role", sorted(SEPARATED_ROLES))
def test_one_of_the_three_is_neither_disabled_nor_renamed_nor_dismissed_by_one(three, role):
    """By reset neither: tests/accounts/test_separation.py."""
    system, security, _ = three
    other = person("di-si", role)
    common = {"actor": actor(system), "username": "di-si", "version": 1, "at": now()}
    assert isinstance(services.set_active(active=False, **common), Waiting)
    shut = newest()
    assert isinstance(services.rename_account(display_name="别人", **common), Waiting)
    ending = {"ends_on": None, "at_once": True, "version": 1, "on": today(), "at": now()}
    assert isinstance(services.end_post(actor=actor(security), post_id=other.posts.get().pk, **ending), Waiting)
    other.refresh_from_db()
    assert other.is_active and other.display_name == "di-si" and posts_on(other, today())
    with pytest.raises(NotAllowed):
        confirm(system, shut)
    confirm(security, shut)
    other.refresh_from_db()
    assert not other.is_active


def test_whom_it_is_about_does_not_release_it(three):
    system, security, _ = three
    second = person("guan-er", Role.SYSTEM_ADMIN)
    services.rename_account(actor=actor(system), username="guan-er", display_name="改名", version=1, at=now())
    with pytest.raises(NotAllowed):
        confirm(second)
    confirm(security)
    assert User.objects.get(username="guan-er").display_name == "改名"


def test_a_token_that_writes_is_released_by_another(three):
    _, security, _ = three
    person("jing", Role.EVALUATOR, "区水务局")
    done = services.issue_token(
        actor=actor(security), client="平台", organisation=unit(), role="evaluator", owner="jing", at=now()
    )
    assert isinstance(done, Waiting) and not ApiToken.objects.exists()


# ── what both see, and nobody else ───────────────────────────────────────────────────────────────


def test_powers_are_read_by_administrators_of_all_offices_and_by_nobody_of_their_office(three):
    system, security, auditor = three
    person("ren")
    colleague = person("ban", Role.EVALUATION_OFFICE)
    grant(security, "ren", Role.EVALUATION_OFFICE)
    page = f"/proposals/{newest().pk}/"

    def seen(user):
        client = Client()
        client.force_login(user)
        return client.get(page).status_code, page in client.get("/proposals/").content.decode()

    assert [seen(user) for user in (system, security, auditor)] == [(200, True)] * 3
    assert seen(colleague) == (404, False)
    assert {one.role for one in Notice.objects.all()} == {str(role) for role in SEPARATED_ROLES}
    assert not any(notices_for(actor(security))) and any(notices_for(actor(system))), (
        "nobody has a notice of his own act"
    )
    client = Client()
    client.force_login(system)
    assert page in client.get("/").content.decode(), "on the desk of who releases it"
    client.force_login(auditor)
    assert "确认或退回" not in client.get("/").content.decode()


def test_through_the_pages_with_what_is_wrong_kept_and_told(three):
    system, security, _ = three
    person("ren")
    client = Client()
    client.force_login(security)
    body = {"username": "ren", "organisation": "区水务局", "role": "certifier", "title": "科长", "starts_on": today()}
    refused = client.post("/accounts/posts/", body | {"ends_on": today() - DAY})
    assert refused.status_code == 422 and 'value="科长"' in refused.content.decode() and not Proposal.objects.exists()
    waits = client.post("/accounts/posts/", body)
    assert waits.status_code == 302 and "审核人" in client.get(waits["Location"]).content.decode()
    again = client.post("/accounts/posts/", body)
    assert again.status_code == 409 and "等待确认" in again.content.decode()
    client.force_login(system)
    shown = client.get(waits["Location"]).content.decode()
    assert "确认，办理" in shown and "科长" not in shown or "ren" in shown
    done = client.post(f"{waits['Location']}decide/", {"version": 1, "decision": "confirm", "note": ""})
    assert done.status_code == 302 and Post.objects.get(user__username="ren").title == "科长"


def test_what_was_proposed_is_withdrawn_by_who_proposed_it(three):
    _, security, _ = three
    person("ren")
    grant(security, "ren", Role.CERTIFIER)
    row = newest()
    withdraw(actor=actor(security), proposal_id=row.pk, version=row.version, at=now())
    with pytest.raises(Refused):
        confirm(three[0], row)


# ── what is taken back counts from the moment ────────────────────────────────────────────────────


def test_a_post_of_today_is_taken_back_today_and_may_be_granted_anew(three):
    _, security, _ = three
    ren = person("ren")
    post = grant(security, "ren", Role.EVALUATOR)
    assert posts_on(ren, today())
    ending = {"actor": actor(security), "ends_on": None, "at_once": True, "on": today(), "at": now()}
    services.end_post(post_id=post.pk, version=post.version, **ending)
    assert not posts_on(ren, today())
    assert posts_on(ren, today() - DAY) == []
    shown = Client()
    shown.force_login(security)
    assert "（ren）" not in shown.get("/accounts/posts/").content.decode(), "not among those in force"
    assert "（ren）" in shown.get("/accounts/posts/?time=ended").content.decode()
    # With the very days of the one that was taken back: a new post all the same.
    again = grant(security, "ren", Role.EVALUATOR, ends_on=today())
    assert again.pk != post.pk and posts_on(ren, today()) == [again]


def test_an_older_post_that_is_taken_back_still_counts_for_the_days_before(three):
    _, security, _ = three
    ren = person("ren", Role.EVALUATOR, "区水务局")
    ending = {"actor": actor(security), "ends_on": None, "at_once": True, "on": today(), "at": now()}
    services.end_post(post_id=ren.posts.get().pk, version=1, **ending)
    assert not posts_on(ren, today()) and len(posts_on(ren, LONG_AGO)) == 1


def test_posts_of_a_body_that_has_ended_stand_on_the_desk_and_move_once(three):
    _, security, _ = three
    post = person("min", Role.REPORTER, "区民政局").posts.get()
    unit("区民政局").__class__.objects.filter(pk=post.organisation_id).update(valid_to=today())
    titles = [item.title for item in desk_items(actor(security), now())]
    assert "区民政局还有 1 个岗位待交接" in titles
    own = Client()
    own.force_login(User.objects.get(username="min"), backend="miyun_kpi.accounts.authentication.PeopleBackend")
    assert "区民政局已经撤并" in own.get("/").content.decode()
    common = {"actor": actor(security), "to": unit("区财政局"), "on": today(), "at": now()}
    services.move_posts(posts=[(post.pk, 1)], first_day=today() + 6 * DAY, **common)
    post.refresh_from_db()
    assert not [item for item in desk_items(actor(security), now()) if "待交接" in item.title]
    with pytest.raises(Conflict, match="已转到区财政局"):
        services.move_posts(posts=[(post.pk, post.version)], first_day=today() + DAY, **common)
    assert Post.objects.filter(user__username="min").count() == 2
