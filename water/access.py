"""Who keeps which register of 22号: the lead units of its clause; where none is printed, 区水务局, which coordinates (五（一）).

Everything is public within the house: the plan was issued to all; only names of parties and contacts are secret fields.
"""

from functools import partial

from miyun_kpi.accounts.enums import Verb
from miyun_kpi.duties.access import is_office
from miyun_kpi.duties.enums import UnitRole
from miyun_kpi.duties.models import DutyDocument, DutyUnit
from miyun_kpi.lib.actors import Actor
from miyun_kpi.lib.errors import NotAllowed, NotFound
from miyun_kpi.registers.access import visible_record
from miyun_kpi.registers.models import Record
from miyun_kpi.registers.registry import OWNER, Doer, Rights, kind_by, owns
from miyun_kpi.registers.rules.kinds import Kind
from water.enums import DOCUMENT

# Registers of clauses that name no lead unit.
BY_OFFICE = {"五（三）", "五（四）"}
# Registers in which every lead unit enters its own.
OF_LEADS = {"reserve", "project"}


def leads(actor: Actor, clause: str = "") -> bool:
    """Whether the actor's post is that of a lead unit of the clause, or of any clause when none is given."""
    if not actor.may(Verb.KEEP_REGISTERS) or actor.organisation_id is None:
        return False
    found = DutyUnit.objects.filter(
        duty__document=DOCUMENT, organisation_id=actor.organisation_id, role=UnitRole.LEAD, active=True
    )
    return found.filter(duty__clause__startswith=clause).exists() if clause else found.exists()


def coordinates(actor: Actor) -> bool:
    document = DutyDocument.objects.filter(document=DOCUMENT).first()
    return document is not None and is_office(actor, document)


class LeadRights(Rights):
    """Each lead unit enters and changes its own rows."""

    def adds(self, actor: Actor) -> bool:
        return leads(actor)

    def changes(self, actor: Actor, record: Record) -> bool:
        return leads(actor) and owns(actor, record)


_OWN_LEAD = (Doer(OWNER, leads),)


def _nobody(actor: Actor) -> bool:
    return False


def rights_of(kind: Kind) -> Rights:
    if kind.code in OF_LEADS:
        return LeadRights(_nobody, doers=_OWN_LEAD, own_doers=_OWN_LEAD)
    keeper = coordinates if kind.clause in BY_OFFICE else partial(leads, clause=kind.clause)
    # Villages come from the lead units alone; a small water body is registered by 区河长制办公室.
    return Rights(keeper, owners_write=bool(kind.owner) and kind.code not in ("village", "body", "outfall"))


# 二 names no units (推定): who leads the task has its figures.
# So the lead units of the task behind a target enter it, and 区水务局, which coordinates (五（一）).
TARGET_CLAUSES = {
    "treated": "三（五）1",
    "covered": "三（一）",
    "zones": "三（一）",
    "mixed": "三（三）1",
    "sludge": "三（五）2",
    "sections": "",
}


def enters_target(actor: Actor, target: str) -> bool:
    clause = TARGET_CLAUSES[target]
    return coordinates(actor) or (bool(clause) and leads(actor, clause))


def require_target(actor: Actor, target: str) -> None:
    if target not in TARGET_CLAUSES:
        raise NotFound
    if not enters_target(actor, target):
        raise NotAllowed("not-the-lead", "这个目标的数由牵头单位和区水务局录入、判断，没有保存。请由其主管岗位办理。")


def _visible(actor: Actor, code: str, record_id: int) -> Record:
    kind, rights = kind_by("water", code)
    return visible_record(actor, kind, rights, record_id)


def visible_body(actor: Actor, body_id: int) -> Record:
    return _visible(actor, "body", body_id)


def visible_project(actor: Actor, project_id: int) -> Record:
    return _visible(actor, "project", project_id)


def reports_round(actor: Actor, body: Record) -> bool:
    """The township of the body, and 区河长制办公室 (三（二）)."""
    return leads(actor, "三（二）") or (actor.may(Verb.REPORT_PROGRESS) and owns(actor, body))


def require_round(actor: Actor, body: Record) -> None:
    if not reports_round(actor, body):
        raise NotAllowed("not-your-body", "“五无”核查由所在镇街或区河长制办公室登记，没有保存。请由其经办岗位办理。")


def keeps_project(actor: Actor, project: Record) -> bool:
    """The unit that entered it, as lead unit of its task."""
    return owns(actor, project) and leads(actor, project.values.get("task", ""))


def require_project(actor: Actor, project: Record) -> None:
    if not keeps_project(actor, project):
        raise NotAllowed("not-your-project", "项目阶段由登记它的牵头单位填写，没有保存。请由其主管岗位办理。")
