from io import StringIO

import pytest
from django.contrib.sessions.models import Session
from django.core.management import CommandError, call_command
from django.utils import timezone

from miyun_kpi.accounts import services
from miyun_kpi.accounts.enums import Role
from miyun_kpi.accounts.models import ApiToken, User
from miyun_kpi.audit.models import AuditEntry
from miyun_kpi.lib.errors import Conflict, NotAllowed, NotFound, Refused
from tests.accounts.people import AT, PASSWORD, actor, person

pytestmark = pytest.mark.django_db


def last_entry():
    return AuditEntry.objects.order_by("-seq").first()


def test_a_new_account_has_no_post_and_no_password(admin):
    user, half = services.create_account(actor=actor(admin), username=" Liu.Yi ", display_name="刘 一", at=AT)
    assert (user.username, user.display_name, user.has_usable_password()) == ("liu.yi", "刘 一", False)
    assert not user.posts.exists()
    entries = AuditEntry.objects.order_by("-seq")[:2]
    assert {one.action for one in entries} == {"accounts.account.created", "accounts.activation.asked"}
    assert {one.subject for one in entries} == {"user:liu.yi"} and half not in "".join(one.data for one in entries)


@pytest.mark.parametrize("username", ["", "a", "刘一", "client:x", "a b", "-ab", "x" * 31])
def test_a_bad_username_is_refused(admin, username):
    with pytest.raises(Refused) as refusal:
        services.create_account(actor=actor(admin), username=username, display_name="刘一", at=AT)
    assert refusal.value.code == "bad-username"


def test_a_username_is_given_once(admin, marker):
    with pytest.raises(Refused) as refusal:
        services.create_account(actor=actor(admin), username="jing", display_name="另一人", at=AT)
    assert refusal.value.code == "username-taken"


def test_disabling_ends_sessions_and_tokens_of_this_account_only(admin, marker, client):
    other = person("bie")
    client.force_login(other)
    client.force_login(marker)
    kept, _ = ApiToken.objects.create(user=other, client="bie")
    ApiToken.objects.create(user=marker, client="jing")
    services.set_active(actor=actor(admin), username="jing", active=False, version=1, at=AT)
    people = [session.get_decoded().get("_auth_user_id") for session in Session.objects.all()]
    assert str(marker.pk) not in people
    assert list(ApiToken.objects.all()) == [kept]
    assert client.get("/accounts/me/").status_code == 302
    assert last_entry().action == "accounts.account.disabled"
    services.set_active(actor=actor(admin), username="jing", active=True, version=2, at=AT)
    assert client.get("/accounts/me/").status_code == 302, "an old session must not come back to life"


def test_disabling_twice_is_one_act(admin, marker):
    for _ in range(2):
        services.set_active(actor=actor(admin), username="jing", active=False, version=1, at=AT)
    assert AuditEntry.objects.filter(action="accounts.account.disabled").count() == 1


def test_one_does_not_disable_or_reset_oneself(admin):
    with pytest.raises(Refused):
        services.set_active(actor=actor(admin), username="guan", active=False, version=1, at=AT)
    with pytest.raises(Refused):
        services.reset_access(actor=actor(admin), username="guan", reason="忘记密码", version=1, at=AT)


def test_a_stale_version_is_a_conflict(admin, marker):
    services.rename_account(actor=actor(admin), username="jing", display_name="景一", version=1, at=AT)
    for act in (
        lambda: services.rename_account(actor=actor(admin), username="jing", display_name="景二", version=1, at=AT),
        lambda: services.reset_access(actor=actor(admin), username="jing", reason="忘记密码", version=1, at=AT),
        lambda: services.set_active(actor=actor(admin), username="jing", active=False, version=1, at=AT),
    ):
        with pytest.raises(Conflict):
            act()
    marker.refresh_from_db()
    assert (marker.display_name, marker.is_active, marker.check_password(PASSWORD)) == ("景一", True, True)


def test_only_the_verb_manages_accounts_and_clients_are_no_accounts(admin, security, marker):
    with pytest.raises(NotAllowed):
        services.create_account(actor=actor(security), username="liuyi", display_name="刘一", at=AT)
    User.objects.create_user("client:x", None, is_client=True)
    with pytest.raises(NotFound):
        services.set_active(actor=actor(admin), username="client:x", active=False, version=1, at=AT)


def command(*arguments):
    out = StringIO()
    call_command("create_account", *arguments, stdout=out)
    return out.getvalue().strip()


def test_the_command_makes_the_first_administrators(gazette, client):
    for name, role in (("guan", Role.SYSTEM_ADMIN), ("an", Role.SECURITY_ADMIN), ("shen", Role.AUDITOR)):
        first, second = command(name, f"管理{name}", "--organisation", "区政府办公室", "--role", role).split()[1:]
        user = User.objects.get(username=name)
        assert not user.has_usable_password() and user.posts.get().role == role
        services.finish(
            username=name, first=first, second=second, password=PASSWORD, address=lambda actor: actor, at=timezone.now()
        )
        user.refresh_from_db()
        assert user.check_password(PASSWORD)
    with pytest.raises(CommandError, match="三员都已激活"):
        command("disi", "第四", "--organisation", "区政府办公室", "--role", Role.SYSTEM_ADMIN)
    assert User.objects.count() == 3


@pytest.mark.parametrize(
    ("organisation", "role", "sentence"),
    [("天庭", "auditor", "没有叫“天庭”的单位"), ("区政府办公室", "evaluator", "服务器上只建立三员")],
)
def test_a_refused_command_leaves_no_account(gazette, organisation, role, sentence):
    with pytest.raises(CommandError, match=sentence):
        command("guan", "管一", "--organisation", organisation, "--role", role)
    assert not User.objects.exists()
