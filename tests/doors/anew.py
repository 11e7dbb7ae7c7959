"""What is final stays as it was; what it should have been is entered anew. By whom, and how, where no MAKER begins such a row."""

from collections.abc import Callable
from dataclasses import fields
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from django.db import models

from evaluation import models as ev
from evaluation.adjustments import services as adjustments
from evaluation.bulletin.rules.bulletin_draft import Options
from evaluation.bulletin.services import bulletins
from evaluation.drafting.services import amending
from evaluation.engine.models.ranking import Ranking, Signing
from evaluation.enums import DecisionKind
from evaluation.figures.services import figures
from evaluation.filing.services import filing, unlocking
from evaluation.models import MarkCondition, RecordLine, Task
from evaluation.sheets.services import conditions, record, sheets
from evaluation.tasks.rules.task_list import TaskInput
from evaluation.tasks.services import task_list
from farmland.models import Application
from farmland.services import applications as land
from finance_policy.models import FundEntry, GradeDecision, Subsidy, SubsidyLine, SubsidyRate, VetoNotice
from finance_policy.services import fund, library, subsidies, veto
from miyun_kpi.accounts.models import Portfolio, Post
from miyun_kpi.accounts.services import posts
from miyun_kpi.emendations.enums import Basis
from miyun_kpi.emendations.services import propose
from miyun_kpi.lib.actors import Actor
from miyun_kpi.lib.periods import PeriodCode
from postdoc.models import Award, LedgerLine
from postdoc.services import awards, ledger
from tests.doors import subject_money
from tests.doors.table import EVALUATOR, KEEPER, OFFICE, SECURITY_ADMIN, WHY, day
from tests.factories.powers import carried_out
from water.models import Measure
from water.services import targets

# Final by a rule: nothing comes after it.
RULED = {"evaluation.YearMethod.replaced": "engine 26: a later method never displaces one that was locked in time"}
Anew = tuple[str, Callable[[Any, Actor, datetime], Any]]


def a_post(row: Post, actor: Actor, at: datetime) -> Post:
    given = {"username": row.user.username, "organisation": row.organisation, "role": row.role, "title": row.title}
    return carried_out(posts.grant_post(actor=actor, starts_on=day(at), ends_on=None, at=at, **given), at)


def a_portfolio(row: Portfolio, actor: Actor, at: datetime) -> Portfolio:
    given = {"leader": row.leader.username, "organisation": row.organisation}
    return posts.add_portfolio(actor=actor, starts_on=day(at), ends_on=None, at=at, **given)


def an_adjustment(row: ev.Adjustment, actor: Actor, at: datetime) -> Any:
    """The same piece of work once more."""
    known = {one.name for one in fields(adjustments.Typed)} & {one.name for one in row._meta.concrete_fields}
    typed = {name: getattr(row, name) for name in known} | {"points": str(abs(row.points))}
    given = {"organisation_id": row.organisation_id, "year": row.scheme.year}
    return adjustments.propose_adjustment(actor=actor, typed=adjustments.Typed(**typed), at=at, **given)


def an_amendment(row: ev.Amendment, actor: Actor, at: datetime) -> Any:
    """The same figures to the same values."""
    changes = list(row.changes.select_related("figure"))
    return amending.propose_amendment(
        actor=actor,
        scheme_id=row.scheme_id,
        effective_from=PeriodCode.parse(row.effective_from),
        wanted=[figures.Wanted(one.figure_id, one.figure.version, one.new_value) for one in changes],
        reason=WHY,
        organ=row.organ,
        approved_on=row.approved_on,
        document_number=row.document_number,
        at=at,
    )


def a_bulletin(row: ev.Bulletin, actor: Actor, at: datetime) -> Any:
    """Of the rankings it cites, as they were corrected since."""
    rankings = [one.ranking for one in row.sources.select_related("ranking")]
    ids = [_newest(one).pk for one in rankings]
    return bulletins.draft_bulletin(actor=actor, ranking_ids=ids, kind=row.kind, options=Options(), at=at)


def _newest(ranking: Ranking) -> Ranking:
    while ranking.corrected_by is not None:
        ranking = ranking.corrected_by
    return ranking


def a_batch(row: ev.FigureBatch, actor: Actor, at: datetime) -> Any:
    """One of its figures, confirmed once more by another page."""
    one = row.changes.select_related("figure").order_by("pk")[0].figure
    wanted = [figures.Wanted(one.pk, one.version, one.value)]
    given = {"scheme_id": row.scheme_id, "original_page": "第 2 页", "reason": WHY}
    return figures.propose_figures(actor=actor, wanted=wanted, at=at, **given)


def a_second_look(row: ev.Review, actor: Actor, at: datetime) -> Any:
    """The time of 单位核对 is over, where a unit asks for itself: the office opens the sheet again, for a 更正."""
    sheet = row.sheet
    given = {"sheet_id": sheet.pk, "version": sheet.version, "reason": WHY, "until": at + timedelta(days=2)}
    return sheets.reopen_sheet(actor=actor, at=at, **given)


def a_decision(row: ev.SheetDecision, actor: Actor, at: datetime) -> Any:
    return filing.record_decision(
        actor=actor,
        sheet_id=row.sheet_id,
        kind=DecisionKind.EXTEND,
        reason=WHY,
        signer="某主任",
        signed_on=day(at),
        until=at + timedelta(days=2),
        at=at,
    )


def a_task(row: Task, actor: Actor, at: datetime) -> Any:
    given = TaskInput(row.name, row.target_text or str(row.target_value), row.target_unit, row.due_on)
    ids = {"indicator_id": row.indicator_id, "organisation_id": row.organisation_id}
    return task_list.add_task(actor=actor, task=given, at=at, **ids)


