import json
import re
from datetime import timedelta
from io import StringIO

import pytest
import time_machine
from django.core.management import CommandError, call_command
from django.test import Client

from miyun_kpi.accounts import services
from miyun_kpi.accounts.access import NEVER_BY_TOKEN, actor_of_token
from miyun_kpi.accounts.enums import SEPARATED_ROLES, Role, Verb
from miyun_kpi.accounts.forms import TokenForm
from miyun_kpi.accounts.models import ApiToken, User
from miyun_kpi.acts.acting import require_other_hand
from miyun_kpi.audit.models import AuditEntry
from miyun_kpi.lib.actors import SYSTEM
from miyun_kpi.lib.errors import NotAllowed, NotFound, Refused
from miyun_kpi.organisations.models import Organisation
from tests.accounts.people import AT, TODAY, actor, person, unit

pytestmark = pytest.mark.django_db
ADDRESS = "/api/v1/organisations/"


def issue(**changes):
    """Answered for by 景, who marks at the water bureau."""
    if not User.objects.filter(username="jing").exists():
        person("jing", Role.EVALUATOR, "区水务局")
    values = {"actor": SYSTEM, "client": "平台", "organisation": None, "role": "", "owner": "jing", "at": AT} | changes
    return services.issue_token(**values)


def ask(text):
    return Client().get(ADDRESS, headers={"Authorization": f"Token {text}"})


def test_a_token_is_stored_as_a_hash_only(gazette):
    token, text = issue()
    stored = json.dumps(list(ApiToken.objects.values()), default=str)
    assert text not in stored and token.digest != text
    assert text not in "".join(AuditEntry.objects.values_list("data", flat=True))
    assert ask(text).status_code == 200
    assert ask(text[:-1] + ("0" if text[-1] != "0" else "1")).status_code == 401


def test_an_expired_token_is_refused(gazette):
    with time_machine.travel(AT, tick=False) as clock:
        token, text = issue(lifetime=timedelta(days=2))
        clock.shift(timedelta(days=2) - timedelta(seconds=1))
        assert ask(text).status_code == 200
        clock.shift(timedelta(seconds=2))
        assert ask(text).status_code == 401
        # Asking deletes nothing: the list of tokens goes on naming what ended when.
        assert ApiToken.objects.filter(pk=token.pk).exists()


def test_the_time_of_last_use_is_written_at_most_every_ten_minutes(gazette):
    with time_machine.travel(AT, tick=False) as clock:
        token, text = issue()

        def used():
            ask(text)
            token.refresh_from_db()
            return token.last_used_at

        assert used() == AT
        clock.shift(timedelta(minutes=9, seconds=59))
        assert used() == AT
        clock.shift(timedelta(seconds=1))
        assert used() == AT + timedelta(minutes=10)


def test_a_revoked_token_opens_nothing_and_leaves_a_trace(security):
    token, text = issue()
    services.revoke_token(actor=actor(security), key=token.token_key, at=AT)
    assert ask(text).status_code == 401
    assert AuditEntry.objects.filter(action="accounts.token.revoked", subject=f"token:{token.token_key}").exists()
    with pytest.raises(NotFound):
        services.revoke_token(actor=actor(security), key=token.token_key, at=AT)


def test_only_the_verb_issues_and_revokes(admin):
    token, _ = issue()
    with pytest.raises(NotAllowed):
        issue(actor=actor(admin))
    with pytest.raises(NotAllowed):
        services.revoke_token(actor=actor(admin), key=token.token_key, at=AT)


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"client": " "}, "bad-client"),
        ({"client": "x" * 51}, "bad-client"),
        ({"role": "emperor"}, "bad-role"),
        ({"role": Role.EVALUATOR}, "organisation-missing"),
        ({"owner": "nobody"}, "no-such-person"),
        ({"role": Role.SECURITY_ADMIN}, "no-such-token"),
    ],
)
def test_a_wrong_token_is_refused(gazette, changes, code):
    with pytest.raises(Refused) as refusal:
        issue(**changes)
    assert refusal.value.code == code
    assert not ApiToken.objects.exists()


def command(*arguments):
    out = StringIO()
    call_command("issue_token", *arguments, stdout=out)
    return out.getvalue().strip()


