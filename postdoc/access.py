"""Who may do what: 区人社局 keeps stations and reviews, 区财政局 pays, the keeper's reporters enter their own stations.

One scope for pages, files, counts and REST. Names are masked for everybody; handlers of 区人社局 open them, and the keeper of
a station those of its own people, after a reason. A foreign station, stay, person or application does not exist.
"""

from collections.abc import Callable

from django.db.models import Q, QuerySet

from miyun_kpi.accounts.enums import Verb
from miyun_kpi.db.finding import one_of
from miyun_kpi.lib.actors import Actor
from miyun_kpi.lib.errors import NotAllowed
from miyun_kpi.organisations.queries import acts_for_code
from miyun_kpi.registers.registry import Rights
from postdoc.models import Application, Award, Person, Station, Stay

HANDLER, TREASURY = "renshebao-ju", "caizheng-ju"
# 第二十四条: reviewing and paying are two offices.
APART = (HANDLER, TREASURY)
# What 第四条 names for a service: household, schooling, science.
POLICE, SCHOOLS, LABORATORIES = "gongan-fenju", "jiao-wei", "ke-wei"
OFFICES = frozenset({HANDLER, TREASURY, POLICE, SCHOOLS, LABORATORIES})


def _keeps(actor: Actor, code: str) -> bool:
    return actor.may(Verb.KEEP_REGISTERS) and acts_for_code(actor.organisation_id, code)


def is_handler(actor: Actor) -> bool:
    return _keeps(actor, HANDLER)


def is_treasury(actor: Actor) -> bool:
    return _keeps(actor, TREASURY)


def reads_all(actor: Actor) -> bool:
    return actor.may(Verb.READ_ALL_TRACKING) or is_handler(actor) or is_treasury(actor)


def require_reads_all(actor: Actor) -> None:
    if not reads_all(actor):
        raise NotAllowed("not-yours", "资金对账由区财政局办理，区人社局和区领导查看，没有打开。")


def require_handler(actor: Actor, what: str) -> None:
    if not is_handler(actor):
        raise NotAllowed("not-the-handler", f"{what}由区人社局办理，没有执行。请由区人社局的主管岗位办理。")


def require_treasury(actor: Actor, what: str) -> None:
    if not is_treasury(actor):
        raise NotAllowed("not-the-treasury", f"{what}由区财政局办理，没有执行。请由区财政局的主管岗位办理。")


def enters(actor: Actor) -> bool:
    return actor.may(Verb.REPORT_PROGRESS) and actor.organisation_id is not None


def _own(actor: Actor, path: str) -> Q:
    return Q(**{f"{path}keeper_id": actor.organisation_id or 0}) if enters(actor) else Q(pk__in=[])


def visible_stations(actor: Actor) -> QuerySet[Station]:
    found = Station.objects.select_related("keeper")
    return found if reads_all(actor) else found.filter(_own(actor, ""))


def visible_award(actor: Actor, award_id: int) -> Award:
    """Seen by who sees the station, or the stay, that was named."""
    row = one_of(Award.objects.select_related("station", "stay__station", "stay__person").filter(pk=award_id))
    if row.stay is not None:
        visible_stay(actor, row.stay_id or 0)
    else:
        visible_station(actor, row.station_id or 0)
    return row


def visible_station(actor: Actor, station_id: int) -> Station:
    found = one_of(visible_stations(actor).filter(pk=station_id))
    return found


def visible_stays(actor: Actor) -> QuerySet[Stay]:
    found = Stay.objects.select_related("person", "station__keeper")
    return found if reads_all(actor) else found.filter(_own(actor, "station__"))


def visible_stay(actor: Actor, stay_id: int) -> Stay:
    found = one_of(visible_stays(actor).filter(pk=stay_id))
    return found


def visible_people(actor: Actor) -> QuerySet[Person]:
    found = Person.objects.all()
    return found if reads_all(actor) else found.filter(pk__in=visible_stays(actor).order_by().values("person_id"))


def visible_person(actor: Actor, person_id: int) -> Person:
    found = one_of(visible_people(actor).filter(pk=person_id))
    return found


def visible_applications(actor: Actor) -> QuerySet[Application]:
    found = Application.objects.select_related("station__keeper", "stay__person", "award")
    return found if reads_all(actor) else found.filter(_own(actor, "station__"))


def visible_application(actor: Actor, application_id: int) -> Application:
    found = one_of(visible_applications(actor).filter(pk=application_id))
    return found


def sees_any(actor: Actor) -> bool:
    """Others are told so, not shown an empty list as if the district had nobody."""
    return reads_all(actor) or visible_stations(actor).exists()


def may_enter(actor: Actor, station: Station) -> bool:
    return enters(actor) and station.keeper_id == actor.organisation_id


def require_enter(actor: Actor, station: Station) -> None:
    if not may_enter(actor, station):
        raise NotAllowed(
            "not-the-station", f"{station.name}由{station.keeper.name}的填报人登记，没有保存。请由该单位的填报人办理。"
        )


def _with(code: str) -> Callable[[Actor], bool]:
    """区人社局, and the unit 第四条 names for the service."""

    def keeps(actor: Actor) -> bool:
        return is_handler(actor) or _keeps(actor, code)

    return keeps


def opens_names(actor: Actor, row: Stay) -> bool:
    """区人社局 of everybody, the keeper of a station of its own people: it typed the names and pays them."""
    return is_handler(actor) or may_enter(actor, row.station)


def own_stays(actor: Actor) -> QuerySet[Stay]:
    """Those whose names the actor may open as a list: of the stations that its unit keeps."""
    found = Stay.objects.select_related("person", "station__keeper")
    return found.filter(_own(actor, "station__"))


def require_own_names(actor: Actor) -> None:
    if not own_stays(actor).exists():
        raise NotAllowed("not-the-station", "姓名由工作站的填报单位查看本单位填报的人员，没有显示。")


# The registers of 27号: the office writes and the members read; a request is its unit's and whoever renders the service.
OFFICE = Rights(is_handler, owners_write=False)
CLOSED = Rights(lambda actor: is_handler(actor) or is_treasury(actor), owners_write=False, open_to_all=False)
HOUSEHOLD = Rights(_with(POLICE), open_to_all=False)
SCHOOLING = Rights(_with(SCHOOLS), open_to_all=False)
SCIENCE = Rights(_with(LABORATORIES), open_to_all=False)
