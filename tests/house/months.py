"""对账 in the walk of answers: a line of money in a month that is over, and the digest of that month as it was read."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

from django.utils import timezone

from farmland.queries.reconciling import months as farmland_months
from finance_policy.models import SubsidyLine
from finance_policy.queries.subsidies import months as subsidy_months
from postdoc.models import Application, LedgerLine
from postdoc.queries.money import months as postdoc_months

World = dict[str, Any]
MONTHS = {
    "api:farmland-months": farmland_months,
    "api:green-subsidy-months": subsidy_months,
    "api:postdoc-months": postdoc_months,
}
PAID = {"kind": "paid", "amount": Decimal(1), "on": date(2020, 6, 1), "proof": "凭1", "voucher": "凭1", "by": "甲"}


def read(name: str) -> Callable[[World], dict[str, str]]:
    """The oldest month that stands open, under the digest that was read."""

    def typed(world: World) -> dict[str, str]:
        found = [one for one in MONTHS[name]() if one.open][-1]
        return {"month": found.month, "digest": found.digest}

    return typed


def subsidised(world: World) -> None:
    SubsidyLine.objects.create(subsidy_id=world["subsidy_id"], at=timezone.now(), **PAID)


def living(world: World) -> None:
    asked_for = Application.objects.order_by("pk")[0]
    LedgerLine.objects.create(application=asked_for, at=timezone.now(), **PAID)
