"""A sheet that was filed goes back to its evaluator: by the office, or because something came to it afterwards."""

from datetime import datetime, timedelta
from typing import Any

from evaluation.enums import SheetEventKind, SheetState
from evaluation.sheets.models.marks import MarkSheet
from evaluation.sheets.models.trail import SheetEvent
from evaluation.sheets.queries.checks import SheetChecks
from evaluation.sheets.services.handover import to_the_heir
from evaluation.sheets.services.marks import bump
from miyun_kpi.accounts.enums import Role
from miyun_kpi.acts.acting import tell
from miyun_kpi.inbox.services import Message
from miyun_kpi.lib.actors import Actor
from miyun_kpi.routes import to

# 推定: for at least so long, where the period is locked or about to be.
GIVEN_BACK = timedelta(days=2)
GOES_BACK = (SheetState.FILED, SheetState.SUBMITTED)


def give_back(sheet: MarkSheet, reason: str, *, actor: Actor, at: datetime) -> None:
    """Because something came to it, a unit or another full mark; one that is open already stays as it is. Within an act."""
    if sheet.state in GOES_BACK:
        returned(sheet, reason, max(sheet.period.locks_at, at + GIVEN_BACK), actor=actor, at=at)


def returned(sheet: MarkSheet, reason: str, until: datetime, *, actor: Actor, at: datetime) -> None:
    """Open until a moment, in its trail, told to its evaluator. Within an act."""
    bump(sheet, SheetState.RETURNED)
    sheet.reopened_until, sheet.reopen_reason = until, reason
    # Given back to the evaluator: an entry from paper ends here and would have to be started anew.
    sheet.paper_number, sheet.paper_by, sheet.paper_by_id = "", "", None
    sheet.paper_received_on, sheet.paper_late = None, ""
    to_the_heir(sheet)
    sheet.save()
    add_event(sheet, SheetEventKind.REOPENED, actor, at, note=reason)
    message = Message(
        key=f"sheet-returned/{sheet.pk}/{sheet.version}",
        organisation_id=sheet.evaluator_id,
        role=Role.EVALUATOR,
        title=f"“{sheet.indicator.short_name}”打分表已退回重开",
        body=f"理由：{reason}。可改到{until.astimezone():%m月%d日 %H:%M}。",
        url=to("evaluation:sheet", sheet.pk),
    )
    tell([message], at=at)


def add_event(
    sheet: MarkSheet,
    kind: SheetEventKind,
    actor: Actor,
    at: datetime,
    *,
    note: str = "",
    checks: SheetChecks | None = None,
    record: dict[str, Any] | None = None,
) -> None:
    """`checks`: what was found at a filing and what was said about it, `record`: what stood on record; kept as it was then."""
    SheetEvent.objects.create(
        sheet=sheet,
        kind=kind,
        at=at,
        by_id=actor.user_id,
        by=actor.label,
        note=note,
        findings=[one.sentence for one in checks.soft] if checks else [],
        differences=[one.stored for one in checks.unlike] if checks else [],
        record=record,
    )
