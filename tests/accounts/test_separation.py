"""三权分立 holds against its own administrators: no way round by password, token, leader's post or proxy header."""

import pytest
from django.test import RequestFactory

from miyun_kpi.accounts.addresses import client_address
from miyun_kpi.accounts.enums import SEPARATED_ROLES, VERBS_BY_ROLE, Role
from miyun_kpi.accounts.models import ApiToken
from miyun_kpi.accounts.registry import Waiting
from miyun_kpi.accounts.rules import incompatible
from miyun_kpi.accounts.services import issue_token, reset_access
from miyun_kpi.audit.models import AuditEntry
from tests.accounts.people import AT, PASSWORD, actor, person, unit

pytestmark = pytest.mark.usefixtures("gazette")


@pytest.mark.parametrize("role", [role for role in Role if role not in SEPARATED_ROLES and VERBS_BY_ROLE[role]])
def test_none_of_the_three_holds_a_post_that_marks_or_reads_results(role):
    assert all(incompatible(role, separated) and incompatible(separated, role) for separated in SEPARATED_ROLES)


@pytest.mark.parametrize("role", [role for role in Role if VERBS_BY_ROLE[role] and role not in SEPARATED_ROLES])
def test_who_issues_tokens_on_the_page_gives_no_right_with_them_alone(role):
    security = actor(person("an", "security_admin"))
    person("fu", role, "区水务局")
    done = issue_token(actor=security, client="x", organisation=unit(), role=role, owner="fu", at=AT)
    assert isinstance(done, Waiting) and not ApiToken.objects.exists()


@pytest.mark.parametrize("role", sorted(SEPARATED_ROLES))
def test_one_of_the_three_keeps_the_password_until_a_second_person_has_released_the_reset(role):
    system, other = actor(person("xi", "system_admin")), person("an", role)
    reset_access(actor=system, username="an", reason="忘记密码", version=other.version, at=AT)
    other.refresh_from_db()
    assert other.check_password(PASSWORD)


@pytest.mark.parametrize(
    "proxies, header, address",
    [
        (0, "203.0.113.66", "10.0.0.1"),
        (1, "203.0.113.66", "203.0.113.66"),
        (1, "1.2.3.4, 203.0.113.66", "203.0.113.66"),
        (2, "1.2.3.4, 203.0.113.66, 10.9.9.9", "203.0.113.66"),
        (2, "203.0.113.66", "10.0.0.1"),
        (1, "", "10.0.0.1"),
    ],
)
def test_only_what_a_trusted_proxy_wrote_is_believed(settings, proxies, header, address):
    settings.TRUSTED_PROXIES = proxies
    extra = {"HTTP_X_FORWARDED_FOR": header} if header else {}
    assert client_address(RequestFactory().get("/", REMOTE_ADDR="10.0.0.1", **extra)) == address


def test_behind_a_proxy_a_lock_holds_for_one_address_only(settings, client):
    settings.TRUSTED_PROXIES = 1
    person("jing", "evaluator")

    def sign_in(address, password):
        data = {"username": "jing", "password": password}
        return client.post("/sign-in/", data, headers={"x-forwarded-for": address}).status_code

    assert [sign_in("203.0.113.66", "wrong") for _ in range(5)][-1] == 429
    assert sign_in("203.0.113.66", "Reservoir-1958") == 429
    assert sign_in("198.51.100.7", "Reservoir-1958") == 302


def test_signing_in_and_out_and_being_locked_stand_in_the_audit(client):
    person("jing", "evaluator")
    client.post("/sign-in/", {"username": "jing", "password": "Reservoir-1958"})
    client.post("/sign-out/")
    for _ in range(5):
        client.post("/sign-in/", {"username": "jing", "password": "wrong"})
    events = list(AuditEntry.objects.filter(action__startswith="accounts.session").values_list("action", flat=True))
    assert [event.rsplit(".", 1)[1] for event in events] == ["signed-in", "signed-out", "locked"]


@pytest.mark.parametrize("target", ["foo", "//evil.example/", "https://evil.example/", "javascript:alert(1)", ""])
def test_a_strange_way_on_leads_home(client, target):
    person("jing", "evaluator")
    answer = client.post("/sign-in/", {"username": "jing", "password": "Reservoir-1958", "next": target})
    assert (answer.status_code, answer["Location"]) == (302, "/")
