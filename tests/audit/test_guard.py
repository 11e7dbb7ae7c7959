"""The store itself refuses to change or delete an entry; what was changed behind its back is found."""

import pytest
from django.db import Error, connection, transaction

from miyun_kpi.audit.guard import TABLE, install_guard
from miyun_kpi.audit.models import AuditEntry, AuditHead
from miyun_kpi.audit.queries import verify
from miyun_kpi.audit.services import record
from miyun_kpi.lib.actors import SYSTEM
from tests.audit.conftest import AT
from tests.factories.tampering import remove_guard

pytestmark = pytest.mark.django_db


def execute(statement, *values):
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement, values)


@pytest.fixture
def unguarded(trail):
    """Without the triggers, as somebody with the right to drop them would have it."""
    remove_guard()
    yield
    install_guard()


def refused(statement):
    with pytest.raises(Error, match="append-only"):
        execute(statement)


def test_the_store_refuses_to_update_or_delete_an_entry(trail):
    refused(f"UPDATE {TABLE} SET data = '{{}}' WHERE seq = 1")
    refused(f"UPDATE {TABLE} SET hash = hash")
    refused(f"DELETE FROM {TABLE} WHERE seq = 5")
    refused(f"DELETE FROM {TABLE}")
    if connection.vendor == "postgresql":
        refused(f"TRUNCATE {TABLE}")
    assert AuditEntry.objects.count() == 5 and verify().intact


def test_the_models_are_refused_too(trail):
    entry = AuditEntry.objects.get(pk=3)
    entry.data = "{}"
    for act in (entry.save, entry.delete, AuditEntry.objects.all().delete):
        with pytest.raises(Error, match="append-only"), transaction.atomic():
            act()


def test_without_the_guard_the_store_would_obey(unguarded):
    execute(f"DELETE FROM {TABLE} WHERE seq = 5")
    assert AuditEntry.objects.count() == 4


def test_installing_the_guard_again_is_harmless_and_restores_it(unguarded):
    install_guard()
    install_guard()
    refused(f"DELETE FROM {TABLE} WHERE seq = 5")


CHANGES = {
    "seq": "seq = 50",
    "at": "at = '2026-03-10 02:00:00.123457'"
    if connection.vendor == "sqlite"
    else "at = at + interval '1 microsecond'",
    "actor_user_id": "actor_user_id = 9",
    "actor_user_id lost": "actor_user_id = NULL",
    "actor_label": "actor_label = '经办X'",
    "action": "action = 'tests.thing.act9'",
    "subject": "subject = 'thing:9'",
    "data": "data = '{\"数\": 2}'",
    "previous_hash": "previous_hash = hash",
    "hash": "hash = previous_hash",
}


@pytest.mark.parametrize("column", CHANGES)
def test_verify_finds_one_changed_byte_of_any_column(unguarded, column):
    assert verify().intact
    execute(f"UPDATE {TABLE} SET {CHANGES[column]} WHERE seq = 3")
    found = verify()
    assert (found.intact, found.broken_seq) == (False, 3)


def test_every_column_of_the_table_is_tried_above():
    assert {field.column for field in AuditEntry._meta.fields} == {name.split()[0] for name in CHANGES}


@pytest.mark.parametrize(("seq", "broken"), [(1, 1), (3, 3), (5, 5)])
def test_verify_finds_a_removed_entry(unguarded, seq, broken):
    execute(f"DELETE FROM {TABLE} WHERE seq = %s", seq)
    assert verify().broken_seq == broken


def test_verify_finds_a_removed_tail_whatever_is_appended_after(unguarded):
    execute(f"DELETE FROM {TABLE} WHERE seq > 3")
    assert verify().broken_seq == 4
    record(actor=SYSTEM, action="tests.thing.more", subject="thing", at=AT)
    assert verify().broken_seq == 4


def test_verify_finds_everything_removed(unguarded):
    execute(f"DELETE FROM {TABLE}")
    found = verify()
    assert (found.intact, found.count, found.broken_seq) == (False, 0, 1)


def test_verify_finds_two_entries_in_each_others_place(unguarded):
    execute(f"UPDATE {TABLE} SET seq = 99 WHERE seq = 2")
    execute(f"UPDATE {TABLE} SET seq = 2 WHERE seq = 3")
    execute(f"UPDATE {TABLE} SET seq = 3 WHERE seq = 99")
    assert verify().broken_seq == 2


def test_a_head_set_back_with_the_tail_shows_in_the_printed_anchor(unguarded):
    """Whoever holds the table and the head can shorten the chain unseen; the anchor on paper is there for that."""
    anchor = verify()
    last = AuditEntry.objects.get(pk=3)
    execute(f"DELETE FROM {TABLE} WHERE seq > 3")
    AuditHead.objects.filter(pk=1).update(last_seq=3, last_hash=last.hash)
    found = verify()
    assert found.intact and (found.count, found.head_hash) != (anchor.count, anchor.head_hash)


def test_an_entry_written_with_another_key_is_found(trail, settings):
    settings.AUDIT_KEY = "another"
    assert verify().broken_seq == 1
