"""Review and payment in one body after a reorganisation: two persons in two posts, with its number; without one never (第二十四条)."""

import json
from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.test import Client

from miyun_kpi.accounts.access import actor_in_post
from miyun_kpi.accounts.models import Post, User
from miyun_kpi.audit.models import AuditEntry
from miyun_kpi.lib.errors import NotAllowed
from miyun_kpi.organisations.models import Organisation, Reorganisation
from miyun_kpi.organisations.queries import resolve
from postdoc.services import ledger
from tests.factories.rankings import BACKEND, person
from tests.postdoc.conftest import AT
from tests.postdoc.test_money import apply, approved, budget, living, review

__all__ = ["approved", "budget", "living"]
NEXT = AT + timedelta(days=5)


@pytest.fixture
def joined(approved):
    """By the page of organisations: 区人社局 goes into 区财政局."""
    bureau, purse = resolve("区人社局"), resolve("区财政局")
    client = Client()
    client.force_login(person("org", "区政府办公室", "system_admin"), backend=BACKEND)
    typed = {
        "merged": [f"{bureau.code}:{bureau.version}"],
        "version": purse.version,
        "number": "密编〔2020〕9号",
        "on": str(AT.date()),
    }
    answer = client.post(f"/organisations/{purse.code}/merge/", typed)
    assert answer.status_code == 302, answer.content.decode()[:3000]
    assert Reorganisation.objects.get().number == "密编〔2020〕9号"
    return Organisation.objects.get(pk=purse.pk)


def posted(name, organisation, title):
    user = User.objects.create_user(name, "rank-test-password", display_name=name, created_at=AT)
    post = Post.objects.create(
        user=user, organisation=organisation, role="register_office", title=title, starts_on=date(2020, 1, 1)
    )
    return actor_in_post(user, post)


def pay(actor, row, at=NEXT, proof="凭甲1"):
    row.refresh_from_db()
    return ledger.write_line(actor=actor, application_id=row.pk, version=row.version, kind="paid", proof=proof, at=at)


def test_what_the_old_bureau_reviewed_is_paid_by_another_and_the_trail_names_the_paper(approved, joined):
    payer = posted("出纳", joined, "国库科")
    same = type(payer)(**(payer.__dict__ | {"user_id": approved.reviewed_by_id}))
    with pytest.raises(NotAllowed, match="不同的人") as refused:
        pay(same, approved)
    assert refused.value.code == "same-person" and "密编〔2020〕9号" in refused.value.message
    token = type(payer)(**(payer.__dict__ | {"post_id": None}))
    with pytest.raises(NotAllowed, match="以自己的岗位登录"):
        pay(token, approved)
    assert not approved.lines.exists()
    assert pay(payer, approved).amount == Decimal(48000)
    said = json.loads(AuditEntry.objects.filter(action="postdoc.money.written").latest("pk").data)
    assert said["apart"].startswith("密编〔2020〕9号")
    assert "密编〔2020〕9号" in approved.events.last().note


def test_within_the_body_two_posts_review_and_pay(approved, joined, park, station):
    other = apply(park, station, "station")
    clerk, mate, purse = (
        posted("审核", joined, "博管办"),
        posted("同组", joined, "博管办"),
        posted("出纳", joined, "国库科"),
    )
    review(clerk, other)
    with pytest.raises(NotAllowed, match="不同的人"):
        pay(clerk, other)
    with pytest.raises(NotAllowed, match="不同岗位") as refused:
        pay(mate, other)
    assert refused.value.code == "same-post-group" and "博管办" in refused.value.message
    pay(purse, other)
    page = Client()
    page.force_login(User.objects.get(username="出纳"), backend=BACKEND)
    pay(purse, approved, proof="凭甲2")
    shown = page.get(f"/postdoc/applications/{approved.pk}/").content.decode()
    assert "密编〔2020〕9号" in shown and "不同岗位的两个人" in shown


def test_one_person_with_posts_in_both_bureaus_does_not_pay_what_he_approved(living, budget):
    """第二十四条: asked by the owner, not by the post; through the page and the service."""
    user = User.objects.create_user("两岗", "rank-test-password", display_name="两岗", created_at=AT)
    posts = [
        Post.objects.create(
            user=user, organisation=resolve(unit), role="register_office", title="", starts_on=date(2020, 1, 1)
        )
        for unit in ("区人社局", "区财政局")
    ]
    reviewer, payer = (actor_in_post(user, post) for post in posts)
    review(reviewer, living)
    with pytest.raises(NotAllowed, match="您审核过这份申报") as refused:
        pay(payer, living)
    assert refused.value.code == "second-person"
    posts[0].delete()
    client = Client()
    client.force_login(user, backend=BACKEND)
    living.refresh_from_db()
    typed = {"version": living.version, "kind": "paid", "proof": "SELF-1", "amount": "", "note_text": ""}
    assert "您审核过这份申报" in client.post(f"/postdoc/applications/{living.pk}/line/", typed).content.decode()
    assert not living.lines.exists()
    assert pay(posted("另一人", resolve("区财政局"), ""), living).amount == Decimal(48000)
