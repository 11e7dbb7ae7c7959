"""A real site that starts empty: three administrators by who holds the key, then each step on the desk of who does it."""

from datetime import datetime

import pytest
import time_machine
from django.contrib.auth import get_user_model
from django.test import Client
from django.utils import timezone

from evaluation.models import Period, Scheme
from miyun_kpi import site as sites
from miyun_kpi.accounts.access import actor_in_post
from miyun_kpi.accounts.enums import Role
from miyun_kpi.accounts.models import Post
from miyun_kpi.accounts.services import grant_post
from miyun_kpi.audit.models import AuditEntry
from miyun_kpi.lib.actors import SYSTEM
from miyun_kpi.lib.errors import NotAllowed, NotFound, Refused
from miyun_kpi.operations import first_steps
from miyun_kpi.operations.first_steps import Administrator, begin, desk_items, finish, first_key, may_begin, steps
from miyun_kpi.operations.identity import require_own_site
from miyun_kpi.operations.key_sheet import keep_copy, sheet
from miyun_kpi.organisations.queries import resolve
from miyun_kpi.site import DEMO, REHEARSAL

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("gazette")]
AT = datetime(2026, 11, 28, 9, tzinfo=timezone.get_default_timezone())
CHOSEN = "Reservoir-1958"
User = get_user_model()
THREE = [
    Administrator(Role.SYSTEM_ADMIN, "xitong", "张三", "区政府办公室"),
    Administrator(Role.SECURITY_ADMIN, "anquan", "李四", "区政府办"),
    Administrator(Role.AUDITOR, "shenji", "王五", "区审计局"),
]


@pytest.fixture(autouse=True)
def site(settings, tmp_path):
    settings.VAR_DIR = tmp_path
    return require_own_site(at=AT, empty=True)


def actor_of(username):
    user = User.objects.get(username=username)
    return actor_in_post(user, Post.objects.select_related("organisation").get(user=user))


def grant(username, name, role, organisation="区政府办公室"):
    user = User.objects.create_user(username, display_name=name, created_at=AT)
    grant_post(
        actor=SYSTEM, username=user.username, organisation=resolve(organisation), role=role, title="",
        starts_on=AT.date(), ends_on=None, at=AT,
    )  # fmt: skip  # one post a call
    return actor_of(username)


def activate(username, first, second):
    body = {"username": username, "first": first, "second": second, "new": CHOSEN, "again": CHOSEN}
    with time_machine.travel(AT, tick=False):
        answer = browser().post("/activate/", body)
    assert answer.status_code == 200, answer.content.decode()


def browser(**more):
    """On the machine itself, at the address that the start has printed."""
    return Client(headers={"host": "127.0.0.1:8000"}, **more)


def form_of(**more):
    given = {
        f"{one.role.value}_{part}": getattr(one, part)
        for one in THREE
        for part in ("username", "display_name", "organisation")
    }
    return given | more


def test_the_three_begin_with_one_post_each_and_choose_their_passwords():
    made = begin(key=first_key(), administrators=THREE, at=AT)
    assert [(one.username, len({first, second})) for one, first, second in made] == [
        ("xitong", 2),
        ("anquan", 2),
        ("shenji", 2),
    ]
    posts = Post.objects.order_by("pk").values_list("user__username", "role", "organisation__name")
    assert list(posts) == [
        ("xitong", "system_admin", "区政府办公室"),
        ("anquan", "security_admin", "区政府办公室"),
        ("shenji", "auditor", "区审计局"),
    ]
    assert not any(user.has_usable_password() for user in User.objects.all())
    one, first, second = made[0]
    activate(one.username, first, second)
    assert User.objects.get(username="xitong").check_password(CHOSEN)
    assert AuditEntry.objects.filter(action="accounts.post.granted").count() == 3
    assert not first_steps.key_file().exists()


def test_once_there_is_an_account_the_page_is_gone():
    key = first_key()
    begin(key=key, administrators=THREE, at=AT)
    with pytest.raises(NotFound):
        begin(key=key, administrators=THREE, at=AT)
    assert browser().get("/first/", {"key": key}).status_code == 404
    assert User.objects.count() == 3


