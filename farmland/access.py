"""Who sees and does what of 21号. 区规自分局 keeps the pool, 区财政局 alone the money (第十一条); a town sees the totals and its
own lots, everybody else the totals. The demonstration and the real pool are two worlds: nobody acts across them.
"""

from django.db.models import Q, QuerySet

from farmland.enums import MONEY_OFFICE, POOL_OFFICE
from farmland.models import Application, Entry, Lot, Money, Transfer
from miyun_kpi.accounts.enums import Verb
from miyun_kpi.db.finding import one_of
from miyun_kpi.lib.actors import Actor
from miyun_kpi.lib.errors import NotAllowed
from miyun_kpi.organisations.enums import Category
from miyun_kpi.organisations.models import Organisation
from miyun_kpi.organisations.queries import acts_for_code, stands_for
from miyun_kpi.registers.registry import Rights

# 第十一条: the quota and the money are kept by two offices.
APART = (POOL_OFFICE, MONEY_OFFICE)


def _in_office(actor: Actor, code: str) -> bool:
    return actor.may(Verb.KEEP_REGISTERS) and acts_for_code(actor.organisation_id, code)


def keeps_pool(actor: Actor) -> bool:
    return _in_office(actor, POOL_OFFICE)


def keeps_money(actor: Actor) -> bool:
    return _in_office(actor, MONEY_OFFICE)


def is_office(actor: Actor) -> bool:
    return keeps_pool(actor) or keeps_money(actor)


def reads_all(actor: Actor) -> bool:
    return actor.may(Verb.READ_ALL_TRACKING) or is_office(actor)


def require_pool(actor: Actor) -> None:
    if not keeps_pool(actor):
        raise NotAllowed(
            "not-the-pool-office",
            "指标库由区规自分局建立和登记，没有执行。请由区规自分局的主管岗位办理。",
            "21·第十一条",
        )


def require_money(actor: Actor) -> None:
    if not keeps_money(actor):
        raise NotAllowed(
            "not-the-money-office", "费用和资金由区财政局登记，没有执行。请由区财政局的主管岗位办理。", "21·第十一条"
        )


def require_office(actor: Actor) -> None:
    if not is_office(actor):
        raise NotAllowed(
            "not-the-office", "这件事由区规自分局、区财政局办理，没有执行。请由他们的主管岗位办理。", "21·第十四条"
        )


def own_town(actor: Actor) -> int:
    """The township the actor's post is in, 0 for none."""
    if actor.organisation_id is None or not (actor.may(Verb.REPORT_PROGRESS) or actor.may(Verb.KEEP_REGISTERS)):
        return 0
    found = Organisation.objects.filter(pk=actor.organisation_id, category=Category.TOWNSHIP)
    return actor.organisation_id if found.exists() else 0


def _town_scope(actor: Actor, column: str) -> Q:
    """All for offices and leaders, the own town's for a town, nothing for others."""
    if reads_all(actor):
        return Q()
    town = own_town(actor)
    return Q(**{f"{column}__in": stands_for(town)}) if town else Q(pk__in=[])


def visible_lots(actor: Actor) -> QuerySet[Lot]:
    return Lot.objects.filter(_town_scope(actor, "town_id")).select_related("town")


def visible_entries(actor: Actor) -> QuerySet[Entry]:
    found = Entry.objects.filter(_town_scope(actor, "lot__town_id"))
    return found.select_related("lot__town", "application", "transfer")


def visible_applications(actor: Actor) -> QuerySet[Application]:
    return Application.objects.filter(_town_scope(actor, "town_id")).select_related("town")


def visible_money(actor: Actor) -> QuerySet[Money]:
    return Money.objects.filter(_town_scope(actor, "town_id")).select_related("town", "lot", "application", "transfer")


def visible_transfers(actor: Actor) -> QuerySet[Transfer]:
    return Transfer.objects.all() if reads_all(actor) else Transfer.objects.none()


def visible_lot(actor: Actor, lot_id: int) -> Lot:
    found = one_of(visible_lots(actor).filter(pk=lot_id))
    return found


def visible_application(actor: Actor, application_id: int) -> Application:
    found = one_of(visible_applications(actor).filter(pk=application_id))
    return found


def visible_transfer(actor: Actor, transfer_id: int) -> Transfer:
    found = one_of(visible_transfers(actor).filter(pk=transfer_id))
    return found


def require_reads_all(actor: Actor) -> None:
    """Who asks about the whole pool by lot may see it."""
    if not reads_all(actor):
        raise NotAllowed(
            "totals-only",
            "您的岗位只看全区合计，不能按批次试算，没有执行。请由区规自分局、区财政局试算。",
            "21·第十一条",
        )


# The plan is handed down to the towns, a town applies for its own projects: offices and leaders read all of it.
PLAN_RIGHTS = Rights(keeps_pool, owners_write=False, open_to_all=False, readers=reads_all)
PROJECT_RIGHTS = Rights(keeps_pool, open_to_all=False, readers=reads_all)
