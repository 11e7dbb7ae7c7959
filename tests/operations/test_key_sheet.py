"""The printed copy of the keys: a page for the safe, whose 核对码 says at the site that it was printed."""

import re
import stat

import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from django.utils import timezone

from miyun_kpi.accounts.enums import Role
from miyun_kpi.audit.models import AuditEntry
from miyun_kpi.operations import first_steps, running
from miyun_kpi.operations.identity import fingerprint, require_own_site
from miyun_kpi.operations.key_sheet import sheet
from miyun_kpi.operations.models import Site
from tests.accounts.people import AT, person

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("gazette")]
KEY = "0123456789abcdef" * 4


@pytest.fixture(autouse=True)
def site(settings):
    settings.AUDIT_KEY, settings.PERSONAL_KEYS = KEY, ["p" * 64, "an older one"]
    return require_own_site(at=AT, empty=True)


def signed_in(role):
    user = person(f"guan-{role}", role)
    client = Client()
    client.force_login(user, backend="miyun_kpi.accounts.authentication.PeopleBackend")
    return client


def check_on(text):
    return re.search(r"核对码 (\w{8})\n", text)[1]


def test_the_sheet_holds_every_key_so_that_it_can_be_typed_again():
    text = sheet(timezone.localtime(AT))
    typed = "".join(re.findall(r"^  (.+)$", text, re.M)).replace(" ", "")
    assert KEY in typed and "p" * 64 in typed and "anolderone" in typed
    assert fingerprint(KEY) in text and "换下的第 1 把" in text
    assert check_on(text) not in text.replace(f"核对码 {check_on(text)}", "")


def test_who_holds_it_says_so_with_the_check(site):
    client, text = signed_in(Role.SYSTEM_ADMIN), sheet(timezone.localtime(AT))
    assert "还没有存档" in client.get("/running/keys/").content.decode()
    wrong = client.post("/running/keys/", {"check": "00000000"})
    said = wrong.content.decode()
    assert wrong.status_code == 422 and "不是现在这把密钥的，没有登记" in said and 'value="00000000"' in said
    assert client.post("/running/keys/", {"check": f" {check_on(text).upper()} "}).status_code == 302
    site.refresh_from_db()
    assert site.printed_key == fingerprint(KEY) and site.printed_by
    assert "已存档" in client.get("/running/keys/").content.decode()
    assert KEY not in AuditEntry.objects.get(action="operations.keys.printed").data


def test_nobody_else_sees_the_page():
    for role in (Role.SECURITY_ADMIN, Role.AUDITOR, Role.EVALUATION_OFFICE):
        client = signed_in(role)
        assert client.get("/running/keys/").status_code == 403
        assert client.post("/running/keys/", {"check": "x"}).status_code == 403


def test_it_is_a_first_step_and_asked_for_again_when_the_key_changes(site, settings, monkeypatch):
    def done():
        return {step.code: step.done for step in first_steps.steps(Site.objects.get())}["keys"]

    def late():
        return [line.code for line in running.lines(AT) if line.late and line.code == "keys"]

    monkeypatch.setattr(running, "is_real", lambda: True)
    Site.objects.update(started_at=AT - running.FIRST_DAYS * 2)
    assert not done() and late() == ["keys"]
    signed_in(Role.SYSTEM_ADMIN).post("/running/keys/", {"check": check_on(sheet(timezone.localtime(AT)))})
    assert done() and late() == []
    settings.AUDIT_KEY = f"{'b' * 64},{KEY}"
    assert not done() and late() == ["keys"]


def test_the_command_writes_a_file_that_is_its_owners_alone(tmp_path, capsys):
    file = tmp_path / "keys.txt"
    call_command("key_sheet", str(file))
    assert KEY[:8] in file.read_text() and stat.S_IMODE(file.stat().st_mode) == 0o600
    assert KEY[:8] not in capsys.readouterr().out
    with pytest.raises(CommandError, match="已经有了，没有写"):
        call_command("key_sheet", str(file))
    with pytest.raises(CommandError, match="写不了"):
        call_command("key_sheet", str(tmp_path / "nowhere" / "keys.txt"))
    call_command("key_sheet")
    assert KEY[:8] in capsys.readouterr().out
