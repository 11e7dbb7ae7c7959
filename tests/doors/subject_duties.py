"""Duties: what a unit owes for a period, its statement, the list of duties and of units."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from django.db import models
from django.db.models import QuerySet

from evaluation.tracking.access import tracked_reviewed_by
from miyun_kpi.accounts.models import Post
from miyun_kpi.db.finding import one_of
from miyun_kpi.duties.access import reviewed_by
from miyun_kpi.duties.enums import WRITABLE, Course, PhraseKind, ReportState
from miyun_kpi.duties.models import Duty, DutyDocument, DutyPeriod, DutyUnit, Statement
from miyun_kpi.duties.services import taking_in, units, upkeep
from miyun_kpi.duties.services.making_up import Paper, enter_from_paper, make_up
from miyun_kpi.duties.services.reports import (
    ReportInput,
    Seen,
    accept_reports,
    report_of,
    return_report,
    save_report,
    submit_reports,
)
from miyun_kpi.duties.services.statements import decide_statement, file_statement, revoke_statement
from miyun_kpi.lib.actors import Actor
from miyun_kpi.organisations.models import Organisation
from miyun_kpi.proposals.services import by_two
from tests.doors.standings import NEWEST, Standing, filled
from tests.doors.table import KEEPER, REPORTER, WHY, Act, Maker, asked, day, plain

MISSED = "missed"


def decided_by(row: DutyPeriod, actor: Actor) -> QuerySet[DutyPeriod]:
    """月跟踪 has a scope of its own."""
    return tracked_reviewed_by(actor) if row.unit.duty.scope else reviewed_by(actor)


def report(row: DutyPeriod, at: datetime) -> dict[str, Any]:
    stored = report_of(row)
    version = stored.version if stored else 0
    said = ReportInput(version, Course.ON_COURSE, progress=WHY)
    if row.unit.duty.offline_only:
        said = ReportInput(version, Course.ON_COURSE, offline_on=day(at), offline_handler="某人", offline_number="1号")
    return {"duty_period_id": row.pk, "report": said}


def late_report(row: DutyPeriod, at: datetime) -> dict[str, Any]:
    return report(row, at) | {"reason": WHY}


def paper(row: DutyPeriod, actor: Actor, at: datetime) -> Any:
    given = {"found": decided_by(row, actor), "paper": Paper("来文8号"), **report(row, at)}
    return enter_from_paper(actor=actor, at=at, **given)


def seen(row: DutyPeriod) -> Seen:
    stored = report_of(row)
    return Seen(row.pk, stored.version if stored else 0)


def accept(row: DutyPeriod, actor: Actor, at: datetime) -> Any:
    # Accepting what is accepted changes nothing, and is no door.
    return accept_reports(actor=actor, found=decided_by(row, actor), seen=[seen(row)], at=at)


def give_back(row: DutyPeriod, actor: Actor, at: datetime) -> Any:
    return return_report(
        actor=actor,
        found=decided_by(row, actor),
        seen=seen(row),
        observation="" if row.unit.duty.offline_only else WHY,
        until=at.replace(year=at.year + 1),
        at=at,
    )


def state_of(row: DutyPeriod, at: datetime) -> str:
    """What was never reported, or not reported again when its window ended: it is made up, and counts as missed for good."""
    until = row.reopened_until or row.late_until
    return MISSED if row.state in WRITABLE and at >= until else str(row.state)


def periods(model: type[models.Model]) -> Iterable[DutyPeriod]:
    """Of units with somebody to report, some of every state; those that a statement may answer for come first."""
    staffed = Post.objects.filter(role=REPORTER).values("organisation_id")
    found = DutyPeriod.objects.filter(unit__organisation__in=staffed, unit__active=True)
    found = found.select_related("unit__duty", "report", "statement").order_by("-unit__duty__exemptible", "-pk")
    return [row for state in ReportState.values for row in found.filter(state=state)[:NEWEST]]


def stated(row: Any, at: datetime) -> dict[str, Any]:
    period = row.duty_period if isinstance(row, Statement) else row
    stored = getattr(period, "statement", None)
    return {"duty_period_id": period.pk, "version": stored.version if stored else 0, "reason": f"{WHY}，写明理由"}


def judged(yes: bool) -> Act:
    def given(row: Any, at: datetime) -> dict[str, Any]:
        period = row.duty_period if isinstance(row, Statement) else row
        seen = {"duty_period_id": period.pk, "version": getattr(period, "statement", None) and period.statement.version}
        return seen | {"accepted": yes, "opinion": "" if yes else WHY}

    return asked(decide_statement, KEEPER, given, name=f"decide_statement: {'yes' if yes else 'no'}")


def spare(row: DutyUnit) -> Organisation:
    """Who has no place in the duty yet."""
    taken = DutyUnit.objects.filter(duty=row.duty).values("organisation_id")
    return Organisation.objects.filter(valid_to=None).exclude(pk__in=taken).order_by("pk")[0]


def extend(row: DutyUnit, at: datetime) -> dict[str, Any]:
    """One more; for one that has left: itself again."""
    phrase = row.duty.phrases.filter(kind=PhraseKind.OPEN).order_by("pk")[:1]
    whom = row.organisation if not row.active else spare(row)
    version = row.duty.version
    return {"phrase_id": phrase[0].pk if phrase else 0, "version": version, "codes": [whom.code], "reason": WHY}


def taken_back_statement(row: Any, at: datetime) -> dict[str, Any]:
    """Of a period or of its statement."""
    stated = row if isinstance(row, Statement) else one_of(Statement.objects.filter(duty_period=row))
    given = {"duty_period_id": stated.duty_period_id, "version": stated.version}
    return given | {"reason": WHY, "until": at + timedelta(days=3)}


def opened_before(row: DutyPeriod, actor: Actor, at: datetime) -> Any:
    """期初已办, taken back by two."""
    given = {"code": taking_in.BACK, "duty_period_id": row.pk, "reason": WHY}
    return by_two(first=actor, second=replace(actor, user_id=-1), at=at, **given)


TAKEN_BACK = asked(revoke_statement, KEEPER, taken_back_statement)


def handed(row: DutyUnit, at: datetime) -> dict[str, Any]:
    """From it; for one that has left: to it, from one that stands."""
    one = row if row.active else DutyUnit.objects.filter(duty=row.duty, active=True).order_by("-pk")[0]
    to = spare(row) if row.active else row.organisation
    return {"unit_id": one.pk, "version": row.duty.version, "to_code": to.code, "reason": WHY}


def units_kept(model: type[models.Model]) -> Iterable[DutyUnit]:
    """Of duties whose list is open, in documents that an office keeps."""
    found = DutyUnit.objects.filter(duty__phrases__kind=PhraseKind.OPEN).distinct().select_related("duty")
    return found.order_by("-pk")[:NEWEST]


def duties_kept(model: type[models.Model]) -> Iterable[Duty]:
    return Duty.objects.filter(document__in=DutyDocument.objects.values("document")).order_by("-pk")[:NEWEST]


ACTS: dict[type[models.Model], list[Act]] = {
    DutyPeriod: [
        asked(save_report, REPORTER, report),
        asked(file_statement, REPORTER, stated),
        asked(make_up, REPORTER, late_report),
        Act("enter_from_paper", "", paper),
        judged(False),
        judged(True),
        asked(submit_reports, REPORTER, lambda row, at: {"found": DutyPeriod.objects.filter(pk=row.pk)}),
        TAKEN_BACK,
        Act("return_report", "", give_back),
        Act("accept_reports", "", accept),
        Act("take_back", KEEPER, opened_before),
    ],
    Statement: [judged(False), judged(True), asked(file_statement, REPORTER, stated), TAKEN_BACK],
    Duty: [
        plain(upkeep.amend_duty, KEEPER, "duty_id", title=WHY, requirement=WHY, due_on=None, reason=WHY),
        plain(upkeep.withdraw_duty, KEEPER, "duty_id", reason=WHY),
    ],
    DutyUnit: [
        asked(units.extend_list, KEEPER, extend),
        asked(units.hand_over, KEEPER, handed),
        asked(units.end_unit, KEEPER, lambda row, at: {"unit_id": row.pk, "version": row.duty.version, "reason": WHY}),
    ],
    DutyDocument: [
        asked(
            upkeep.change_days,
            KEEPER,
            lambda row, at: {
                "document": row.document,
                "version": row.version,
                "days": {"due_day_month": 6, "due_day_other": 16, "late_days": 9, "remind_days": 4},
            },
        )
    ],
}


def an_exemption(actor: Actor, at: datetime) -> DutyPeriod:
    """What a unit of the demonstration has stated is taken."""
    row = Statement.objects.filter(state="submitted").order_by("pk")[0]
    given = {"duty_period_id": row.duty_period_id, "version": row.version, "accepted": True, "opinion": ""}
    return decide_statement(actor=actor, at=at, **given).duty_period


def a_settled_one(actor: Actor, at: datetime) -> DutyPeriod:
    """What was due before anybody of the demonstration reported, settled on paper."""
    kept = DutyDocument.objects.filter(office=actor.organisation_id).values("document")
    staffed = Post.objects.filter(role=REPORTER).values("organisation_id")
    units = DutyUnit.objects.filter(duty__document__in=kept, active=True, organisation__in=staffed)
    unit = units.select_related("duty").order_by("pk")[0]
    due = datetime(2019, 1, 15, 18, tzinfo=at.tzinfo)
    window = {"starts_at": due - timedelta(days=90), "due_at": due, "late_until": due, "locks_at": due}
    row = DutyPeriod.objects.create(unit=unit, period="2018Q4", **window)
    said = {"unit": str(unit.pk), "period": row.period, "how": "filed", "on": "2019-01-10", "basis": WHY}
    given = {"code": taking_in.CODE, "document": unit.duty.document, "rows": [said]}
    by_two(first=actor, second=replace(actor, user_id=-1), at=at, **given)
    return DutyPeriod.objects.get(pk=row.pk)


MAKERS: dict[type[models.Model], list[Maker]] = {DutyPeriod: [(KEEPER, an_exemption), (KEEPER, a_settled_one)]}
STANDINGS: dict[type[models.Model], Standing] = {
    DutyPeriod: Standing((*ReportState.values, MISSED), state_of, periods),
    Duty: Standing(("standing", "withdrawn"), filled("withdrawn_on", "standing", "withdrawn").of, duties_kept),
    DutyUnit: Standing(("active", "left"), lambda row, at: "active" if row.active else "left", units_kept),
    DutyDocument: filled("ends_on", "open", "dated"),
}
