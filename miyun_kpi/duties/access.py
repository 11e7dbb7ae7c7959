"""Who may do what with duties: a unit reports, a lead unit reads and decides, the office of the document keeps the list.

The duties themselves come from public documents and every signed-in person reads them; what was reported is read by the
unit, the lead units of the duty, the office of its document and those who may read all tracking. Of a body that ended
the one that goes on is the unit (0078). Duties of 月跟踪 have a scope of their own; `registry` holds it.
"""

from collections.abc import Callable

from django.db.models import Exists, OuterRef, Q, QuerySet

from miyun_kpi.accounts.access import require
from miyun_kpi.accounts.enums import Verb
from miyun_kpi.db.finding import one_of
from miyun_kpi.duties.enums import UnitRole
from miyun_kpi.duties.models import Duty, DutyDocument, DutyPeriod, DutyUnit
from miyun_kpi.duties.registry import own_scopes
from miyun_kpi.lib.actors import Actor
from miyun_kpi.lib.citations import document_label
from miyun_kpi.lib.errors import NotAllowed, NotFound
from miyun_kpi.organisations.models import Organisation
from miyun_kpi.organisations.queries import acts_for, stands_for


def is_own(actor: Actor, duty_period: DutyPeriod) -> bool:
    """Of the actor's body, or of one that ended into it; nobody acts from within one that has ended."""
    return is_own_unit(actor, duty_period.unit.organisation)


def is_own_unit(actor: Actor, unit: Organisation) -> bool:
    if unit.valid_to is None:
        return unit.pk == actor.organisation_id
    return acts_for(actor.organisation_id, unit.pk)


def may_report(actor: Actor, duty_period: DutyPeriod) -> bool:
    return actor.may(Verb.REPORT_PROGRESS) and is_own(actor, duty_period)


def require_report(actor: Actor, duty_period: DutyPeriod) -> None:
    """A foreign unit's report does not exist; one's own needs the verb."""
    if not is_own(actor, duty_period):
        raise NotFound
    require(actor, Verb.REPORT_PROGRESS)


def is_office(actor: Actor, document: DutyDocument) -> bool:
    return actor.may(Verb.KEEP_REGISTERS) and actor.organisation_id == document.office_id


def require_office(actor: Actor, document: str) -> DutyDocument:
    """The document, for an act only its own office does. Refuses others naming the office."""
    kept = one_of(DutyDocument.objects.select_related("office").filter(document=document))
    if not is_office(actor, kept):
        name = kept.office.name
        raise NotAllowed(
            "not-the-office", f"{document_label(document)}的任务由{name}维护，没有执行。请由{name}的主管岗位办理。"
        )
    return kept


def leads(actor: Actor, duty: Duty) -> bool:
    """Whether the actor's post is that of a lead unit of the duty."""
    return (
        actor.may(Verb.KEEP_REGISTERS)
        and DutyUnit.objects.filter(
            duty=duty, organisation_id=actor.organisation_id or 0, role=UnitRole.LEAD, active=True
        ).exists()
    )


def require_keeper(actor: Actor, duty: Duty) -> None:
    """Who extends an open list or sets a rhythm: a lead unit; where none is printed, the office of the document (15号)."""
    if leads(actor, duty):
        return
    document = one_of(DutyDocument.objects.select_related("office").filter(document=duty.document))
    led = DutyUnit.objects.filter(duty=duty, role=UnitRole.LEAD, active=True).select_related("organisation")
    names = "、".join(unit.organisation.name for unit in led) or document.office.name
    if led or not is_office(actor, document):
        raise NotAllowed("not-the-lead", f"这项任务由{names}办理这一步，没有执行。请由{names}的主管岗位办理。")


def reports_visible_to(actor: Actor) -> QuerySet[DutyPeriod]:
    """Periods and what was reported in them."""
    found = DutyPeriod.objects.filter(unit__in=units_visible_to(actor).order_by().values("pk"))
    return found.select_related("unit__duty", "unit__organisation", "report", "opening")


