"""A sheet that was filed goes back because something came to it afterwards: a unit, another full mark."""

from datetime import datetime, timedelta

from evaluation.enums import SheetEventKind, SheetState
from evaluation.sheets.models.marks import MarkSheet
from evaluation.sheets.services.handover import to_the_heir
from evaluation.sheets.services.marks import bump
from evaluation.sheets.services.sheets import add_event
from miyun_kpi.accounts.enums import Role
from miyun_kpi.acts.acting import tell
from miyun_kpi.inbox.services import Message
from miyun_kpi.lib.actors import Actor
from miyun_kpi.routes import to

# 推定: for at least so long, where the period is locked or about to be.
GIVEN_BACK = timedelta(days=2)
GOES_BACK = (SheetState.FILED, SheetState.SUBMITTED)


def give_back(sheet: MarkSheet, reason: str, *, actor: Actor, at: datetime) -> None:
    """Open until a moment, in its trail, told to its evaluator; one that is open already stays as it is. Within an act."""
    if sheet.state not in GOES_BACK:
        return
    bump(sheet, SheetState.RETURNED)
    sheet.reopened_until, sheet.reopen_reason = max(sheet.period.locks_at, at + GIVEN_BACK), reason
    # An entry from paper ends here, as with every sheet that is given back.
    sheet.paper_number, sheet.paper_by, sheet.paper_by_id = "", "", None
    sheet.paper_received_on, sheet.paper_late = None, ""
    to_the_heir(sheet)
    sheet.save()
    add_event(sheet, SheetEventKind.REOPENED, actor, at, note=reason)
    until = sheet.reopened_until.astimezone().strftime("%m月%d日 %H:%M")
    message = Message(
        key=f"sheet-returned/{sheet.pk}/{sheet.version}",
        organisation_id=sheet.evaluator_id,
        role=Role.EVALUATOR,
        title=f"“{sheet.indicator.short_name}”打分表已退回重开"[:120],
        body=f"理由：{reason}。可改到{until}。"[:500],
        url=to("evaluation:sheet", sheet.pk),
    )
    tell([message], at=at)
