"""Who keeps what of 15号: 区安委会办公室 all of it, units their own rows; a 重大隐患 is in the hands of who listed it."""

from miyun_kpi.accounts.enums import Verb
from miyun_kpi.duties.access import keeps_document
from miyun_kpi.lib.actors import Actor
from miyun_kpi.organisations.models import Organisation
from miyun_kpi.registers.models import Record
from miyun_kpi.registers.registry import Rights
from miyun_kpi.registers.rules.kinds import Step
from safety.enums import DOCUMENT

is_office = keeps_document(DOCUMENT)

COMMON = Rights(is_office)
OFFICE_ONLY = Rights(is_office, owners_write=False)
CLOSED = Rights(is_office, owners_write=False, open_to_all=False)
PROTECTED = Rights(is_office, open_to_all=False)


def is_lister(actor: Actor, record: Record) -> bool:
    """The body that listed it (挂牌单位), by a post that keeps registers."""
    code = record.values.get("listed_by", "")
    return (
        actor.may(Verb.KEEP_REGISTERS)
        and Organisation.objects.filter(code=code, pk=actor.organisation_id or 0).exists()
    )


def steps_hazard(actor: Actor, record: Record, step: Step) -> bool:
    """挂牌, 延期 and 验收 by the body that listed it; 报验 and 申请延期 by the unit obliged."""
    if step.by_owner:
        owns = record.owner_id is not None and record.owner_id == actor.organisation_id
        return owns and actor.may(Verb.REPORT_PROGRESS)
    return is_lister(actor, record)


# The unit obliged fills in what its steps ask for and cannot touch what was demanded of it.
HAZARD = Rights(is_office, owners_write=False, open_to_all=False, stepper=steps_hazard, party="listed_by")
