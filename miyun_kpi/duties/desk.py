"""What duties put on “my desk”: what the unit owes, what came back, what a lead unit or office has to read."""

from collections.abc import Sequence
from datetime import datetime

from django.db.models import Count

from miyun_kpi.accounts.enums import Verb
from miyun_kpi.duties import access
from miyun_kpi.duties.enums import StatementState
from miyun_kpi.duties.models import DutyDocument, DutyPeriod, DutyUnit, Statement
from miyun_kpi.duties.queries.reports import owed_by, waiting_for_review
from miyun_kpi.duties.registry import own_scopes, subject_of
from miyun_kpi.duties.rules.cadence import SHANGHAI, label_of
from miyun_kpi.inbox.enums import ItemKind
from miyun_kpi.inbox.registry import DeskItem
from miyun_kpi.lib import workdays
from miyun_kpi.lib.actors import Actor
from miyun_kpi.lib.citations import document_label
from miyun_kpi.organisations.models import Organisation
from miyun_kpi.routes import to


def desk_items(actor: Actor, at: datetime) -> Sequence[DeskItem]:
    items: list[DeskItem] = []
    if actor.organisation_id is None:
        return items
    if actor.may(Verb.REPORT_PROGRESS):
        owed = owed_by(actor.organisation_id, at).exclude(unit__duty__scope__in=list(own_scopes()))
        items += [_owed(row, actor.organisation_id, at) for row in owed.select_related("statement")]
    if actor.may(Verb.KEEP_REGISTERS):
        items += _to_read(actor) + _statements(actor)
    return items


def concerns(actor: Actor, organisation: Organisation) -> set[str]:
    """Subjects whose document gives the organisation a duty, or names it as the office that keeps its duties."""
    if not (actor.may(Verb.REPORT_PROGRESS) or actor.may(Verb.KEEP_REGISTERS)):
        return set()
    given = DutyUnit.objects.filter(organisation=organisation, active=True).order_by()
    kept = DutyDocument.objects.filter(office=organisation).order_by()
    documents = given.values_list("duty__document").union(kept.values_list("document"))
    return {subject_of(document) for (document,) in documents}


def _owed(row: DutyPeriod, organisation_id: int, at: datetime) -> DeskItem:
    """What a body left that ended into the unit says so."""
    duty = row.unit.duty
    left = workdays.working_days_between(at.astimezone(SHANGHAI).date(), row.due_at.astimezone(SHANGHAI).date())
    group = "late" if at >= row.due_at else "due-soon" if left <= 3 else "later"
    state = "late_open" if group == "late" else "draft" if row.state == "draft" else "not_filed"
    if row.reopened_until is not None:
        group, state = "returned", "returned"
    statement = getattr(row, "statement", None)
    said = (
        "书面说明待审核" if statement and statement.state == StatementState.SUBMITTED else row.unit.get_role_display()
    )
    if row.unit.organisation_id != organisation_id:
        said = f"{row.unit.organisation.called} · {said}"
    return DeskItem(
        group=group,
        subject=subject_of(duty.document),
        state=state,
        title=duty.title[:60],
        context=f"{label_of(row.period)} · {said}",
        url=to("duties:period", row.pk),
        action="填报",
        document=duty.document,
        clause=duty.clause,
        due_at=row.reopened_until or row.due_at,
        kind=ItemKind.REPORT,
    )


def _to_read(actor: Actor) -> list[DeskItem]:
    waiting = waiting_for_review(access.reviewed_by(actor)).order_by().values("unit__duty__document")
    return [
        DeskItem(
            group="to-check",
            subject=subject_of(row["unit__duty__document"]),
            state="submitted",
            title=f"{document_label(row['unit__duty__document'])}任务进展待审核 {row['n']} 项",
            context="通过，或写明意见退回",
            url=to("duties:review", row["unit__duty__document"]),
            action="审核",
            document=row["unit__duty__document"],
            kind=ItemKind.REVIEW,
        )
        for row in waiting.annotate(n=Count("pk")).order_by("unit__duty__document")
    ]


def _statements(actor: Actor) -> list[DeskItem]:
    found = Statement.objects.filter(
        state=StatementState.SUBMITTED, duty_period__unit__duty__document__in=access.documents_kept_by(actor)
    ).select_related("duty_period__unit__duty", "duty_period__unit__organisation")
    return [
        DeskItem(
            group="to-check",
            subject=subject_of(one.duty_period.unit.duty.document),
            state="to_confirm",
            title=f"书面说明：{one.duty_period.unit.organisation.name}",
            context=f"{one.duty_period.unit.duty.title[:40]} · {label_of(one.duty_period.period)}",
            url=to("duties:period", one.duty_period_id),
            action="审核",
            document=one.duty_period.unit.duty.document,
            clause=one.duty_period.unit.duty.clause,
            kind=ItemKind.REVIEW,
        )
        for one in found.order_by("filed_at")
    ]