@pytest.mark.parametrize("key", ["", "x", "密"])
def test_without_the_key_there_is_no_page(key):
    first_key()
    assert not may_begin(key)
    assert browser().get("/first/", {"key": key}).status_code == 404
    assert browser().post("/first/", form_of(key=key)).status_code == 404
    assert not User.objects.exists()


def test_the_key_is_readable_by_its_owner_alone():
    first_key()
    assert first_steps.key_file().stat().st_mode & 0o077 == 0


@pytest.mark.parametrize(
    ("more", "sentence"),
    [
        ({"auditor_organisation": "不存在的局"}, "没有叫“不存在的局”的机构，没有建立"),
        ({"auditor_username": "XITONG "}, "三个用户名要各不相同，没有建立"),
        ({"auditor_username": "王 五"}, "用户名用 2 至 30 个小写字母"),
        ({"security_admin_display_name": ""}, "请写安全管理员的姓名"),
    ],
)
def test_what_is_wrong_is_said_makes_nothing_and_keeps_what_was_typed(more, sentence):
    answer = browser().post("/first/", form_of(key=first_key(), **more))
    page = answer.content.decode()
    assert answer.status_code == 422 and sentence in page and "张三" in page
    assert not User.objects.exists() and may_begin(first_key())


def test_the_page_makes_them_and_shows_each_password_once():
    answer = browser().post("/first/", form_of(key=first_key()))
    page = answer.content.decode()
    assert answer.status_code == 200 and page.count('class="secret"') == 6 and "系统管理员" in page
    assert "no-store" in answer["Cache-Control"] or "no-cache" in answer["Cache-Control"]


def test_each_step_stands_on_the_desk_of_who_does_it_until_it_is_done(site):
    begin(key=first_key(), administrators=THREE, at=AT)
    system, security, auditor = map(actor_of, ("xitong", "anquan", "shenji"))

    def titles(actor):
        return [item.title.removeprefix("首次启动：") for item in desk_items(actor, AT)]

    assert titles(system) == ["核对机构名单", "打印密钥存档", "建立考评办的账号", "给考评部门授予岗位"]
    assert titles(security) == ["授予考评办岗位", "给考评部门授予岗位"]
    assert titles(auditor) == []
    first_steps.organisations_checked(actor=system, at=AT)
    check = sheet(AT).split()[-1]
    keep_copy(actor=system, typed=check, at=AT)
    first, second = grant("kaoping1", "甲", "evaluation_office"), grant("kaoping2", "乙", "evaluation_office")
    assert titles(system) == ["给考评部门授予岗位"] == titles(security)
    assert titles(first) == ["确认方案数字", "开启第一个期间"] == titles(second)
    assert titles(grant("shuiwu", "水务", "evaluator", "区水务局")) == []


def test_only_who_keeps_the_organisations_says_they_are_checked_and_it_is_said_once(site):
    begin(key=first_key(), administrators=THREE, at=AT)
    with pytest.raises(NotAllowed):
        first_steps.organisations_checked(actor=actor_of("anquan"), at=AT)
    for _ in range(2):
        first_steps.organisations_checked(actor=actor_of("xitong"), at=AT)
    assert AuditEntry.objects.filter(action="operations.organisations.checked").count() == 1


def test_the_steps_end_when_all_are_done_and_not_before(site, monkeypatch):
    begin(key=first_key(), administrators=THREE, at=AT)
    office = grant("kaoping1", "甲", "evaluation_office")
    with pytest.raises(Refused, match="还有没办的：核对机构名单"):
        finish(actor=office, at=AT)
    monkeypatch.setattr(first_steps, "steps", lambda site: [])
    finish(actor=office, at=AT)
    assert desk_items(office, AT) == [] and first_steps.current_site() is None
    with pytest.raises(NotFound):
        finish(actor=office, at=AT)


