from datetime import datetime
from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.response import Response
from rest_framework.views import APIView

from evaluation.adjustments.access import adjustments_visible_to, visible_adjustment
from evaluation.adjustments.queries import adjustment_json, filtered
from evaluation.adjustments.services import Typed, propose_adjustment
from evaluation.enums import AdjustmentGround, AdjustmentState
from evaluation.periods.api import ExactString, WholeNumber
from miyun_kpi.api.acts import api_act
from miyun_kpi.api.answers import Answer, Code, Exact, paged
from miyun_kpi.api.bodies import Body
from miyun_kpi.api.lists import paginate
from miyun_kpi.api.params import NoFilters, RenamedChoiceField, read_params
from miyun_kpi.lib.errors import NotFound
from miyun_kpi.organisations.api import OrganisationField
from miyun_kpi.organisations.enums import Track
from miyun_kpi.organisations.queries import resolve
from miyun_kpi.requests import ApiRequest


class AdjustmentFilters(serializers.Serializer[Any]):
    year = serializers.IntegerField(required=False, min_value=2000, max_value=9998)
    track = serializers.ChoiceField(required=False, choices=Track.choices)
    state = RenamedChoiceField(once={"declined": "refused"}, required=False, choices=AdjustmentState.choices)
    organisation = OrganisationField(required=False)


class AdjustmentBody(Body):
    """`points` without a sign, as a string: whether it is added or taken follows from the ground."""

    year = WholeNumber(min_value=2000, max_value=9998)
    organisation = serializers.CharField(max_length=100)
    ground = serializers.ChoiceField(choices=AdjustmentGround.choices)
    work = serializers.CharField(max_length=120)
    points = ExactString(max_length=20)
    reason = serializers.CharField(max_length=1000)
    happened_on = serializers.DateField()
    document_number = serializers.CharField(required=False, allow_blank=True, max_length=80)
    city_task = serializers.CharField(required=False, allow_blank=True, max_length=120)
    bottom_place = WholeNumber(required=False, allow_null=True, min_value=1, max_value=3)
    ranking_scope = serializers.CharField(required=False, allow_blank=True, max_length=120)
    tied = serializers.BooleanField(required=False)
    keep_reason = serializers.CharField(required=False, allow_blank=True, max_length=500)
    awaits_city = serializers.BooleanField(required=False)


class AdjustmentSerializer(Answer):
    """`points` bear their sign here: what is taken is negative."""

    id = serializers.IntegerField()
    year = serializers.IntegerField()
    track = Code(Track)
    organisation = serializers.CharField()
    name = serializers.CharField()
    ground = Code(AdjustmentGround)
    ground_name = serializers.CharField()
    clause = serializers.CharField()
    work = serializers.CharField()
    points = Exact()
    reason = serializers.CharField()
    happened_on = serializers.DateField()
    document_number = serializers.CharField()
    city_task = serializers.CharField()
    bottom_place = serializers.IntegerField(allow_null=True)
    ranking_scope = serializers.CharField()
    tied = serializers.BooleanField()
    state = Code(AdjustmentState)
    decided_points = Exact(allow_null=True)
    proposed_for = serializers.CharField(help_text="提出的单位")
    version = serializers.IntegerField()


class Adjustments(APIView):
    @paged("adjustments", AdjustmentSerializer, AdjustmentFilters)
    def get(self, request: ApiRequest) -> Response:
        """此令牌可见的加减分，新的在前。"""
        wanted = read_params(request, AdjustmentFilters)
        if "organisation" in wanted:
            wanted["organisation"] = wanted["organisation"].code
        return paginate(request, filtered(adjustments_visible_to(request.actor), **wanted), adjustment_json)

    @api_act("propose_adjustment", AdjustmentBody, AdjustmentSerializer, status=201)
    def post(self, request: ApiRequest, given: dict[str, Any], at: datetime) -> dict[str, Any]:
        """为一个单位的一件工作提出加减分（201）。"""
        organisation, year = resolve(given.pop("organisation")), given.pop("year")
        if organisation is None:
            raise NotFound("没有这个单位，没有保存。请写单位的代码、名称或别名。")
        row = propose_adjustment(
            actor=request.actor, organisation_id=organisation.pk, year=year, typed=Typed(**given), at=at
        )
        return adjustment_json(visible_adjustment(request.actor, row.pk))


class OneAdjustment(APIView):
    @extend_schema(operation_id="adjustment", responses=AdjustmentSerializer)
    def get(self, request: ApiRequest, adjustment_id: int) -> Response:
        """一条加减分。"""
        read_params(request, NoFilters)
        return Response(adjustment_json(visible_adjustment(request.actor, adjustment_id)))
