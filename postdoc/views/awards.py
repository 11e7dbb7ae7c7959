"""表彰: registered on the page of the station, put right and struck on its own."""

from django.http import HttpResponse
from django.utils import timezone

from miyun_kpi.lib.errors import Refused
from miyun_kpi.requests import KpiRequest
from miyun_kpi.routes import to
from miyun_kpi.web.acts import form_of, page_act
from postdoc import access
from postdoc.forms import AwardForm, ChangeAwardForm, ReasonForm
from postdoc.models import Award
from postdoc.services import awards as services
from postdoc.views._common import saved, sent, shown
from postdoc.views.stations import station_page


@page_act(station_page)
def award(request: KpiRequest, station_id: int) -> HttpResponse:
    access.visible_station(request.actor, station_id)
    access.require_handler(request.actor, "登记表彰")
    given = sent(request, AwardForm, "award")
    services.add_award(actor=request.actor, station_id=station_id, at=timezone.now(), **given)
    return saved("postdoc:station", station_id=station_id)


def change_page(request: KpiRequest, award_id: int, refusal: Refused | None = None) -> HttpResponse:
    row = access.visible_award(request.actor, award_id)
    access.require_handler(request.actor, "更正表彰")
    given = {name: getattr(row, name) for name in ("level", "awarded_on", "document", "version")}
    context = {
        "row": row,
        "back": to("postdoc:stay", row.stay_id) if row.stay_id else to("postdoc:station", row.station_id),
        "form": form_of(request, ChangeAwardForm, "change", initial=given),
        "strike": form_of(request, ReasonForm, "strike", initial={"version": row.version}),
    }
    return shown(request, "postdoc/award.html", context, refusal)


@page_act(change_page, opens=True)
def change(request: KpiRequest, award_id: int) -> HttpResponse:
    row = access.visible_award(request.actor, award_id)
    access.require_handler(request.actor, "更正表彰")
    given = sent(request, ChangeAwardForm, "change")
    services.change_award(actor=request.actor, award_id=award_id, at=timezone.now(), **given)
    return _back(row)


@page_act(change_page)
def strike(request: KpiRequest, award_id: int) -> HttpResponse:
    row = access.visible_award(request.actor, award_id)
    access.require_handler(request.actor, "撤销表彰登记")
    given = sent(request, ReasonForm, "strike")
    services.strike_award(actor=request.actor, award_id=award_id, at=timezone.now(), **given)
    return _back(row)


def _back(row: Award) -> HttpResponse:
    if row.stay_id is not None:
        return saved("postdoc:stay", stay_id=row.stay_id)
    return saved("postdoc:station", station_id=row.station_id or 0)
