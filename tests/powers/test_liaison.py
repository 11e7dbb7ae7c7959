"""联络员: proposes for the own unit within the posts it has; the administrator who would decide it releases it."""

import pytest

from miyun_kpi.accounts import services as accounts
from miyun_kpi.accounts.access import actor_in_post, posts_on
from miyun_kpi.accounts.enums import MARKING_ROLES, SEPARATED_ROLES, STRONG_ROLES, Role, Verb
from miyun_kpi.accounts.models import Activation, Post, User
from miyun_kpi.inbox.registry import desk_items
from miyun_kpi.lib.errors import Conflict, NotAllowed, NotFound, Refused
from miyun_kpi.proposals.models import Proposal
from miyun_kpi.proposals.services import decide, propose, withdraw
from tests.accounts.people import LONG_AGO, actor, person, unit
from tests.clock import now, today
from tests.powers.people import DAY, OTHER, UNIT, asked, confirm, hand_over, new, newest, people, post_of, refused

pytestmark = pytest.mark.usefixtures("gazette")


@pytest.fixture
def them():
    return people()


# ── a new account ────────────────────────────────────────────────────────────────────────────────


def test_a_new_account_is_released_by_one_and_its_post_by_the_other(them):
    row = new(them.liaison, "Xin ", "新  来的", title="办公室")
    assert not User.objects.filter(username="xin").exists(), "proposing makes nothing"
    assert "新 来的" in row.name and "xin" in row.name
    confirm(them.system, row)
    user = User.objects.get(username="xin")
    assert user.display_name == "新 来的" and not user.has_usable_password() and not user.posts.exists()
    assert not user.activations.exists()
    second = newest()
    assert (second.code, second.recorded_by_id, second.state) == ("unit-post", them.liaison.pk, "proposed")
    confirm(them.security, second)
    post = post_of(user)
    assert (post.organisation.name, post.role, post.title, post.starts_on) == (UNIT, "reporter", "办公室", today())


@pytest.mark.parametrize("who", ["system", "security"])
def test_neither_administrator_releases_what_is_the_other_s(them, who):
    row = new(them.liaison)
    if who == "system":
        confirm(them.system, row)
        row = newest()
    other = {"system": them.system, "security": them.security}[who]
    with pytest.raises(NotAllowed):
        confirm(other, row)
    row.refresh_from_db()
    assert row.state == "proposed"


def test_the_way_in_has_two_halves_as_before(them):
    confirm(them.system, new(them.liaison))
    user = User.objects.get(username="xin")
    _, first = accounts.reset_access(
        actor=actor(them.system), username="xin", reason="新账号激活", version=user.version, at=now()
    )
    row = Activation.objects.get()
    _, second = accounts.release(actor=actor(them.security), activation_id=row.pk, version=row.version, at=now())
    given = {"username": "xin", "password": "Grand-Canal-77", "address": lambda one: one, "at": now()}
    with pytest.raises(Refused):
        accounts.finish(first=first, second=first, **given)
    assert accounts.finish(first=first, second=second, **given).has_usable_password()


def test_a_post_that_is_released_late_begins_on_that_day(them):
    confirm(them.system, new(them.liaison))
    confirm(them.security, newest(), at=now() + 5 * DAY)
    assert post_of(User.objects.get(username="xin")).starts_on == today() + 5 * DAY


def test_what_the_act_would_refuse_is_refused_to_the_liaison(them):
    person("you-ren")
    refused("username-taken", new, them.liaison, "you-ren")
    refused("bad-username", new, them.liaison, "新来的")
    refused("bad-name", new, them.liaison, name="新\u202e来的")
    refused("too-early", new, them.liaison, starts_on=today() - DAY)
    said = refused("namesake", new, them.liaison, name="bao")
    assert "（综合科）" in said
    assert not Proposal.objects.exists() and not User.objects.filter(username="xin").exists()


def test_a_namesake_who_only_waits_is_asked_for_a_word_too(them):
    first = new(them.liaison, "wei-a", "张伟")
    assert "（综合科）" in refused("namesake", new, them.liaison, "wei-b", "张伟")
    confirm(them.system, first)
    refused("namesake", new, them.liaison, "wei-b", "张伟")
    new(them.liaison, "wei-b", "张伟(综合科)")
    assert "张伟（综合科）" in newest().name
    new(them.strangers, "wei-c", "张伟")


def test_only_posts_that_the_unit_has_and_one_administrator_grants(them):
    person("shen-he", Role.CERTIFIER, UNIT)
    for role in set(Role) - {Role.REPORTER, Role.LIAISON}:
        said = refused("role-not-here", new, them.liaison, role=role.value)
        assert "填报人" in said
    for row in (new(them.liaison), new(them.liaison, "er", "第二位", role=Role.LIAISON.value)):
        assert row.state == "proposed"


