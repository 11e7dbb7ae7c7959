"""通报排名: what will go out is shown once more, the 公开范围 is chosen, then it goes (engine 19)."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone

from evaluation.engine.access import readable_ranking
from evaluation.engine.models.ranking import Ranking
from evaluation.feedback.queries.feedback import check_counts
from evaluation.ranking.forms import PublishForm
from evaluation.ranking.queries import corrections
from evaluation.ranking.queries import rankings as reads
from evaluation.ranking.services import publish_ranking, require_ready
from evaluation.ranking.views.rankings import show_ranking
from miyun_kpi.lib.errors import Refused
from miyun_kpi.requests import KpiRequest
from miyun_kpi.web.acts import asked, form_of, page_act, sent, shown


def _page(request: KpiRequest, ranking_id: int, refusal: Refused | None = None) -> HttpResponse:
    """What would go out; where nothing can, the ranking itself and why."""
    readable_ranking(request.actor, ranking_id)
    at = timezone.now()
    ranking, lacking = asked(lambda: require_ready(actor=request.actor, ranking_id=ranking_id, at=at))
    if ranking is None:
        return show_ranking(request, ranking_id, lacking)
    context = _going_out(ranking) | {"form": form_of(request, PublishForm), "check": check_counts(ranking, at)}
    return shown(request, "evaluation/ranking/ranking_publish.html", context, refusal)


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


@page_act(_page, opens=True, explains=True)
def publish(request: KpiRequest, ranking_id: int) -> HttpResponse:
    readable_ranking(request.actor, ranking_id)
    require_ready(actor=request.actor, ranking_id=ranking_id, at=timezone.now())
    scope = sent(request, PublishForm)["scope"]
    publish_ranking(actor=request.actor, ranking_id=ranking_id, at=timezone.now(), scope=scope)
    return redirect(f"{reverse('evaluation:ranking', args=[ranking_id])}#chain")
