"""工作站: list, registration, one station with its people, awards and money."""

from django.http import HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_safe

from miyun_kpi.db.paging import page_asked
from miyun_kpi.lib.errors import Refused
from miyun_kpi.requests import KpiRequest
from miyun_kpi.web.acts import form_of, page_act
from postdoc import access
from postdoc.forms import AwardForm, StationForm
from postdoc.queries.stays import line_of, with_milestones
from postdoc.services import stations as services
from postdoc.views._common import PAGE, outside, saved, sent, shown


@require_safe
def index(request: KpiRequest) -> HttpResponse:
    if not access.sees_any(request.actor):
        return outside(request, "博士后科研工作站")
    found = access.visible_stations(request.actor)
    text = request.GET.get("search", "").strip()[:60]
    if text:
        found = found.filter(name__icontains=text) | found.filter(host__icontains=text)
    context = {
        "page": page_asked(request.GET, found, PAGE),
        "search": text,
        "handler": access.is_handler(request.actor),
    }
    return shown(request, "postdoc/stations.html", context)


def new_page(request: KpiRequest, refusal: Refused | None = None) -> HttpResponse:
    access.require_handler(request.actor, "登记工作站")
    return shown(request, "postdoc/station_new.html", {"form": form_of(request, StationForm)}, refusal)


@page_act(new_page, opens=True)
def new(request: KpiRequest) -> HttpResponse:
    access.require_handler(request.actor, "登记工作站")
    made = services.register_station(actor=request.actor, given=sent(request, StationForm), at=timezone.now())
    return saved("postdoc:station", station_id=made.pk)


@require_safe
def station(request: KpiRequest, station_id: int) -> HttpResponse:
    return station_page(request, station_id)


def station_page(request: KpiRequest, station_id: int, refusal: Refused | None = None) -> HttpResponse:
    actor, today = request.actor, timezone.localdate()
    row = access.visible_station(actor, station_id)
    stays = with_milestones(access.visible_stays(actor).filter(station=row))
    given = {name: getattr(row, name) for name in StationForm.base_fields if name != "keeper"} | {
        "keeper": row.keeper.name
    }
    context = {
        "station": row,
        "lines": [line_of(one, today) for one in stays],
        "awards": list(row.awards.all()),
        "handler": access.is_handler(actor),
        "enters": access.may_enter(actor, row),
        "form": form_of(request, StationForm, "save", initial=given),
        "award": form_of(request, AwardForm, "award"),
    }
    return shown(request, "postdoc/station.html", context, refusal)


@page_act(station_page)
def save(request: KpiRequest, station_id: int) -> HttpResponse:
    access.visible_station(request.actor, station_id)
    access.require_handler(request.actor, "修改工作站")
    given = sent(request, StationForm, "save")
    services.change_station(
        actor=request.actor, station_id=station_id, version=given["version"] or 0, given=given, at=timezone.now()
    )
    return saved("postdoc:station", station_id=station_id)