def test_one_name_waits_once(them):
    new(them.liaison)
    refused("already-proposed", new, them.liaison)
    refused("already-proposed", new, them.strangers)


# ── posts ────────────────────────────────────────────────────────────────────────────────────────


def test_hand_over_deputy_and_end_are_carried_out_by_the_security_administrator(them):
    person("jie", Role.UNIT_HEAD, UNIT)
    row = hand_over(them)
    with pytest.raises(NotAllowed):
        confirm(them.system, row)
    confirm(them.security, row)
    after = Post.objects.get(user__username="jie", role="reporter")
    assert after.starts_on == today() + DAY and post_of(them.reporter).ends_on == today()
    lent = {
        "first_day": today() + DAY,
        "last_day": today() + 9 * DAY,
        "reason": "外出学习一周",
        "version": after.version,
    }
    confirm(them.security, asked(them.liaison, "unit-deputy", post_id=after.pk, to="bao", **lent))
    assert Post.objects.get(deputises__username="jie").user == them.reporter
    head = Post.objects.get(user__username="jie", role="unit_head")
    ending = {"ends_on": None, "at_once": True, "version": head.version}
    confirm(them.security, asked(them.liaison, "unit-post-ended", post_id=head.pk, **ending))
    head.refresh_from_db()
    assert head.revoked_on == today()


def test_another_post_for_somebody_of_the_unit(them):
    person("tou", Role.UNIT_HEAD, UNIT)
    given = {"role": "unit_head", "title": "", "starts_on": today()}
    confirm(them.security, asked(them.liaison, "unit-post", username="bao", **given))
    assert them.reporter.posts.filter(role="unit_head").exists()
    refused("not-of-the-unit", asked, them.liaison, "unit-post", username="wai", **given)


def test_whoever_has_left_is_proposed_to_be_shut(them):
    given = {"username": "bao", "reason": "调离本单位，已交接"}
    row = asked(them.liaison, "unit-account-shut", **given)
    with pytest.raises(NotAllowed):
        confirm(them.security, row)
    confirm(them.system, row)
    them.reporter.refresh_from_db()
    assert not them.reporter.is_active


def test_what_is_about_oneself_is_released_by_others_as_everything(them):
    """Who leaves says so; and nobody releases what he proposed."""
    person("jie", Role.REPORTER, UNIT)
    row = hand_over(them, row=post_of(them.liaison))
    with pytest.raises((NotAllowed, NotFound)):
        confirm(them.liaison, row)
    confirm(them.security, row)
    assert Post.objects.filter(user__username="jie", role="liaison").exists()


# ── nothing outside the own unit ─────────────────────────────────────────────────────────────────


def test_posts_and_people_of_another_unit_are_out_of_reach(them):
    person("jie", Role.REPORTER, UNIT)
    theirs = post_of(them.stranger)
    ending = {"ends_on": today(), "at_once": False, "version": 1}
    refused("other-unit", hand_over, them, row=theirs)
    refused("other-unit", asked, them.liaison, "unit-post-ended", post_id=theirs.pk, **ending)
    refused("not-of-the-unit", asked, them.liaison, "unit-account-shut", username="wai", reason="调离本单位")
    refused("not-of-the-unit", hand_over, them, to="wai")
    refused("not-of-the-unit", hand_over, them, to="mei-you")


def test_an_account_with_a_post_elsewhere_is_not_shut_by_either_unit(them):
    Post.objects.create(user=them.reporter, organisation=unit(OTHER), role="reporter", starts_on=LONG_AGO)
    for by in (them.liaison, them.strangers):
        refused("other-unit", asked, by, "unit-account-shut", username="bao", reason="调离本单位")


def test_no_proposal_names_another_unit(them):
    given = {"username": "xin", "display_name": "新来的", "role": "reporter", "title": "", "starts_on": today()}
    with pytest.raises(NotAllowed) as refusal:
        propose(actor=actor(them.liaison), code="unit-account", organisation=unit(OTHER).code, at=now(), **given)
    assert refusal.value.code == "other-unit"


@pytest.mark.parametrize("role", sorted(STRONG_ROLES - SEPARATED_ROLES))
def test_posts_of_two_administrators_are_theirs(them, role):
    strong = person("zhong", role, UNIT)
    person("jie", Role.REPORTER, UNIT)
    refused("strong-post", hand_over, them, row=post_of(strong))
    refused("strong-post", asked, them.liaison, "unit-account-shut", username="zhong", reason="调离本单位")
    ending = {"post_id": post_of(strong).pk, "ends_on": None, "at_once": True, "version": 1}
    refused("strong-post", asked, them.liaison, "unit-post-ended", **ending)