def test_a_real_site_begins_with_a_certifier_before_each_filing():
    first_steps.certify_from_the_start(at=AT)
    assert all(Scheme.objects.values_list("certification", flat=True))
    first_steps.certify_from_the_start(at=AT)
    assert AuditEntry.objects.filter(action="evaluation.scheme.settings-changed").count() == Scheme.objects.count() == 2


def test_a_site_that_did_not_start_empty_has_no_steps(site):
    site.first_steps = False
    site.save()
    assert desk_items(grant("kaoping1", "甲", "evaluation_office"), AT) == []
    assert not Period.objects.exists() and steps(site)


def test_the_page_of_the_steps_is_for_those_who_do_them(site):
    begin(key=first_key(), administrators=THREE, at=AT)
    grant("shuiwu", "水务", "evaluator", "区水务局")
    User.objects.update(must_change_password=False)
    for username, status in (("xitong", 200), ("anquan", 200), ("shenji", 200), ("shuiwu", 404)):
        client = Client()
        client.force_login(
            User.objects.get(username=username), backend="miyun_kpi.accounts.authentication.PeopleBackend"
        )
        assert client.get("/first/steps/").status_code == status, username


# ── as somebody who should not get in ────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    "from_afar",
    [
        {"REMOTE_ADDR": "10.1.2.3"},
        {"REMOTE_ADDR": "::ffff:10.1.2.3"},
        {"headers": {"x-forwarded-for": "127.0.0.1"}},
        {"headers": {"via": "1.1 somebody"}},
        {"headers": {"host": "testserver"}},
    ],
)
def test_with_the_key_but_not_at_the_machine_there_is_no_page(from_afar):
    key = first_key()
    assert browser().get("/first/", {"key": key}).status_code == 200
    assert browser().get("/first/", {"key": key}, **from_afar).status_code == 404
    assert browser().post("/first/", form_of(key=key), **from_afar).status_code == 404
    assert not User.objects.exists() and may_begin(key)


def test_a_name_that_was_made_to_point_here_is_refused():
    answer = browser().get("/first/", {"key": first_key()}, headers={"host": "attacker.example"})
    assert answer.status_code in (400, 404) and "系统管理员" not in answer.content.decode()


def test_another_site_cannot_send_the_form_even_with_the_key():
    client = browser(enforce_csrf_checks=True)
    answer = client.post("/first/", form_of(key=first_key()), headers={"origin": "http://attacker.example"})
    assert answer.status_code == 403 and not User.objects.exists()


@pytest.mark.parametrize("change", [str.upper, lambda key: key[:-1], lambda key: f"{key} ", lambda key: f"{key}\n"])
def test_nearly_the_key_is_not_the_key(change):
    key = first_key()
    assert change(key) != key and not may_begin(change(key))


def test_the_form_that_was_open_when_another_was_first_makes_nothing():
    key, late = first_key(), browser(enforce_csrf_checks=True)
    page = late.get("/first/", {"key": key}).content.decode()
    token = page.partition('name="csrfmiddlewaretoken" value="')[2].partition('"')[0]
    begin(key=key, administrators=THREE, at=AT)
    # Even where the file with the key is put back.
    first_steps.key_file().write_text(key)
    answer = late.post("/first/", form_of(key=key, csrfmiddlewaretoken=token, auditor_username="xinlai"))
    assert answer.status_code == 404 and User.objects.count() == 3


def test_an_empty_key_opens_nothing_and_is_made_anew():
    first_steps.key_file().write_text("")
    assert not may_begin("")
    key = first_key()
    assert len(key) >= 32 and may_begin(key) and first_steps.key_file().stat().st_mode & 0o077 == 0


@pytest.mark.parametrize("name", [DEMO, REHEARSAL])
def test_only_a_real_site_begins_so(name, monkeypatch):
    key = first_key()
    monkeypatch.setattr(sites, "_current", [name])
    assert not may_begin(key)


def test_the_page_with_the_passwords_is_kept_nowhere():
    answer = browser().post("/first/", form_of(key=first_key()))
    assert "no-store" in answer["Cache-Control"] and answer["X-Frame-Options"] == "DENY"
    assert answer["Referrer-Policy"] == "same-origin"
