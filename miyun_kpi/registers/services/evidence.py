"""Files of a record, and the looking at a protected one."""

from datetime import datetime
from typing import IO

from miyun_kpi.acts.acting import acting, locked
from miyun_kpi.attachments.models import Attachment
from miyun_kpi.attachments.services import remove, store
from miyun_kpi.db.finding import one_of
from miyun_kpi.lib.actors import Actor
from miyun_kpi.lib.errors import NotAllowed
from miyun_kpi.lib.reading import read_reason
from miyun_kpi.registers.access import reads_secrets, require_attach, visible_record
from miyun_kpi.registers.enums import EVIDENCE
from miyun_kpi.registers.models import Record
from miyun_kpi.registers.registry import Rights, kind_by, kind_of
from miyun_kpi.registers.rules.kinds import Kind
from miyun_kpi.registers.services.records import require_unlocked


def _held_open(actor: Actor, kind: Kind, rights: Rights, record_id: int) -> Record:
    """The record, held until the act ends: what is handed in at this moment is handed in with the files it had."""
    visible_record(actor, kind, rights, record_id)
    row = locked(Record.objects.select_related("owner", "town"), record_id)
    require_attach(actor, kind, rights, row)
    require_unlocked(kind, row)
    return row


def add_file(
    *, actor: Actor, app: str, kind: str, record_id: int, file: IO[bytes], name: str, at: datetime
) -> Attachment:
    declared, rights = kind_by(app, kind)
    with acting(actor, at):
        row = _held_open(actor, declared, rights, record_id)
        return store(actor=actor, kind=EVIDENCE, subject_id=row.pk, file=file, name=name, at=at)


def remove_file(*, actor: Actor, app: str, kind: str, record_id: int, attachment_id: int, at: datetime) -> None:
    declared, rights = kind_by(app, kind)
    with acting(actor, at):
        row = _held_open(actor, declared, rights, record_id)
        found = one_of(Attachment.objects.filter(pk=attachment_id, kind=EVIDENCE, subject_id=row.pk))
        remove(actor=actor, attachment=found, at=at)


def note_viewing(*, actor: Actor, record: Record, reason: str, at: datetime) -> None:
    """A protected record was looked at: written down, with the reason given."""
    kind, rights = kind_of(record)
    if not kind.protected and not (any(one.sealed for one in kind.fields) and reads_secrets(actor, rights, record)):
        raise NotAllowed("not-the-keeper", "这一条没有给您的岗位封存的内容，没有打开。请由登记它的单位查看。")
    said = read_reason(reason, "查看受保护的登记要写事由", most=300)
    with acting(actor, at) as act:
        act.record("registers.record.viewed", f"record:{record.pk}", reason=said)
