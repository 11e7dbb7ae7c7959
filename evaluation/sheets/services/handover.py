"""An evaluator that ends hands its open sheets over at once; what is filed keeps its name (engine 21)."""

from django.db.models import Q

from evaluation.enums import SheetEventKind, SheetState
from evaluation.sheets.models.marks import MarkSheet
from evaluation.sheets.models.trail import SheetEvent
from miyun_kpi.accounts.enums import Role
from miyun_kpi.acts.acting import lock_all, record, tell
from miyun_kpi.inbox.services import Message
from miyun_kpi.organisations.queries import heirs, stands_for
from miyun_kpi.organisations.registry import Reorganised
from miyun_kpi.routes import to


def to_the_heir(sheet: MarkSheet) -> None:
    """A filed sheet given back after its evaluator ended goes to whoever acts in its place. The caller saves."""
    heir = heirs([sheet.evaluator])[sheet.evaluator.pk]
    if heir.pk != sheet.evaluator_id:
        sheet.evaluator, sheet.evaluator_name = heir, heir.name


def hand_over_sheets(done: Reorganised) -> int:
    """For organisations.registry: every sheet not filed goes to the one that goes on, in the same transaction."""
    actor, source, target = done.actor, done.source, done.target
    own = MarkSheet.objects.filter(evaluator=source).exclude(state=SheetState.FILED)
    if done.back:
        # With those that came to it since: given back after they had been filed, or opened while the other was thought to have ended.
        own = own.filter(Q(pk__in=done.rows) | Q(share_figure__organisation__in=stands_for(target.pk)))
    sheets = lock_all(own.select_related("indicator", "period"))
    for sheet in sheets:
        sheet.evaluator, sheet.evaluator_name, sheet.version = target, target.name, sheet.version + 1
        # A sheet the old evaluator has sent to its own certifier is to be sent again by the new one.
        if sheet.state == SheetState.SUBMITTED:
            sheet.state = SheetState.OPEN
        sheet.save(update_fields=["evaluator", "evaluator_name", "version", "state"])
        note = f"考评部门由{source.name}变为{target.name}（{done.on.isoformat()}{done.change}）"
        SheetEvent.objects.create(
            sheet=sheet, kind=SheetEventKind.HANDED_OVER, at=done.at, by_id=actor.user_id, by=actor.label, note=note
        )
    tell([_message(sheet, done) for sheet in sheets], at=done.at)
    for sheet in sheets:
        data = {"from": source.code, "to": target.code, "on": done.on.isoformat()}
        subject = f"mark-sheet:{sheet.pk}"
        record(actor=actor, action="evaluation.sheet.handed-over", subject=subject, data=data, at=done.at)
    done.went(sheet.pk for sheet in sheets)
    return len(sheets)


def _message(sheet: MarkSheet, done: Reorganised) -> Message:
    why = f"{done.how()}，" if done.back else f"{done.source.name}已{done.change}，"
    return Message(
        key=f"sheet-handed-over/{sheet.pk}/{sheet.version}",
        organisation_id=done.target.pk,
        role=Role.EVALUATOR,
        title=f"{sheet.period.label}“{sheet.indicator.short_name}”打分表转由本单位打分"[:120],
        body=f"{why}{sheet.period.label}没有报送的打分表由本单位继续打分、报送。",
        url=to("evaluation:sheet", sheet.pk),
    )
