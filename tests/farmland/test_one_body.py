"""核销 and payment in one body after a reorganisation: two persons in two posts, with its number (第十一条)."""

import json
from dataclasses import replace
from datetime import date, timedelta

import pytest

from farmland.models import Entry, Warrant
from farmland.services import fees, warrants
from miyun_kpi.accounts.access import actor_in_post
from miyun_kpi.accounts.models import Post, User
from miyun_kpi.acts.days import IN_TIME
from miyun_kpi.audit.models import AuditEntry
from miyun_kpi.lib.errors import NotAllowed
from miyun_kpi.organisations.models import Organisation
from miyun_kpi.organisations.queries import resolve
from miyun_kpi.organisations.services import Seen, merge_organisations
from miyun_kpi.proposals.services import by_two
from tests.farmland.conftest import AT, act, granted, rate, reserved, settled, ticket
from tests.organisations.conftest import administrator
from tests.postdoc.test_one_body import posted

__all__ = ["administrator"]
NEXT = AT + timedelta(days=3)


@pytest.fixture
def joined(four_lots, administrator):
    one, other = resolve("区规自分局"), resolve("区财政局")
    merge_organisations(
        actor=administrator,
        merged=[Seen(one.code, one.version)],
        into=Seen(other.code, other.version),
        number="密编〔2020〕8号",
        on=AT.date(),
        at=AT,
    )
    return Organisation.objects.get(pk=other.pk)


def test_who_posted_does_not_pay_and_neither_does_who_sits_beside(joined):
    pool, mate, purse = (
        posted("指标", joined, "耕保科"),
        posted("同组", joined, "耕保科"),
        posted("出纳", joined, "国库科"),
    )
    rate(purse)
    settled(pool, purse)
    entry = Entry.objects.filter(kind="post").first()
    assert entry.by_id == pool.user_id
    with pytest.raises(NotAllowed, match="密编〔2020〕8号以后核销和付款在同一单位，须由不同的人"):
        granted(pool, "out_reward_first", "1", at=NEXT, entry_id=entry.pk)
    with pytest.raises(NotAllowed, match="耕保科"):
        granted(mate, "out_reward_first", "1", at=NEXT, entry_id=entry.pk)
    row = granted(purse, "out_reward_first", "1", at=NEXT, entry_id=entry.pk)
    said = json.loads(AuditEntry.objects.filter(action="farmland.warrant.issued").latest("pk").data)
    assert said["apart"].startswith("密编〔2020〕8号") and Warrant.objects.count() == 1
    with pytest.raises(NotAllowed, match="不同岗位"):
        warrants.record_voucher(actor=mate, warrant_id=row.pk, ticket="凭9", day=NEXT.date(), at=NEXT)
    assert warrants.record_voucher(actor=purse, warrant_id=row.pk, ticket="凭9", day=NEXT.date(), at=NEXT).amount == 1


def two_posts(name):
    """One person in 区规自分局 and in 区财政局, at the same time."""
    user = User.objects.create_user(name, "rank-test-password", display_name=name, created_at=AT)
    made = []
    for unit in ("区规自分局", "区财政局"):
        given = {"organisation": resolve(unit), "role": "register_office", "title": "", "starts_on": date(2020, 1, 1)}
        made.append(actor_in_post(user, Post.objects.create(user=user, **given)))
    return made


@pytest.mark.parametrize("hand", ["proposed", "confirmed"])
def test_who_had_a_hand_in_the_use_does_not_pay_it_in_another_post(four_lots, pool, purse, hand):
    both, paying = two_posts("两岗")
    rate(purse)
    row = reserved(pool)
    act(fees.assess_fees, purse, row, on=AT.date())
    for fee in row.fees.all():
        ticket(purse, row, f"in_{fee.kind}", fee.amount, f"票{fee.kind}")
    row.refresh_from_db()
    first, second = (both, pool) if hand == "proposed" else (pool, both)
    given = {"application_id": row.pk, "version": row.version, "on": AT.date(), "late": IN_TIME, "asked_on": AT.date()}
    by_two(first=first, second=replace(second, proven_at=AT), code="farmland-post", at=AT, **given)
    entry = Entry.objects.filter(kind="post").first()
    with pytest.raises(NotAllowed, match="换岗位也不能") as refused:
        granted(paying, "out_reward_first", "1", entry_id=entry.pk)
    assert refused.value.code == "second-person" and not Warrant.objects.exists()
    made = granted(purse, "out_reward_first", "1", entry_id=entry.pk)
    with pytest.raises(NotAllowed, match="换岗位也不能"):
        warrants.record_voucher(actor=paying, warrant_id=made.pk, ticket="SELF-21", day=AT.date(), at=AT)
    assert warrants.record_voucher(actor=purse, warrant_id=made.pk, ticket="凭1", day=AT.date(), at=AT).amount == 1
