"""人事 (a setting: Office) drafts, issues and decides; issued notices are read by everybody signed in, drafts by 人事 alone."""

from django.db.models import QuerySet

from miyun_kpi.accounts.enums import Verb
from miyun_kpi.db.finding import one_of
from miyun_kpi.lib.actors import Actor
from miyun_kpi.lib.errors import NotAllowed, NotFound
from personnel.enums import NoticeState
from personnel.models import Notice, Office
from personnel.queries.terms import office_id


def is_office(actor: Actor) -> bool:
    return actor.may(Verb.KEEP_REGISTERS) and actor.organisation_id is not None and actor.organisation_id == office_id()


def require_office(actor: Actor) -> None:
    if not is_office(actor):
        raise NotAllowed("not-the-office", "人事任免由人事主管单位办理，没有执行。请由其主管岗位办理。")


def receives(actor: Actor) -> bool:
    """Somebody of the organisation to which 人事 is being handed over."""
    if not actor.may(Verb.KEEP_REGISTERS) or actor.organisation_id is None:
        return False
    return Office.objects.filter(proposed_id=actor.organisation_id).exists()


def require_receiver(actor: Actor) -> None:
    if not receives(actor):
        raise NotFound


def visible_notices(actor: Actor) -> QuerySet[Notice]:
    """A draft is nobody else's, not even as a number in a count."""
    return Notice.objects.all() if is_office(actor) else Notice.objects.filter(state=NoticeState.ISSUED)


def visible_notice(actor: Actor, notice_id: int) -> Notice:
    found = one_of(visible_notices(actor).filter(pk=notice_id))
    return found
