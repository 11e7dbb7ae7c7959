"""申请开锁: why a sheet is locked, the request, and the answer of the office; 延期 for one evaluator."""

from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone

from evaluation.enums import RequestState, SheetState
from evaluation.filing.forms import AnswerForm, ExtendForm, UnlockForm
from evaluation.filing.services import unlocking as services
from evaluation.periods.models import Period
from evaluation.periods.queries.periods import period_by
from evaluation.scheme.access.office import may_run, require_office
from evaluation.sheets.access import sheets_visible_to, visible_sheet
from evaluation.sheets.models.filing import UnlockRequest
from evaluation.sheets.models.marks import MarkSheet
from evaluation.sheets.services.marks import require_open
from miyun_kpi.accounts.access import require
from miyun_kpi.accounts.enums import Verb
from miyun_kpi.db.finding import one_of
from miyun_kpi.lib.errors import Conflict, NotAllowed, NotFound, Refused
from miyun_kpi.organisations.models import Organisation
from miyun_kpi.requests import KpiRequest
from miyun_kpi.web.acts import form_of, page_act, sent, shown


def _page(request: KpiRequest, sheet_id: int, refusal: Refused | None = None) -> HttpResponse:
    actor, at = request.actor, timezone.now()
    sheet = _sheet(request, sheet_id)
    requests = list(UnlockRequest.objects.filter(sheet=sheet))
    try:
        require_open(sheet, at)
        closed = None
    except Conflict as found:
        closed = found
    context = {
        "sheet": sheet,
        "closed": closed.code if closed else "",
        "asks": services.may_ask_unlock(actor, sheet),
        "office": actor.may(Verb.DECIDE_FILING) and may_run(actor, sheet.scheme.track),
        "requests": requests,
        "waiting": next((one for one in requests if one.state == RequestState.WAITING), None),
        "form": form_of(request, UnlockForm),
        "answer_form": form_of(request, AnswerForm),
        "now": at,
    }
    return shown(request, "evaluation/filing/filing_unlock.html", context, refusal)


def _sheet(request: KpiRequest, sheet_id: int) -> MarkSheet:
    sheet = visible_sheet(request.actor, sheet_id)
    if not services.may_ask_unlock(request.actor, sheet) and not request.actor.may(Verb.DECIDE_FILING):
        raise NotAllowed("not-your-sheet", "开锁由打分的考评部门申请、区政府办答复，您的岗位不办这件事。")
    return sheet


@page_act(_page, opens=True)
def unlock(request: KpiRequest, sheet_id: int) -> HttpResponse:
    """The evaluator asks; the office finds the request here."""
    _sheet(request, sheet_id)
    services.ask_unlock(actor=request.actor, sheet_id=sheet_id, at=timezone.now(), **sent(request, UnlockForm))
    return redirect("evaluation:unlock-sheet", sheet_id=sheet_id)


def _page_of(request: KpiRequest, request_id: int, refusal: Refused) -> HttpResponse:
    return _page(request, one_of(UnlockRequest.objects.filter(pk=request_id)).sheet_id, refusal)


@page_act(_page_of)
def answer(request: KpiRequest, request_id: int) -> HttpResponse:
    sheet = visible_sheet(request.actor, one_of(UnlockRequest.objects.filter(pk=request_id)).sheet_id)
    require_office(request.actor, Verb.DECIDE_FILING, track=sheet.scheme.track)
    data = sent(request, AnswerForm)
    approve = data.pop("decision") == "approve"
    services.answer_unlock(actor=request.actor, request_id=request_id, approve=approve, at=timezone.now(), **data)
    return redirect("evaluation:unlock-sheet", sheet_id=sheet.pk)


def _unfiled(request: KpiRequest, code: str, organisation: str) -> tuple[Period, Organisation, list[MarkSheet]]:
    require(request.actor, Verb.DECIDE_FILING)
    period, evaluator = period_by(code), one_of(Organisation.objects.filter(code=organisation))
    found = sheets_visible_to(request.actor).filter(period=period, evaluator=evaluator)
    if not found.exists():
        raise NotFound
    unfiled = found.exclude(state__in=[SheetState.FILED, SheetState.SUBMITTED])
    order = ("scheme__track", "indicator__number")
    return period, evaluator, list(unfiled.select_related("indicator", "scheme").order_by(*order))


def _extend_page(request: KpiRequest, code: str, organisation: str, refusal: Refused | None = None) -> HttpResponse:
    period, evaluator, sheets = _unfiled(request, code, organisation)
    context = {
        "period": period,
        "evaluator": evaluator,
        "sheets": sheets,
        "form": form_of(request, ExtendForm),
        "now": timezone.now(),
    }
    return shown(request, "evaluation/filing/filing_extend.html", context, refusal)


@page_act(_extend_page, opens=True)
def extend(request: KpiRequest, code: str, organisation: str) -> HttpResponse:
    """延期 for everything one evaluator has not filed of a period."""
    period, evaluator, _ = _unfiled(request, code, organisation)
    data = sent(request, ExtendForm)
    services.extend_unit(actor=request.actor, period_id=period.pk, organisation=organisation, at=timezone.now(), **data)
    return redirect(f"{reverse('evaluation:sheets')}?period={period.code}&evaluator={evaluator.code}")
