import json
from datetime import timedelta
from io import StringIO

import pytest
import time_machine
from django.core.management import CommandError, call_command
from django.test import Client

from miyun_kpi.accounts import services
from miyun_kpi.accounts.enums import VERBS_BY_ROLE, Role
from miyun_kpi.accounts.forms import TokenForm
from miyun_kpi.accounts.models import ApiToken
from miyun_kpi.audit.models import AuditEntry
from miyun_kpi.lib.actors import SYSTEM
from miyun_kpi.lib.errors import NotAllowed, NotFound, Refused
from tests.accounts.people import AT, actor, unit

pytestmark = pytest.mark.django_db
ADDRESS = "/api/v1/organisations/"


def issue(**changes):
    values = {"actor": SYSTEM, "client": "平台", "organisation": None, "role": "", "at": AT} | changes
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
        _, text = issue(lifetime=timedelta(days=2))
        clock.shift(timedelta(days=2) - timedelta(seconds=1))
        assert ask(text).status_code == 200
        clock.shift(timedelta(seconds=2))
        assert ask(text).status_code == 401


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


def test_the_command_knows_an_organisation_by_name_code_and_alias(gazette):
    alias = unit().aliases.first()
    for called in ("区水务局", unit().code, alias.text):
        assert ask(command("平台", "--organisation", called, "--role", Role.EVALUATOR)).status_code == 200
    assert set(ApiToken.objects.values_list("organisation__name", "role")) == {("区水务局", Role.EVALUATOR)}


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("平台", "--organisation", "天庭"), "没有叫“天庭”的单位"),
        (("平台", "--role", "evaluator"), "同时给单位"),
        (("平台", "--organisation", "区水务局", "--role", "emperor"), "没有“emperor”这个角色"),
    ],
)
def test_the_command_refuses_with_a_sentence(gazette, arguments, sentence):
    with pytest.raises(CommandError, match=sentence):
        command(*arguments)
    assert not ApiToken.objects.exists()


def test_the_page_offers_only_roles_it_can_issue():
    offered = {value for value, _ in TokenForm().fields["role"].choices if value}
    assert offered == {role for role in Role if not VERBS_BY_ROLE[role]}
