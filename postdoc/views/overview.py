from django.http import HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from miyun_kpi.lib.lists import first
from miyun_kpi.registers.queries.overview import overview
from miyun_kpi.requests import KpiRequest
from postdoc import access
from postdoc.enums import APP
from postdoc.queries.stays import line_of, with_milestones
from postdoc.views._common import shown

SHOWN = 30


@require_safe
def index(request: KpiRequest) -> HttpResponse:
    actor, today = request.actor, timezone.localdate()
    stays = access.visible_stays(actor)
    lines = [line_of(row, today) for row in with_milestones(stays.filter(left_on__isnull=True))]
    waiting = [one for one in lines if one.open or one.trips_over]
    address = reverse("postdoc:stays")
    context = {
        "lines": first(sorted(waiting, key=lambda one: not one.overdue), SHOWN),
        "counts": [
            ("工作站", access.visible_stations(actor).count(), reverse("postdoc:stations")),
            ("在站", len(lines), f"{address}?state=in"),
            ("有逾期", sum(one.state[0] == "overdue" for one in lines), f"{address}?state=overdue"),
            ("期满出站", stays.filter(leaving="completed").count(), f"{address}?state=completed"),
            ("退站", stays.filter(leaving="withdrawn").count(), f"{address}?state=withdrawn"),
        ],
        "overview": overview(actor, APP, timezone.now()),
        "entitled": access.sees_any(actor),
    }
    return shown(request, "postdoc/index.html", context)
