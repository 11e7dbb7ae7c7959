"""进站、在站、离站: the list, one stay with its milestones, and the acts on it."""

from collections.abc import Callable
from datetime import date
from typing import Any

from django import forms
from django.http import HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_safe

from miyun_kpi.db.paging import page_asked
from miyun_kpi.db.sealed import KeyMissing
from miyun_kpi.lib.errors import Malformed, NotFound, Refused
from miyun_kpi.registers.views.records import workbook_answer
from miyun_kpi.requests import KpiRequest
from miyun_kpi.web.acts import asked, form_of, page_act
from miyun_kpi.web.forms.days import LateForm, with_late
from postdoc import access
from postdoc.enums import Leaving
from postdoc.excel import names_workbook, stays_workbook
from postdoc.forms import (
    PERSON,
    AwardForm,
    ChangeStayForm,
    ConversionForm,
    EmploymentForm,
    EndForm,
    LeaveForm,
    MilestoneForm,
    NewStayForm,
    PersonForm,
    ReasonForm,
    ReturnForm,
    StayForm,
    TakeBackForm,
    TripForm,
    WithdrawForm,
)
from postdoc.models import Stay
from postdoc.queries.stays import Line, line_of, with_milestones
from postdoc.rules.leaving import days_overdue, earliest
from postdoc.services import awards, course
from postdoc.services import names as opening
from postdoc.services import stays as services
from postdoc.services.settling import effects_of
from postdoc.views._common import PAGE, outside, saved, sent, shown

STATES = (("", "全部"), ("in", "在站"), ("overdue", "有逾期"), *Leaving.choices)


def lines_of(request: KpiRequest, today: date) -> list[Line]:
    found = access.visible_stays(request.actor)
    state, station = request.GET.get("state", ""), request.GET.get("station", "")
    if station.isascii() and station.isdigit() and len(station) < 10:
        found = found.filter(station_id=int(station))
    if state in Leaving.values:
        found = found.filter(leaving=state)
    elif state in ("in", "overdue"):
        found = found.filter(left_on__isnull=True)
    lines = [line_of(row, today) for row in with_milestones(found)]
    return [one for one in lines if one.state[0] == "overdue"] if state == "overdue" else lines


@require_safe
def index(request: KpiRequest) -> HttpResponse:
    if not access.sees_any(request.actor):
        return outside(request, "博士后人员")
    lines = lines_of(request, timezone.localdate())
    context = {
        "page": page_asked(request.GET, lines, PAGE),
        "states": STATES,
        "state": request.GET.get("state", ""),
        "stations": [one for one in access.visible_stations(request.actor) if access.may_enter(request.actor, one)],
    }
    return shown(request, "postdoc/stays.html", context)


@require_safe
def workbook(request: KpiRequest) -> HttpResponse:
    at = timezone.now()
    lines = lines_of(request, timezone.localdate(at))
    return workbook_answer(stays_workbook(lines, viewer=request.actor.label, at=at), "博士后人员")


def identity_of(given: dict[str, Any]) -> services.Identity:
    return services.Identity(**{name: given[name] for name in PERSON})


def new_page(request: KpiRequest, station_id: int, refusal: Refused | None = None) -> HttpResponse:
    station = access.visible_station(request.actor, station_id)
    access.require_enter(request.actor, station)
    form = form_of(request, NewStayForm)
    context = {
        "form": form,
        "station": station,
        "person": [form[name] for name in PERSON],
        "facts": [form[name] for name in StayForm.base_fields],
        "late": form,
    }
    return shown(request, "postdoc/stay_new.html", context, refusal)


@page_act(new_page, opens=True)
def new(request: KpiRequest, station_id: int) -> HttpResponse:
    access.require_enter(request.actor, access.visible_station(request.actor, station_id))
    given = sent(request, NewStayForm)
    late = with_late(given)["late"]
    made = services.register_stay(
        actor=request.actor, station_id=station_id, who=identity_of(given), given=given, late=late, at=timezone.now()
    )
    return saved("postdoc:stay", stay_id=made.pk)


@require_safe
def stay(request: KpiRequest, stay_id: int) -> HttpResponse:
    return stay_page(request, stay_id)


def _entered(row: Stay) -> list[tuple[str, str]]:
    """What the handler may take back, with its words."""
    names = {one.code: one.title for one in line_of(row, row.entered_on).milestones}
    found = [(f"milestone-{one.pk}", f"{names.get(one.code, one.code)} {one.done_on}") for one in row.milestones.all()]
    found += [(f"trip-{one.pk}", f"出国 {one.out_on}") for one in row.trips.all()]
    found += [(f"employment-{one.pk}", f"合同 {one.from_day} 至 {one.until}") for one in row.employments.all()]
    return [*found, ("conversion-0", f"成果转化 {row.converted_on}")] if row.converted_on else found


