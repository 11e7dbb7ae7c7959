"""Acts of 贴息: releases, payments, and the loans and vetoes that they follow."""

from collections.abc import Callable, Sequence
from datetime import timedelta
from decimal import Decimal
from typing import Any

from finance_policy.models import Loan, Subsidy
from finance_policy.services import loans, subsidies, veto
from miyun_kpi.registers.models import Record
from tests.races.mixed.hands import WHY, Hand

Ways = Sequence[Callable[[], Any]]
JOINED = ("jinrong", "jinrong2")


def interest(hand: Hand) -> Any:
    """贴息 of two projects, and the facts that it follows."""
    actor, at = hand.one_of(*JOINED), hand.at
    row = hand.pick(
        Record.objects.filter(kind="finance.projects", stage__in=["recognised", "halted"]).order_by("pk"), 2
    )
    first = hand.ago(hand.number(200) + 30)
    span = {"from_on": first, "to_on": first + timedelta(days=hand.number(20))}
    lent = {"lender": "某银行", "contract": f"合{hand.number(20)}", "principal": Decimal(hand.number(9) * 100000)}
    years = {"drawn_on": first, "due_on": first + timedelta(days=400)}
    loan = Loan.objects.filter(struck_at=None).order_by("-pk")
    given = Subsidy.objects.filter(state="released").order_by("-pk")
    ways: Ways = [
        lambda: subsidies.release(actor=actor, record_id=row.pk, at=at, **span),
        lambda: subsidies.release(actor=actor, record_id=row.pk, at=at, **span),
        lambda: loans.enter_loan(actor=actor, record_id=row.pk, at=at, **lent, **years),
        lambda: loans.strike_loan(actor=actor, reason=WHY, at=at, **named(hand, "loan", hand.pick(loan))),
        lambda: subsidies.pay(actor=actor, proof=f"凭{hand.key}", at=at, **named(hand, "subsidy", hand.pick(given, 3))),
        lambda: subsidies.revoke(actor=actor, reason=WHY, at=at, **named(hand, "subsidy", hand.pick(given, 3))),
        lambda: veto.issue(
            actor=hand.one_of("huanbao", "shengtai"),
            name="某厂",
            code=row.values["code"],
            fact="超标排放",
            basis=f"决定{hand.key}",
            issued_on=hand.ago(hand.number(60)),
            at=at,
        ),
    ]
    return hand.chance.choice(ways)()


def named(hand: Hand, what: str, row: Any) -> dict[str, Any]:
    return {f"{what}_id": row.pk, "version": hand.version(row)}
