"""核销 and payment in one body after a reorganisation: two persons in two posts, with its number (第十一条)."""

import json
from datetime import timedelta

import pytest

from farmland.models import Entry, Warrant
from farmland.services import warrants
from miyun_kpi.audit.models import AuditEntry
from miyun_kpi.lib.errors import NotAllowed
from miyun_kpi.organisations.models import Organisation
from miyun_kpi.organisations.queries import resolve
from miyun_kpi.organisations.services import Seen, merge_organisations
from tests.farmland.conftest import AT, granted, rate, settled
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
