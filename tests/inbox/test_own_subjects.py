"""The top bar begins with what concerns the post: right after a switch, and asked no more than once in ten minutes."""

import re
from datetime import timedelta

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from miyun_kpi.accounts.models import Post, User
from miyun_kpi.inbox import views
from miyun_kpi.inbox.registry import concerns_of
from tests.accounts.people import AT, person
from tests.duties.conftest import acting

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _on_the_day():
    with time_machine.travel(AT, tick=False) as clock:
        yield clock


def bars(client, path="/gazette/"):
    """Labels of the top bar, and of what is behind 其他."""
    text = client.get(path).content.decode()
    nav = re.search(r'<nav class="subjects".*?</nav>', text, re.S)[0]
    first, _, others = nav.partition('<details class="others">')
    names = re.compile(r"<a [^>]*>\s*([^<\s]+)")
    return names.findall(first), names.findall(others)


def client_in(username, role, organisation):
    client = Client()
    client.force_login(person(username, role, organisation))
    return client


@pytest.mark.parametrize(
    ("role", "organisation", "own"),
    [
        ("evaluator", "区水务局", {"evaluation"}),
        ("register_office", "区水务局", {"evaluation", "water", "safety"}),
        ("register_office", "区公安分局", {"evaluation", "postdoc", "safety"}),
        ("reporter", "北庄镇", {"evaluation", "disclosure", "safety", "farmland"}),
        ("leader", "区政府办公室", {"evaluation"}),
        ("auditor", "区审计局", {"evaluation"}),
        ("system_admin", "区政府办公室", set()),
    ],
)
def test_what_concerns_a_post(gazette, role, organisation, own):
    found = concerns_of(acting(organisation, role))
    assert own <= found and ("postdoc" in found) is ("postdoc" in own)
    if role not in ("register_office", "reporter"):
        assert found == own


def test_every_subject_is_in_one_of_the_two_and_in_the_order_of_the_registry(gazette):
    own, others = bars(client_in("zhang", "evaluator", "区水务局"))
    assert own == ["工作台", "绩效考评", "公报", "机构"]
    assert others == ["政务公开", "城市安全", "绿色金融", "耕地占补", "水环境", "博士后", "人事任免"]


def test_an_administrator_has_no_subject_of_his_own(gazette):
    own, others = bars(client_in("guan", "system_admin", "区政府办公室"))
    assert own == ["工作台", "公报", "机构"] and others[0] == "绩效考评"


def test_a_switch_of_post_changes_the_bar_at_once(gazette):
    client = client_in("li", "evaluator", "区水务局")
    assert "水环境" in bars(client)[1]
    user = User.objects.get(username="li")
    other = Post.objects.get(user=user)
    other.pk, other.role = None, "register_office"
    other.save()
    assert client.post("/accounts/switch-post/", {"post": other.pk}).status_code == 302
    assert "水环境" in bars(client)[0]


def test_it_is_asked_once_and_again_after_ten_minutes(gazette, _on_the_day):
    client = client_in("wang", "reporter", "北庄镇")
    client.get("/gazette/")
    with CaptureQueriesContext(
        connection,
    ) as warm:
        client.get("/gazette/")
    views._concerns.clear()
    with CaptureQueriesContext(connection) as cold:
        client.get("/gazette/")
    assert 0 < len(cold) - len(warm) <= 8
    known = dict(views._concerns)
    _on_the_day.shift(timedelta(seconds=601))
    client.get("/gazette/")
    assert [at for at, _ in views._concerns.values()] != [at for at, _ in known.values()]