# Address → form, words, by whom (station or handler), whether it is offered now, and the service.
Act = tuple[type[forms.Form], str, str, Callable[[Stay], bool], Callable[..., Any]]
ACTS: dict[str, Act] = {
    "milestone": (MilestoneForm, "登记考核、报告", "station", lambda row: True, course.record_milestone),
    "trip": (TripForm, "登记出国", "station", lambda row: row.left_on is None, course.record_trip),
    "return": (
        ReturnForm,
        "登记返回",
        "station",
        lambda row: any(one.returned_on is None for one in row.trips.all()),
        course.record_return,
    ),
    "leave": (LeaveForm, "登记出站", "station", lambda row: row.left_on is None, course.leave),
    "withdraw": (WithdrawForm, "登记退站", "station", lambda row: row.left_on is None, course.withdraw),
    "employment": (
        EmploymentForm,
        "登记出站后合同",
        "station",
        lambda row: row.leaving in (Leaving.COMPLETED, Leaving.EARLY),
        course.record_employment,
    ),
    "end": (
        EndForm,
        "登记合同提前终止",
        "station",
        lambda row: any(one.ended_on is None for one in row.employments.all()),
        course.end_employment,
    ),
    "conversion": (
        ConversionForm,
        "登记成果转化",
        "station",
        lambda row: row.leaving in (Leaving.COMPLETED, Leaving.EARLY),
        course.record_conversion,
    ),
    "person": (PersonForm, "更正个人信息", "station", lambda row: True, services.correct_person),
    "award": (AwardForm, "登记优秀博士后", "handler", lambda row: True, awards.add_award),
    "completed": (
        ReasonForm,
        "决定按期满对待",
        "handler",
        lambda row: row.leaving == Leaving.EARLY and not row.as_completed,
        course.decide_completed,
    ),
    "take-back": (TakeBackForm, "撤销一项登记", "handler", lambda row: bool(_entered(row)), course.take_back),
    "undo": (ReasonForm, "撤销离站登记", "handler", lambda row: row.left_on is not None, course.undo_leaving),
}


def _options(name: str, row: Stay) -> dict[str, Any]:
    """What a form that was sent may choose from."""
    if name == "milestone":
        milestones = line_of(row, timezone.localdate()).milestones
        return {"choices": [(one.code, one.title) for one in milestones]}
    return {"choices": _entered(row)} if name == "take-back" else {}


def _offered(request: KpiRequest, line: Line) -> list[tuple[str, str, forms.Form]]:
    row, made = line.row, []
    who = {"station": access.may_enter(request.actor, row.station), "handler": access.is_handler(request.actor)}
    for name, (form, words, by, now, _) in ACTS.items():
        if not who[by] or not now(row):
            continue
        options = {"choices": _undone(line)} if name == "milestone" else _options(name, row)
        made.append((name, words, form_of(request, form, name, initial=_initial(name, row), **options)))
    return made


def _undone(line: Line) -> list[tuple[str, str]]:
    return [(one.code, f"{one.title}（{one.by}）") for one in line.milestones if one.done_on is None]


def _initial(name: str, row: Stay) -> dict[str, Any]:
    given: dict[str, Any] = {"version": row.person.version if name == "person" else row.version}
    if name == "return":
        given["trip_id"] = next(one.pk for one in row.trips.all() if one.returned_on is None)
    if name == "end":
        given["employment_id"] = next(one.pk for one in row.employments.all() if one.ended_on is None)
    return given


def stay_page(
    request: KpiRequest, stay_id: int, refusal: Refused | None = None, revealed: opening.Revealed | None = None
) -> HttpResponse:
    actor, today = request.actor, timezone.localdate()
    access.visible_stay(actor, stay_id)
    found = with_milestones(access.visible_stays(actor).filter(pk=stay_id)).prefetch_related("employments", "awards")
    row = found.get()
    line = line_of(row, today)
    handler = access.is_handler(actor)
    leaving_on, effects, cannot = _looked_at(request, row, today)
    context = {
        "line": line,
        "row": row,
        "trips": [(one, days_overdue(one.return_by, one.returned_on or today)) for one in row.trips.all()],
        "employments": list(row.employments.all()),
        "awards": list(row.awards.all()),
        "applications": list(access.visible_applications(actor).filter(stay=row)),
        "events": list(row.events.all()),
        "acts": _offered(request, line),
        "changes": access.may_enter(actor, row.station) and row.left_on is None,
        "earliest": earliest(row.entered_on),
        "handler": handler,
        "opens": access.opens_names(actor, row),
        "leaving_on": leaving_on,
        "leaving_words": str(leaving_on or ""),
        "late_done": [one.code for one in row.milestones.all() if one.late],
        "effects": effects,
        "ground": _ground(row, handler),
        "revealed": revealed,
    }
    return shown(request, "postdoc/stay.html", context, refusal or cannot)


