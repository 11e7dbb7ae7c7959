"""绿色金融: banks, information of a veto, rates, grades, the fund; 水: values of targets, rounds and stages of projects."""

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from django.db import models

from finance_policy.enums import EntryKind, Grade, SubsidyLineKind
from finance_policy.models import (
    Bank,
    BankReading,
    BankReturn,
    DatedSettings,
    FundEntry,
    GradeDecision,
    Loan,
    Subsidy,
    SubsidyLine,
    SubsidyRate,
    VetoNotice,
    VetoReceipt,
)
from finance_policy.rules.settings import Settings
from finance_policy.services import banks, fund, library, loans, releasing, returns, settings, subsidies, veto
from miyun_kpi.lib.actors import Actor
from miyun_kpi.registers.models import Record
from tests.doors.standings import Standing, filled, reversible, struck
from tests.doors.table import KEEPER, REPORTER, WHY, Act, Maker, asked, day, plain
from water.enums import Source
from water.models import Measure, Phase, Round
from water.rules.rounds import FIVE
from water.services import phases, rounds, targets


def bank(row: Bank, at: datetime) -> dict[str, Any]:
    """The same bank, no longer asked; or asked again."""
    name = row.organisation.name if row.organisation else ""
    given = {"bank_id": row.pk, "version": row.version, "code": row.code, "name": row.name, "organisation": name}
    return given | {"active": not row.active}


def graded(row: GradeDecision, at: datetime) -> dict[str, Any]:
    given = {"enterprise_id": row.enterprise_id, "grade": Grade.BLUE, "decided_on": day(at), "basis": WHY}
    return given | {"corrects": row.pk, "reason": WHY}


def measured(row: Measure, at: datetime) -> dict[str, Any]:
    said = targets.Given(row.day, Decimal("50.0000"), None, None, "", Source.SURVEY, WHY)
    return {"target": row.target, "measure_id": row.pk, "version": row.version, "given": said}


def staged(row: Phase, at: datetime) -> dict[str, Any]:
    """Begun, then ended, then said otherwise."""
    begun = row.actual_from or day(at) - timedelta(days=1)
    ended = None if row.actual_from is None else day(at) if row.actual_to is None else None
    said = phases.Given(row.name, row.planned_from, row.planned_to, begun, ended, WHY)
    return {"project_id": row.project_id, "phase_id": row.pk, "version": row.version, "given": said}


def phase_of(row: Phase, at: datetime) -> str:
    return "planned" if row.actual_from is None else "begun" if row.actual_to is None else "ended"


def of_subsidy(row: SubsidyLine, at: datetime) -> dict[str, Any]:
    one = row.subsidy
    return {"subsidy_id": one.pk, "version": one.version, "line_id": row.pk, "reason": WHY}


ACTS: dict[type[models.Model], list[Act]] = {
    BankReturn: [
        plain(returns.save_return, REPORTER, "return_id", figures={}, note="先存着"),
        plain(returns.submit_return, REPORTER, "return_id"),
        plain(returns.decide_return, KEEPER, "return_id", name="back", accept=False, opinion=WHY),
        plain(returns.decide_return, KEEPER, "return_id", name="accept", accept=True, opinion=""),
    ],
    Bank: [asked(banks.save_bank, KEEPER, bank)],
    VetoNotice: [
        asked(
            veto.lift,
            KEEPER,
            lambda row, at: {"notice_id": row.pk, "version": row.version, "on": day(at), "reason": WHY},
        )
    ],
    VetoReceipt: [asked(veto.decide, REPORTER, lambda row, at: {"notice_id": row.notice_id, "decision": WHY})],
    DatedSettings: [plain(settings.strike_settings, KEEPER, "row_id", reason=WHY)],
    SubsidyRate: [plain(library.strike_rate, KEEPER, "rate_id", reason=WHY)],
    FundEntry: [asked(fund.reverse, KEEPER, lambda row, at: {"entry_id": row.pk, "reason": WHY})],
    GradeDecision: [asked(library.decide_grade, KEEPER, graded)],
    Loan: [
        asked(
            loans.repay_loan,
            KEEPER,
            lambda row, at: {
                "loan_id": row.pk,
                "version": row.version,
                "repaid_on": row.drawn_on + timedelta(days=1),
            },
        ),
        plain(loans.strike_loan, KEEPER, "loan_id", reason=WHY),
    ],
    Subsidy: [
        plain(subsidies.pay, KEEPER, "subsidy_id", proof="走门凭证"),
        plain(subsidies.revoke, KEEPER, "subsidy_id", reason=WHY),
    ],
    SubsidyLine: [asked(subsidies.reverse_line, KEEPER, of_subsidy)],
    BankReading: [plain(releasing.close_bank, KEEPER, "reading_id")],
    Measure: [
        asked(targets.change_measure, KEEPER, measured),
        asked(
            targets.strike_measure,
            KEEPER,
            lambda row, at: {"target": row.target, "measure_id": row.pk, "version": row.version, "reason": WHY},
        ),
    ],
    Round: [
        asked(rounds.strike_round, "", lambda row, at: {"body_id": row.body_id, "round_id": row.pk, "reason": WHY})
    ],
    Phase: [
        asked(phases.change_phase, KEEPER, staged),
        asked(
            phases.remove_phase,
            KEEPER,
            lambda row, at: {
                "project_id": row.project_id,
                "phase_id": row.pk,
                "version": row.version,
                "reason": WHY,
            },
        ),
    ],
}
STANDINGS: dict[type[models.Model], Standing] = {
    Bank: Standing(("active", "inactive"), lambda row, at: "active" if row.active else "inactive"),
    VetoNotice: filled("lifted_on", "standing", "lifted"),
    VetoReceipt: filled("decided_at", "received", "decided"),
    DatedSettings: struck(),
    SubsidyRate: struck(),
    FundEntry: reversible(EntryKind.REVERSED, lambda row: hasattr(row, "reversed_by")),
    GradeDecision: Standing(
        ("standing", "corrected"), lambda row, at: "corrected" if hasattr(row, "corrected_by") else "standing"
    ),
    Loan: struck(),
    SubsidyLine: reversible(SubsidyLineKind.REVERSED, lambda row: hasattr(row, "reversal")),
    BankReading: filled("closed_at", "open", "closed"),
    Measure: struck(),
    Round: struck(),
    Phase: Standing(("planned", "begun", "ended"), phase_of),
}


