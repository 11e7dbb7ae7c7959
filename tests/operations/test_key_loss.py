"""A lost audit key: another takes over by two administrators; what it wrote is 无钥, and what is changed in it is found."""

import getpass

import pyotp
import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, transaction
from django.test import Client

from evaluation.engine.queries import frozen
from evaluation.models import Ranking
from evaluation.ranking.queries.verification import faults_of
from miyun_kpi.accounts.models import Post, SecondFactor, User
from miyun_kpi.audit import counting
from miyun_kpi.audit.keyless import key_is_missing, losses
from miyun_kpi.audit.models import AuditEntry, AuditHead, AuditMaster, KeylessSeal, KeyLoss
from miyun_kpi.audit.queries import held_anchor, last_master, verify
from miyun_kpi.audit.services import chain_heads, record
from miyun_kpi.db.sealed import seal
from miyun_kpi.inbox.models import Notice
from miyun_kpi.lib.actors import SYSTEM
from miyun_kpi.lib.errors import Refused
from miyun_kpi.operations.identity import fingerprint, require_own_keys, require_own_site
from miyun_kpi.operations.key_loss import Shown, adopt_key
from miyun_kpi.operations.models import Site
from miyun_kpi.operations.verification import verify_all
from tests.accounts.people import AT, PASSWORD
from tests.accounts.people import person as account
from tests.factories.rankings import BACKEND, person
from tests.factories.site import a_quarter_to_its_end
from tests.factories.tampering import unguarded

NEW = "the key that was made anew after the fire"
NEWER = "and the one that came after that"
REASON = "机房失火，两处抄存都没有找到"


@pytest.fixture(scope="module")
def _site(django_db_setup, django_db_blocker):
    with django_db_blocker.unblock():
        around = transaction.atomic()
        around.__enter__()
        try:
            found = a_quarter_to_its_end()
            person("zhen", "北庄镇", "reporter")
            account("xitong", "system_admin")
            account("anquan", "security_admin")
            require_own_site(at=AT)
            yield found
        finally:
            transaction.set_rollback(True)
            around.__exit__(None, None, None)


@pytest.fixture
def site(_site, gazette, settings):
    """The quarter to its end; then the key is gone and another lies in its place."""
    frozen._rendered.cache_clear()
    chain_heads(at=AT)
    assert verify_all() == []
    settings.AUDIT_KEY = NEW
    yield _site
    frozen._rendered.cache_clear()


def adopt(**changes):
    said = {
        "system": Shown("xitong", PASSWORD, ""),
        "security": Shown("anquan", PASSWORD, ""),
        "reason": REASON,
        "at": AT,
    } | changes
    return adopt_key(**said)


def refused(code, act):
    with pytest.raises(Refused) as refusal, transaction.atomic():
        act()
    assert refusal.value.code == code
    return refusal.value


def write():
    record(actor=SYSTEM, action="organisations.organisation.created", subject="organisation:1", at=AT)


def page(username, address):
    client = Client()
    client.force_login(User.objects.get(username=username), backend=BACKEND)
    return client.get(address)


def test_before_it_nothing_is_written_shown_or_started(site, capsys):
    ranking, _ = site
    with pytest.raises(SystemExit):
        require_own_keys()
    assert "adopt_key" in capsys.readouterr().err
    count = AuditEntry.objects.count()
    assert "adopt_key" in refused("other-audit-key", write).message
    assert AuditEntry.objects.count() == count
    assert page("office1", f"/evaluation/rankings/{ranking.pk}/").status_code == 503


def test_a_count_that_cannot_be_written_waits_and_breaks_no_page(site):
    counting._tallies.clear()
    counting.note(counting.Seen(counting.REFUSED, counting.NOBODY, "10.1.2.3", "/x/", 403), AT)
    assert counting.write(AT) == 0 and counting.unwritten() == 1
    counting._tallies.clear()


def test_it_takes_over_and_what_was_written_is_keyless_and_not_wrong(site):
    ranking, bulletin = site
    before, master = AuditEntry.objects.count(), last_master()
    loss = adopt()
    assert loss.seals > ranking.rows.count() + 2 and loss.lost != loss.taken == fingerprint(NEW)
    assert verify_all() == [] and not key_is_missing()
    assert Site.objects.get().audit_key == fingerprint(NEW)
    require_own_keys()
    found = verify()
    assert sum(one.keyless for one in found.streams) == before and found.losses == (loss,)
    assert held_anchor(master.number, master.hash).holds, "what was printed is still comparable"
    entry = AuditEntry.objects.get(action="operations.audit-key.adopted")
    assert "xitong" in entry.data and "anquan" in entry.data and REASON in entry.data
    assert Notice.objects.filter(title="审计密钥丢失，已换用新的一把").count() >= 3
    # Shown again, to be published from, and marked where one looks.
    assert page("zhen", f"/evaluation/rankings/{ranking.pk}/").status_code == 200
    assert page("zhen", f"/evaluation/bulletins/{bulletin.pk}/").status_code == 200
    said = page("office1", f"/evaluation/rankings/{ranking.pk}/verification/").content.decode()
    assert "已丢失" in said and "相符" in said
    assert "无钥，不能核对" in page("office1", "/verification/").content.decode()
    said = page("office1", "/evaluation/check/?code=R1-0000-0000").content.decode()
    assert "密钥已丢失，核验码核对不了" in said


