"""领导审签: recorded by the office, done by the leader, withdrawn where it was recorded wrongly."""

from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST

from evaluation.engine.access import readable_ranking
from evaluation.engine.models.ranking import Signing
from evaluation.ranking.forms import SigningForm
from evaluation.ranking.signing import record_signing, sign_oneself, withdraw_signing
from evaluation.ranking.views.rankings import show_ranking
from miyun_kpi.db.finding import one_of
from miyun_kpi.lib.errors import NotFound, Refused
from miyun_kpi.requests import KpiRequest


@require_POST
def sign(request: KpiRequest, ranking_id: int) -> HttpResponse:
    """领导审签 recorded; what is refused is said on the page, with everything typed still there."""
    ranking = readable_ranking(request.actor, ranking_id)
    form = SigningForm(request.POST)
    if not form.is_valid():
        response = show_ranking(request, ranking, form=form)
        response.status_code = 422
        return response
    sent = request.FILES.get("scan")
    try:
        record_signing(
            actor=request.actor,
            ranking_id=ranking_id,
            at=timezone.now(),
            scan=sent.file if sent else None,
            scan_name=(sent.name or "") if sent else "",
            **form.cleaned_data,
        )
    except NotFound:
        raise
    except Refused as refusal:
        return show_ranking(request, ranking, form=form, refusal=refusal)
    return redirect(f"{reverse('evaluation:ranking', args=[ranking_id])}#chain")


@require_POST
def sign_own(request: KpiRequest, ranking_id: int) -> HttpResponse:
    """我已审签, by the leader that is signed in."""
    ranking = readable_ranking(request.actor, ranking_id)
    try:
        title = request.POST.get("title", "")
        sign_oneself(actor=request.actor, ranking_id=ranking_id, title=title, at=timezone.now())
    except Refused as refusal:
        if refusal.status in (403, 404):
            raise
        return show_ranking(request, ranking, refusal=refusal)
    return redirect(f"{reverse('evaluation:ranking', args=[ranking_id])}#chain")


@require_POST
def withdraw(request: KpiRequest, signing_id: int) -> HttpResponse:
    """A signing recorded wrongly, taken back with a reason."""
    found = one_of(Signing.objects.filter(pk=signing_id))
    ranking = readable_ranking(request.actor, found.ranking_id)
    try:
        reason = request.POST.get("reason", "")
        withdraw_signing(actor=request.actor, signing_id=signing_id, reason=reason, at=timezone.now())
    except Refused as refusal:
        if refusal.status in (403, 404):
            raise
        return show_ranking(request, ranking, refusal=refusal)
    return redirect(f"{reverse('evaluation:ranking', args=[ranking.pk])}#chain")
