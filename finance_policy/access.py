"""Who keeps what of 19号: 区金融办 all of it (推定), and each printed unit of a clause its registers (责任单位).

No office is named for the document as a whole; 区金融办 is the 责任单位 that its clauses name most often.
"""

from dataclasses import dataclass
from functools import partial

from django.db.models import Exists, OuterRef, QuerySet

from finance_policy.enums import APP, DOCUMENT, ReturnState
from finance_policy.models import Bank, BankReading, BankReturn, Subsidy, VetoNotice
from miyun_kpi.accounts.enums import Verb
from miyun_kpi.db.finding import one_of
from miyun_kpi.duties.access import keeps_document
from miyun_kpi.duties.models import DutyUnit
from miyun_kpi.lib.actors import Actor
from miyun_kpi.lib.errors import NotAllowed, NotFound
from miyun_kpi.organisations.queries import acts_for_code, stands_for
from miyun_kpi.registers.access import visible_record
from miyun_kpi.registers.models import Record
from miyun_kpi.registers.registry import Rights, kind_by
from miyun_kpi.registers.rules.kinds import Kind

ENVIRONMENT = "shengtaihuanjing-ju"
FUND_CLAUSE = "三（二）4"
SUBSIDY_CLAUSE = "三（一）1"
LIBRARY = ("enterprises", "projects")
is_office = keeps_document(DOCUMENT)


def keeps_clause(actor: Actor, clause: str) -> bool:
    """A post that keeps registers in 区金融办 or in a unit printed (or added since) behind the clause."""
    if not actor.may(Verb.KEEP_REGISTERS) or actor.organisation_id is None:
        return False
    units = DutyUnit.objects.filter(
        duty__document=DOCUMENT, duty__clause=clause, organisation_id=actor.organisation_id, active=True
    )
    return units.exists() or is_office(actor)


# What names single debtors, banks or people: for the units of the clause and who reads all tracking.
CLOSED = frozenset({"defaults", "ratings", "talent"})


@dataclass(frozen=True)
class Past(Rights):
    """A register that is only read, and brought to its end: nothing new is entered, nothing changed."""

    def adds(self, actor: Actor) -> bool:
        return False

    def changes(self, actor: Actor, record: Record) -> bool:
        return False


def rights_of(kind: Kind) -> Rights:
    keeper = partial(keeps_clause, clause=kind.clause)
    if kind.code == "subsidies":
        return Past(keeper, owners_write=False)
    return Rights(keeper, owners_write=bool(kind.owner), open_to_all=kind.code not in CLOSED)


def require_office(actor: Actor, what: str) -> None:
    if not is_office(actor):
        raise NotAllowed("not-the-office", f"{what}由区金融办办理，没有执行。请由其主管岗位办理。")


def grades(actor: Actor) -> bool:
    """环保部门 alone (附件·32): a register post in 区生态环境局, or in what it has gone into."""
    return actor.may(Verb.KEEP_REGISTERS) and acts_for_code(actor.organisation_id, ENVIRONMENT)


def require_environment(actor: Actor, what: str) -> None:
    if not grades(actor):
        raise NotAllowed("not-the-environment", f"{what}由区生态环境局办理，没有执行。请由其主管岗位办理。")


def visible_enterprise(actor: Actor, record_id: int) -> Record:
    kind, rights = kind_by(APP, "enterprises")
    return visible_record(actor, kind, rights, record_id)


def visible_in_library(actor: Actor, record_id: int) -> Record:
    """An enterprise or project of the library, in whatever stage; NotFound for any other record."""
    for code in LIBRARY:
        kind, rights = kind_by(APP, code)
        if Record.objects.filter(pk=record_id, kind=kind.key).exists():
            return visible_record(actor, kind, rights, record_id)
    raise NotFound


def keeps_subsidies(actor: Actor) -> bool:
    """责任单位 of 三（一）1: 区发改委, 区生态环境局, 区金融办."""
    return keeps_clause(actor, SUBSIDY_CLAUSE)