def a_return(actor: Actor, at: datetime) -> Any:
    return returns.open_return(actor=actor, period="2020Q1", at=at)


def a_receipt(actor: Actor, at: datetime) -> VetoReceipt:
    notice = VetoNotice.objects.filter(lifted_on=None).order_by("pk")[0]
    return veto.receive(actor=actor, notice_id=notice.pk, at=at)


def an_entry_back(actor: Actor, at: datetime) -> FundEntry:
    entry = FundEntry.objects.order_by("-number")[0]
    return fund.reverse(actor=actor, entry_id=entry.pk, reason=WHY, at=at)


def a_reading(actor: Actor, at: datetime) -> BankReading:
    bank = Bank.objects.order_by("pk")[0]
    return releasing.open_bank(actor=actor, bank_id=bank.pk, period="2020Q1", reason=WHY, at=at)


def a_loan(actor: Actor, at: datetime) -> Loan:
    """Of a project that is in the library with its level and a rate."""
    levels = list(SubsidyRate.objects.filter(struck_at=None).values_list("level", flat=True))
    record = Record.objects.filter(kind="finance.projects", struck_at=None, values__level__in=levels).order_by("pk")[0]
    days = {"drawn_on": day(at) - timedelta(days=100), "due_on": day(at) + timedelta(days=200)}
    given = {"record_id": record.pk, "lender": "某银行", "contract": "走门合同", "principal": Decimal(1000000)}
    return loans.enter_loan(actor=actor, at=at, **given, **days)


def a_subsidy(actor: Actor, at: datetime) -> Subsidy:
    record_id, first = a_loan(actor, at).record_id, day(at) - timedelta(days=60)
    return subsidies.release(actor=actor, record_id=record_id, from_on=first, to_on=first + timedelta(days=30), at=at)


def a_voucher(actor: Actor, at: datetime) -> SubsidyLine:
    row = a_subsidy(actor, at)
    return subsidies.pay(actor=actor, subsidy_id=row.pk, version=row.version, proof="走门凭证", at=at)


def a_voucher_back(actor: Actor, at: datetime) -> SubsidyLine:
    row = a_voucher(actor, at)
    row.subsidy.refresh_from_db()
    subsidies.reverse_line(actor=actor, at=at, **of_subsidy(row, at))
    return SubsidyLine.objects.get(reverses=row)


def a_setting(actor: Actor, at: datetime) -> DatedSettings:
    return settings.enter_settings(actor=actor, held=Settings(due_days=20), starts_on=day(at), basis=WHY, at=at)


def a_round(actor: Actor, at: datetime) -> Round:
    body = Record.objects.filter(kind="water.body", struck_at=None).order_by("pk")[0]
    return rounds.enter_round(
        actor=actor,
        body_id=body.pk,
        day=day(at),
        found={name: True for name, _ in FIVE},
        note="",
        next_on=None,
        checked_by="某人",
        at=at,
    )


def a_phase(actor: Actor, at: datetime) -> Phase:
    project = Record.objects.filter(kind="water.project", struck_at=None).order_by("pk")[0]
    said = phases.Given("走门阶段", day(at), day(at), None, None, "")
    return phases.add_phase(actor=actor, project_id=project.pk, given=said, at=at)


MAKERS: dict[type[models.Model], list[Maker]] = {
    BankReturn: [(REPORTER, a_return)],
    VetoReceipt: [(REPORTER, a_receipt)],
    FundEntry: [(KEEPER, an_entry_back)],
    BankReading: [(KEEPER, a_reading)],
    Loan: [(KEEPER, a_loan)],
    DatedSettings: [(KEEPER, a_setting)],
    Subsidy: [(KEEPER, a_subsidy)],
    SubsidyLine: [(KEEPER, a_voucher), (KEEPER, a_voucher_back)],
    Round: [("", a_round)],
    Phase: [(KEEPER, a_phase)],
}
