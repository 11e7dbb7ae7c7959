"""报送: what is not filed and what the office decides about it."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from evaluation.access import require_office, visible_sheet
from evaluation.enums import DecisionKind, SheetState
from evaluation.forms.filing import ConfirmForm, DecisionForm
from evaluation.models import MarkSheet, SheetDecision
from evaluation.queries.filing import decisions_of
from evaluation.services import filing as services
from miyun_kpi.accounts.enums import Verb
from miyun_kpi.lib.actors import Actor, actor_of
from miyun_kpi.lib.errors import Malformed, NotFound, Refused


def _sheet_of_office(actor: Actor, sheet_id: int) -> MarkSheet:
    sheet = visible_sheet(actor, sheet_id)
    require_office(actor, Verb.DECIDE_FILING, track=sheet.scheme.track)
    return sheet


@require_http_methods(["GET", "HEAD", "POST"])
def sheet_decision(request: HttpRequest, sheet_id: int) -> HttpResponse:
    """缺表处理决定 on one sheet: recorded here, confirmed here by a second person."""
    actor = actor_of(request)
    sheet = _sheet_of_office(actor, sheet_id)
    if request.method != "POST":
        return _decision_page(request, sheet, DecisionForm())
    form = DecisionForm(request.POST)
    if not form.is_valid():
        return _decision_page(request, sheet, form, status=422)
    data = form.cleaned_data | {"kind": DecisionKind(form.cleaned_data["kind"])}
    try:
        services.record_decision(actor=actor, sheet_id=sheet_id, at=timezone.now(), **data)
    except Refused as refusal:
        if refusal.status in (403, 404):
            raise
        return _decision_page(request, sheet, form, refusal, status=refusal.status)
    return redirect("evaluation:sheet-decision", sheet_id=sheet_id)


@require_POST
def decide(request: HttpRequest, decision_id: int) -> HttpResponse:
    """Confirmed or given back by a second person of the office."""
    actor = actor_of(request)
    found = SheetDecision.objects.filter(pk=decision_id).first()
    if found is None:
        raise NotFound
    sheet = _sheet_of_office(actor, found.sheet_id)
    form = ConfirmForm(request.POST)
    if not form.is_valid():
        if "note" in form.errors:
            return _decision_page(request, sheet, DecisionForm(), confirm_form=form, status=422)
        raise Malformed("bad-request", "请选“确认”或“退回”，没有执行。")
    confirm = form.cleaned_data["decision"] == "confirm"
    try:
        services.decide_decision(
            actor=actor, decision_id=decision_id, confirm=confirm, note=form.cleaned_data["note"], at=timezone.now()
        )
    except Refused as refusal:
        if refusal.status in (403, 404):
            raise
        sheet.refresh_from_db()
        return _decision_page(request, sheet, DecisionForm(), refusal, confirm_form=form, status=refusal.status)
    return redirect("evaluation:sheet-decision", sheet_id=sheet.pk)


def _decision_page(
    request: HttpRequest,
    sheet: MarkSheet,
    form: DecisionForm,
    refusal: Refused | None = None,
    *,
    confirm_form: ConfirmForm | None = None,
    status: int = 200,
) -> HttpResponse:
    found = decisions_of(sheet)
    waiting = next((one for one in found if one.state == "recorded"), None)
    context = {
        "sheet": sheet,
        "filed": sheet.state == SheetState.FILED,
        "form": form,
        "confirm_form": confirm_form or ConfirmForm(),
        "decisions": found,
        "waiting": waiting,
        "own": waiting is not None and waiting.recorded_by_id == actor_of(request).user_id,
        "refusal": refusal,
        "now": timezone.now(),
    }
    return render(request, "evaluation/filing_decision.html", context, status=status)