def require_subsidies(actor: Actor, what: str) -> None:
    if not keeps_subsidies(actor):
        raise NotAllowed(
            "not-the-keeper",
            f"{what}由区金融办、区发改委、区生态环境局办理，没有执行。请由其主管岗位办理。",
        )


def visible_subsidies(actor: Actor) -> QuerySet[Subsidy]:
    """Everybody who is signed in, as the register of 贴息 before."""
    return Subsidy.objects.all()


def own_banks(actor: Actor) -> QuerySet[Bank]:
    """In whose name the actor's post acts: the bank it stands in, and those that ended into it.

    Banks are not units of the list, so the office ties each to an organisation.
    """
    return Bank.objects.filter(organisation__in=stands_for(actor.organisation_id))


def own_bank(actor: Actor) -> Bank | None:
    """The bank that opens returns and signs: the own one, where there is none the first of those that ended into it."""
    if actor.organisation_id is None:
        return None
    banks = list(own_banks(actor))
    return next((one for one in banks if one.organisation_id == actor.organisation_id), banks[0] if banks else None)


def visible_returns(actor: Actor) -> QuerySet[BankReturn]:
    """区金融办 all, a bank its own and those of banks that ended into it, 区领导 what a recorded decision opens.

    Others read sums of several banks only (三（三）8).
    """
    found = BankReturn.objects.select_related("bank")
    if is_office(actor):
        return found
    if actor.may(Verb.READ_ALL_TRACKING):
        opened = BankReading.objects.filter(bank=OuterRef("bank"), period=OuterRef("period"), closed_at__isnull=True)
        return found.filter(Exists(opened), state=ReturnState.ACCEPTED)
    return found.filter(bank__in=own_banks(actor)) if actor.may(Verb.REPORT_PROGRESS) else found.none()


def visible_return(actor: Actor, return_id: int) -> BankReturn:
    found = one_of(visible_returns(actor).filter(pk=return_id))
    return found


def fills(actor: Actor, bank_id: int) -> bool:
    """A bank's own reporters write its returns, and of one that ended those it went into; the office reads and decides."""
    return actor.may(Verb.REPORT_PROGRESS) and own_banks(actor).filter(pk=bank_id).exists()


def require_bank(actor: Actor, what: str) -> Bank:
    bank = own_bank(actor)
    if bank is None or not actor.may(Verb.REPORT_PROGRESS):
        raise NotAllowed("not-a-bank", f"{what}由银行自己的填报岗位办理，没有执行。请由该行的填报人办理。")
    return bank


def keeps_fund(actor: Actor) -> bool:
    return keeps_clause(actor, FUND_CLAUSE)


def reads_fund(actor: Actor) -> bool:
    """Entries name the banks that lost money: the keepers and who reads all tracking; others see the balance."""
    return keeps_fund(actor) or actor.may(Verb.READ_ALL_TRACKING)


def require_reading_fund(actor: Actor) -> None:
    if not reads_fund(actor):
        raise NotAllowed("not-the-keeper", "风险补偿基金的逐笔账只给记账单位和区领导看，没有打开。请看余额和合计。")


def require_fund(actor: Actor) -> None:
    if not keeps_fund(actor):
        raise NotAllowed(
            "not-the-keeper", "风险补偿基金由区财政局、区国资委、区金融办记账，没有执行。请由其主管岗位办理。"
        )


def receives(actor: Actor) -> bool:
    """环保一票否决 is read by the environment bureau, the office and the banks, nobody else."""
    return grades(actor) or is_office(actor) or own_bank(actor) is not None


def visible_notices(actor: Actor) -> QuerySet[VetoNotice]:
    return VetoNotice.objects.all() if receives(actor) else VetoNotice.objects.none()


def visible_notice(actor: Actor, notice_id: int) -> VetoNotice:
    found = one_of(visible_notices(actor).filter(pk=notice_id))
    return found
