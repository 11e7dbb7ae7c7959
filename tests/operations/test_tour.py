"""以谁的身份看: who gets in without a password, where, as whom, and what the audit says of it."""

import pytest
from django.test import Client
from django.utils import timezone

from miyun_kpi import site as sites
from miyun_kpi.accounts.models import Post, User
from miyun_kpi.accounts.tour import target
from miyun_kpi.audit.models import AuditEntry
from miyun_kpi.operations.tour import TASKS
from miyun_kpi.site import DEMO, REAL, REHEARSAL
from tests.evaluation.conftest import _demo_of_module, demo

__all__ = ["_demo_of_module", "demo"]
pytestmark = pytest.mark.usefixtures("demo")


@pytest.fixture
def on_the_demonstration(monkeypatch):
    monkeypatch.setattr(sites, "_current", [DEMO])


def browser(**more):
    return Client(headers={"host": "localhost:8000"}, **more)


def press(client, task, **more):
    return client.post("/demo/enter/", {"task": task}, **more)


def test_the_eight_are_eight_people_with_a_place_each(on_the_demonstration):
    assert [one.number for one in TASKS] == list(range(1, 9)) and len({one.username for one in TASKS}) == 8
    for task in TASKS:
        client = browser()
        answer = press(client, task.number)
        assert (answer.status_code, answer["Location"]) == (302, target(task.place, timezone.now()))
        page = client.get(answer["Location"])
        post = Post.objects.get(user__username=task.username, role=task.role)
        assert page.status_code == 200 and client.session["post_id"] == post.pk, task
        assert f'data-person="{post.user_id}"' in page.content.decode()


def test_the_door_and_the_start_page_show_them(on_the_demonstration):
    for address in ("/sign-in/", "/demo/"):
        page = browser().get(address).content.decode()
        assert page.count('name="task"') == 8 and all(one.title in page for one in TASKS), address
        # What one types into is still one press away, and the page does not jump there.
        assert "autofocus" not in page


def test_the_audit_says_that_nobody_gave_a_password(on_the_demonstration):
    press(browser(), 7)
    entry = AuditEntry.objects.order_by("-seq").first()
    assert (entry.action, entry.subject) == ("operations.tour.entered", "user:shenji")
    assert "审计员" in entry.actor_label and "校验审计记录" in entry.data


def test_another_press_is_another_person_with_nothing_of_the_first(on_the_demonstration):
    client = browser()
    press(client, 1)
    session = client.session
    session["left"] = "by the first"
    session.save()
    press(client, 5)
    assert client.session["_auth_user_id"] == str(User.objects.get(username="lingdao").pk)
    assert "left" not in client.session


@pytest.mark.parametrize("site", [REAL, REHEARSAL])
def test_elsewhere_there_is_no_such_page_and_no_such_act(site, monkeypatch):
    monkeypatch.setattr(sites, "_current", [site])
    client = browser()
    assert client.get("/demo/").status_code == 404 and press(client, 1).status_code == 404
    assert 'name="task"' not in client.get("/sign-in/").content.decode()
    assert "_auth_user_id" not in client.session


@pytest.mark.parametrize(
    "from_afar",
    [
        {"REMOTE_ADDR": "10.1.2.3"},
        {"REMOTE_ADDR": ""},
        {"headers": {"x-forwarded-for": "127.0.0.1"}},
        {"headers": {"forwarded": "for=127.0.0.1"}},
        {"headers": {"host": "testserver"}},
    ],
)
def test_only_whoever_sits_at_the_machine_gets_in(on_the_demonstration, from_afar):
    client = browser()
    assert press(client, 1, **from_afar).status_code == 404
    assert 'name="task"' not in client.get("/sign-in/", **from_afar).content.decode()
    assert not AuditEntry.objects.filter(action="operations.tour.entered").exists()


def test_a_proxy_that_is_trusted_is_somebody_between(on_the_demonstration, settings):
    settings.TRUSTED_PROXIES = 1
    assert press(browser(), 1).status_code == 404


def test_another_site_cannot_press_the_button(on_the_demonstration):
    client = browser(enforce_csrf_checks=True)
    assert press(client, 1).status_code == 403 and not client.cookies.get("sessionid")


@pytest.mark.parametrize("task", ["", "0", "9", "x", "shenji"])
def test_there_is_no_other_task(on_the_demonstration, task):
    assert press(browser(), task).status_code == 404


def test_a_person_who_is_gone_is_not_made_again(on_the_demonstration):
    User.objects.filter(username="shuiwu").update(is_active=False)
    assert press(browser(), 1).status_code == 404