@pytest.mark.parametrize("role", sorted(set(Role) - {Role.LIAISON}))
def test_nobody_else_proposes(them, role):
    other = person("bie-ren", role, UNIT)
    with pytest.raises(NotAllowed):
        new(other)


def test_a_liaison_may_nothing_else_and_no_token_proposes(them):
    mine = actor(them.liaison)
    assert mine.verbs == {Verb.PROPOSE_ACCOUNTS}
    for act in (
        lambda: accounts.create_account(actor=mine, username="xin", display_name="新来的", at=now()),
        lambda: accounts.open_account(actor=mine, username="xin", display_name="新来的", at=now()),
        lambda: accounts.end_post(
            actor=mine, post_id=post_of(them.reporter).pk, ends_on=today(), version=1, on=today(), at=now()
        ),
        lambda: accounts.set_active(actor=mine, username="bao", active=False, version=1, at=now()),
    ):
        with pytest.raises(NotAllowed):
            act()
    from miyun_kpi.accounts.access import NEVER_BY_TOKEN

    assert Verb.PROPOSE_ACCOUNTS in NEVER_BY_TOKEN


def test_only_the_own_unit_s_liaison_and_the_administrators_read_it(them):
    row = new(them.liaison)
    others = [them.reporter, them.strangers, them.stranger, person("kao", Role.EVALUATION_OFFICE)]
    for one in others:
        with pytest.raises(NotFound):
            withdraw(actor=actor(one), proposal_id=row.pk, version=1, at=now())
    second = person("lian-er", Role.LIAISON, UNIT)
    with pytest.raises(NotAllowed) as refusal:
        withdraw(actor=actor(second), proposal_id=row.pk, version=1, at=now())
    assert refusal.value.code == "not-yours"
    withdraw(actor=actor(them.liaison), proposal_id=row.pk, version=1, at=now())
    row.refresh_from_db()
    assert row.state == "withdrawn"
    with pytest.raises(Conflict):
        confirm(them.system, row)


# ── no administrator alone ───────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("role", sorted(SEPARATED_ROLES))
def test_no_administrator_is_a_liaison(them, role):
    assert Role.LIAISON in MARKING_ROLES
    one = person("guan-er", role)
    given = {"title": "", "starts_on": today(), "ends_on": None, "at": now(), "released": True}
    with pytest.raises(Refused) as refusal:
        accounts.grant_post(
            actor=actor(them.security), username="guan-er", organisation=unit(), role="liaison", **given
        )
    assert refusal.value.code == "separation-of-powers"
    with pytest.raises(Refused) as refusal:
        accounts.grant_post(actor=actor(them.system), username="lian", organisation=unit(), role=role, **given)
    assert refusal.value.code == "separation-of-powers"
    assert [post.role for post in posts_on(one, today())] == [role]


def test_no_administrator_makes_himself_one(them):
    given = {"title": "", "starts_on": today(), "ends_on": None, "at": now()}
    with pytest.raises(Refused) as refusal:
        accounts.grant_post(actor=actor(them.security), username="an", organisation=unit(), role="liaison", **given)
    assert refusal.value.code == "own-post"


@pytest.mark.parametrize("role", [Role.SYSTEM_ADMIN, Role.SECURITY_ADMIN])
def test_who_proposed_it_releases_it_in_no_later_post(them, role):
    """One person in two posts, past the rule that forbids it: the account is what two persons are told apart by."""
    first = new(them.liaison)
    post = Post.objects.create(user=them.liaison, organisation=unit("区政府办公室"), role=role, starts_on=LONG_AGO)
    mine = actor_in_post(them.liaison, post)
    rows = [first]
    if role == Role.SECURITY_ADMIN:
        confirm(them.system, first)
        rows = [newest()]
    for row in rows:
        with pytest.raises(NotAllowed) as refusal:
            decide(actor=mine, proposal_id=row.pk, version=row.version, confirm=True, note="", at=now())
        assert refusal.value.code == "second-person"
    assert not [item for item in desk_items(mine, now()) if "账号和岗位提请" in item.title]


def test_whom_it_is_about_does_not_release_it(them):
    """A proposal that was made before the receiver became an administrator."""
    jie = person("jie", Role.UNIT_HEAD, UNIT)
    row = hand_over(them)
    Post.objects.filter(user=jie).update(role=Role.SECURITY_ADMIN)
    with pytest.raises(NotAllowed) as refusal:
        confirm(jie, row)
    assert refusal.value.code == "second-person"
