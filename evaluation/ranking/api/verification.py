"""核验 of one ranking: whether it still is what was sealed and what the audit says of it."""

import json

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.response import Response
from rest_framework.views import APIView

from evaluation.engine.access import Held, held_for, readable_ranking
from evaluation.enums import Standing
from evaluation.ranking.api.rankings import CACHE_CONTROL
from evaluation.ranking.queries.verification import faults_of, may_see_faults
from miyun_kpi.api.answers import Answer
from miyun_kpi.api.params import NoFilters, read_params
from miyun_kpi.requests import ApiRequest


class FaultSerializer(Answer):
    what = serializers.CharField(help_text="哪里不对")
    where = serializers.CharField(help_text="哪一件")


class VerificationSerializer(Answer):
    ranking = serializers.IntegerField()
    checked_at = serializers.DateTimeField()
    intact = serializers.BooleanField(help_text="与封存的和审计所记都相符")
    faults = FaultSerializer(many=True, help_text="不符的各处，只给区政府办和审计员")
    engines_agree = serializers.BooleanField(allow_null=True, help_text="核算时两套算法一致；升级前核算的没有")
    border_cases = serializers.IntegerField(allow_null=True, help_text="合计在舍入界上、按分数核对的有几家")
    holds = serializers.BooleanField(
        allow_null=True, help_text="是否仍据现在的打分、方案和决定成立；不在现行之列的没有"
    )
    changed = serializers.ListField(child=serializers.CharField(), help_text="变动的格，只给考评办和审计")


class RankingVerification(APIView):
    @extend_schema(operation_id="ranking_verification", responses=VerificationSerializer)
    def get(self, request: ApiRequest, ranking_id: int) -> Response:
        """核对一次排名的封、各行、通报、更正和审签。"""
        read_params(request, NoFilters)
        ranking = readable_ranking(request.actor, ranking_id, with_inputs=True)
        found = faults_of(ranking)
        # Whether it still follows from its inputs is asked of what is as it was sealed.
        held = held_for(request.actor, ranking) if not found else Held(None)
        engines = json.loads(ranking.engines) if ranking.engines else None
        told = found if may_see_faults(request.actor) else []
        response = Response(
            {
                "ranking": ranking_id,
                "checked_at": timezone.localtime().isoformat(),
                "intact": not found,
                "faults": [{"what": one.what, "where": one.where} for one in told],
                "engines_agree": None if engines is None else not engines["differ"],
                "border_cases": None if engines is None else len(engines["borders"]),
                "holds": {Standing.HOLDS: True, Standing.CHANGED: False}.get(held.standing) if held.standing else None,
                "changed": list(held.cells),
            }
        )
        response["Cache-Control"], response["Vary"] = CACHE_CONTROL, "Authorization"
        return response
