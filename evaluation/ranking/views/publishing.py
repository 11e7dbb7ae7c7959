"""通报排名: what will go out is shown once more, the 公开范围 is chosen, then it goes (engine 19)."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from evaluation.engine.access import readable_ranking
from evaluation.engine.models.ranking import Ranking
from evaluation.feedback.queries.feedback import check_counts
from evaluation.ranking.forms import PublishForm
from evaluation.ranking.queries import corrections
from evaluation.ranking.queries import rankings as reads
from evaluation.ranking.services import publish_ranking, require_ready
from evaluation.ranking.views.rankings import show_ranking
from miyun_kpi.lib.errors import NotFound, Refused
from miyun_kpi.requests import KpiRequest


@require_http_methods(["GET", "POST"])
def publish(request: KpiRequest, ranking_id: int) -> HttpResponse:
    actor, at = request.actor, timezone.now()
    seen = readable_ranking(actor, ranking_id)
    form = PublishForm(request.POST if request.method == "POST" else None)
    try:
        ranking = require_ready(actor=actor, ranking_id=ranking_id, at=at)
        if request.method == "POST" and form.is_valid():
            publish_ranking(actor=actor, ranking_id=ranking_id, at=at, scope=form.cleaned_data["scope"])
            return redirect(f"{reverse('evaluation:ranking', args=[ranking_id])}#chain")
    except NotFound:
        raise
    except Refused as refusal:
        return show_ranking(request, readable_ranking(actor, seen.pk), refusal=refusal)
    context = _going_out(ranking) | {"form": form, "check": check_counts(ranking, at)}
    return render(request, "evaluation/ranking/ranking_publish.html", context, status=422 if form.errors else 200)


def _going_out(ranking: Ranking) -> dict[str, Any]:
    """Which paper, over whom, and what of it rests on a decision or is not settled."""
    page = reads.ranking_page(ranking, reads.Viewer("whole", ""))
    document = page.document
    rows = [row for row in document["rows"] if row.get("rank") is not None]
    return {
        "ranking": ranking,
        "document": document,
        "ranked": len(rows),
        "units": len(document["rows"]),
        "first": [row["name"] for row in rows if row["rank"] == 1],
        "signings": list(ranking.standing_signings),
        "corrects": corrections.current_bulletin(ranking),
        "decided_since": corrections.marks_decided_since(ranking),
        "digest": reads.in_fours(ranking.digest),
    }
