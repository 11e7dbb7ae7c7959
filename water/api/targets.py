"""REST of 水环境 besides its registers: targets with their series."""

from datetime import datetime
from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.response import Response
from rest_framework.views import APIView

from miyun_kpi.acts.days import Late
from miyun_kpi.api.acts import api_act
from miyun_kpi.api.bodies import Body
from miyun_kpi.api.params import NoFilters, read_params
from miyun_kpi.lib.actors import Actor
from miyun_kpi.lib.decimals import half_up, plain, read_decimal
from miyun_kpi.lib.errors import Malformed
from miyun_kpi.requests import ApiRequest
from miyun_kpi.site import is_demonstration
from water.access import require_target
from water.api.answers import WaterMeasureSerializer, WaterTargetsSerializer
from water.enums import Source
from water.models import Measure
from water.queries.targets import Standing, standings
from water.services import targets as services


def _number(value: Any) -> str | None:
    return None if value is None else plain(value)


def measure_json(row: Measure) -> dict[str, Any]:
    return {
        "id": row.pk,
        "target": row.target,
        "day": row.day.isoformat(),
        "share": _number(row.share),
        "numerator": _number(row.numerator),
        "denominator": _number(row.denominator),
        "unit": row.unit,
        "source_kind": row.source_kind,
        "source": row.source,
        "done_on": row.done_on.isoformat() if row.done_on else None,
        "late": row.late,
        "version": row.version,
        "demo": is_demonstration(),
    }


def standing_json(one: Standing) -> dict[str, Any]:
    judged = one.judgement
    return {
        "target": one.target.value,
        "name": one.target.label,
        "at_least": None if one.bound is None else str(one.bound),
        "reached": one.reached,
        "judgement": judged and {"day": judged.day.isoformat(), "verdict": judged.verdict, "reason": judged.reason},
        "projected": None if one.projection is None else str(half_up(one.projection.value, 2)),
        "measures": [measure_json(point.measure) | {"percent": str(point.shown)} for point in one.points],
    }


class MeasureBody(Body):
    day = serializers.DateField()
    share = serializers.CharField(required=False, allow_blank=True, max_length=40, default="")
    numerator = serializers.CharField(required=False, allow_blank=True, max_length=40, default="")
    denominator = serializers.CharField(required=False, allow_blank=True, max_length=40, default="")
    unit = serializers.CharField(required=False, allow_blank=True, max_length=20, default="")
    source_kind = serializers.ChoiceField(choices=Source.choices)
    done_on = serializers.DateField(required=False, allow_null=True, default=None, help_text="办理日期，默认今天")
    late_source = serializers.CharField(
        required=False, allow_blank=True, max_length=100, default="", help_text="补登的依据"
    )
    late_reason = serializers.CharField(
        required=False, allow_blank=True, max_length=200, default="", help_text="补登的理由"
    )
    source = serializers.CharField(max_length=200)  # type: ignore[assignment]  # a field here, an argument in the base class


class ChangedMeasureBody(MeasureBody):
    version = serializers.IntegerField(min_value=1, max_value=2**31 - 1)


def _days(body: dict[str, Any]) -> dict[str, Any]:
    return {"on": body["done_on"], "late": Late(body["late_source"], body["late_reason"])}


def _given(body: dict[str, Any]) -> services.Given:
    exact = {
        name: read_decimal(body[name], places=4, what=words) if body[name].strip() else None
        for name, words in (("share", "比率"), ("numerator", "分子"), ("denominator", "分母"))
    }
    if any(value is not None and value >= 10**13 for value in exact.values()):
        raise Malformed("too-large", "数过大，没有保存。请核对单位。")
    return services.Given(
        day=body["day"], unit=body["unit"], source_kind=body["source_kind"], source=body["source"], **exact
    )


class Targets(APIView):
    @extend_schema(operation_id="water_targets", responses=WaterTargetsSerializer)
    def get(self, request: ApiRequest) -> Response:
        """22号“二”的六项目标：各期的数、达到与否（只由印出的数得出）、到 2022-12-31 的直线推算、人的判断。"""
        read_params(request, NoFilters)
        return Response({"results": [standing_json(one) for one in standings()]})


class Measures(APIView):
    @api_act("enter_water_measure", MeasureBody, WaterMeasureSerializer, status=201, may=require_target)
    def post(self, request: ApiRequest, given: dict[str, Any], at: datetime, target: str) -> dict[str, Any]:
        """录入一期：比率，或者分子和分母。"""
        done = {"actor": request.actor, "at": at, **_days(given)}
        return measure_json(services.enter_measure(target=target, given=_given(given), **done))


def _require_measure(actor: Actor, target: str, measure_id: int) -> None:
    require_target(actor, target)


class OneMeasure(APIView):
    @api_act("change_water_measure", ChangedMeasureBody, WaterMeasureSerializer, keyed=False, may=_require_measure)
    def patch(
        self, request: ApiRequest, given: dict[str, Any], at: datetime, target: str, measure_id: int
    ) -> dict[str, Any]:
        """整条重填；版本不符的，409 并给出现存的内容。"""
        row = services.change_measure(
            actor=request.actor,
            target=target,
            measure_id=measure_id,
            version=given["version"],
            given=_given(given),
            at=at,
            **_days(given),
        )
        return measure_json(row)
