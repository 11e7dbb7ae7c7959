from django.db.models import QuerySet

from miyun_kpi.lib.actors import Actor
from miyun_kpi.lib.errors import NotAllowed, NotFound
from miyun_kpi.registers.models import Record
from miyun_kpi.registers.registry import Rights, kind_of
from miyun_kpi.registers.rules.kinds import Kind


def visible_to(actor: Actor, kind: Kind, rights: Rights) -> QuerySet[Record]:
    return Record.objects.filter(rights.sees(actor), kind=kind.key).select_related("owner", "town")


def visible_record(actor: Actor, kind: Kind, rights: Rights, record_id: int) -> Record:
    found = visible_to(actor, kind, rights).filter(pk=record_id).first()
    if found is None:
        raise NotFound
    return found


def require_add(actor: Actor, kind: Kind, rights: Rights) -> None:
    if not rights.adds(actor):
        raise NotAllowed("not-the-keeper", f"您的岗位不登记“{kind.title}”，没有执行。请由负责这个登记簿的单位办理。")


def require_change(actor: Actor, kind: Kind, rights: Rights, record: Record) -> None:
    if not rights.changes(actor, record):
        raise NotAllowed("not-the-keeper", f"您的岗位不修改这条“{kind.title}”，没有执行。请由登记的单位办理。")


def reads_secrets(actor: Actor, rights: Rights, record: Record) -> bool:
    return rights.changes(actor, record)


def may_read_evidence(actor: Actor, record_id: int) -> bool:
    """Evidence of a record is read by whoever may read the record; of a secret one by whoever may write it."""
    record = Record.objects.filter(pk=record_id).first()
    if record is None:
        return False
    kind, rights = kind_of(record)
    if any(one.secret for one in kind.fields) and not reads_secrets(actor, rights, record):
        return False
    return visible_to(actor, kind, rights).filter(pk=record_id).exists()
