"""升降归因 of one unit: what the difference of its totals is made of, and who passed whom (decision 0112)."""

from collections.abc import Sequence
from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework.response import Response
from rest_framework.views import APIView

from evaluation.engine.access import may_see_receipt, visible_ranking
from evaluation.ranking.api.answers import RankingAttributionSerializer
from evaluation.ranking.api.inputs import AttributionFilters
from evaluation.ranking.api.rankings import CACHE_CONTROL
from evaluation.ranking.queries.attribution import Why, comparable, why
from evaluation.ranking.rules import Passing
from miyun_kpi.api.params import read_params
from miyun_kpi.lib.errors import NotFound
from miyun_kpi.organisations.queries import resolve
from miyun_kpi.requests import ApiRequest


class RankingAttribution(APIView):
    @extend_schema(
        operation_id="ranking_attribution", parameters=[AttributionFilters], responses=RankingAttributionSerializer
    )
    def get(self, request: ApiRequest, ranking_id: int, organisation: str) -> Response:
        """一个单位两次排名之间的升降归因；各部分相加等于合计之差。"""
        wanted = read_params(request, AttributionFilters).get("before")
        ranking = visible_ranking(request.actor, ranking_id)
        unit = resolve(organisation)
        if unit is None or not may_see_receipt(request.actor, ranking, unit):
            raise NotFound
        offered = comparable(request.actor, ranking, unit)
        before = next((one for one in offered if wanted in (None, one.pk)), None)
        if before is None:
            raise NotFound("没有可比的一次排名。", code="nothing-to-compare")
        response = Response(attribution_json(why(request.actor, before, ranking, unit), unit.code))
        response["Cache-Control"], response["Vary"] = CACHE_CONTROL, "Authorization"
        return response


def attribution_json(told: Why, code: str) -> dict[str, Any]:
    found = told.found
    return {
        "ranking": told.after.pk,
        "compared_with": told.before.pk,
        "organisation": code,
        "rank_before": found.rank_before,
        "rank_after": found.rank_after,
        "total_before": str(found.total_before),
        "total_after": str(found.total_after),
        "difference": str(found.difference),
        "sentence": told.sentence,
        "parts": [
            {
                "cause": part.cause.value,
                "words": part.words,
                "number": part.number,
                "subject": part.subject,
                "clause": part.clause,
                "before": part.before,
                "after": part.after,
                "effect": f"{part.printed:.4f}",
                "exact": str(part.effect),
            }
            for part in found.parts
        ],
        "over": _passings(told.over),
        "under": _passings(told.under),
    }


def _passings(found: Sequence[Passing]) -> list[dict[str, Any]]:
    return [
        {
            "organisation": one.organisation,
            "name": one.name,
            "level": one.level,
            "rank_before": one.rank_before,
            "rank_after": one.rank_after,
            "total_before": None if one.total_before is None else str(one.total_before),
            "total_after": None if one.total_after is None else str(one.total_after),
            "dimension": one.dimension,
            "gained": None if one.gained is None else f"{one.gained:.4f}",
        }
        for one in found
    ]