def units_visible_to(actor: Actor) -> QuerySet[DutyUnit]:
    """Whose reports, outside the documents with a scope of their own, plus what these give. No right hangs on a period."""
    found = DutyUnit.objects.all()
    foreign = own_scopes()
    if not actor.may(Verb.READ_ALL_TRACKING):
        found = found.filter(Q(organisation__in=stands_for(actor.organisation_id)) | _overseen(actor))
    visible = Q(pk__in=found.exclude(duty__scope__in=list(foreign)).order_by().values("pk"))
    for scope in foreign.values():
        visible |= Q(pk__in=scope(actor).order_by().values("pk"))
    return DutyUnit.objects.filter(visible)


def _overseen(actor: Actor) -> Q:
    if not actor.may(Verb.KEEP_REGISTERS):
        return Q(pk__in=[])
    led = DutyUnit.objects.filter(
        duty=OuterRef("duty"), organisation_id=actor.organisation_id or 0, role=UnitRole.LEAD, active=True
    )
    offices = DutyDocument.objects.filter(document=OuterRef("duty__document"), office_id=actor.organisation_id or 0)
    return Q(Exists(led)) | Q(Exists(offices))


def reviewed_by(actor: Actor) -> QuerySet[DutyPeriod]:
    """Reports the actor accepts or gives back: of duties its unit leads, or of its document where no lead is printed.

    A unit never decides on its own report alone: a lead unit's own goes to the office of the document, and so does what
    a body left that has ended, since its lead may be the very one that goes on. Where that is the office, a lead decides.
    """
    if not actor.may(Verb.KEEP_REGISTERS) or actor.organisation_id is None:
        return DutyPeriod.objects.none()
    own = DutyUnit.objects.filter(
        duty=OuterRef("unit__duty"), organisation_id=actor.organisation_id, role=UnitRole.LEAD, active=True
    )
    other_lead = DutyUnit.objects.filter(duty=OuterRef("unit__duty"), role=UnitRole.LEAD, active=True)
    other_lead = other_lead.exclude(organisation_id=actor.organisation_id)
    office = DutyDocument.objects.filter(document=OuterRef("unit__duty__document"), office_id=actor.organisation_id)
    of_others = ~Q(unit__organisation__in=stands_for(actor.organisation_id))
    stands = Q(unit__organisation__valid_to__isnull=True)
    for_the_office = ~Q(Exists(other_lead)) | (of_others & (~stands | Q(unit__role=UnitRole.LEAD)))
    scope = (Q(Exists(own)) & of_others) | (Q(Exists(office)) & for_the_office)
    return (
        DutyPeriod.objects.filter(scope)
        .exclude(unit__duty__scope__in=list(own_scopes()))
        .select_related("unit__duty", "unit__organisation", "report")
    )


def keeps_document(document: str) -> Callable[[Actor], bool]:
    """For the rights of a register: whether the actor's post is in the office of the document."""

    def keeps(actor: Actor) -> bool:
        return (
            actor.may(Verb.KEEP_REGISTERS)
            and DutyDocument.objects.filter(document=document, office_id=actor.organisation_id or 0).exists()
        )

    return keeps


def may_read_evidence(actor: Actor, duty_period_id: int) -> bool:
    return reports_visible_to(actor).filter(pk=duty_period_id).exists()


def documents_kept_by(actor: Actor) -> list[str]:
    if not actor.may(Verb.KEEP_REGISTERS) or actor.organisation_id is None:
        return []
    return list(DutyDocument.objects.filter(office_id=actor.organisation_id).values_list("document", flat=True))


def visible_period(actor: Actor, duty_period_id: int) -> DutyPeriod:
    """One period outside the documents with pages of their own. Raises NotFound for a foreign one."""
    foreign = list(own_scopes())
    row = one_of(reports_visible_to(actor).exclude(unit__duty__scope__in=foreign).filter(pk=duty_period_id))
    return row


def may_keep(actor: Actor, duty: Duty) -> bool:
    """Whether `require_keeper` lets the actor through: for what a page offers."""
    try:
        require_keeper(actor, duty)
    except (NotAllowed, NotFound):
        return False
    return True
