"""Of an account its owner, the administrators and the auditor are told; a link leads only who may follow it."""

import pytest

from miyun_kpi.accounts.enums import Role
from miyun_kpi.accounts.registry import Told
from miyun_kpi.acts.acting import acting
from miyun_kpi.inbox.models import Notice
from miyun_kpi.inbox.services import tell_of_account
from miyun_kpi.lib.actors import SYSTEM
from tests.accounts.people import person
from tests.clock import now

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("gazette")]


def test_the_auditor_and_the_owner_get_no_link_to_a_page_of_the_administrators():
    owner = person("ren", Role.REPORTER)
    for role in (Role.SYSTEM_ADMIN, Role.SECURITY_ADMIN, Role.AUDITOR):
        person(str(role), role)
    with acting(SYSTEM, now()):
        tell_of_account(Told("any", owner, "已激活", "用激活码设置了密码。", "/accounts/activations/"), now())
    links = dict(Notice.objects.values_list("role", "url"))
    assert links == {
        Role.SYSTEM_ADMIN: "/accounts/activations/",
        Role.SECURITY_ADMIN: "/accounts/activations/",
        Role.AUDITOR: "",
        Role.REPORTER: "",
    }
