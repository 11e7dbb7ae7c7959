"""申请开锁: why a sheet is locked, the request, and the answer of the office; 延期 for one evaluator."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from evaluation.enums import RequestState, SheetState
from evaluation.filing.forms import AnswerForm, ExtendForm, UnlockForm
from evaluation.filing.services import unlocking as services
from evaluation.periods.queries.periods import period_by
from evaluation.scheme.access.office import require_office
from evaluation.sheets.access import sheets_visible_to, visible_sheet
from evaluation.sheets.models.filing import UnlockRequest
from evaluation.sheets.models.marks import MarkSheet
from evaluation.sheets.services.marks import require_open
from miyun_kpi.accounts.access import require
from miyun_kpi.accounts.enums import Verb
from miyun_kpi.db.finding import one_of
from miyun_kpi.lib.errors import Conflict, Malformed, NotAllowed, NotFound, Refused
from miyun_kpi.organisations.models import Organisation
from miyun_kpi.requests import KpiRequest


@require_http_methods(["GET", "HEAD", "POST"])
def unlock(request: KpiRequest, sheet_id: int) -> HttpResponse:
    """The evaluator asks; the office finds the request here."""
    actor = request.actor
    sheet = visible_sheet(actor, sheet_id)
    if not services.may_ask_unlock(actor, sheet) and not actor.may(Verb.DECIDE_FILING):
        raise NotAllowed("not-your-sheet", "开锁由打分的考评部门申请、区政府办答复，您的岗位不办这件事。")
    if request.method != "POST":
        return _page(request, sheet)
    form = UnlockForm(request.POST)
    if not form.is_valid():
        return _page(request, sheet, form=form, status=422)
    try:
        services.ask_unlock(actor=actor, sheet_id=sheet_id, reason=form.cleaned_data["reason"], at=timezone.now())
    except Refused as refusal:
        if refusal.status in (403, 404):
            raise
        return _page(request, sheet, form=form, refusal=refusal, status=refusal.status)
    return redirect("evaluation:unlock-sheet", sheet_id=sheet_id)


@require_POST
def answer(request: KpiRequest, request_id: int) -> HttpResponse:
    actor = request.actor
    asked = one_of(UnlockRequest.objects.filter(pk=request_id))
    sheet = visible_sheet(actor, asked.sheet_id)
    require_office(actor, Verb.DECIDE_FILING, track=sheet.scheme.track)
    form = AnswerForm(request.POST)
    if not form.is_valid():
        if "decision" in form.errors:
            raise Malformed("bad-request", "请选“同意”或“不同意”，没有执行。")
        return _page(request, sheet, answer_form=form, status=422)
    data = form.cleaned_data
    try:
        services.answer_unlock(
            actor=actor,
            request_id=request_id,
            approve=data["decision"] == "approve",
            answer=data["answer"],
            until=data["until"],
            at=timezone.now(),
        )
    except Refused as refusal:
        if refusal.status in (403, 404):
            raise
        return _page(request, sheet, answer_form=form, refusal=refusal, status=refusal.status)
    return redirect("evaluation:unlock-sheet", sheet_id=sheet.pk)


def _page(request: KpiRequest, sheet: MarkSheet, **extra: Any) -> HttpResponse:
    actor, at, status = request.actor, timezone.now(), extra.pop("status", 200)
    requests = list(UnlockRequest.objects.filter(sheet=sheet))
    try:
        require_open(sheet, at)
        closed = None
    except Conflict as refusal:
        closed = refusal
    context = {
        "sheet": sheet,
        "closed": closed.code if closed else "",
        "asks": services.may_ask_unlock(actor, sheet),
        "office": actor.may(Verb.DECIDE_FILING),
        "requests": requests,
        "waiting": next((one for one in requests if one.state == RequestState.WAITING), None),
        "form": UnlockForm(),
        "answer_form": AnswerForm(),
        "now": at,
        **extra,
    }
    return render(request, "evaluation/filing/filing_unlock.html", context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
def extend(request: KpiRequest, code: str, organisation: str) -> HttpResponse:
    """延期 for everything one evaluator has not filed of a period."""
    actor = request.actor
    require(actor, Verb.DECIDE_FILING)
    period, evaluator = period_by(code), Organisation.objects.filter(code=organisation).first()
    unfiled = (
        sheets_visible_to(actor)
        .filter(period=period, evaluator=evaluator)
        .exclude(state__in=[SheetState.FILED, SheetState.SUBMITTED])
    )
    sheets = list(unfiled.select_related("indicator", "scheme").order_by("scheme__track", "indicator__number"))
    if evaluator is None or not sheets_visible_to(actor).filter(period=period, evaluator=evaluator).exists():
        raise NotFound
    form, refusal = ExtendForm(request.POST or None), None
    if request.method == "POST" and form.is_valid():
        try:
            services.extend_unit(
                actor=actor, period_id=period.pk, organisation=organisation, at=timezone.now(), **form.cleaned_data
            )
            return redirect(f"{reverse('evaluation:sheets')}?period={period.code}&evaluator={evaluator.code}")
        except Refused as found:
            if found.status in (403, 404):
                raise
            refusal = found
    context = {
        "period": period,
        "evaluator": evaluator,
        "sheets": sheets,
        "form": form,
        "refusal": refusal,
        "now": timezone.now(),
    }
    status = refusal.status if refusal else 422 if request.method == "POST" else 200
    return render(request, "evaluation/filing/filing_extend.html", context, status=status)
