"""The audit key may be changed: the first of the list writes, all of them verify, and a lost one is missed by name."""

import pytest

from evaluation.engine.queries.codes import checks_of_paper, code_of
from evaluation.engine.rules.codes import Paper
from miyun_kpi.audit.models import AuditHead, AuditMaster
from miyun_kpi.audit.queries import held_anchor, verify
from miyun_kpi.audit.seals import Purpose, holds, key_id, knows, mac
from miyun_kpi.audit.services import chain_heads, record
from miyun_kpi.lib.actors import SYSTEM
from tests.accounts.people import AT

pytestmark = pytest.mark.django_db
OLD, NEW = "the old key of this site and long enough", "the new key of this site and long enough too"


def write(number=1, action="organisations.organisation.created"):
    for _ in range(number):
        record(actor=SYSTEM, action=action, subject="organisation:1", data={"name": "某镇"}, at=AT)


@pytest.fixture
def old(settings):
    """Entries, a master entry and a seal of before the change."""
    settings.AUDIT_KEY = OLD
    write(3)
    master = chain_heads(at=AT)
    return {"seal": mac(Purpose.SEAL, b"x"), "key": key_id(Purpose.SEAL), "master": master}


def test_the_first_writes_and_all_verify(settings, old):
    settings.AUDIT_KEY = f"{NEW},{OLD}"
    assert verify().intact
    write(2)
    write(1, "organisations.organisation.renamed")
    chain_heads(at=AT)
    assert verify().intact
    assert {head.key_id for head in AuditHead.objects.all()} == {key_id(Purpose.HEAD)}
    assert len({one.key_id for one in AuditMaster.objects.all()}) == 2
    assert holds(Purpose.SEAL, old["seal"], b"x") and knows(Purpose.SEAL, old["key"])
    assert mac(Purpose.SEAL, b"x") != old["seal"]
    assert held_anchor(old["master"].number, old["master"].hash[:16]).holds


def test_without_the_old_one_what_it_wrote_is_named_and_what_came_after_holds(settings, old):
    settings.AUDIT_KEY = f"{NEW},{OLD}"
    write(2)
    settings.AUDIT_KEY = NEW
    said = [fault.what for fault in verify().faults]
    assert [one for one in said if one.startswith(("第 4 条", "第 5 条"))] == []
    assert sum("内容与链不符" in one for one in said) == 3
    assert not holds(Purpose.SEAL, old["seal"], b"x") and not knows(Purpose.SEAL, old["key"])


def test_what_was_altered_is_found_under_either_key(settings, old):
    settings.AUDIT_KEY = f"{NEW},{OLD}"
    write(2)
    from django.db import connection

    from miyun_kpi.audit.guards import remove_guards

    remove_guards()
    with connection.cursor() as cursor:
        cursor.execute("UPDATE audit_auditentry SET data = '{}' WHERE number IN (2, 5)")
    assert len([one for one in verify().faults if "内容与链不符" in one.what]) == 2


def test_a_paper_printed_under_the_old_key_is_still_known(settings):
    settings.AUDIT_KEY = OLD
    printed = code_of(Paper.RANKING, 7, "seal")
    settings.AUDIT_KEY = f"{NEW},{OLD}"
    assert code_of(Paper.RANKING, 7, "seal") != printed
    assert len(checks_of_paper(Paper.RANKING, 7, "seal")) == 2
    assert any(printed.replace("-", "").endswith(one) for one in checks_of_paper(Paper.RANKING, 7, "seal"))
