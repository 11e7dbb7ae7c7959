from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from disclosure import access
from disclosure.enums import Stage
from disclosure.queries.overview import COUNTED, kind_lines, unit_lines
from miyun_kpi.requests import KpiRequest


@require_safe
def index(request: KpiRequest) -> HttpResponse:
    """Every register of 14号 with its counts, and the items by unit."""
    actor = request.actor
    found = access.visible_records(actor)
    lines = kind_lines(found)
    context = {
        "lines": lines,
        "stages": COUNTED,
        "units": unit_lines(found),
        "waiting": sum(line.stages[1] for line in lines if line.stages),
        "reviewed": sum(line.stages[2] for line in lines if line.stages),
        "published": Stage.PUBLISHED.label,
        "office": access.is_office(actor),
    }
    return render(request, "disclosure/index.html", context)
