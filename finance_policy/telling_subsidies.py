"""贴息 of the whole scene: loans of the library, what was released on them, paid, settled by difference, revoked, reconciled."""

from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from finance_policy.models import Loan, Subsidy
from finance_policy.queries.subsidies import months
from finance_policy.services import subsidies
from miyun_kpi.accounts.demo import Timeline
from miyun_kpi.proposals.services import by_two, propose
from miyun_kpi.registers.models import Record

ONE, TWO = "jinrong", "jinrong2"
PROJECT, FIRM = "（演示）再生水利用", "（演示）碧水环保公司"
FARM, MANURE = "（演示）云蒙生态农业公司", "（演示）有机肥料公司"


class Hands:
    """The two of 区金融办, on a timeline."""

    def __init__(self, timeline: Timeline) -> None:
        self.timeline = timeline

    def both(self, at: datetime, code: str, **given: Any) -> None:
        by_two(first=self.timeline.actor(ONE), second=self.timeline.actor(TWO), code=code, at=at, **given)

    def on(self, ago: int, code: str, given: Any, *, hour: int = 10) -> None:
        """`given()` is asked when the day comes: what it names exists by then."""
        self.timeline.on(ago, lambda at: self.both(at, code, **given()), hour=hour)

    def loan(self, ago: int, name: str, contract: str, principal: str) -> None:
        day = self.timeline.day
        self.on(
            ago,
            "finance-loan",
            lambda: {
                "record_id": record(name).pk,
                "lender": "（演示）甲银行",
                "contract": contract,
                "principal": Decimal(principal),
                "drawn_on": day(ago),
                "due_on": day(ago) + timedelta(days=730),
            },
        )

    def released(self, ago: int, name: str, first: int, last: int) -> None:
        day = self.timeline.day
        span = {"from_on": day(first), "to_on": day(last)}
        self.on(ago, "finance-subsidy", lambda: {"record_id": record(name).pk, **span})

    def voucher(self, ago: int, first: int, name: str, proof: str, *, back: bool = False) -> None:
        """Of the 贴息 that begins on that day: paid, or what is to be given back came in."""
        day = self.timeline.day(first)

        def deed(at: datetime) -> None:
            row = subsidy(name, day)
            given: dict[str, Any] = {
                "subsidy_id": row.pk,
                "version": row.version,
                "proof": f"（演示）{proof}",
                "at": at,
            }
            if back:
                subsidies.recover(actor=self.timeline.actor(ONE), amount=row.back, **given)
            else:
                subsidies.pay(actor=self.timeline.actor(ONE), **given)

        self.timeline.on(ago, deed)

    def of_subsidy(self, ago: int, code: str, first: int, name: str, **given: Any) -> None:
        day = self.timeline.day(first)

        def more() -> dict[str, Any]:
            row = subsidy(name, day)
            line = row.lines.order_by("-pk").first()
            said = {"line_id": line.pk} if code.endswith("reverse") and line else {}
            return {"subsidy_id": row.pk, "version": row.version, **said, **given}

        self.on(ago, code, more)


def record(name: str) -> Record:
    return Record.objects.get(kind__in=("finance.enterprises", "finance.projects"), values__name=name)


def subsidy(name: str, first: date) -> Subsidy:
    return Subsidy.objects.filter(name=name, from_on=first, state="released").get()


def tell_subsidies(timeline: Timeline) -> None:
    hands = Hands(timeline)
    hands.loan(340, PROJECT, "（演示）绿贷1号", "8000000")
    hands.loan(330, PROJECT, "（演示）绿贷1号之二", "500000")
    hands.loan(310, FIRM, "（演示）绿贷2号", "3000000")
    hands.on(
        325,
        "finance-loan-strike",
        lambda: {**loan("（演示）绿贷1号之二"), "reason": "（演示）合同没有签成，登记有误"},
    )
    hands.released(235, PROJECT, 340, 240)
    hands.voucher(230, 340, PROJECT, "贴1")
    hands.released(145, PROJECT, 240, 150)
    hands.voucher(140, 240, PROJECT, "贴2")
    hands.of_subsidy(138, "finance-subsidy-reverse", 240, PROJECT, reason="（演示）凭证号录错，冲正")
    hands.voucher(137, 240, PROJECT, "贴2更正")
    hands.released(190, FIRM, 310, 200)
    hands.voucher(185, 310, FIRM, "贴3")
    hands.on(120, "finance-loan-repay", lambda: {**loan("（演示）绿贷2号"), "repaid_on": timeline.day(210)})
    hands.voucher(110, 310, FIRM, "贴3退", back=True)
    hands.released(95, PROJECT, 150, 100)
    hands.of_subsidy(90, "finance-subsidy-revoke", 150, PROJECT, reason="（演示）计息止日定错，撤销重定")
    hands.released(55, PROJECT, 150, 60)
    for name, contract, level in ((FARM, "（演示）绿贷3号", "4"), (MANURE, "（演示）绿贷4号", "5")):
        hands.loan(270, name, contract, "1200000")
        hands.released(165, name, 270, 170)
        hands.voucher(160, 270, name, f"贴{level}")
    hands.on(180, "finance-reconciliation", oldest)
    timeline.on(3, lambda at: _waiting(timeline, at))


def loan(contract: str) -> dict[str, int]:
    row = Loan.objects.get(contract=contract)
    return {"loan_id": row.pk, "version": row.version}


def oldest() -> dict[str, str]:
    found = months()[-1]
    return {"month": found.month, "digest": found.digest}


def _waiting(timeline: Timeline, at: datetime) -> None:
    """Proposed and not yet confirmed: the second person has it on the desk."""
    span = {"from_on": timeline.day(60), "to_on": timeline.day(20)}
    actor = timeline.actor(ONE)
    propose(actor=actor, code="finance-subsidy", at=at, record_id=record(PROJECT).pk, **span)
