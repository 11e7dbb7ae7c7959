"""Who keeps what of 19号: 区金融办 all of it (推定), and each printed unit of a clause its registers (责任单位)."""

from functools import partial

from finance_policy.enums import DOCUMENT
from miyun_kpi.accounts.enums import Verb
from miyun_kpi.duties.access import keeps_document
from miyun_kpi.duties.models import DutyUnit
from miyun_kpi.lib.actors import Actor
from miyun_kpi.registers.registry import Rights
from miyun_kpi.registers.rules.kinds import Kind

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
