"""代理复核: another person in the part of one who is away, from a day to a day, and never as one's own second."""

import json
import re
from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from miyun_kpi.accounts import services
from miyun_kpi.accounts.access import actor_in_post, posts_on
from miyun_kpi.accounts.enums import Role, Verb
from miyun_kpi.accounts.models import Post
from miyun_kpi.accounts.registry import Waiting
from miyun_kpi.acts.acting import require_other_hand
from miyun_kpi.audit.models import AuditEntry
from miyun_kpi.lib.actors import SYSTEM
from miyun_kpi.lib.errors import Conflict, NotAllowed, Refused
from tests.accounts.people import AT, TODAY, actor, person, released

DAY = timedelta(days=1)
pytestmark = pytest.mark.django_db


@pytest.fixture
def certifier(gazette):
    return person("shen", Role.CERTIFIER, "区水务局", display_name="审核甲")


def name(by, post, to, first=TODAY + DAY, last=TODAY + 5 * DAY, reason="外出培训一周", version=1):
    given = {"post_id": post.pk, "to": to, "first_day": first, "last_day": last, "reason": reason}
    done = services.name_deputy(actor=actor(by), version=version, on=TODAY, at=AT, **given)
    return released(done, at=AT) if isinstance(done, Waiting) else done


def test_it_acts_on_its_days_alone_and_says_for_whom(security, certifier, marker):
    made = name(security, certifier.posts.get(), "jing")
    assert [len(posts_on(marker, TODAY + n * DAY)) for n in (0, 1, 5, 6)] == [1, 2, 2, 1]
    acting = actor_in_post(marker, made)
    assert acting.may(Verb.CERTIFY_SHEETS) and acting.label.endswith("（区水务局 审核人，代理审核甲）")
    assert posts_on(certifier, TODAY + 2 * DAY), "who is away keeps the post"
    told = AuditEntry.objects.filter(action="accounts.post.deputised")
    assert {one.subject for one in told} == {"user:shen", "user:jing"} and "外出培训一周" in told[0].data


def test_whoever_proposed_is_not_the_second_by_being_a_deputy(security, certifier, marker):
    made = name(security, certifier.posts.get(), "jing")
    with pytest.raises(NotAllowed):
        require_other_hand(actor_in_post(marker, made), marker.pk, "要由另一个人确认，没有执行。", AT)


def test_nor_for_what_the_one_who_is_away_has_asked_for(security, certifier, marker):
    """He stands in for that one: the asking and the granting would both be in the same name. In a post of his own he may."""
    made = name(security, certifier.posts.get(), "jing")
    with pytest.raises(NotAllowed, match="由您代理的人办理"):
        require_other_hand(actor_in_post(marker, made), certifier.pk, "要由另一个人确认，没有执行。", AT)
    require_other_hand(actor(marker), certifier.pk, "要由另一个人确认，没有执行。", AT)


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"to": "shen"}, "same-person"),
        ({"to": "nobody"}, "no-such-person"),
        ({"first": TODAY - DAY}, "too-early"),
        ({"last": TODAY}, "dates-reversed"),
        ({"last": TODAY + 92 * DAY}, "too-long"),
        ({"reason": "无"}, "reason-missing"),
    ],
)
def test_a_wrong_deputy_is_refused_and_nothing_is_stored(security, certifier, marker, changes, code):
    with pytest.raises(Refused) as refusal:
        name(security, certifier.posts.get(), **({"to": "jing"} | changes))
    assert refusal.value.code == code and not Post.objects.filter(deputises__isnull=False).exists()


def test_not_beyond_the_post_itself_nor_twice_nor_on(security, certifier, marker):
    post = certifier.posts.get()
    made = name(security, post, "jing")
    with pytest.raises(Refused) as refusal:
        name(security, post, "jing", first=TODAY + 3 * DAY)
    assert refusal.value.code == "post-overlaps"
    third = person("san", Role.REPORTER, "区水务局")
    with pytest.raises(Refused) as refusal:
        name(security, made, third.username)
    assert refusal.value.code == "a-deputy-s-deputy"
    with pytest.raises(Refused) as refusal:
        services.hand_over(
            actor=SYSTEM, post_id=made.pk, to="san", first_day=TODAY + 2 * DAY, version=1, on=TODAY, at=AT
        )
    assert refusal.value.code == "a-deputy"
    services.end_post(actor=actor(security), post_id=post.pk, ends_on=TODAY + 2 * DAY, version=1, on=TODAY, at=AT)
    with pytest.raises(Refused) as refusal:
        name(security, post, "san", version=2)
    assert refusal.value.code == "outside"
    with pytest.raises(Conflict):
        name(security, post, "san", last=TODAY + DAY, version=1)


def test_only_the_security_administrator_and_not_for_oneself(security, admin, certifier, marker):
    with pytest.raises(NotAllowed):
        name(admin, certifier.posts.get(), "jing")
    with pytest.raises(Refused) as refusal:
        name(security, certifier.posts.get(), security.username)
    assert refusal.value.code == "own-post"


