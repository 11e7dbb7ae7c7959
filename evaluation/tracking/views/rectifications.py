"""督促整改: opened on a line, answered by its unit, closed by who opened it."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from evaluation.enums import RectificationOrigin, RectificationState
from evaluation.scheme.models.scheme import Scheme
from evaluation.tracking import access
from evaluation.tracking.forms.rectifications import AnswerForm, DecisionForm, PressForm, YearPressForm
from evaluation.tracking.models import Rectification
from evaluation.tracking.services import rectifications as services
from evaluation.tracking.views.tracking import line_page
from miyun_kpi.accounts.enums import Verb
from miyun_kpi.db.finding import one_of
from miyun_kpi.db.paging import page_asked
from miyun_kpi.duties.access import is_own_unit
from miyun_kpi.lib.errors import Refused
from miyun_kpi.requests import KpiRequest
from miyun_kpi.web.acts import form_of, page_act, sent, shown

PER_PAGE = 100
STATES = [("", "未销号"), ("closed", "已销号"), ("all", "全部")]


@require_safe
def index(request: KpiRequest) -> HttpResponse:
    found = access.rectifications_visible_to(request.actor)
    state = request.GET.get("state", "")
    if state == "closed":
        found = found.filter(state=RectificationState.CLOSED)
    elif state != "all":
        found = found.exclude(state=RectificationState.CLOSED)
    origin, unit = request.GET.get("origin", ""), request.GET.get("unit", "")
    if origin in RectificationOrigin.values:
        found = found.filter(origin=origin)
    if unit:
        found = found.filter(unit__organisation__code=unit[:60])
    at = timezone.now()
    page = page_asked(request.GET, found.order_by("due_at", "id"), PER_PAGE)
    rows = [(one, *state_of(one, at)) for one in page]
    presses = request.actor.may(Verb.PRESS_FOR_CORRECTION)
    context = {
        "page": page,
        "rows": rows,
        "states": STATES,
        "state": state,
        "origin": origin,
        "origins": [("", "全部来源"), *RectificationOrigin.choices],
        "schemes": Scheme.objects.issued().order_by("-year", "-track") if presses else [],
    }
    return render(request, "evaluation/tracking/rectifications.html", context)


def _year_page(request: KpiRequest, scheme_id: int, refusal: Refused | None = None) -> HttpResponse:
    scheme = one_of(Scheme.objects.issued().filter(pk=scheme_id))
    rows = list(access.pressable_units(request.actor, scheme))
    numbers = {int(one.duty.key.rsplit("/", 1)[1]): one.duty.title for one in rows}
    names = dict(
        sorted({(one.organisation.order, one.organisation.code): one.organisation.name for one in rows}.items())
    )
    context = {
        "scheme": scheme,
        "form": form_of(request, YearPressForm, initial={"unit": request.GET.get("unit", "")}),
        "units": [(code, name) for (_, code), name in names.items()],
        "indicators": sorted(numbers.items()),
    }
    return shown(request, "evaluation/tracking/rectification_new.html", context, refusal)


@page_act(_year_page, opens=True)
def year_press(request: KpiRequest, scheme_id: int) -> HttpResponse:
    """What 年终 found is called to be put right: one unit and one item (13号 四（三）5)."""
    data = sent(request, YearPressForm)
    row = services.open_year_rectification(
        actor=request.actor, scheme_id=scheme_id, organisation=data.pop("unit"), at=timezone.now(), **data
    )
    return redirect("evaluation:rectification", rectification_id=row.pk)


def state_of(row: Rectification, at: Any) -> tuple[str, str]:
    """The word of the status vocabulary."""
    if row.state == RectificationState.CLOSED:
        return "done", "已销号"
    if row.state == RectificationState.ANSWERED:
        return "submitted", "待验收"
    return ("overdue", "逾期未答复") if at >= row.due_at else ("running", "整改中")


@page_act(line_page)
def press(request: KpiRequest, line_id: int) -> HttpResponse:
    access.line_to_press(request.actor, line_id)
    data = sent(request, PressForm)
    row = services.open_rectification(actor=request.actor, duty_period_id=line_id, at=timezone.now(), **data)
    return redirect("evaluation:rectification", rectification_id=row.pk)


@require_safe
def rectification(request: KpiRequest, rectification_id: int) -> HttpResponse:
    return _page(request, rectification_id)


def _page(request: KpiRequest, rectification_id: int, refusal: Refused | None = None) -> HttpResponse:
    actor, at = request.actor, timezone.now()
    row = access.visible_rectification(actor, rectification_id)
    context = {
        "row": row,
        "state": state_of(row, at),
        "offline": row.unit.duty.offline_only,
        "answers": row.state == RectificationState.OPEN
        and actor.may(Verb.REPORT_PROGRESS)
        and is_own_unit(actor, row.unit.organisation),
        "decides": row.state == RectificationState.ANSWERED and access.is_opener(actor, row),
        "typed": request.POST,
    }
    return shown(request, "evaluation/tracking/rectification.html", context, refusal)


@page_act(_page)
def answer(request: KpiRequest, rectification_id: int) -> HttpResponse:
    data = sent(request, AnswerForm)
    services.answer_rectification(actor=request.actor, rectification_id=rectification_id, at=timezone.now(), **data)
    return redirect("evaluation:rectification", rectification_id=rectification_id)


@page_act(_page)
def decide(request: KpiRequest, rectification_id: int) -> HttpResponse:
    data = sent(request, DecisionForm)
    passed = data.pop("decision") == "pass"
    services.decide_rectification(
        actor=request.actor, rectification_id=rectification_id, passed=passed, at=timezone.now(), **data
    )
    return redirect("evaluation:rectification", rectification_id=rectification_id)