def _leaving_on(request: KpiRequest, row: Stay) -> date | None:
    """The day somebody asks about before registering it."""
    text = request.GET.get("leaving_on", "")
    if not text or row.left_on is not None:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise Malformed("bad-date", f"日期“{text[:20]}”读不懂，请写成 2020-09-25。") from None


Effects = list[tuple[str, str]]


def _looked_at(request: KpiRequest, row: Stay, today: date) -> tuple[date | None, Effects | None, Refused | None]:
    """What the day would do to money, or the sentence with which its registration would be refused."""
    leaving_on = _leaving_on(request, row)
    if leaving_on is None:
        return None, None, None
    stay = Stay.objects.select_related("person").get(pk=row.pk)
    effects, cannot = asked(lambda: effects_of(stay, leaving_on, today))
    return leaving_on, effects, cannot


def _ground(row: Stay, handler: bool) -> str:
    """The ground of 退站, for handlers alone: shown for the others it would tell of illness or crime where it is missing."""
    if not handler:
        return ""
    try:
        return row.ground_sealed.open().partition("\n")[0]
    except KeyMissing as missing:
        return missing.message


@page_act(stay_page)
def reveal(request: KpiRequest, stay_id: int) -> HttpResponse:
    reason = request.POST.get("reason", "")
    revealed = opening.reveal(actor=request.actor, stay_id=stay_id, reason=reason, at=timezone.now())
    return stay_page(request, stay_id, revealed=revealed)


def names_page(request: KpiRequest, refusal: Refused | None = None, rows: Any = None) -> HttpResponse:
    access.require_own_names(request.actor)
    context = {"rows": rows, "reason": request.POST.get("reason", "")}
    return shown(request, "postdoc/names.html", context, refusal)


@page_act(names_page, opens=True)
def names(request: KpiRequest) -> HttpResponse:
    """The own people of a unit by name, on the page or as a workbook, after a reason."""
    at = timezone.now()
    rows = opening.open_names(actor=request.actor, reason=request.POST.get("reason", ""), at=at)
    if request.POST.get("do") == "workbook":
        return workbook_answer(names_workbook(rows, viewer=request.actor.label, at=at), "本单位博士后人员姓名")
    return names_page(request, rows=rows)


def change_page(request: KpiRequest, stay_id: int, refusal: Refused | None = None) -> HttpResponse:
    row = access.visible_stay(request.actor, stay_id)
    access.require_enter(request.actor, row.station)
    given = {name: getattr(row, name) for name in ChangeStayForm.base_fields if hasattr(row, name)}
    given |= {"station_mentor": "", "flow_mentor": "", "upright": True, "abroad_certified": row.degree_abroad}
    form = form_of(request, ChangeStayForm, initial=given | {"proof": row.degree_on is None})
    return shown(request, "postdoc/stay_change.html", {"form": form, "row": row}, refusal)


@page_act(change_page, opens=True)
def change(request: KpiRequest, stay_id: int) -> HttpResponse:
    access.require_enter(request.actor, access.visible_stay(request.actor, stay_id).station)
    given = sent(request, ChangeStayForm)
    services.change_stay(actor=request.actor, stay_id=stay_id, version=given["version"], given=given, at=timezone.now())
    return saved("postdoc:stay", stay_id=stay_id)


@page_act(stay_page)
def act(request: KpiRequest, stay_id: int, act: str) -> HttpResponse:
    row = access.visible_stay(request.actor, stay_id)
    if act not in ACTS:
        raise NotFound
    form, words, by, _, service = ACTS[act]
    if by == "station":
        access.require_enter(request.actor, row.station)
    else:
        access.require_handler(request.actor, f"“{words}”")
    given = sent(request, form, act, **_options(act, row))
    given = with_late(given) if issubclass(form, LateForm) else given
    service(actor=request.actor, stay_id=stay_id, at=timezone.now(), **given)
    return saved("postdoc:stay", stay_id=stay_id)
