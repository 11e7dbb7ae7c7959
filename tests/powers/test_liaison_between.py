"""Between proposal and release: who left, what ended, what came back to the 联络员, and which hands the audit names."""

import pytest

from miyun_kpi.accounts import services as accounts
from miyun_kpi.accounts.access import actor_in_post
from miyun_kpi.accounts.enums import Role
from miyun_kpi.accounts.models import Post, User
from miyun_kpi.audit.models import AuditEntry
from miyun_kpi.inbox.models import Notice
from miyun_kpi.inbox.registry import desk_items
from miyun_kpi.lib.errors import NotAllowed, Refused
from miyun_kpi.powers.services import ask
from miyun_kpi.proposals.services import decide
from tests.accounts.people import LONG_AGO, actor, person, unit
from tests.clock import now, today
from tests.powers.people import DAY, OTHER, UNIT, asked, confirm, hand_over, new, newest, people, post_of, refused

pytestmark = pytest.mark.usefixtures("gazette")


@pytest.fixture
def them():
    return people()


# ── what happens in between ──────────────────────────────────────────────────────────────────────


def test_the_receiver_who_left_the_unit_receives_nothing(them):
    jie = person("jie", Role.UNIT_HEAD, UNIT)
    row = hand_over(them)
    Post.objects.filter(user=jie).update(organisation=unit(OTHER))
    assert "jie" in refused("not-of-the-unit", confirm, them.security, row)


def test_the_receiver_who_was_shut_receives_nothing(them):
    jie = person("jie", Role.UNIT_HEAD, UNIT)
    row = hand_over(them)
    User.objects.filter(pk=jie.pk).update(is_active=False)
    assert "停用" in refused("account-disabled", confirm, them.security, row)


def test_a_post_that_changed_is_proposed_anew(them):
    person("jie", Role.UNIT_HEAD, UNIT)
    row, post = hand_over(them), post_of(them.reporter)
    accounts.end_post(
        actor=actor(them.security), post_id=post.pk, ends_on=today() + 9 * DAY, version=1, on=today(), at=now()
    )
    assert "按现在的情况再提" in refused("changed-since", confirm, them.security, row)
    row.refresh_from_db()
    assert row.state == "proposed", "it waits to be given back"


def test_a_name_that_was_taken_meanwhile(them):
    row = new(them.liaison)
    person("xin")
    assert "已有人用" in refused("username-taken", confirm, them.system, row)


def test_a_unit_that_ended_gets_nobody(them):
    person("jie", Role.UNIT_HEAD, UNIT)
    rows = [new(them.liaison), hand_over(them)]
    gone = asked(them.liaison, "unit-account-shut", username="jie", reason="调离本单位")
    type(unit()).objects.filter(pk=unit().pk).update(valid_to=today())
    for row, by in ((rows[0], them.system), (rows[1], them.security), (gone, them.system)):
        assert "承接单位的联络员" in refused("organisation-gone", confirm, by, row)
    assert not User.objects.filter(username="xin").exists()


def test_a_unit_that_ended_between_the_two_releases(them):
    confirm(them.system, new(them.liaison))
    type(unit()).objects.filter(pk=unit().pk).update(valid_to=today())
    refused("organisation-gone", confirm, them.security, newest())


def test_who_got_a_post_elsewhere_meanwhile_is_not_shut(them):
    row = asked(them.liaison, "unit-account-shut", username="bao", reason="调离本单位，已交接")
    Post.objects.create(user=them.reporter, organisation=unit(OTHER), role="reporter", starts_on=today())
    refused("other-unit", confirm, them.system, row)


# ── how it comes back ────────────────────────────────────────────────────────────────────────────


def test_given_back_with_a_reason_it_stands_on_the_desk_until_it_is_proposed_again(them):
    row = new(them.liaison)
    given = {"actor": actor(them.system), "proposal_id": row.pk, "version": 1, "confirm": False, "at": now()}
    with pytest.raises(Refused):
        decide(note="", **given)
    decide(note="请附上调令", **given)
    mine = [item for item in desk_items(actor(them.liaison), now()) if item.group == "returned"]
    assert len(mine) == 1 and "请附上调令" in mine[0].context
    told = Notice.objects.get(title__startswith="新账号被退回")
    assert (told.organisation.name, told.role) == (UNIT, "liaison")
    assert not [item for item in desk_items(actor(them.reporter), now()) if item.group == "returned"]
    new(them.liaison)
    assert not [item for item in desk_items(actor(them.liaison), now()) if item.group == "returned"]


def test_a_post_that_was_given_back_is_proposed_again(them):
    confirm(them.system, new(them.liaison))
    row = newest()
    decide(actor=actor(them.security), proposal_id=row.pk, version=1, confirm=False, note="写明科室", at=now())
    given = {"username": "xin", "role": "reporter", "title": "办公室", "starts_on": today()}
    refused("not-of-the-unit", asked, them.strangers, "unit-post", **given)
    confirm(them.security, asked(them.liaison, "unit-post", **given))
    assert post_of(User.objects.get(username="xin")).title == "办公室"


def test_the_audit_names_both_hands(them):
    confirm(them.system, new(them.liaison))
    done = AuditEntry.objects.filter(action="proposals.proposal.proposed").order_by("-seq")[0]
    assert "guan" in done.actor_label and "lian" in done.data
    made = AuditEntry.objects.get(action="accounts.account.created")
    assert "guan" in made.actor_label


def test_the_own_unit_is_that_of_the_post_one_acts_in(them):
    """A person may hold it beside a reporter's post of the same unit, or of another."""
    second = Post.objects.create(user=them.liaison, organisation=unit(OTHER), role="reporter", starts_on=LONG_AGO)
    with pytest.raises(NotAllowed):
        ask(
            actor=actor_in_post(them.liaison, second), code="unit-account-shut", username="wai", reason="调离", at=now()
        )
