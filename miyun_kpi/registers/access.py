from django.db.models import QuerySet

from miyun_kpi.db.asked import asked
from miyun_kpi.db.finding import one_of, the_one
from miyun_kpi.lib.actors import Actor
from miyun_kpi.lib.errors import NotAllowed, Refused
from miyun_kpi.registers.models import Record
from miyun_kpi.registers.registry import Rights, kind_of
from miyun_kpi.registers.rules.kinds import Kind


def visible_to(actor: Actor, kind: Kind, rights: Rights) -> QuerySet[Record]:
    return Record.objects.filter(rights.sees(actor), kind=kind.key).select_related("owner", "town")


@asked
def _any(kind: str, record_id: int) -> QuerySet[Record]:
    return Record.objects.filter(kind=kind, pk=record_id).select_related("owner", "town")


def visible_record(actor: Actor, kind: Kind, rights: Rights, record_id: int) -> Record:
    seen = rights.sees(actor)
    if not seen:  # every row: most registers are read by everybody who is signed in
        return the_one(_any(kind.key, record_id))
    return one_of(visible_to(actor, kind, rights).filter(pk=record_id))


def require_add(actor: Actor, kind: Kind, rights: Rights) -> None:
    if not rights.adds(actor):
        raise NotAllowed("not-the-keeper", f"您的岗位不登记“{kind.title}”，没有执行。请由负责这个登记簿的单位办理。")


def require_change(actor: Actor, kind: Kind, rights: Rights, record: Record) -> None:
    stage = kind.stage(record.stage)
    if not rights.changes(actor, record):
        raise NotAllowed("not-the-keeper", f"您的岗位不修改这条“{kind.title}”，没有执行。请由登记的单位办理。")
    if stage and stage.closed and not rights.keeper(actor):
        raise NotAllowed("closed", f"这一条{stage.label}，不能再改，没有执行。要改请主管单位退回。")


def may_hand_over(actor: Actor, kind: Kind, rights: Rights, record: Record) -> bool:
    """Whoever keeps the register, where a record belongs to a unit."""
    return bool(kind.owner) and rights.keeper(actor) and record.struck_at is None


def require_hand_over(actor: Actor, kind: Kind, rights: Rights, record: Record) -> None:
    if not rights.keeper(actor):
        raise NotAllowed("not-the-keeper", f"“{kind.title}”由主管单位移交，您的岗位不办，没有移交。")
    if not kind.owner:
        raise Refused("no-unit", f"“{kind.title}”不分单位，没有移交。")


def is_locked(kind: Kind, record: Record) -> bool:
    """In a stage where only steps touch the record, whoever asks."""
    stage = kind.stage(record.stage)
    return stage is not None and stage.locked


def attaches(actor: Actor, kind: Kind, rights: Rights, record: Record) -> bool:
    """Who may change the record, and the unit whose turn it is to act on it; a protected record takes no files."""
    if record.struck_at is not None or kind.protected:
        return False
    turn = [step for step in kind.steps if step.by_owner and record.stage in step.sources]
    return may_change(actor, kind, rights, record) or any(rights.steps(actor, record, step) for step in turn)


def require_attach(actor: Actor, kind: Kind, rights: Rights, record: Record) -> None:
    if not attaches(actor, kind, rights, record):
        raise NotAllowed(
            "not-the-keeper", f"您的岗位现在不给这条“{kind.title}”加减材料，没有执行。请由登记或承办的单位办理。"
        )


def may_change(actor: Actor, kind: Kind, rights: Rights, record: Record) -> bool:
    """The keeper always; a unit its own until the record has come to an end."""
    stage = kind.stage(record.stage)
    return rights.keeper(actor) or (rights.changes(actor, record) and not (stage and stage.closed))


def reads_secrets(actor: Actor, rights: Rights, record: Record) -> bool:
    return rights.changes(actor, record)


def may_read_evidence(actor: Actor, record_id: int) -> bool:
    """Evidence of a record is read by whoever may read the record; of a secret one by whoever may write it."""
    record = Record.objects.filter(pk=record_id).first()
    if record is None:
        return False
    kind, rights = kind_of(record)
    if kind.protected:
        return False
    if any(one.secret for one in kind.fields) and not reads_secrets(actor, rights, record):
        return False
    return visible_to(actor, kind, rights).filter(pk=record_id).exists()
