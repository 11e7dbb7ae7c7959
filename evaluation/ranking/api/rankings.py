from datetime import datetime
from typing import Any

from django.http import HttpResponse
from drf_spectacular.utils import extend_schema
from rest_framework.response import Response
from rest_framework.views import APIView

from evaluation.engine.access import (
    held_for,
    latest_ranking,
    may_see_receipt,
    ranking_to_serve,
    rankings_visible_to,
    readable_ranking,
    scope_of,
    sees_whole_ranking,
    standings_for,
    visible_ranking,
)
from evaluation.engine.models.ranking import Ranking
from evaluation.engine.queries.frozen import frozen_ranking, frozen_receipt
from evaluation.engine.rules.documents import limited_receipt
from evaluation.enums import Standing
from evaluation.periods.models import Period
from evaluation.ranking.api.answers import (
    ListedRankingSerializer,
    RankingChangesSerializer,
    RankingHoldingSerializer,
    RankingSerializer,
    RankingSigningsSerializer,
    ReceiptSerializer,
)
from evaluation.ranking.api.inputs import LatestFilters, RankingFilters, RankingTrialBody
from evaluation.ranking.queries.corrections import changes_of, compared_with
from evaluation.ranking.queries.rankings import Viewer
from evaluation.ranking.queries.signings import signing_json, signing_lines
from evaluation.ranking.rules import as_json
from evaluation.ranking.services import compute_trial
from evaluation.scheme.queries.schemes import scheme_of
from miyun_kpi.api.acts import api_act
from miyun_kpi.api.answers import CONDITIONAL, NOT_MODIFIED, moment, paged
from miyun_kpi.api.lists import paginate
from miyun_kpi.api.params import NoFilters, read_params
from miyun_kpi.lib.actors import Actor
from miyun_kpi.lib.encodings import takes_gzip
from miyun_kpi.lib.errors import NotFound, Refused
from miyun_kpi.lib.periods import PeriodCode
from miyun_kpi.organisations.queries import resolve
from miyun_kpi.requests import ApiRequest
from miyun_kpi.site import is_demonstration

CACHE_CONTROL = "private, no-cache"
FROZEN = {200: RankingSerializer, 304: NOT_MODIFIED}


def ranking_json(ranking: Ranking, standing: Standing | None = None) -> dict[str, Any]:
    return {
        "id": ranking.pk,
        "track": ranking.scheme.track,
        "period": ranking.period.code,
        "kind": ranking.kind,
        "number": ranking.number,
        "state": ranking.state,
        "demo": is_demonstration(),
        "rule_version": ranking.rule_version,
        "digest": ranking.digest,
        "computed_at": moment(ranking.computed_at),
        "published_at": moment(ranking.published_at),
        "corrects": ranking.corrects_id,
        "corrected_by": ranking.corrected_by_id,
        "in_force": standing in (Standing.HOLDS, Standing.CHANGED),
        "holds": standing == Standing.HOLDS if standing else None,
    }


def holding_json(actor: Actor, ranking: Ranking) -> dict[str, Any]:
    """Whether it still follows from its inputs, as far as the token may know; `changed` in words for office and auditor."""
    held = held_for(actor, ranking)
    return {
        "ranking": ranking.pk,
        "in_force": held.standing in (Standing.HOLDS, Standing.CHANGED),
        "holds": held.standing == Standing.HOLDS if held.standing else None,
        "standing": held.standing,
        "corrected_by": ranking.corrected_by_id,
        "changed": list(held.cells),
    }


def frozen_response(request: ApiRequest, ranking: Ranking) -> HttpResponse:
    """The frozen bytes, compressed where the client takes that, or 304 when it has them in either form."""
    scope, own = scope_of(request.actor, ranking)
    frozen = frozen_ranking(ranking, scope=scope, own=own)
    known = {tag.strip().removeprefix("W/") for tag in request.headers.get("If-None-Match", "").split(",")}
    zipped = takes_gzip(request.headers.get("Accept-Encoding", ""))
    tag = frozen.gzipped_etag if zipped else frozen.etag
    if known & {frozen.etag, frozen.gzipped_etag, "*"}:
        response = HttpResponse(status=304)
        tag = next((one for one in (frozen.etag, frozen.gzipped_etag) if one in known), tag)
    else:
        body = frozen.gzipped if zipped else frozen.body
        response = HttpResponse(body, content_type="application/json; charset=utf-8")
        if zipped:
            response["Content-Encoding"] = "gzip"
    response["ETag"] = tag
    response["Cache-Control"] = CACHE_CONTROL
    response["Vary"] = "Authorization, Accept-Encoding"
    return response


