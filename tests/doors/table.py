"""Acts by model, each tried in every state by those who might have it: a door is an act that was performed.

An act is (name, role, what it calls with the row, the actor and the moment). What leads to a state that the demonstration
does not show is an act of the state before, or a MAKER.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from django.db import models

from evaluation import models as ev
from evaluation.adjustments import services as adjustments
from evaluation.bulletin.rules.bulletin_draft import Options
from evaluation.bulletin.services import bulletins
from evaluation.drafting.services import amending, copying, issuing
from evaluation.enums import UnitChange
from evaluation.feedback.models.feedback import Feedback
from evaluation.feedback.services import reviews, unit_checks
from evaluation.figures.services import figures
from evaluation.filing.services import filing, population, unlocking
from evaluation.ranking import services as rankings
from evaluation.ranking import signing
from evaluation.sheets.services import certifying, marks, sheets
from evaluation.tasks.services import supervision_course
from evaluation.tracking.services import rectifications
from evaluation.year.services import (
    deliberation,
    leader_survey,
    self_reports,
    vetoes,
    visits,
    year_method,
    year_units,
)
from miyun_kpi.lib.actors import Actor
from miyun_kpi.lib.errors import Refused

WHY = "走一遍各状态的门"
Call = Callable[[Any, Actor, datetime], Any]
# Who begins a row, and how.
Maker = tuple[str, Callable[[Actor, datetime], Any]]


@dataclass(frozen=True)
class Act:
    name: str
    role: str
    call: Call


def plain(
    function: Callable[..., Any], role: str, key: str, /, *, name: str = "", versioned: bool = True, **more: Any
) -> Act:
    """A service that is given the row by its key and the version seen."""

    def call(row: Any, actor: Actor, at: datetime) -> Any:
        given = {key: row.pk} | ({"version": row.version} if versioned else {})
        return function(actor=actor, at=at, **given, **more)

    return Act(name or function.__name__, role, call)


def asked(
    function: Callable[..., Any], role: str, given: Callable[[Any, datetime], dict[str, Any]], name: str = ""
) -> Act:
    """A service that is given what the row and the moment say."""

    def call(row: Any, actor: Actor, at: datetime) -> Any:
        return function(actor=actor, at=at, **given(row, at))

    return Act(name or function.__name__, role, call)


OFFICE, EVALUATOR, REPORTER, HEAD = "evaluation_office", "evaluator", "reporter", "unit_head"
KEEPER, SYSTEM_ADMIN, SECURITY_ADMIN = "register_office", "system_admin", "security_admin"


def proposals(function: Callable[..., Any], key: str, **more: Any) -> list[Act]:
    """A second person says yes or no."""
    yes, no = ({"confirm": True}, {"confirm": False})
    return [
        plain(function, OFFICE, key, name=f"{function.__name__}: no", note=WHY, **no, **more),
        plain(function, OFFICE, key, name=f"{function.__name__}: yes", note=WHY, **yes, **more),
    ]


def another_unit_decision(row: ev.UnitDecision, actor: Actor, at: datetime) -> Any:
    return population.record_unit_decision(
        actor=actor,
        scheme_id=row.scheme_id,
        period_id=row.period_id,
        organisation_id=row.organisation_id,
        kind=UnitChange(row.kind),
        number="密政办字〔2026〕99号",
        reason=WHY,
        at=at,
    )


def save_sheet(row: ev.MarkSheet, actor: Actor, at: datetime) -> Any:
    mark = row.marks.select_related("organisation").order_by("order")[0]
    value = Decimal(0) if mark.value else Decimal(1)
    given = marks.RowInput(mark.organisation.code, mark.version, value=str(value), problems=WHY, suggestions=WHY)
    return marks.save_marks(actor=actor, sheet_id=row.pk, rows=[given], at=at, confirmed=[mark.organisation.code])


def file_sheet(row: ev.MarkSheet, actor: Actor, at: datetime) -> Any:
    codes = list(row.marks.values_list("organisation__code", flat=True))
    return sheets.file_sheet(
        actor=actor, sheet_id=row.pk, version=row.version, at=at, reason="与检查记录一致", confirmed=codes
    )


def another_method(row: ev.YearMethod, actor: Actor, at: datetime) -> Any:
    return year_method.enter_method(
        actor=actor,
        scheme_id=row.scheme_id,
        weights={one.period: str(one.weight) for one in row.weights.all()},
        basis_document="密政办字〔2026〕99号",
        basis_clause="第一条",
        at=at,
    )


def again(row: ev.SiteVisit, actor: Actor, at: datetime) -> Any:
    return visits.note_result(
        actor=actor,
        visit_id=row.pk,
        version=row.version,
        result="" if row.indicators.filter(offline_only=False).count() == 0 else WHY,
        at=at,
    )


def deliberate(row: ev.Adjustment, actor: Actor, at: datetime) -> Any:
    """The meeting decides over what was checked, on the newest computation of the year."""
    if row.state != "checked":
        raise Refused("not-checked", "只走已核对的。")
    newest = ev.Ranking.objects.filter(scheme=row.scheme, period__kind="year").order_by("-pk")[0]
    waits = ev.Deliberation.objects.filter(scheme=row.scheme, state="proposed").first()
    minutes = deliberation.Minutes(
        ranking_id=newest.pk,
        meeting="区政府党组会",
        held_on=day(at),
        minutes_number="密政党纪〔2026〕9号",
        note="",
        outcomes={row.pk: deliberation.Said("refused")},
        ties={},
    )
    return deliberation.record_deliberation(
        actor=actor, scheme_id=row.scheme_id, version=waits.version if waits else 0, minutes=minutes, at=at
    )


def another_meeting(row: ev.Deliberation, actor: Actor, at: datetime) -> Any:
    """What a meeting confirmed is changed by a later meeting alone."""
    minutes = deliberation.Minutes(
        ranking_id=row.ranking_id,
        meeting="区政府党组会",
        held_on=day(at),
        minutes_number="密政党纪〔2026〕9号",
        note="",
        outcomes={},
        ties={},
    )
    version = row.version if row.state == "proposed" else 0
    return deliberation.record_deliberation(
        actor=actor, scheme_id=row.scheme_id, version=version, minutes=minutes, at=at
    )


def day(at: datetime) -> Any:
    return at.astimezone().date()


ACTS: dict[type[models.Model], list[Act]] = {
    ev.Scheme: [
        plain(copying.discard_draft, OFFICE, "scheme_id", reason=WHY),
        plain(copying.copy_scheme, OFFICE, "scheme_id", versioned=False),
    ],
    ev.FigureBatch: [
        plain(figures.check_figures, OFFICE, "batch_id", name="back", versioned=False, approve=False, note=WHY),
        plain(figures.check_figures, OFFICE, "batch_id", name="check", versioned=False, approve=True, note=""),
        plain(figures.withdraw_figures, OFFICE, "batch_id", versioned=False, reason=WHY),
    ],
    ev.Adjustment: [
        Act(
            "receive_city_result",
            OFFICE,
            lambda row, actor, at: adjustments.receive_city_result(
                actor=actor,
                adjustment_id=row.pk,
                version=row.version,
                result="市里已经批复同意",
                result_on=day(at),
                points="1",
                document_number="京政〔2026〕1号",
                at=at,
            ),
        ),
        plain(adjustments.check_adjustment, OFFICE, "adjustment_id", name="back", passed=False, note=WHY),
        plain(
            adjustments.check_adjustment, OFFICE, "adjustment_id", name="check", passed=True, note="", keep_reason=WHY
        ),
        plain(adjustments.withdraw_adjustment, "", "adjustment_id"),
        Act("record_deliberation", OFFICE, deliberate),
    ],
    ev.UnitDecision: [
        *proposals(population.decide_unit_decision, "decision_id"),
        plain(population.revoke_unit_decision, OFFICE, "decision_id", note=WHY),
        plain(population.revoke_in_closed_period, OFFICE, "decision_id", note=WHY),
    ],
    ev.Ranking: [
        Act(
            "compute_official",
            OFFICE,
            lambda row, actor, at: rankings.compute_official(actor=actor, scheme=row.scheme, period=row.period, at=at),
        ),
        Act(
            "draft_bulletin",
            OFFICE,
            lambda row, actor, at: bulletins.draft_bulletin(
                actor=actor, ranking_ids=[row.pk], kind="report", options=Options(), at=at
            ),
        ),
        Act(
            "record_signing",
            OFFICE,
            lambda row, actor, at: signing.record_signing(
                actor=actor,
                ranking_id=row.pk,
                signer="王主任",
                title="区政府办主任",
                signed_on=day(at),
                scan=None,
                scan_name="",
                at=at,
            ),
        ),
    ],
    ev.Bulletin: [
        plain(bulletins.return_bulletin, OFFICE, "bulletin_id", opinion=WHY),
        plain(bulletins.submit_bulletin, OFFICE, "bulletin_id"),
        plain(bulletins.save_bulletin, OFFICE, "bulletin_id", content={"issuer_mark": "密云区政府办"}),
    ],
    ev.YearMethod: [
        plain(year_method.check_method, OFFICE, "method_id", name="back", passed=False, note=WHY),
        plain(year_method.check_method, OFFICE, "method_id", name="lock", passed=True, note=""),
        Act("enter_method", OFFICE, another_method),
    ],
    ev.YearUnit: [
        *proposals(year_units.decide_year_unit, "year_unit_id"),
        plain(year_units.revoke_year_unit, OFFICE, "year_unit_id", note=WHY),
        plain(year_units.revoke_in_closed_year, OFFICE, "year_unit_id", note=WHY),
    ],
    Feedback: [
        plain(unit_checks.confirm_feedback, REPORTER, "feedback_id"),
        plain(unit_checks.sign_feedback, REPORTER, "feedback_id", versioned=False),
        Act(
            "ask_review",
            REPORTER,
            lambda row, actor, at: reviews.ask_review(
                actor=actor,
                feedback_id=row.pk,
                sheet_id=ev.Mark.objects.filter(
                    organisation=row.organisation,
                    sheet__period=row.check_round.ranking.period,
                    sheet__scheme=row.check_round.ranking.scheme,
                )
                .order_by("-pk")
                .values_list("sheet_id", flat=True)[0],
                reason="得分与本单位台账不符，请再看",
                at=at,
            ),
        ),
    ],
    ev.MarkSheet: [
        Act("save_marks", EVALUATOR, save_sheet),
        Act("file_sheet", EVALUATOR, file_sheet),
        plain(certifying.return_sheet, "certifier", "sheet_id", note=WHY),
        plain(certifying.withdraw_sheet, EVALUATOR, "sheet_id"),
        Act(
            "reopen_sheet",
            OFFICE,
            lambda row, actor, at: sheets.reopen_sheet(
                actor=actor, sheet_id=row.pk, version=row.version, reason=WHY, until=at + timedelta(days=2), at=at
            ),
        ),
        Act(
            "ask_unlock",
            EVALUATOR,
            lambda row, actor, at: unlocking.ask_unlock(actor=actor, sheet_id=row.pk, reason=WHY, at=at),
        ),
    ],
    ev.Review: [
        plain(reviews.consent_review, HEAD, "review_id", name="consent: no", consent=False, note=WHY),
        plain(reviews.consent_review, HEAD, "review_id", name="consent: yes", consent=True, note=""),
        plain(reviews.withdraw_review, REPORTER, "review_id"),
        plain(reviews.answer_review, EVALUATOR, "review_id", outcome="upheld", text="经核对台账，维持原分"),
        plain(reviews.propose_decision, OFFICE, "review_id", outcome="upheld", text="经核对台账，维持原分"),
        plain(reviews.decide_review, OFFICE, "review_id", name="decide: no", approve=False, note=WHY),
        plain(reviews.decide_review, OFFICE, "review_id", name="decide: yes", approve=True, note=""),
    ],
    ev.SchemeIssue: [
        Act(
            "decide_issue: no",
            OFFICE,
            lambda row, actor, at: issuing.decide_issue(
                actor=actor, scheme_id=row.scheme_id, issue_id=row.pk, confirm=False, note=WHY, at=at
            ),
        ),
        Act(
            "decide_issue: yes",
            OFFICE,
            lambda row, actor, at: issuing.decide_issue(
                actor=actor, scheme_id=row.scheme_id, issue_id=row.pk, confirm=True, note="", at=at
            ),
        ),
    ],
    ev.Amendment: proposals(amending.decide_amendment, "amendment_id", versioned=False),
    ev.SheetDecision: proposals(filing.decide_decision, "decision_id", versioned=False),
    ev.UnlockRequest: [
        plain(
            unlocking.answer_unlock, OFFICE, "request_id", name="answer: no", versioned=False, approve=False, answer=WHY
        ),
        Act(
            "answer: yes",
            OFFICE,
            lambda row, actor, at: unlocking.answer_unlock(
                actor=actor, request_id=row.pk, approve=True, answer="", until=at + timedelta(days=2), at=at
            ),
        ),
    ],
    ev.SupervisionItem: [
        plain(supervision_course.give_feedback, REPORTER, "item_id", text="正在推进，已完成一半"),
        Act(
            "finish",
            REPORTER,
            lambda row, actor, at: supervision_course.finish(
                actor=actor, item_id=row.pk, version=row.version, on=day(at), note="已经全部完成", at=at
            ),
        ),
        plain(supervision_course.close, "", "item_id", name="close: no", passed=False, note=WHY),
        plain(supervision_course.close, "", "item_id", name="close: yes", passed=True, note=WHY),
    ],
    ev.Rectification: [
        plain(rectifications.answer_rectification, REPORTER, "rectification_id", answer="已经整改到位，附台账"),
        plain(rectifications.decide_rectification, "", "rectification_id", name="decide: no", passed=False, note=WHY),
        plain(rectifications.decide_rectification, "", "rectification_id", name="decide: yes", passed=True, note=WHY),
    ],
    ev.SelfReport: [
        plain(self_reports.send_for_signing, REPORTER, "report_id"),
        plain(self_reports.sign_self_report, HEAD, "report_id", name="sign: no", passed=False, note=WHY),
        plain(self_reports.sign_self_report, HEAD, "report_id", name="sign: yes", passed=True, note=""),
        plain(self_reports.decide_self_report, OFFICE, "report_id", name="decide: no", passed=False, note=WHY),
        plain(self_reports.decide_self_report, OFFICE, "report_id", name="decide: yes", passed=True, note=""),
    ],
    ev.SiteVisit: [Act("note_result", "", again), plain(visits.cancel_visit, "", "visit_id")],
    ev.LeaderSurvey: [plain(leader_survey.close_survey, OFFICE, "survey_id")],
    ev.Veto: [
        *proposals(vetoes.decide_veto, "veto_id"),
        plain(vetoes.revoke_veto, OFFICE, "veto_id", note=WHY),
        plain(vetoes.revoke_in_reported_year, OFFICE, "veto_id", note=WHY),
    ],
    ev.Deliberation: [
        plain(deliberation.confirm_deliberation, OFFICE, "deliberation_id"),
        Act("record_deliberation", OFFICE, another_meeting),
    ],
}


# States that no act leads to in the demonstration, and why.
UNREACHED = {
    "evaluation.Scheme.closed": "没有一个动作结束方案：新方案印发后旧的仍在用",
    # Of a year told to its end; tests/evaluation/ranking/test_signing.py goes through these.
    "evaluation.Signing.standing": "故事里正式核定的都已通报，没有还能撤回的审签",
}