def test_the_store_keeps_no_deputy_without_a_last_day(certifier, marker):
    post = marker.posts.get()
    for wrong in ({"deputises": certifier}, {"deputises": marker, "ends_on": TODAY}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Post.objects.filter(pk=post.pk).update(**wrong)


def test_through_the_page_and_back_with_what_was_typed(security, certifier, marker, signed_in):
    client, post = signed_in(security), certifier.posts.get()
    address, today = f"/accounts/posts/{post.pk}/", timezone.localdate()
    body = {"act": "deputy", "version": 1, "to": "jing", "first_day": today, "last_day": today, "reason": "下乡"}
    refused = client.post(address, body)
    assert refused.status_code == 422 and "下乡" in refused.content.decode()
    ids = re.findall(r' id="([^"]+)"', client.get(address).content.decode())
    assert len(ids) == len(set(ids)), "two forms ask for a person and a first day: a label leads to its own box"
    done = client.post(address, body | {"reason": "下乡调研三天"})
    assert done.status_code == 302 and done.url.startswith("/proposals/")
    made = released(Waiting(done.url), at=timezone.now())
    page = client.get(f"/accounts/posts/{made.pk}/").content.decode()
    assert "代理谁" in page and "换人交接" not in page and "结束岗位" in page


def acts_on(user):
    """On which of the next days he stands in for somebody."""
    return [n for n in range(8) if any(one.deputises_id for one in posts_on(user, TODAY + n * DAY))]


def test_it_ends_with_the_post_and_with_what_is_put_off(security, certifier, marker):
    post = certifier.posts.get()
    name(security, post, "jing")
    later = person("hou", Role.REPORTER, "区水务局")
    name(security, post, "hou", first=TODAY + 6 * DAY, last=TODAY + 7 * DAY)
    assert acts_on(marker) == [1, 2, 3, 4, 5] and acts_on(later) == [6, 7]
    done = services.end_post(
        actor=SYSTEM, post_id=post.pk, ends_on=TODAY + 2 * DAY, version=post.version, on=TODAY, at=AT
    )
    assert done.ends_on == TODAY + 2 * DAY and acts_on(marker) == [1, 2] and acts_on(later) == []
    told = AuditEntry.objects.filter(action="accounts.post.ended", subject__in=["user:jing", "user:hou"])
    assert {json.loads(one.data)["principal"] for one in told} == {"shen"} and len(told) == 2
    name(security, post, "hou", first=TODAY + DAY, last=TODAY + 2 * DAY, version=done.version)
    assert acts_on(later) == [1, 2], "within what is left of the post another may be named"


def test_what_is_taken_back_at_once_is_taken_from_the_deputy_too(security, certifier, marker):
    post = certifier.posts.get()
    made = name(security, post, "jing", first=TODAY)
    assert acts_on(marker)[:2] == [0, 1]
    services.end_post(actor=SYSTEM, post_id=post.pk, ends_on=None, at_once=True, version=1, on=TODAY, at=AT)
    made.refresh_from_db()
    assert acts_on(marker) == [] and made.revoked_on == TODAY


def test_who_takes_the_post_over_is_not_stood_in_for_by_the_deputy_of_before(security, certifier, marker):
    person("jie", Role.REPORTER, "区水务局")
    post = certifier.posts.get()
    other = person("bie", Role.CERTIFIER, "区水务局")
    name(security, post, "jing")
    name(security, other.posts.get(), "jing", first=TODAY + 6 * DAY, last=TODAY + 7 * DAY)
    given = {"post_id": post.pk, "to": "jie", "first_day": TODAY + 3 * DAY, "version": post.version}
    services.hand_over(actor=SYSTEM, on=TODAY, at=AT, **given)
    assert acts_on(marker) == [1, 2, 6, 7], "for the other of the same role in the same place he goes on"


def test_the_deputy_may_take_the_post_over(security, certifier, marker):
    post = certifier.posts.get()
    name(security, post, "jing")
    given = {"post_id": post.pk, "to": "jing", "first_day": TODAY + 3 * DAY, "version": post.version}
    after = services.hand_over(actor=SYSTEM, on=TODAY, at=AT, **given)
    assert acts_on(marker) == [1, 2] and after.user == marker and after.deputises is None


def test_those_of_the_post_that_goes_on_after_it_stay(security, certifier, marker):
    """从原定结束的次日起另授一个岗位: the same person in the same role, with deputies of its own."""
    post = certifier.posts.get()
    end = {"version": post.version, "on": TODAY, "at": AT}
    services.end_post(actor=SYSTEM, post_id=post.pk, ends_on=TODAY + 4 * DAY, **end)
    start = TODAY + 5 * DAY
    days = {"starts_on": start, "ends_on": None}
    services.grant_post(
        actor=SYSTEM, username="shen", organisation=post.organisation, role=post.role, title="", at=AT, **days
    )
    later = Post.objects.get(user=certifier, starts_on=start)
    name(security, later, "jing", first=start, last=start + DAY)
    post.refresh_from_db()
    end["version"] = post.version
    services.end_post(actor=SYSTEM, post_id=post.pk, ends_on=TODAY + DAY, **end)
    assert acts_on(marker) == [5, 6]


def test_one_of_a_single_day_goes_with_a_post_that_is_taken_back_on_it(security, certifier, marker):
    Post.objects.filter(user=certifier).update(starts_on=TODAY)
    post = certifier.posts.get()
    name(security, post, "jing", first=TODAY, last=TODAY)
    services.end_post(actor=SYSTEM, post_id=post.pk, ends_on=None, at_once=True, version=1, on=TODAY, at=AT)
    assert acts_on(marker) == []
