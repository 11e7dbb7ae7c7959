"""The store itself refuses to change or delete an entry; what was changed behind its back is found."""

import pytest
from django.conf import settings
from django.db import Error, connection, transaction

from miyun_kpi.audit.chain import entry_hash, head_mac
from miyun_kpi.audit.guards import install_guards, missing_guards
from miyun_kpi.audit.models import AuditEntry, AuditHead, AuditMaster
from miyun_kpi.audit.queries import held_anchor, last_master, verify
from miyun_kpi.audit.services import Event, chain_heads, record, record_many
from miyun_kpi.audit.streams import MASTER, SITE
from miyun_kpi.lib.actors import SYSTEM
from tests.audit.conftest import AT
from tests.factories.tampering import remove_guard

TABLE = "audit_auditentry"
pytestmark = pytest.mark.django_db
# The columns of an entry as the release 1.0 and what came before the last migration wrote it.
OF_BEFORE = (
    *("previous_hash", "seq", "at", "actor_user_id", "actor_label", "action", "subject", "data", "stream", "number"),
)


def execute(statement, *values):
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement, values)


def seq(number, stream=SITE):
    return AuditEntry.objects.get(stream=stream, number=number).seq


def told():
    return "；".join(one.sentence for one in verify().faults)


@pytest.fixture
def unguarded(trail):
    """Without the triggers, as somebody with the right to drop them would have it."""
    remove_guard()
    yield
    install_guards()


def refused(statement):
    with pytest.raises(Error, match="append-only"):
        execute(statement)


def test_the_store_refuses_to_update_or_delete_an_entry(trail):
    refused(f"UPDATE {TABLE} SET data = '{{}}' WHERE number = 1")
    refused(f"UPDATE {TABLE} SET hash = hash")
    refused(f"DELETE FROM {TABLE} WHERE number = 5")
    refused(f"DELETE FROM {TABLE}")
    if connection.vendor == "postgresql":
        refused(f"TRUNCATE {TABLE}")
    assert AuditEntry.objects.count() == 5 and verify().intact


def test_the_models_are_refused_too(trail):
    entry = AuditEntry.objects.get(number=3)
    entry.data = "{}"
    for act in (entry.save, entry.delete, AuditEntry.objects.all().delete):
        with pytest.raises(Error, match="append-only"), transaction.atomic():
            act()


def test_without_the_guard_the_store_would_obey(unguarded):
    execute(f"DELETE FROM {TABLE} WHERE number = 5")
    assert AuditEntry.objects.count() == 4


def test_installing_the_guard_again_is_harmless_and_restores_it(unguarded):
    install_guards()
    install_guards()
    refused(f"DELETE FROM {TABLE} WHERE number = 5")


CHANGES = {
    "seq": "seq = seq + 50",
    "stream": "stream = 'other'",
    "number": "number = 50",
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
    "address": "address = '10.1.1.1'",
    "request_id": "request_id = 'another'",
    "result": "result = 'refused'",
    "reason": "reason = '另一个理由'",
    "result with all of its kind lost": "result = '', address = '', request_id = '', reason = ''",
}


@pytest.mark.parametrize("column", CHANGES)
def test_verify_finds_one_changed_byte_of_any_column(unguarded, column):
    assert verify().intact
    wanted = seq(3)
    execute(f"UPDATE {TABLE} SET {CHANGES[column]} WHERE number = 3")
    found = verify()
    assert not found.intact
    expected = {"seq": wanted + 50, "stream": wanted + 1, "number": wanted + 1}.get(column, wanted)
    assert found.broken_seq == expected


def test_an_entry_of_before_these_were_kept_still_agrees(unguarded):
    """Entries of the releases before have none of the four columns and were hashed without them."""
    last = AuditEntry.objects.get(number=5)
    columns = {name: getattr(last, name) for name in OF_BEFORE}
    hashed = entry_hash(settings.AUDIT_KEY, **columns)
    execute(
        f"UPDATE {TABLE} SET address = '', request_id = '', result = '', reason = '', hash = '{hashed}' "
        "WHERE number = 5"
    )
    mac = head_mac(last.stream, 5, hashed)
    execute(f"UPDATE audit_audithead SET last_hash = '{hashed}', mac = '{mac}' WHERE stream = '{last.stream}'")
    assert verify().intact


def test_every_column_of_the_table_is_tried_above():
    assert {field.column for field in AuditEntry._meta.fields} == {name.split()[0] for name in CHANGES}


@pytest.mark.parametrize(
    ("number", "said"), [(1, "第 1 条不见了"), (3, "第 3 条不见了"), (5, "链头记到第 5 条，实有 4 条")]
)
def test_verify_finds_a_removed_entry(unguarded, number, said):
    execute(f"DELETE FROM {TABLE} WHERE number = %s", number)
    assert said in told()


