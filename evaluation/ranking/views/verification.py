"""核验 of one ranking, for office and auditor; it is shown also where the ranking itself no longer is."""

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from evaluation.engine.access import visible_ranking
from evaluation.engine.queries.sealed import words_of
from evaluation.ranking.queries.rankings import in_fours
from evaluation.ranking.queries.verification import faults_of, may_see_faults
from miyun_kpi.audit.keyless import is_keyless
from miyun_kpi.lib.errors import NotFound
from miyun_kpi.requests import KpiRequest


@require_GET
def verification(request: KpiRequest, ranking_id: int) -> HttpResponse:
    ranking = visible_ranking(request.actor, ranking_id)
    if not may_see_faults(request.actor):
        raise NotFound
    context = {
        "ranking": ranking,
        "words": words_of(ranking),
        "faults": faults_of(ranking),
        "rows": ranking.rows.count(),
        "seal": in_fours(ranking.seal) if ranking.seal else "",
        "keyless": is_keyless(ranking.seal),
        "digest": in_fours(ranking.digest),
        "now": timezone.now(),
    }
    return render(request, "evaluation/ranking/ranking_verification.html", context)