def a_request(row: ev.UnlockRequest, actor: Actor, at: datetime) -> Any:
    return unlocking.ask_unlock(actor=actor, sheet_id=row.sheet_id, reason=WHY, at=at)


def a_project(row: Application, actor: Actor, at: datetime) -> Any:
    """Registered anew with what it should have said."""
    names = {one.name for one in fields(land.Project)}
    said = {name: getattr(row, name) for name in names} | {"town": row.town.name, "applicant": "另一个公司"}
    return land.register_application(actor=actor, project=land.Project(**said), at=at)


def a_grade(row: GradeDecision, actor: Actor, at: datetime) -> Any:
    """The decision that corrected it is corrected by a third."""
    last = row
    while hasattr(last, "corrected_by"):
        last = last.corrected_by
    return library.decide_grade(actor=actor, at=at, **subject_money.graded(last, at))


def a_rate(row: SubsidyRate, actor: Actor, at: datetime) -> Any:
    given = {"level": row.level, "from_on": row.from_on, "until": None, "percent": Decimal(1), "basis": WHY}
    return library.enter_rate(actor=actor, at=at, **given)


def a_notice(row: VetoNotice, actor: Actor, at: datetime) -> Any:
    given = {"name": row.name, "code": row.code, "fact": row.fact, "basis": WHY, "issued_on": day(at)}
    return veto.issue(actor=actor, at=at, **given)


def a_measure(row: Measure, actor: Actor, at: datetime) -> Any:
    given = subject_money.measured(row, at)["given"]
    return targets.enter_measure(actor=actor, target=row.target, given=given, at=at)


def an_entry(row: FundEntry, actor: Actor, at: datetime) -> Any:
    """The entry that was reversed, once more with its right day."""
    wrong = row.reverses or row
    given = {"kind": wrong.kind, "amount": abs(wrong.amount), "party": wrong.party, "basis": wrong.basis}
    return fund.enter(actor=actor, on=day(at), at=at, **given)


def a_subsidy(row: Subsidy, actor: Actor, at: datetime) -> Any:
    return subsidies.release(actor=actor, record_id=row.record_id, from_on=row.from_on, to_on=row.to_on, at=at)


def a_voucher(row: SubsidyLine, actor: Actor, at: datetime) -> Any:
    of = row.subsidy
    return subsidies.pay(actor=actor, subsidy_id=of.pk, version=of.version, proof="走门另一张凭证", at=at)


def a_line(row: LedgerLine, actor: Actor, at: datetime) -> Any:
    """冲正 and the payment once more, with its right date."""
    wrong, one = row.reverses or row, row.application
    given = {"kind": wrong.kind, "amount": wrong.amount, "proof": wrong.proof, "note_text": WHY}
    return ledger.write_line(actor=actor, application_id=one.pk, version=one.version, on=day(at), at=at, **given)


def a_record_line(row: RecordLine, actor: Actor, at: datetime) -> Any:
    """The same line once more, with its new basis."""
    given = {"figure_id": row.share_figure_id, "provider": row.provider, "source": row.source}
    return record.add_line(actor=actor, basis=WHY, assumed=row.assumed, at=at, **given)


def a_condition(row: MarkCondition, actor: Actor, at: datetime) -> Any:
    """The same condition once more, with another limit."""
    given = {"scheme_id": row.scheme_id, "kind": row.kind, "threshold": "" if row.threshold is None else "80"}
    return conditions.add_condition(actor=actor, basis=WHY, assumed=row.assumed, at=at, **given)


def a_signing(row: Signing, actor: Actor, at: datetime) -> Any:
    """The one that stands in its place is put right in its turn."""
    standing = row.ranking.standing_signings.get(title=row.title)
    given = {"subject": "signing", "subject_id": standing.pk, "typed": {"signer": "第三位领导"}, "basis": Basis.ENTRY}
    return propose(actor=actor, paper=WHY, reason=WHY, at=at, **given)


def an_award(row: Award, actor: Actor, at: datetime) -> Award:
    """The same level and day of the same station or person once more."""
    given = {"level": row.level, "awarded_on": row.awarded_on, "document": row.document}
    return awards.add_award(actor=actor, station_id=row.station_id, stay_id=row.stay_id, at=at, **given)


ANEW: dict[type[models.Model], Anew] = {
    Post: (SECURITY_ADMIN, a_post),
    Portfolio: (SECURITY_ADMIN, a_portfolio),
    ev.Adjustment: ("", an_adjustment),
    ev.Amendment: (OFFICE, an_amendment),
    ev.Bulletin: (OFFICE, a_bulletin),
    ev.FigureBatch: (OFFICE, a_batch),
    ev.Review: (OFFICE, a_second_look),
    ev.SheetDecision: (OFFICE, a_decision),
    RecordLine: (OFFICE, a_record_line),
    MarkCondition: (OFFICE, a_condition),
    Task: ("", a_task),
    ev.UnlockRequest: (EVALUATOR, a_request),
    FundEntry: (KEEPER, an_entry),
    Award: (KEEPER, an_award),
    LedgerLine: ("", a_line),
    Signing: (OFFICE, a_signing),
    Subsidy: (KEEPER, a_subsidy),
    SubsidyLine: (KEEPER, a_voucher),
    Application: (KEEPER, a_project),
    GradeDecision: (KEEPER, a_grade),
    SubsidyRate: (KEEPER, a_rate),
    VetoNotice: (KEEPER, a_notice),
    Measure: (KEEPER, a_measure),
}
