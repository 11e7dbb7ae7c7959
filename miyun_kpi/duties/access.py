"""Who may write a report: the unit that owes it. Who may read or decide one, the owning app says."""

from miyun_kpi.accounts.access import require
from miyun_kpi.accounts.enums import Verb
from miyun_kpi.duties.models import DutyPeriod
from miyun_kpi.lib.actors import Actor
from miyun_kpi.lib.errors import NotFound


def is_own(actor: Actor, duty_period: DutyPeriod) -> bool:
    return actor.organisation_id is not None and duty_period.unit.organisation_id == actor.organisation_id


def may_report(actor: Actor, duty_period: DutyPeriod) -> bool:
    return actor.may(Verb.REPORT_PROGRESS) and is_own(actor, duty_period)


def require_report(actor: Actor, duty_period: DutyPeriod) -> None:
    """A foreign unit's report does not exist; one's own needs the verb."""
    if not is_own(actor, duty_period):
        raise NotFound
    require(actor, Verb.REPORT_PROGRESS)
