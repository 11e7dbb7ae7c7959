"""Who keeps what of 19号: 区金融办 all of it (推定), and each printed unit of a clause its registers (责任单位)."""

from functools import partial

from finance_policy.enums import APP, DOCUMENT
from miyun_kpi.accounts.enums import Verb
from miyun_kpi.duties.access import keeps_document
from miyun_kpi.duties.models import DutyUnit
from miyun_kpi.lib.actors import Actor
from miyun_kpi.lib.errors import NotAllowed
from miyun_kpi.organisations.models import Organisation
from miyun_kpi.registers.access import visible_record
from miyun_kpi.registers.models import Record
from miyun_kpi.registers.registry import Rights, kind_by
from miyun_kpi.registers.rules.kinds import Kind

ENVIRONMENT = "shengtaihuanjing-ju"
is_office = keeps_document(DOCUMENT)


def keeps_clause(actor: Actor, clause: str) -> bool:
    """A post that keeps registers in 区金融办 or in a unit printed (or added since) behind the clause."""
    if not actor.may(Verb.KEEP_REGISTERS) or actor.organisation_id is None:
        return False
    units = DutyUnit.objects.filter(
        duty__document=DOCUMENT, duty__clause=clause, organisation_id=actor.organisation_id, active=True
    )
    return units.exists() or is_office(actor)


def rights_of(kind: Kind) -> Rights:
    return Rights(partial(keeps_clause, clause=kind.clause), owners_write=bool(kind.owner))


def require_office(actor: Actor, what: str) -> None:
    if not is_office(actor):
        raise NotAllowed("not-the-office", f"{what}由区金融办办理，没有执行。请由其主管岗位办理。")


def grades(actor: Actor) -> bool:
    """环保部门 alone (附件·32): a register post in 区生态环境局."""
    return (
        actor.may(Verb.KEEP_REGISTERS)
        and Organisation.objects.filter(code=ENVIRONMENT, pk=actor.organisation_id or 0).exists()
    )


def require_environment(actor: Actor, what: str) -> None:
    if not grades(actor):
        raise NotAllowed("not-the-environment", f"{what}由区生态环境局办理，没有执行。请由其主管岗位办理。")


def visible_enterprise(actor: Actor, record_id: int) -> Record:
    kind, rights = kind_by(APP, "enterprises")
    return visible_record(actor, kind, rights, record_id)
