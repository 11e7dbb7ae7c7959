"""Who reads and writes 自查报告: the unit its own; the office, leaders and the auditor what has been submitted."""

from django.db.models import Q, QuerySet

from evaluation.scheme.access.office import is_ranked_co_office
from evaluation.scheme.models.scheme import Scheme
from evaluation.scheme.queries.schemes import scheme_of
from evaluation.year.models.year_close import SelfReport
from evaluation.year.queries.reporting import reporting_units
from miyun_kpi.accounts.access import require
from miyun_kpi.accounts.enums import Verb
from miyun_kpi.db.finding import one_of
from miyun_kpi.lib.actors import Actor
from miyun_kpi.lib.errors import NotAllowed, NotFound
from miyun_kpi.organisations.enums import Track
from miyun_kpi.organisations.models import Organisation
from miyun_kpi.organisations.queries import acts_for, stands_for


def is_own_unit(actor: Actor, organisation: Organisation) -> bool:
    return actor.may(Verb.REPORT_PROGRESS) and acts_for(actor.organisation_id, organisation.pk)


def reads_all(actor: Actor, track: str) -> bool:
    return actor.may(Verb.READ_UNPUBLISHED) and not (track == Track.DEPARTMENT and is_ranked_co_office(actor))


def self_reports_visible_to(actor: Actor) -> QuerySet[SelfReport]:
    found = SelfReport.objects.select_related("scheme", "organisation")
    own = Q(pk__in=[])
    if actor.may(Verb.REPORT_PROGRESS) and actor.organisation_id is not None:
        own = Q(organisation__in=stands_for(actor.organisation_id))
    if actor.may(Verb.READ_UNPUBLISHED):
        handed = Q(signed_at__isnull=False)
        if is_ranked_co_office(actor):
            handed &= ~Q(scheme__track=Track.DEPARTMENT)
        return found.filter(own | handed)
    return found.filter(own)


def visible_self_report(actor: Actor, report_id: int) -> SelfReport:
    found = one_of(self_reports_visible_to(actor).filter(pk=report_id))
    return found


def may_read_self_report_evidence(actor: Actor, report_id: int) -> bool:
    return self_reports_visible_to(actor).filter(pk=report_id).exists()


def place(actor: Actor, year: int, code: str) -> tuple[Scheme, Organisation]:
    """The unit and its scheme of the year: its own, one that ended into it, or one that others read once submitted."""
    for track in Track.values:
        scheme = scheme_of(track, year)
        found = (one for one in reporting_units(scheme) if one.code == code) if scheme else iter(())
        organisation = next(found, None)
        if scheme is None or organisation is None:
            continue
        if is_own_unit(actor, organisation):
            return scheme, organisation
        handed = SelfReport.objects.filter(scheme=scheme, organisation=organisation, signed_at__isnull=False)
        if reads_all(actor, track) and handed.exists():
            return scheme, organisation
    raise NotFound


def require_drafter(actor: Actor, organisation: Organisation) -> None:
    require(actor, Verb.REPORT_PROGRESS)
    if not acts_for(actor.organisation_id, organisation.pk):
        raise NotAllowed("not-your-unit", "自查报告由本单位填写，没有执行。")


def schemes_to_list(actor: Actor) -> list[tuple[Scheme, bool]]:
    """Issued schemes, each with whether the actor sees every unit of it or at most its own."""
    if not (actor.may(Verb.READ_UNPUBLISHED) or actor.may(Verb.REPORT_PROGRESS)):
        raise NotFound
    found = [(one, reads_all(actor, one.track)) for one in Scheme.objects.issued().order_by("-year", "-track")]
    return [(one, whole) for one, whole in found if whole or actor.may(Verb.REPORT_PROGRESS)]