def test_what_is_written_afterwards_verifies_with_the_new_key(site):
    adopt()
    for _ in range(3):
        write()
    chain_heads(at=AT)
    assert verify_all() == []
    with unguarded():
        last = AuditEntry.objects.filter(action="organisations.organisation.created").order_by("-seq")[0]
        AuditEntry.objects.filter(pk=last.pk).update(data='{"name":"改"}')
    assert [one.what for one in verify().faults if "内容与链不符" in one.what]


@pytest.mark.parametrize(("column", "value"), [("data", "{}"), ("actor_label", "别人"), ("at", AT), ("hash", "0" * 64)])
def test_an_entry_of_the_lost_key_that_is_changed_afterwards_is_found(site, column, value):
    adopt()
    entry = AuditEntry.objects.filter(action__startswith="evaluation.").order_by("seq")[3]
    with unguarded():
        AuditEntry.objects.filter(pk=entry.pk).update(**{column: value})
    assert verify().faults


def test_entries_of_the_lost_key_that_are_cut_off_are_found(site):
    adopt()
    with unguarded():
        first = AuditEntry.objects.order_by("seq")[0]
        AuditEntry.objects.filter(pk=first.pk).delete()
    assert verify().faults


def test_a_master_entry_that_is_changed_afterwards_is_found(site):
    adopt()
    with unguarded():
        AuditMaster.objects.filter(number=1).update(heads="{}")
    assert any("无钥" in one.what for one in verify().faults)


def test_a_ranking_of_the_lost_key_that_is_changed_afterwards_is_shown_to_nobody(site):
    ranking, _ = site
    adopt()
    text = ranking.document
    place = text.index('"total":"') + len('"total":"')
    with unguarded():
        Ranking.objects.filter(pk=ranking.pk).update(document=text[:place] + "99" + text[place + 2 :])
    assert page("office1", f"/evaluation/rankings/{ranking.pk}/").status_code == 503
    assert [one for one in faults_of(Ranking.objects.get(pk=ranking.pk)) if "结果与封存的不符" in one.what]


def test_a_loss_that_somebody_writes_into_the_database_makes_nothing_keyless(site, settings):
    made = adopt()
    settings.AUDIT_KEY = NEWER
    values = {one.name: getattr(made, one.name) for one in KeyLoss._meta.fields if one.name != "id"}
    KeyLoss.objects.create(**values | {"taken": fingerprint(NEWER)})
    said = [one.what for one in verify().faults]
    assert "审计密钥丢失的记载不是系统写下的，或被改过" in said and len(said) > 3


def test_records_of_a_loss_are_not_changed(site):
    adopt()
    for model in (KeyLoss, KeylessSeal):
        with pytest.raises(DatabaseError), transaction.atomic():
            model.objects.all().delete()


def test_a_second_loss_speaks_for_both(site, settings):
    ranking, _ = site
    adopt()
    write()
    settings.AUDIT_KEY = NEWER
    adopt()
    assert verify_all() == [] and len(losses()) == 2
    assert page("zhen", f"/evaluation/rankings/{ranking.pk}/").status_code == 200


def test_a_head_that_did_not_hold_before_is_not_signed_by_the_new_key(site):
    with unguarded():
        AuditHead.objects.filter(stream="evaluation").update(mac="")
    adopt()
    assert any("链头没有封" in one.what for one in verify().faults)


def test_where_no_key_is_lost_there_is_nothing_to_adopt(site):
    adopt()
    refused("key-is-here", adopt)
    assert KeyLoss.objects.count() == 1


def test_neither_administrator_alone_nor_with_another_role(site):
    refused("not-shown", lambda: adopt(security=Shown("anquan", "wrong", "")))
    refused("not-shown", lambda: adopt(system=Shown("nobody", PASSWORD, "")))
    refused("not-in-post", lambda: adopt(security=Shown("xitong", PASSWORD, "")))
    refused("not-in-post", lambda: adopt(system=Shown("anquan", PASSWORD, ""), security=Shown("xitong", PASSWORD, "")))
    with pytest.raises(Refused, match="谁查过"):
        adopt(reason=" ")
    assert not KeyLoss.objects.exists() and key_is_missing()


def test_one_person_with_both_posts_is_not_two(site):
    post = Post.objects.get(user__username="xitong")
    Post.objects.create(user=post.user, organisation=post.organisation, role="security_admin", starts_on=post.starts_on)
    refused("same-person", lambda: adopt(security=Shown("xitong", PASSWORD, "")))


def test_who_has_a_second_factor_shows_it_here_too(site):
    user = User.objects.get(username="anquan")
    secret = pyotp.random_base32()
    SecondFactor.objects.create(user=user, secret=seal(secret), confirmed_at=AT)
    refused("not-shown", adopt)
    code = pyotp.TOTP(secret).at(AT)
    refused("not-shown", lambda: adopt(system=Shown("xitong", PASSWORD, code)))
    adopt(security=Shown("anquan", PASSWORD, code))
    assert SecondFactor.objects.get(user=user).last_step


def test_by_command_with_both_at_the_server(site, monkeypatch, capsys):
    typed = iter([PASSWORD, "", PASSWORD, ""])
    monkeypatch.setattr(getpass, "getpass", lambda prompt: next(typed))
    call_command("adopt_key", REASON, "--system", "xitong", "--security", "anquan")
    assert "无钥，不能核对" in capsys.readouterr().out and verify_all() == []
    with pytest.raises(CommandError, match="审计用的密钥都在"):
        call_command("adopt_key", REASON, "--system", "xitong", "--security", "anquan")
