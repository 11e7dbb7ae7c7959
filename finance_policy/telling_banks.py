"""The banks of the whole scene: returns of earlier quarters, one drafted, 环保一票否决 received, decided and lifted."""

from datetime import datetime, timedelta
from decimal import Decimal
from functools import partial
from typing import Any

from finance_policy.models import BankReturn, VetoNotice
from finance_policy.rules.quarters import ended_quarters, last_ended
from finance_policy.services import returns, veto
from miyun_kpi.accounts.demo import Timeline
from miyun_kpi.lib.credit_code import of_nobody
from miyun_kpi.lib.periods import PeriodCode

OFFICE, NATURE, BANK, BANK_TOO = "jinrong2", "huanbao", "yinhang", "yinhang2"


def code_of(number: int) -> str:
    return of_nobody(number)


def tell_banks(timeline: Timeline) -> None:
    _returns(timeline)
    _vetoes(timeline)


def _returns(timeline: Timeline) -> None:
    """Earlier quarters: one of the first bank accepted after a first giving back, others still to be put right; one drafted."""
    last, one, two, *_ = ended_quarters(last_ended(timeline.today))
    for bank, period, decisions in (
        (BANK, one, (False, True)),
        (BANK_TOO, one, (False,)),
        (BANK, two, (False,)),
        (BANK_TOO, two, (False,)),
    ):
        _reported(timeline, bank, period, decisions)

    def draft(at: datetime) -> None:
        bank = timeline.actor(BANK)
        row = returns.open_return(actor=bank, period=str(last), at=at)
        figures = {"loans": Decimal("99000"), "green": Decimal("17200")}
        returns.save_return(
            actor=bank, return_id=row.pk, version=row.version, figures=figures, note="（演示）待补", at=at
        )

    timeline.on(1, draft)


def _reported(timeline: Timeline, bank: str, period: PeriodCode, decisions: tuple[bool, ...]) -> None:
    """Filed a week after the quarter, decided (and filed again) every four days."""
    figures: dict[str, Any] = {
        "loans": Decimal("95000"),
        "green": Decimal("16800"),
        "increment": Decimal("1600"),
        "customers": 41,
    }
    first = (timeline.today - (period.last_day + timedelta(days=7))).days

    def now() -> BankReturn:
        return BankReturn.objects.get(
            bank__organisation_id=timeline.actor(bank).organisation_id or 0, period=str(period)
        )

    def file(at: datetime) -> None:
        actor = timeline.actor(bank)
        row = returns.open_return(actor=actor, period=str(period), at=at)
        row = returns.save_return(
            actor=actor, return_id=row.pk, version=row.version, figures=figures, note="（演示）虚构的数", at=at
        )
        returns.submit_return(actor=actor, return_id=row.pk, version=row.version, at=at)

    def decide(at: datetime, accept: bool) -> None:
        row = now()
        returns.decide_return(
            actor=timeline.actor(OFFICE),
            return_id=row.pk,
            version=row.version,
            accept=accept,
            opinion="" if accept else "（演示）绿色信贷客户数与上季相差较大，请核对",
            at=at,
        )

    for turn, accept in enumerate(decisions):
        timeline.on(first - 8 * turn, file)
        timeline.on(first - 8 * turn - 4, partial(decide, accept=accept))


def _vetoes(timeline: Timeline) -> None:
    def issued(at: datetime, name: str, number: int) -> None:
        veto.issue(
            actor=timeline.actor(NATURE),
            name=f"（演示）{name}公司",
            code=code_of(number),
            fact="（演示）虚构的超标排放",
            basis="（演示）虚构的处罚决定",
            issued_on=at.astimezone().date(),
            at=at,
        )

    def received(at: datetime) -> None:
        for bank in (BANK, BANK_TOO):
            for notice in _issued((121, 122)):
                veto.receive(actor=timeline.actor(bank), notice_id=notice.pk, at=at)
        first = _issued((121,))[0]
        veto.decide(actor=timeline.actor(BANK), notice_id=first.pk, decision="（演示）暂停新增授信", at=at)

    def lifted(at: datetime) -> None:
        row = _issued((122,))[0]
        veto.lift(
            actor=timeline.actor(NATURE),
            notice_id=row.pk,
            version=row.version,
            on=at.astimezone().date(),
            reason="（演示）整改验收合格",
            at=at,
        )

    timeline.on(80, lambda at: issued(at, "某铸造", 121))
    timeline.on(78, lambda at: issued(at, "某制革", 122))
    timeline.on(75, received)
    timeline.on(30, lifted)


def _issued(numbers: tuple[int, ...]) -> list[VetoNotice]:
    return list(VetoNotice.objects.filter(code__in=[code_of(one) for one in numbers]).order_by("pk"))
