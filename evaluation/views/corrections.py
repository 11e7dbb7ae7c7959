"""差异表: a ranking beside the version it corrects, or before the bulletin beside the last computation."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from evaluation.access import rankings_visible_to
from evaluation.excel import changes_workbook
from evaluation.models import Ranking
from evaluation.queries.corrections import Changes, changes_of, compared_with
from evaluation.views.rankings import viewer_of, visible_ranking, workbook_response
from miyun_kpi.lib.actors import actor_of
from miyun_kpi.lib.errors import NotFound


def _read(request: HttpRequest, ranking_id: int) -> tuple[Ranking, Changes]:
    actor = actor_of(request)
    ranking = visible_ranking(actor, ranking_id)
    before = compared_with(ranking, rankings_visible_to(actor).select_related("scheme", "period").defer("inputs"))
    if before is None:
        raise NotFound
    return ranking, changes_of(before, ranking, viewer_of(request, ranking))


@require_GET
def changes(request: HttpRequest, ranking_id: int) -> HttpResponse:
    ranking, found = _read(request, ranking_id)
    viewer = viewer_of(request, ranking)
    context = {"ranking": ranking, "changes": found, "viewer": viewer, "now": timezone.now()}
    return render(request, "evaluation/ranking_changes.html", context)


@require_GET
def changes_sheet(request: HttpRequest, ranking_id: int) -> HttpResponse:
    ranking, found = _read(request, ranking_id)
    content = changes_workbook(found, viewer=actor_of(request).label, at=timezone.now())
    name = f"差异表-{ranking.scheme.track}-{ranking.period.code}-{found.before.number}-{ranking.number}.xlsx"
    return workbook_response(content, name)
