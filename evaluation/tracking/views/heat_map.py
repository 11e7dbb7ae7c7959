"""月跟踪 over all units and months, for the office; one unit's whole year."""

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from evaluation.enums import RectificationState
from evaluation.periods.queries.current import current_scheme
from evaluation.scheme.access import office as scheme_access
from evaluation.tracking import access as tracking_access
from evaluation.tracking.excel.heat_map import heat_map_workbook
from evaluation.tracking.queries.heat_map import SORTS, HeatMap, heat_map, unit_year
from evaluation.tracking.queries.tracking import lines_of
from miyun_kpi.accounts.enums import Verb
from miyun_kpi.db.finding import one_of
from miyun_kpi.lib.errors import NotFound
from miyun_kpi.lib.lists import first
from miyun_kpi.organisations.enums import Track
from miyun_kpi.organisations.models import Organisation
from miyun_kpi.requests import KpiRequest
from miyun_kpi.sheets.write import CONTENT_TYPE
from miyun_kpi.web.answers import download

TROUBLED = ("missing", "late", "returned", "late_open")


def _found(request: KpiRequest) -> HeatMap:
    actor = request.actor
    if not actor.may(Verb.READ_ALL_TRACKING):
        raise NotFound
    track = request.GET.get("track", Track.TOWNSHIP)
    if track == Track.DEPARTMENT and scheme_access.is_ranked_co_office(actor):
        raise NotFound
    scheme = current_scheme(track)
    if scheme is None:
        raise NotFound
    return heat_map(
        tracking_access.tracked_overseen_by(actor), scheme, timezone.now(), sort=request.GET.get("sort", "")
    )


@require_safe
def overview(request: KpiRequest) -> HttpResponse:
    found = _found(request)
    actor, at = request.actor, timezone.now()
    code, _, month = request.GET.get("cell", "").partition(":")
    chosen = found.cell(code, month)
    troubled = []
    if chosen:
        here = tracking_access.tracked_overseen_by(actor).filter(
            unit__organisation=chosen[0].organisation, period=month
        )
        troubled = [line for line in lines_of(here, at, with_files=False) if line.standing in TROUBLED]
    unclosed = (
        tracking_access.rectifications_visible_to(actor).exclude(state=RectificationState.CLOSED).order_by("due_at")
    )
    tracks = [(Track.DEPARTMENT.value, "部门"), (Track.TOWNSHIP.value, "镇街")]
    context = {
        "map": found,
        "tracks": tracks[1:] if scheme_access.is_ranked_co_office(actor) else tracks,
        "track": found.scheme.track,
        "sorts": SORTS,
        "sort": request.GET.get("sort", ""),
        "chosen": chosen,
        "cell": f"{code}:{month}",
        "troubled": troubled,
        "unclosed": first(unclosed, 8),
        "rate": (found.whole.on_time / found.whole.decided) if found.whole.decided else None,
        "now": at,
    }
    return render(request, "evaluation/tracking/heat_map.html", context)


@require_safe
def workbook(request: KpiRequest) -> HttpResponse:
    found = _found(request)
    content = heat_map_workbook(found, viewer=request.actor.label, at=timezone.now())
    name = f"月跟踪-{found.scheme.year}-{found.scheme.get_track_display()}.xlsx"
    return download(content, CONTENT_TYPE, name)


@require_safe
def year(request: KpiRequest, code: str) -> HttpResponse:
    """All months of one unit: the office any, a unit its own, an evaluator the lines it reviews."""
    actor = request.actor
    organisation = one_of(Organisation.objects.filter(code=code))
    track = Track.TOWNSHIP if organisation.zone else Track.DEPARTMENT
    scheme = current_scheme(track)
    if scheme is None:
        raise NotFound
    found = unit_year(tracking_access.tracked_visible_to(actor), organisation, scheme, timezone.now())
    if not found.rows:
        raise NotFound
    pressed = tracking_access.rectifications_visible_to(actor).filter(unit__organisation=organisation)
    context = {"year": found, "scheme": scheme, "pressed": list(pressed), "now": timezone.now()}
    return render(request, "evaluation/tracking/tracking_year.html", context)