def test_the_command_knows_an_organisation_by_name_code_and_alias(marker):
    alias = unit().aliases.first()
    for called in ("区水务局", unit().code, alias.text):
        assert (
            ask(command("平台", "--organisation", called, "--role", Role.EVALUATOR, "--owner", "jing")).status_code
            == 200
        )
    assert set(ApiToken.objects.values_list("organisation__name", "role")) == {("区水务局", Role.EVALUATOR)}


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("平台", "--organisation", "天庭"), "没有叫“天庭”的单位"),
        (("平台", "--role", "evaluator"), "同时给单位"),
        (("平台", "--organisation", "区水务局", "--role", "emperor"), "没有“emperor”这个角色"),
        (("平台", "--organisation", "北庄镇", "--role", "evaluator"), "不是北庄镇的考评经办"),
    ],
)
def test_the_command_refuses_with_a_sentence(marker, arguments, sentence):
    with pytest.raises(CommandError, match=sentence):
        command(*arguments, "--owner", "jing")
    assert not ApiToken.objects.exists()


def test_the_page_offers_only_roles_it_can_issue():
    offered = {value for value, _ in TokenForm().fields["role"].choices if value}
    assert offered == set(Role) - SEPARATED_ROLES


def of_evaluator():
    return issue(role=Role.EVALUATOR, organisation=unit())


def test_what_it_does_is_done_by_its_owner_and_it_may_what_the_owner_s_post_may(marker):
    token, _ = of_evaluator()
    acting = actor_of_token(token, AT.date())
    assert acting.user_id == marker.pk and acting.may(Verb.ENTER_MARKS)
    with pytest.raises(NotAllowed) as refusal:
        require_other_hand(acting, None, "要由另一个人确认。", AT)
    assert refusal.value.code == "no-token"


@pytest.mark.parametrize("role", [role for role in Role if role not in SEPARATED_ROLES])
def test_no_token_releases_publishes_or_governs(gazette, role):
    person("fu", role, "区水务局")
    token, _ = issue(role=role, organisation=unit(), owner="fu")
    assert not actor_of_token(token, AT.date()).verbs & NEVER_BY_TOKEN


def test_it_ends_with_the_post_of_its_owner_and_with_the_account(security, admin, marker):
    token, text = of_evaluator()
    services.end_post(
        actor=actor(security), post_id=marker.posts.get().pk, ends_on=None, at_once=True, version=1, on=TODAY, at=AT
    )
    ended = actor_of_token(token, TODAY)
    assert not ended.verbs, "it reads what is public, and does nothing"
    assert (ended.organisation_id, ended.role, ended.organisation_code) == (None, "", None)
    services.set_active(actor=actor(admin), username="jing", active=False, version=1, at=AT)
    assert not ApiToken.objects.exists() and ask(text).status_code == 401


def test_that_of_a_body_that_has_ended_reads_and_does_nothing(marker):
    token, _ = of_evaluator()
    Organisation.objects.filter(pk=token.organisation_id).update(valid_to=TODAY)
    ended = actor_of_token(ApiToken.objects.get(pk=token.pk), TODAY)
    assert not ended.verbs and ended.organisation_id == token.organisation_id


def test_one_of_an_earlier_release_without_an_owner_only_reads(marker):
    token, _ = of_evaluator()
    ApiToken.objects.update(owner=None)
    token.refresh_from_db()
    before = actor_of_token(token, TODAY)
    assert not before.verbs and before.organisation_id == token.organisation_id, "it reads as its body does"


def test_one_that_writes_is_released_by_another_and_fetched_by_its_owner_once(security, admin, marker, signed_in):
    values = {"client": "平台", "organisation": "区水务局", "role": "evaluator", "owner": "jing", "days": 30}
    waits = signed_in(security).post("/accounts/tokens/", values)
    assert waits.status_code == 302 and waits["Location"].startswith("/proposals/") and not ApiToken.objects.exists()
    body = {"version": 1, "decision": "confirm", "note": ""}
    assert signed_in(security).post(f"{waits['Location']}decide/", body).status_code == 403
    assert signed_in(admin).post(f"{waits['Location']}decide/", body).status_code == 302
    row = ApiToken.objects.get()
    assert (row.owner, row.fetched, row.organisation) == (marker, False, unit())
    for other in (security, admin):
        assert signed_in(other).post(f"/accounts/tokens/{row.token_key}/fetch/").status_code == 404
    assert "领取" in signed_in(marker).get("/accounts/tokens/own/").content.decode()
    answer = signed_in(marker).post(f"/accounts/tokens/{row.token_key}/fetch/").content.decode()
    text = re.search(r'id="secret">([^<]+)<', answer)[1]
    with time_machine.travel(AT, tick=False):
        assert ask(text).status_code == 200
    fetched = ApiToken.objects.get()
    assert fetched.expiry == row.expiry and fetched.fetched
    assert signed_in(marker).post(f"/accounts/tokens/{fetched.token_key}/fetch/").status_code == 404
