"""贴息 over random histories: what is due is what a fresh computation from the final facts gives."""

import random
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction

from finance_policy.models import Loan, Subsidy, SubsidyRate, VetoNotice
from finance_policy.queries.granting import now_due
from finance_policy.services import library, loans, subsidies, veto
from miyun_kpi.lib.errors import Refused
from tests.finance_policy.conftest import code_of
from tests.finance_policy.test_granting import NOW, firm, give, lend, pay, rated

__all__ = ["firm"]
D = date.fromisoformat


def test_after_any_history_the_sums_are_those_of_a_fresh_computation(office, firm, environment):
    """Random rates, loans, vetoes, grades, payments: due is what the final facts give, and the lines add up to it."""
    rated(office)
    lend(office, firm)
    for first, last in SPANS:
        give(office, firm, first=first, last=last)
    for seed in range(12):
        chance = random.Random(seed)
        for number in range(14):
            chances(chance, office, environment, firm, f"{seed}-{number}")
        for row in Subsidy.objects.all():
            fresh = now_due(row)
            whole = by_day(row)
            assert row.due == (fresh.amount if fresh else 0) == whole, (seed, row)
            changed = sum((one.amount for one in row.lines.filter(kind="changed")), Decimal(0))
            assert row.amount + changed == row.due
            standing = row.lines.exclude(voucher=None)
            assert row.paid == sum(one.amount if one.kind == "paid" else -one.amount for one in standing)


SPANS = (("2020-11-01", "2020-12-10"), ("2020-12-10", "2021-01-20"), ("2021-01-20", "2021-02-25"))


def by_day(row):
    """A second reading of the rule: day by day, without intervals."""
    rates = [one for one in SubsidyRate.objects.filter(level=row.level, struck_at=None) if one.from_on <= row.from_on]
    rate = max(rates, key=lambda one: one.from_on, default=None)
    if rate is None or (rate.until and rate.until < row.from_on):
        return Decimal(0)
    total, day = Fraction(0), row.from_on
    vetoes = list(VetoNotice.objects.filter(code=row.code))
    grades = list(row.record.grades.filter(corrected_by=None).order_by("decided_on", "pk"))
    while day < row.to_on:
        black = [one for one in grades if one.decided_on <= day]
        stopped = any(one.issued_on <= day and (one.lifted_on is None or day < one.lifted_on) for one in vetoes)
        if not stopped and not (black and black[-1].grade == "black"):
            for loan in Loan.objects.filter(record=row.record, struck_at=None):
                if loan.drawn_on <= day < (loan.repaid_on or loan.due_on):
                    total += Fraction(loan.principal)
        day += timedelta(days=1)
    exact = total * Fraction(rate.percent) / 100 / row.day_basis
    return Decimal(int(exact * 100 + Fraction(1, 2))) / 100


def chances(chance, office, environment, firm, name):
    """One act that may be refused."""
    day = D("2020-10-25") + timedelta(days=chance.randrange(120))
    kind = chance.choice(("rate", "strike", "loan", "repay", "unloan", "veto", "lift", "grade", "pay", "back", "undo"))
    row = chance.choice(list(Subsidy.objects.all()))
    try:
        if kind == "rate":
            rated(office, percent=str(chance.randrange(1, 40) / 10), from_on=str(day))
        elif kind == "strike":
            one = chance.choice(list(SubsidyRate.objects.filter(struck_at=None)))
            given = {"percent": Decimal("0.7"), "basis": "某文"} if chance.random() < 0.5 else {}
            library.strike_rate(actor=office, rate_id=one.pk, version=one.version, reason="年率录错", at=NOW, **given)
        elif kind == "loan":
            lend(office, firm, contract=name, principal=str(chance.randrange(1, 99) * 10007), drawn=str(day))
        elif kind in ("repay", "unloan"):
            one = chance.choice(list(Loan.objects.filter(struck_at=None)))
            said = {"actor": office, "loan_id": one.pk, "version": one.version, "at": NOW}
            if kind == "repay":
                loans.repay_loan(repaid_on=day, **said)
            else:
                loans.strike_loan(reason="登记有误", **said)
        elif kind == "veto":
            veto.issue(
                actor=environment, name="x", code=code_of(1), fact="超标排放", basis="某文", issued_on=day, at=NOW
            )
        elif kind == "lift":
            one = chance.choice(list(VetoNotice.objects.filter(lifted_on=None)))
            veto.lift(actor=environment, notice_id=one.pk, version=one.version, on=day, reason="已经整改", at=NOW)
        elif kind == "grade":
            grade = chance.choice(("black", "green", "blue"))
            library.decide_grade(
                actor=environment, enterprise_id=firm.pk, grade=grade, decided_on=day, basis=f"评价{name}", at=NOW
            )
        elif kind == "pay":
            pay(office, row, proof=f"付{name}")
        elif kind == "back":
            said = {"subsidy_id": row.pk, "version": row.version, "proof": f"退{name}", "at": NOW}
            subsidies.recover(actor=office, amount=row.back, **said)
        else:
            line = chance.choice(list(row.lines.exclude(voucher=None)))
            said = {"subsidy_id": row.pk, "version": row.version, "line_id": line.pk, "reason": "登记有误"}
            subsidies.reverse_line(actor=office, at=NOW, **said)
    except (Refused, IndexError):
        pass