def test_verify_finds_a_removed_tail_whatever_is_appended_after(unguarded):
    execute(f"DELETE FROM {TABLE} WHERE number > 3")
    assert "链头记到第 5 条，实有 3 条" in told()
    record(actor=SYSTEM, action="tests.thing.more", subject="thing", at=AT)
    assert "第 4 条不见了" in told()


def test_verify_finds_everything_removed(unguarded):
    execute(f"DELETE FROM {TABLE}")
    found = verify()
    assert (found.intact, found.count) == (False, 0) and "链头记到第 5 条，实有 0 条" in told()


def test_verify_finds_two_entries_in_each_others_place(unguarded):
    execute(f"UPDATE {TABLE} SET number = 99 WHERE number = 2")
    execute(f"UPDATE {TABLE} SET number = 2 WHERE number = 3")
    execute(f"UPDATE {TABLE} SET number = 3 WHERE number = 99")
    assert "第 2 条的内容与链不符" in told()


def test_verify_finds_an_entry_behind_the_head(unguarded):
    execute(
        f"INSERT INTO {TABLE} SELECT seq + 100, at, actor_user_id, actor_label, action, subject, data, previous_hash, "
        f"hash, stream, 9, address, request_id, result, reason FROM {TABLE} WHERE number = 5"
    )
    assert "第 5 条以后还有不在链上的记录" in told()


def cut(number, *, mac):
    last = AuditEntry.objects.get(number=number)
    execute(f"DELETE FROM {TABLE} WHERE number > %s", number)
    AuditHead.objects.filter(stream=SITE).update(count=number, last_hash=last.hash, **({"mac": mac} if mac else {}))


def test_verify_finds_a_tail_cut_off_with_the_head_rewritten(unguarded):
    cut(3, mac="")
    assert "链头与密钥不符" in told()


def test_what_the_tamperer_has_set_back_is_never_signed_again(unguarded):
    cut(3, mac="")
    record(actor=SYSTEM, action="tests.thing.more", subject="thing", at=AT)
    record(actor=SYSTEM, action="tests.thing.more", subject="thing", at=AT)
    assert AuditEntry.objects.count() == 5 and "链头没有封" in told()


def test_verify_finds_an_old_head_put_back_once_the_hour_has_been_chained(unguarded):
    mac = head_mac(SITE, 3, AuditEntry.objects.get(number=3).hash)  # as the row was, when it was copied away
    chain_heads(at=AT)
    cut(3, mac=mac)
    assert "总链头记到第 5 条，链头只到第 3 条" in told()
    record_many(actor=SYSTEM, events=[Event("tests.thing.more", "thing", {})] * 3, at=AT)
    assert "第 5 条与总链头所记不同" in told()


def test_verify_finds_a_whole_stream_taken_away_with_its_head(unguarded):
    execute(f"DELETE FROM {TABLE}")
    AuditHead.objects.filter(stream=SITE).delete()
    assert "总链头记有这一条链" in told() and "链头不见了" in told()
    record(actor=SYSTEM, action="tests.thing.more", subject="thing", at=AT)
    record(actor=SYSTEM, action="tests.thing.more", subject="thing", at=AT)
    assert "第 1 条与总链头所记不同" in told()


def test_verify_finds_everything_taken_away(unguarded):
    for table in (TABLE, "audit_auditmaster", "audit_audithead"):
        execute(f"DELETE FROM {table}")
    assert told() == "审计·总链：审计一条也没有"


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ("UPDATE audit_auditmaster SET heads = '{}' WHERE number = 1", "第 1 号总链头与链不符"),
        ("UPDATE audit_auditmaster SET at = '2020-01-01 00:00:00+00:00' WHERE number = 1", "第 1 号总链头与链不符"),
        ("DELETE FROM audit_auditmaster WHERE number = 1", "第 1 号总链头不见了"),
        ("DELETE FROM audit_auditmaster WHERE number = 2", "链头记到第 2 号，实有 1 号"),
        ("DELETE FROM audit_audithead WHERE stream = '~master'", "总链的链头不见了"),
        ("UPDATE audit_audithead SET count = 1 WHERE stream = '~master'", "链头与密钥不符"),
    ],
)
def test_verify_finds_a_changed_master(unguarded, change, said):
    chain_heads(at=AT)
    assert AuditMaster.objects.count() == 2 and verify().intact
    execute(change)
    assert said in told()


