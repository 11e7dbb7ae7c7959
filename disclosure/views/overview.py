from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from disclosure import access
from disclosure.enums import APP, Stage
from disclosure.queries.overview import stage_number, unit_lines
from miyun_kpi.registers.queries.overview import overview
from miyun_kpi.requests import KpiRequest


@require_safe
def index(request: KpiRequest) -> HttpResponse:
    """What of 14号 waits, is late and has changed, its registers, and the items by unit."""
    found = access.visible_records(request.actor)
    context = {
        "overview": overview(request.actor, APP, timezone.now(), found),
        "units": unit_lines(found),
        "waiting": stage_number(found, Stage.SUBMITTED),
        "reviewed": stage_number(found, Stage.REVIEWED),
        "published": Stage.PUBLISHED.label,
    }
    return render(request, "disclosure/index.html", context)
