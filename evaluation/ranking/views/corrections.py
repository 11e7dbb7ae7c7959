"""差异表: a ranking beside the version it corrects, or before the bulletin beside the last computation."""

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from evaluation.engine.access import rankings_visible_to, readable_ranking, sees_whole_ranking
from evaluation.engine.models.ranking import Ranking
from evaluation.ranking.excel.rankings import changes_workbook
from evaluation.ranking.queries.corrections import Changes, changes_of, compared_with
from evaluation.ranking.views.rankings import viewer_of, workbook_response
from miyun_kpi.lib.errors import NotFound
from miyun_kpi.organisations.enums import TRACK_WORDS
from miyun_kpi.requests import KpiRequest


def _read(request: KpiRequest, ranking_id: int) -> tuple[Ranking, Changes]:
    actor = request.actor
    ranking = readable_ranking(actor, ranking_id)
    visible = rankings_visible_to(actor).select_related("scheme", "period").defer("inputs")
    offered = comparable(request, ranking)
    wanted = request.GET.get("with", "")
    if wanted:
        # Chosen by hand: only between two that one sees whole.
        chosen = next((one for one in offered if str(one.pk) == wanted), None)
    else:
        chosen = compared_with(ranking, visible) or next(iter(offered), None)
    before = visible.filter(pk=chosen.pk).first() if chosen else None
    if before is None:
        raise NotFound
    return ranking, changes_of(before, ranking, viewer_of(request, ranking))


def comparable(request: KpiRequest, ranking: Ranking) -> list[Ranking]:
    """Computations of the same track, of any period, trials too, for who sees both whole: the office, mostly."""
    actor = request.actor
    if not sees_whole_ranking(actor, ranking):
        return []
    # Invented marks are compared with invented ones, so that a demonstration account looks into nothing real.
    alike = rankings_visible_to(actor).filter(scheme__track=ranking.scheme.track)
    found = alike.exclude(pk=ranking.pk).select_related("scheme", "period").defer("inputs", "document")
    return list(found.order_by("-period__code", "kind", "-number"))


@require_GET
def changes(request: KpiRequest, ranking_id: int) -> HttpResponse:
    ranking, found = _read(request, ranking_id)
    viewer = viewer_of(request, ranking)
    context = {"ranking": ranking, "changes": found, "viewer": viewer, "now": timezone.now()}
    context["offered"] = comparable(request, ranking)
    return render(request, "evaluation/ranking/ranking_changes.html", context)


@require_GET
def changes_sheet(request: KpiRequest, ranking_id: int) -> HttpResponse:
    ranking, found = _read(request, ranking_id)
    content = changes_workbook(found, viewer=request.actor.label, at=timezone.now())
    name = (
        f"差异表-{TRACK_WORDS[ranking.scheme.track]}-{ranking.period.code}-{found.before.number}-{ranking.number}.xlsx"
    )
    return workbook_response(content, name)
