"""工作站: list, registration, one station with its people, awards and money."""

from django import forms
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from miyun_kpi.lib.errors import Refused
from miyun_kpi.requests import KpiRequest
from postdoc import access
from postdoc.forms import AwardForm, StationForm, checked
from postdoc.queries.stays import line_of, with_milestones
from postdoc.services import stations as services
from postdoc.views._common import PAGE, answer, bind, outside, shown_here


@require_safe
def index(request: KpiRequest) -> HttpResponse:
    if not access.sees_any(request.actor):
        return outside(request, "博士后科研工作站")
    found = access.visible_stations(request.actor)
    text = request.GET.get("search", "").strip()[:60]
    if text:
        found = found.filter(name__icontains=text) | found.filter(host__icontains=text)
    context = {
        "page": Paginator(found, PAGE).get_page(request.GET.get("page")),
        "search": text,
        "handler": access.is_handler(request.actor),
    }
    return answer(request, "postdoc/stations.html", context, None)


@require_http_methods(["GET", "HEAD", "POST"])
def new(request: KpiRequest) -> HttpResponse:
    access.require_handler(request.actor, "登记工作站")
    form, refusal = StationForm(request.POST or None), None
    if request.method == "POST":
        try:
            made = services.register_station(actor=request.actor, given=checked(form), at=timezone.now())
        except Refused as found:
            refusal = shown_here(found)
        else:
            return redirect("postdoc:station", station_id=made.pk)
    return answer(request, "postdoc/station_new.html", {"form": form}, refusal)


@require_safe
def station(request: KpiRequest, station_id: int) -> HttpResponse:
    return station_page(request, station_id)


def station_page(
    request: KpiRequest, station_id: int, refusal: Refused | None = None, typed: tuple[str, forms.Form] | None = None
) -> HttpResponse:
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
        "form": bind(StationForm, "save", typed, **given),
        "award": bind(AwardForm, "award", typed),
        "open": typed[0] if typed else "",
    }
    return answer(request, "postdoc/station.html", context, refusal)


@require_POST
def save(request: KpiRequest, station_id: int) -> HttpResponse:
    access.visible_station(request.actor, station_id)
    access.require_handler(request.actor, "修改工作站")
    form = StationForm(request.POST, auto_id="save-%s")
    try:
        given = checked(form)
        services.change_station(
            actor=request.actor, station_id=station_id, version=given["version"] or 0, given=given, at=timezone.now()
        )
    except Refused as found:
        return station_page(request, station_id, shown_here(found), ("save", form))
    return redirect("postdoc:station", station_id=station_id)


@require_POST
def award(request: KpiRequest, station_id: int) -> HttpResponse:
    access.visible_station(request.actor, station_id)
    access.require_handler(request.actor, "登记表彰")
    form = AwardForm(request.POST, auto_id="award-%s")
    try:
        services.add_award(actor=request.actor, station_id=station_id, at=timezone.now(), **checked(form))
    except Refused as found:
        return station_page(request, station_id, shown_here(found), ("award", form))
    return redirect("postdoc:station", station_id=station_id)
