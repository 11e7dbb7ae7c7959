"""Whatever is changed behind the product's back is found and named; only a whole state gone back needs the anchor."""

import os
import random

import pytest
from django.core.management import call_command
from django.db import transaction
from django.utils import timezone

from miyun_kpi.audit.guards import install_guards, remove_guards
from miyun_kpi.audit.services import chain_heads, record
from miyun_kpi.lib.actors import SYSTEM
from miyun_kpi.operations.verification import verify_all, write_anchor
from tests.factories.attacks import ATTACKS
from tests.factories.site import a_quarter_to_its_end
from tests.factories.tampering import copied, put_back

# `make night PART=prove` asks for the large number.
NUMBER = 200 if int(os.environ.get("KPI_TEST_EXAMPLES", "50")) >= 1000 else 20
pytestmark = pytest.mark.prove


@pytest.fixture(scope="module")
def _site(django_db_setup, django_db_blocker):
    """Once a module, in a transaction around the savepoints of its tests."""
    with django_db_blocker.unblock():
        around = transaction.atomic()
        around.__enter__()
        try:
            earlier = copied()
            ranking, bulletin = a_quarter_to_its_end()
            yield ranking, bulletin, earlier
        finally:
            transaction.set_rollback(True)
            around.__exit__(None, None, None)


@pytest.fixture
def site(_site, gazette):
    return _site


def said_after(attack, seed):
    """The attack, the triggers taken off for it and put on again; what the look then says. All is taken back."""
    with transaction.atomic():
        remove_guards()
        word = attack.act(random.Random(seed))
        install_guards()
        found = [one.sentence for one in verify_all()]
        transaction.set_rollback(True)
    return word, found


def test_an_untouched_site_has_no_fault(site):
    assert verify_all() == []


@pytest.mark.parametrize("attack", ATTACKS, ids=lambda one: one.name)
def test_each_kind_of_tampering_is_found_and_named(site, attack):
    word, found = said_after(attack, 1)
    assert any(word in sentence for sentence in found), (word, found)


def test_random_tamperings_are_all_found_and_named(site):
    missed = []
    for seed in range(NUMBER):
        attack = random.Random(seed).choice(ATTACKS)
        word, found = said_after(attack, seed)
        if not any(word in sentence for sentence in found):
            missed.append((seed, attack.name, word, found[:3]))
    assert missed == []


def test_several_faults_at_once_are_each_named(site):
    chosen = [one for one in ATTACKS if one.name in ("mark_value", "receipt_digit", "bulletin_text", "signing_gone")]
    with transaction.atomic():
        remove_guards()
        words = [attack.act(random.Random(7)) for attack in chosen]
        install_guards()
        found = [one.sentence for one in verify_all()]
        transaction.set_rollback(True)
    assert len(found) == 4 and all(any(word in one for one in found) for word in words), found


@pytest.fixture
def later(site, tmp_path):
    """A copy of every row as it is, and the head of after the next hour, kept outside."""
    kept = copied()
    with transaction.atomic():
        record(actor=SYSTEM, action="operations.site.verified", subject="site:1", data={"faults": 0}, at=timezone.now())
        write_anchor(tmp_path / "anchor", at=timezone.now())
        remove_guards()
        yield kept, tmp_path / "anchor"
        transaction.set_rollback(True)


def test_old_rows_put_back_in_part_are_found(later):
    """The audit's entries and heads of an hour ago, and everything beside them: the master of since tells."""
    kept, _ = later
    put_back({table: rows for table, rows in kept.items() if table != "audit_auditmaster" and "head" not in table})
    assert verify_all()


def test_a_whole_state_gone_back_is_found_by_the_anchor_alone(later, capsys):
    kept, anchor = later
    put_back(kept)
    install_guards()
    assert verify_all() == []
    call_command("verify")
    assert "退回到从前某一刻的完整状态，这里查不出来" in capsys.readouterr().out
    with pytest.raises(SystemExit) as ended:
        call_command("verify", anchor=anchor)
    said = capsys.readouterr().out
    assert ended.value.code == 1 and "外部对照：对照的第" in said and "查不出来" not in said


def test_a_state_gone_back_and_worked_on_is_found_by_the_anchor(later):
    kept, anchor = later
    from miyun_kpi.operations.verification import read_anchors

    put_back(kept)
    install_guards()
    for n in range(3):
        record(actor=SYSTEM, action="operations.site.verified", subject="site:1", data={"faults": n}, at=timezone.now())
        chain_heads(at=timezone.now())
    assert verify_all() == []
    assert [one.where for one in verify_all(read_anchors(anchor.read_text()))] == ["外部对照"]


def test_a_state_of_before_anything_was_published_put_back_beside_the_audit_is_found(site):
    _, _, earlier = site
    with transaction.atomic():
        remove_guards()
        put_back({table: rows for table, rows in earlier.items() if table.startswith("evaluation_")})
        install_guards()
        found = [one.sentence for one in verify_all()]
        transaction.set_rollback(True)
    for word in ("审计里有这次核算，库里没有了", "审计里已定稿，库里没有了", "审计里有分，库里没有这一格了"):
        assert any(word in one for one in found), word
