"""Some acts by the doors that people and machines use: pages of the desk, forms, the API with a request sent twice."""

import json
from datetime import datetime
from typing import Any

from django.test import Client

from evaluation.adjustments.rules import GROUNDS
from evaluation.models import Adjustment
from miyun_kpi.accounts.models import Post
from miyun_kpi.inbox.registry import desk_items
from miyun_kpi.lib.actors import SYSTEM
from miyun_kpi.lib.errors import Refused
from miyun_kpi.organisations.queries import resolve
from tests.factories.rankings import BACKEND
from tests.factories.tokens import issue_token
from tests.races.mixed.hands import Hand, Move
from tests.simulation.nothing import written

# What a page may leave behind that is only looked at: the session, and who read what is protected.
BY_READING = ("django_session", "accounts_", "audit_", "axes_")


# Of a machine that reports for 北庄镇: given out before the year begins.
TOKEN: list[str] = []


def give_token(at: datetime) -> None:
    unit = resolve("北庄镇")
    _, text = issue_token(actor=SYSTEM, client="模拟客户端", organisation=unit, role="reporter", at=at)
    TOKEN[:] = [text]


class Wrong(AssertionError):
    """What a person would be shown as a failure of the house."""


def signed_in(post: Post) -> Client:
    client = Client()
    client.force_login(post.user, backend=BACKEND)
    session = client.session
    session["post_id"] = post.pk
    session.save()
    return client


def answered(answer: Any, what: str) -> Any:
    """Done, or refused in words; a page that shows its form again has refused too."""
    if answer.status_code >= 500:
        raise Wrong(f"{what}: {answer.status_code}")
    if answer.status_code >= 400 or (answer.status_code == 200 and answer.wsgi_request.method == "POST"):
        raise Refused(f"page-{answer.status_code}", "没有办成。")
    return answer


def desk(hand: Hand) -> Any:
    """Somebody opens the desk and one of the things that wait there."""
    post, actor = hand.chance.choice(hand.people.posts)
    items = desk_items(actor, hand.at)
    client = signed_in(post)
    with written() as tables:
        for address in ["/", *([hand.chance.choice(items).url] if items else [])]:
            answer = client.get(address)
            if answer.status_code not in (200, 302):
                raise Wrong(f"{actor.label}: {address} on the desk answers {answer.status_code}")
    wrote = sorted(table for table in tables if not table.startswith(BY_READING))
    if wrote:
        raise Wrong(f"looking at the desk of {actor.label} writes {wrote}")


def inquiry(hand: Hand) -> Any:
    """The form of 依申请公开, now and then of somebody who has no business with it, or with a day to come."""
    actor = hand.one_of("minzheng", "zhengwu")
    typed = {
        "received_on": hand.ago(hand.chance.choice([0, 0, 1, -3])).isoformat(),
        "way": "post",
        "applicant_kind": "natural",
        "applicant": "某人",
        "contact": "",
        "content": f"某项信息{hand.number(99)}",
    }
    post = Post.objects.select_related("user").get(pk=actor.post_id)
    return answered(signed_in(post).post("/disclosure/applications/new/", typed), "依申请公开")


def sent_twice(hand: Hand) -> Any:
    """A machine does not hear the answer and sends the same again: one effect, the same answer."""
    before = Adjustment.objects.count()
    body = {
        "organisation": "beizhuang-zhen",
        "year": 2020,
        "ground": next(iter(GROUNDS)),
        "work": f"创新案例{hand.number(6)}",
        "points": "0.5",
        "reason": "市级年度考评通报加分",
        "happened_on": "2020-11-03",
        "document_number": "京考〔2020〕7号",
    }
    headers = {"Authorization": f"Token {TOKEN[0]}", "Idempotency-Key": hand.key}
    answers = [
        Client().post("/api/v1/adjustments/", json.dumps(body), content_type="application/json", headers=headers)
        for _ in range(2)
    ]
    if Adjustment.objects.count() > before + 1:
        raise Wrong("the same request sent twice has two effects")
    if [one.status_code for one in answers[1:]] != [answers[0].status_code] or answers[0].json() != answers[1].json():
        raise Wrong(f"the same request is answered {[one.status_code for one in answers]}")
    return answered(answers[0], "adjustments")


MOVES = [Move("web/desk", desk, 3), Move("web/inquiry", inquiry, 1.5), Move("web/sent-twice", sent_twice)]
