"""The first page of 水环境 and the villages in stages."""

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from miyun_kpi.charts import stacked
from miyun_kpi.registers import access as records
from miyun_kpi.registers.queries.overview import overview
from miyun_kpi.registers.queries.records import counts_by_stage, counts_by_town
from miyun_kpi.registers.registry import kind_by
from miyun_kpi.requests import KpiRequest
from water.rules.kinds.villages import VILLAGES


@require_safe
def index(request: KpiRequest) -> HttpResponse:
    return render(request, "water/index.html", {"overview": overview(request.actor, "water", timezone.now())})


@require_safe
def villages(request: KpiRequest) -> HttpResponse:
    """已录 n / 198, by town and stage."""
    kind, rights = kind_by("water", "village")
    found = records.visible_to(request.actor, kind, rights).filter(struck_at__isnull=True)
    rows = counts_by_town(kind, found)
    stages = counts_by_stage(kind, found)
    number = sum(stages.values())
    context = {
        "kind": kind,
        "number": number,
        "printed": VILLAGES,
        "left": max(VILLAGES - number, 0),
        "beyond": max(number - VILLAGES, 0),
        "stages": [(one, stages[one.code]) for one in kind.stages],
        "rows": [(row, stacked(row.stages, max(one.number for one in rows))) for row in rows],
        "adds": rights.adds(request.actor),
    }
    return render(request, "water/villages.html", context)
