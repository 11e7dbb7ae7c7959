"""The commands of the demonstration do nothing on a real site."""

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from miyun_kpi.accounts.models import User

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("command", [["load_demo"], ["demo_accounts"], ["demo_accounts", "--reset"]])
def test_its_commands_work_on_no_other_site(gazette, command):
    """A real person may bear the name of an invented account."""
    User.objects.create_user("lingdao", "correct horse battery", display_name="某领导", created_at=timezone.now())
    with pytest.raises(CommandError, match="这里不是演示站"):
        call_command(*command)
    assert User.objects.get(username="lingdao").check_password("correct horse battery")