def test_a_state_gone_back_as_a_whole_is_found_by_the_printed_head_alone(unguarded):
    """Whoever puts everything back as it was at one moment leaves no trace inside; the anchor on paper is there for that."""
    kept = [list(model.objects.order_by("pk").values()) for model in (AuditEntry, AuditHead, AuditMaster)]
    record(actor=SYSTEM, action="tests.thing.more", subject="thing", at=AT)
    chain_heads(at=AT)
    anchor = last_master()
    assert held_anchor(anchor.number, anchor.hash[:16]).holds
    for model, rows in zip((AuditEntry, AuditHead, AuditMaster), kept, strict=True):
        model.objects.all().delete()
        model.objects.bulk_create(model(**row) for row in rows)
    assert verify().intact
    assert "在库里没有" in held_anchor(anchor.number, anchor.hash).fault
    record(actor=SYSTEM, action="tests.thing.other", subject="thing", at=AT)
    chain_heads(at=AT)
    assert verify().intact
    assert "与库里的不同" in held_anchor(anchor.number, anchor.hash).fault


def test_an_entry_written_with_another_key_is_found(trail, settings):
    settings.AUDIT_KEY = "another"
    assert verify().broken_seq == seq(1) and "是用另一把密钥封的" in told()


def test_one_call_writes_to_the_streams_of_its_acts_and_each_is_a_chain(trail):
    acts = ["evaluation.sheet.filed", "tests.other", "accounts.post.ended", "evaluation.sheet.filed"]
    record_many(actor=SYSTEM, events=[Event(act, "audit", {}) for act in acts], at=AT)
    counts = {head.stream: head.count for head in AuditHead.objects.exclude(stream=MASTER)}
    assert counts == {SITE: 6, "evaluation": 2, "accounts": 1} and verify().intact
    numbers = list(AuditEntry.objects.order_by("seq").values_list("seq", flat=True))
    assert numbers == sorted(set(numbers)) and len(numbers) == 9


def test_heads_are_locked_from_the_low_floors_up(trail, monkeypatch):
    from miyun_kpi.audit import services

    taken, locked = [], services._locked
    monkeypatch.setattr(services, "_locked", lambda stream, *first: taken.append(stream) or locked(stream, *first))
    acts = ["evaluation.sheet.filed", "accounts.post.ended", "duties.reports.filed", "tests.other"]
    record_many(actor=SYSTEM, events=[Event(act, "audit", {}) for act in acts], at=AT)
    record_many(actor=SYSTEM, events=[Event(act, "audit", {}) for act in acts], at=AT)
    assert taken[-4:] == [SITE, "accounts", "duties", "evaluation"]


def test_the_hour_is_chained_only_where_something_was_written(trail):
    first = chain_heads(at=AT)
    assert first is not None and chain_heads(at=AT) is None
    record(actor=SYSTEM, action="tests.thing.more", subject="thing", at=AT)
    second = chain_heads(at=AT)
    assert second.number == first.number + 1 and second.previous_hash == first.hash


# Guards --------------------------------------------------------------------------------------------------------------
def test_a_guard_that_is_not_there_is_named(trail):
    assert missing_guards() == []
    remove_guard()
    assert "审计记录（不许修改）" in missing_guards() and "领导审签（不许删除）" in missing_guards()
    install_guards()
    assert missing_guards() == []


def test_a_guard_that_was_made_toothless_is_named(trail):
    on = "" if connection.vendor == "sqlite" else f" ON {TABLE}"
    execute(f"DROP TRIGGER audit_auditentry_no_update{on}")
    if connection.vendor == "sqlite":
        execute(f"CREATE TRIGGER audit_auditentry_no_update BEFORE UPDATE ON {TABLE} WHEN 1 = 0 BEGIN SELECT 1; END")
    else:
        execute(
            "CREATE OR REPLACE FUNCTION audit_auditentry_no_update() RETURNS trigger LANGUAGE plpgsql AS "
            "$$ BEGIN RETURN NEW; END $$"
        )
        execute(
            f"CREATE TRIGGER audit_auditentry_no_update BEFORE UPDATE ON {TABLE} FOR EACH ROW "
            "EXECUTE FUNCTION audit_auditentry_no_update()"
        )
    assert missing_guards() == ["审计记录（不许修改）"]
    install_guards()
    assert missing_guards() == []


@pytest.mark.postgres
def test_a_guard_that_was_switched_off_is_named(trail):
    execute(f"ALTER TABLE {TABLE} DISABLE TRIGGER audit_auditentry_no_delete")
    assert missing_guards() == ["审计记录（不许删除）"]


@pytest.mark.once
def test_replace_does_not_pass_by_the_guard(trail):
    if connection.vendor != "sqlite":
        return  # only SQLite has it
    columns = (
        "seq, at, actor_label, action, subject, data, previous_hash, hash, stream, number, address, request_id, "
        "result, reason"
    )
    refused(
        f"REPLACE INTO {TABLE} ({columns}) SELECT {columns.replace('data', chr(39) * 2)} FROM {TABLE} WHERE number = 2"
    )