class Rankings(APIView):
    @paged("rankings", ListedRankingSerializer, RankingFilters)
    def get(self, request: ApiRequest) -> Response:
        """此令牌可见的排名，新的在前。"""
        filters = read_params(request, RankingFilters)
        found = rankings_visible_to(request.actor).select_related("scheme", "period").defer("document", "inputs")
        names = {"track": "scheme__track", "period": "period__code", "kind": "kind"}
        found = found.filter(**{names[key]: value for key, value in filters.items()})
        told: dict[int, Standing] = standings_for(request.actor, list(found))
        response = paginate(
            request,
            found.order_by("-period__code", "-computed_at", "-pk"),
            lambda one: ranking_json(one, told.get(one.pk)),
        )
        response["Cache-Control"], response["Vary"] = CACHE_CONTROL, "Authorization"
        return response

    @api_act("compute_trial", RankingTrialBody, ListedRankingSerializer, status=201, also=(200,))
    def post(self, request: ApiRequest, given: dict[str, Any], at: datetime) -> Response:
        """试算；同样的输入给出同一个排名（200），新的为 201。"""
        code = PeriodCode.parse(given["period"])
        scheme = scheme_of(given["track"], code.year)
        period = Period.objects.filter(code=str(code)).first()
        if scheme is None or period is None or code.month:
            raise Refused("period-not-open", f"{code.label}没有开启打分，不能试算。请先由区政府办开启这一期。")
        ranking, new = compute_trial(actor=request.actor, scheme=scheme, period=period, at=at)
        return Response(ranking_json(ranking), status=201 if new else 200)


class LatestRanking(APIView):
    @extend_schema(operation_id="latest_ranking", parameters=[LatestFilters, *CONDITIONAL], responses=FROZEN)
    def get(self, request: ApiRequest) -> HttpResponse:
        """最近一期的排名，正式的先于试算。"""
        ranking = latest_ranking(request.actor, read_params(request, LatestFilters)["track"])
        if ranking is None:
            raise NotFound("还没有您能看的排名。", code="no-ranking")
        return frozen_response(request, ranking)


class OneRanking(APIView):
    @extend_schema(operation_id="ranking", parameters=CONDITIONAL, responses=FROZEN)
    def get(self, request: ApiRequest, ranking_id: int) -> HttpResponse:
        """冻结的排名，带 ETag。"""
        read_params(request, NoFilters)
        return frozen_response(request, ranking_to_serve(request.actor, ranking_id))


class RankingHolding(APIView):
    @extend_schema(operation_id="ranking_holding", responses=RankingHoldingSerializer)
    def get(self, request: ApiRequest, ranking_id: int) -> Response:
        """是否仍据现在的打分、方案和决定成立；变动的格只给考评办和审计。"""
        read_params(request, NoFilters)
        response = Response(holding_json(request.actor, readable_ranking(request.actor, ranking_id, with_inputs=True)))
        response["Cache-Control"], response["Vary"] = CACHE_CONTROL, "Authorization"
        return response


class RankingChanges(APIView):
    @extend_schema(operation_id="ranking_changes", responses=RankingChangesSerializer)
    def get(self, request: ApiRequest, ranking_id: int) -> Response:
        """与所更正的版本（未通报的与上次核定）相比的差异。"""
        read_params(request, NoFilters)
        actor = request.actor
        ranking = visible_ranking(actor, ranking_id)
        before = compared_with(ranking, rankings_visible_to(actor))
        if before is None:
            raise NotFound
        changes = changes_of(before, ranking, Viewer(*scope_of(actor, ranking)))
        rows = as_json(changes.changed)
        response = Response({"ranking": ranking.pk, "compared_with": before.pk, "moved": changes.moved, "rows": rows})
        response["Cache-Control"], response["Vary"] = CACHE_CONTROL, "Authorization"
        return response


class RankingReceipt(APIView):
    @extend_schema(operation_id="ranking_row", responses=ReceiptSerializer)
    def get(self, request: ApiRequest, ranking_id: int, organisation: str) -> Response:
        """一个单位的得分明细。"""
        read_params(request, NoFilters)
        ranking = visible_ranking(request.actor, ranking_id)
        found = resolve(organisation)
        if found is None or not may_see_receipt(request.actor, ranking, found):
            raise NotFound
        receipt = frozen_receipt(ranking, found)
        if receipt is None:
            raise NotFound
        scope, _ = scope_of(request.actor, ranking)
        response = Response(limited_receipt(receipt, scope))
        response["Cache-Control"], response["Vary"] = CACHE_CONTROL, "Authorization"
        return response


class RankingSignings(APIView):
    @extend_schema(operation_id="ranking_signings", responses=RankingSigningsSerializer)
    def get(self, request: ApiRequest, ranking_id: int) -> Response:
        """领导审签，作废的也在内；看得到整份排名的令牌才有。"""
        read_params(request, NoFilters)
        ranking = visible_ranking(request.actor, ranking_id)
        if not sees_whole_ranking(request.actor, ranking):
            raise NotFound
        lines = signing_lines(ranking, request.actor)
        return Response({"ranking": ranking.pk, "results": [signing_json(line) for line in lines]})
