"""REST of 绿色金融 besides its registers: the trial of 贴息, the dated table, grades of enterprises."""

from datetime import datetime
from typing import Any

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.response import Response
from rest_framework.views import APIView

from finance_policy import access
from finance_policy.api.answers import (
    GradedEnterpriseSerializer,
    GreenGradeSerializer,
    SubsidyRatesSerializer,
    SubsidySerializer,
)
from finance_policy.enums import DOCUMENT, Grade, Level
from finance_policy.forms import exact
from finance_policy.models import GradeDecision
from finance_policy.queries import grades as grade_queries
from finance_policy.queries.subsidy import rates, settings_on
from finance_policy.queries.trial import tried
from finance_policy.rules.subsidy import Rate, Subsidy
from finance_policy.services import library as services
from miyun_kpi.api.acts import api_act
from miyun_kpi.api.answers import paged
from miyun_kpi.api.bodies import Body
from miyun_kpi.api.lists import paginate
from miyun_kpi.api.params import NoFilters, read_params
from miyun_kpi.lib.actors import Actor
from miyun_kpi.lib.citations import cite
from miyun_kpi.requests import ApiRequest
from miyun_kpi.site import is_demonstration


def _day(value: Any) -> str | None:
    return value.isoformat() if value else None


def rate_json(rate: Rate) -> dict[str, Any]:
    return {
        "level": rate.level,
        "percent": str(rate.percent),
        "from_on": _day(rate.from_on),
        "until": _day(rate.until),
        "basis": rate.basis,
    }


def subsidy_json(found: Subsidy) -> dict[str, Any]:
    return {
        "rate_changes_on": found.changes_on.isoformat() if found.changes_on else None,
        "amount": str(found.amount),
        "principal": str(found.principal),
        "rate": rate_json(found.rate),
        "on": _day(found.on),
        "days": found.days,
        "day_basis": found.day_basis,
        "clause": cite(DOCUMENT, "三（一）1"),
        "exact": f"{found.exact.numerator}/{found.exact.denominator}",
        "assumed": True,
    }


class SubsidyTrialBody(Body):
    level = serializers.ChoiceField(choices=Level.choices)
    principal = serializers.CharField(max_length=40, help_text="元，至多两位小数")
    from_on = serializers.DateField()
    to_on = serializers.DateField()
    on = serializers.DateField(
        required=False, allow_null=True, default=None, help_text="按哪一天的贴息率；不给按计息起日"
    )


class GreenTrial(APIView):
    @api_act("green_trial", SubsidyTrialBody, SubsidySerializer, keyed=False)
    def post(self, request: ApiRequest, given: dict[str, Any], at: datetime) -> dict[str, Any]:
        """贴息试算，不保存；当天没有贴息率的，422 并说明录哪张表。"""
        principal = exact(given.pop("principal"), places=2, what="贷款本金")
        return subsidy_json(tried(principal=principal, **given))


class GreenRates(APIView):
    @extend_schema(operation_id="green_rates", responses=SubsidyRatesSerializer)
    def get(self, request: ApiRequest) -> Response:
        """贴息率表和今天的计息设置（推定）。"""
        read_params(request, NoFilters)
        held = settings_on(timezone.localdate())
        said = {"day_basis": held.day_basis, "count_last_day": held.count_last_day}
        return Response({"results": [rate_json(one) for one in rates()], "settings": said})


class GradeFilters(serializers.Serializer[Any]):
    on = serializers.DateField(required=False)
    grade = serializers.ChoiceField(required=False, choices=[*Grade.choices, ("none", "未评")])


class GradeBody(Body):
    enterprise = serializers.IntegerField(min_value=1, max_value=2**31 - 1)
    grade = serializers.ChoiceField(choices=Grade.choices)
    decided_on = serializers.DateField()
    basis = serializers.CharField(max_length=300)
    corrects = serializers.IntegerField(required=False, allow_null=True, min_value=1, max_value=2**31 - 1, default=None)
    reason = serializers.CharField(required=False, allow_blank=True, max_length=300, default="")


def grade_json(row: GradeDecision | None) -> dict[str, Any] | None:
    if row is None:
        return None
    return {
        "id": row.pk,
        "grade": row.grade,
        "decided_on": _day(row.decided_on),
        "basis": row.basis,
        "corrects": row.corrects_id,
    }


def _line_json(line: grade_queries.GradedLine) -> dict[str, Any]:
    values = line.record.values
    return {
        "enterprise": line.record.pk,
        "name": values["name"],
        "code": values["code"],
        "grade": grade_json(line.decision),
        "demo": is_demonstration(),
    }


def _require_grading(actor: Actor) -> None:
    access.require_environment(actor, "绿色信用等级的评定")


class GreenGrades(APIView):
    @paged("green_grades", GradedEnterpriseSerializer, GradeFilters)
    def get(self, request: ApiRequest) -> Response:
        """企业的绿色信用等级，某一天的（不给为今天）。"""
        given = read_params(request, GradeFilters)
        on = given.get("on") or timezone.localdate()
        return paginate(request, grade_queries.graded_enterprises(on, given.get("grade", "")), _line_json)

    @api_act("decide_green_grade", GradeBody, GreenGradeSerializer, status=201, may=_require_grading)
    def post(self, request: ApiRequest, given: dict[str, Any], at: datetime) -> dict[str, Any] | None:
        """登记一次评定；只由区生态环境局。"""
        enterprise_id = given.pop("enterprise")
        return grade_json(services.decide_grade(actor=request.actor, enterprise_id=enterprise_id, at=at, **given))
