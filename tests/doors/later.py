"""What is found out after the end and has a door today: the wrong one is taken back, the right one is entered anew."""

from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from typing import Any

from django.utils import timezone

from farmland.models import Application
from farmland.services import applications as land
from farmland.services.ledger import reverse_act
from farmland.services.money import record_money, reverse_money
from finance_policy.models import FundEntry, GradeDecision, SubsidyRate, VetoNotice
from finance_policy.services import fund, library, veto
from personnel.services import issue
from postdoc.models import LedgerLine
from postdoc.services import ledger, money
from tests.doors import subject_land, subject_money, subject_people
from tests.doors.table import WHY, day
from tests.evaluation.conftest import actor_named
from water.models import Measure, Round
from water.services import targets


def figure() -> None:
    one, two, at = actor_named("renshe"), actor_named("renshe2"), timezone.now()
    row = subject_people.a_figure(one, at)
    money.strike_figure(actor=two, figure_id=row.pk, reason=WHY, at=at)
    given = {"code": row.code, "value": Decimal(8000), "starts_on": row.starts_on, "document": WHY}
    assert money.enter_figure(actor=one, at=at, **given).pk != row.pk


def line() -> None:
    """冲正 and the payment once more, with its right date."""
    at, row = timezone.now(), LedgerLine.objects.select_related("application").order_by("-pk")[0]
    who, one = actor_named("caizheng"), row.application
    given = {"actor": who, "application_id": one.pk, "at": at}
    ledger.reverse_line(version=one.version, line_id=row.pk, reason=WHY, **given)
    one.refresh_from_db()
    ledger.write_line(
        version=one.version, kind=row.kind, amount=row.amount, on=day(at), proof=row.proof, note_text=WHY, **given
    )


def rate() -> None:
    who, at, row = actor_named("jinrong"), timezone.now(), SubsidyRate.objects.order_by("pk")[0]
    library.strike_rate(actor=who, rate_id=row.pk, version=row.version, reason=WHY, at=at)
    given = {"level": row.level, "from_on": row.from_on, "until": None, "percent": Decimal(1), "basis": WHY}
    library.enter_rate(actor=who, at=at, **given)


def setting() -> None:
    """The same day with its right figures."""
    who, at = actor_named("jinrong"), timezone.now()
    row = subject_money.a_setting(who, at)
    subject_money.settings.strike_settings(actor=who, row_id=row.pk, version=row.version, reason=WHY, at=at)
    assert subject_money.a_setting(who, at).pk != row.pk


def entry() -> None:
    who, at, row = actor_named("jinrong"), timezone.now(), FundEntry.objects.order_by("-number")[0]
    fund.reverse(actor=who, entry_id=row.pk, reason=WHY, at=at)
    given = {"kind": row.kind, "amount": abs(row.amount), "on": day(at), "party": row.party, "basis": row.basis}
    fund.enter(actor=who, at=at, **given)


def grade() -> None:
    """The decision that corrected it is corrected by a third."""
    who, at, row = actor_named("shengtai"), timezone.now(), GradeDecision.objects.order_by("pk")[0]
    second = library.decide_grade(actor=who, at=at, **subject_money.graded(row, at))
    library.decide_grade(actor=who, at=at, **subject_money.graded(second, at))


def notice() -> None:
    who, at, row = actor_named("shengtai"), timezone.now(), VetoNotice.objects.order_by("pk")[0]
    veto.lift(actor=who, notice_id=row.pk, version=row.version, on=day(at), reason=WHY, at=at)
    given = {"name": row.name, "code": row.code, "fact": row.fact, "basis": WHY, "issued_on": day(at)}
    veto.issue(actor=who, at=at, **given)


def measure() -> None:
    at, row = timezone.now(), Measure.objects.filter(target="treated").order_by("-pk")[0]
    who, given = actor_named("shuiwuban"), subject_money.measured(row, at)
    targets.strike_measure(actor=who, at=at, reason=WHY, **{key: given[key] for key in given if key != "given"})
    targets.enter_measure(actor=who, target=row.target, given=given["given"], at=at)


def round_() -> None:
    """The same day once more."""
    who, at = actor_named("hezhangban"), timezone.now()
    row = subject_money.a_round(who, at)
    subject_money.rounds.strike_round(actor=who, body_id=row.body_id, round_id=row.pk, reason=WHY, at=at)
    assert subject_money.a_round(who, at).pk != row.pk and Round.objects.get(pk=row.pk).struck_at is not None


def lot() -> None:
    who, at = actor_named("guizi"), timezone.now()
    row = subject_land.a_lot(who, at)
    reverse_act(actor=who, at=at, **subject_land.taken_in(row, at))
    assert subject_land.a_lot(who, at).pk != row.pk


def transfer() -> None:
    who, at = actor_named("guizi"), timezone.now()
    row = subject_land.a_transfer(who, at)
    reverse_act(actor=who, at=at, **subject_land.given_out(row, at))
    assert subject_land.a_transfer(who, at).pk != row.pk


def ticket() -> None:
    """The same ticket with its right sum."""
    who, at = actor_named("caizhengnong"), timezone.now()
    fee = subject_land.a_fee(who, at)
    move = subject_land.ticket(fee, at)["movement"]
    row = record_money(actor=who, movement=move, at=at)
    reverse_money(actor=who, number=row.number, reason=WHY, at=at)
    record_money(actor=who, movement=replace(move, amount=move.amount - 1), at=at)


def project() -> None:
    """Struck, and registered anew with what it should have said."""
    who, at = actor_named("guizi"), timezone.now()
    row = Application.objects.filter(state="registered").order_by("pk")[0]
    land.strike_application(actor=who, application_id=row.pk, version=row.version, reason=WHY, at=at)
    names = land.Project.__dataclass_fields__
    said = {name: getattr(row, name) for name in names} | {"town": row.town.name, "applicant": "另一个公司"}
    land.register_application(actor=who, project=land.Project(**said), at=at)


def appointment() -> None:
    """Struck by the other of 人事, and put into a notice anew."""
    at = timezone.now()
    row = subject_people.an_appointment(at)
    issue.strike_act(actor=actor_named("renshi"), act_id=row.pk, reason=WHY, at=at)
    one = actor_named("renshi")
    draft = subject_people.notices.create_draft(actor=one, meeting="区政府某次常务会议", at=at)
    given = subject_people.notices.ActInput("appoint", "某人乙", "区体育局", "科长", probation_months=12)
    subject_people.notices.add_act(actor=one, notice_id=draft.pk, version=draft.version, given=given, at=at)


ANEW: dict[tuple[str, str], Callable[[], Any]] = {
    ("postdoc.Figure.struck", "enter_figure"): figure,
    ("postdoc.LedgerLine.reversed", "write_line"): line,
    ("finance_policy.SubsidyRate.struck", "enter_rate"): rate,
    ("finance_policy.DatedSettings.struck", "enter_settings"): setting,
    ("finance_policy.FundEntry.reversed", "enter"): entry,
    ("finance_policy.GradeDecision.corrected", "decide_grade"): grade,
    ("finance_policy.VetoNotice.lifted", "issue"): notice,
    ("water.Measure.struck", "enter_measure"): measure,
    ("water.Round.struck", "enter_round"): round_,
    ("farmland.Lot.struck", "accept_lot"): lot,
    ("farmland.Transfer.reversed", "transfer_out"): transfer,
    ("farmland.Money.reversed", "record_money"): ticket,
    ("farmland.Application.revoked", "register_application"): project,
    ("personnel.Act.struck", "add_act"): appointment,
}
