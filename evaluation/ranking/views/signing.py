"""领导审签: recorded by the office, done by the leader, withdrawn where it was recorded wrongly."""

from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone

from evaluation.engine.access import readable_ranking
from evaluation.engine.models.ranking import Signing
from evaluation.ranking.forms import SigningForm
from evaluation.ranking.signing import record_signing, sign_oneself, withdraw_signing
from evaluation.ranking.views.rankings import show_ranking
from miyun_kpi.db.finding import one_of
from miyun_kpi.lib.errors import Refused
from miyun_kpi.requests import KpiRequest
from miyun_kpi.web.acts import page_act, sent, takes_files


@takes_files
@page_act(show_ranking)
def sign(request: KpiRequest, ranking_id: int) -> HttpResponse:
    """领导审签 recorded; what is refused is said on the page, with everything typed still there."""
    readable_ranking(request.actor, ranking_id)
    given, scan = sent(request, SigningForm), request.FILES.get("scan")
    record_signing(
        actor=request.actor,
        ranking_id=ranking_id,
        at=timezone.now(),
        scan=scan.file if scan else None,
        scan_name=(scan.name or "") if scan else "",
        **given,
    )
    return _chain(ranking_id)


def _chain(ranking_id: int) -> HttpResponse:
    return redirect(f"{reverse('evaluation:ranking', args=[ranking_id])}#chain")


@page_act(show_ranking)
def sign_own(request: KpiRequest, ranking_id: int) -> HttpResponse:
    """我已审签, by the leader that is signed in."""
    readable_ranking(request.actor, ranking_id)
    title = request.POST.get("title", "")
    sign_oneself(actor=request.actor, ranking_id=ranking_id, title=title, at=timezone.now())
    return _chain(ranking_id)


def _signed_ranking(request: KpiRequest, signing_id: int, refusal: Refused) -> HttpResponse:
    return show_ranking(request, one_of(Signing.objects.filter(pk=signing_id)).ranking_id, refusal)


@page_act(_signed_ranking)
def withdraw(request: KpiRequest, signing_id: int) -> HttpResponse:
    """A signing recorded wrongly, taken back with a reason."""
    found = one_of(Signing.objects.filter(pk=signing_id))
    readable_ranking(request.actor, found.ranking_id)
    reason = request.POST.get("reason", "")
    withdraw_signing(actor=request.actor, signing_id=signing_id, reason=reason, at=timezone.now())
    return _chain(found.ranking_id)
