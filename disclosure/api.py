"""REST of 依申请公开: applications with their clocks, the applicant always masked; the registers have their own addresses."""

from typing import Any

from django.utils import timezone
from drf_spectacular.utils import OpenApiTypes, extend_schema
from rest_framework import serializers
from rest_framework.response import Response
from rest_framework.views import APIView

from disclosure import access
from disclosure.queries.applications import STATES, Line, line_of
from miyun_kpi.api.lists import paginate
from miyun_kpi.api.params import read_params
from miyun_kpi.requests import ApiRequest


class ApplicationFilters(serializers.Serializer[Any]):
    state = serializers.ChoiceField(required=False, choices=[(code, word) for code, (_, word) in STATES.items()])


def application_json(line: Line) -> dict[str, Any]:
    row, clock = line.row, line.clock
    return {
        "id": row.pk,
        "number": row.number,
        "organisation": {"code": row.organisation.code, "name": row.organisation.name},
        "received_on": row.received_on.isoformat(),
        "way": row.way,
        "applicant_kind": row.applicant_kind,
        "applicant": "＊＊＊",
        "state": clock.state,
        "due_on": clock.due_on.isoformat() if clock.due_on else None,
        "days_used": clock.used,
        "days_allowed": clock.allowed,
        "answered_on": row.answered_on.isoformat() if row.answered_on else None,
        "outcome": row.outcome or None,
        "version": row.version,
        "demo": row.demo,
    }


class Applications(APIView):
    @extend_schema(
        operation_id="disclosure_applications", parameters=[ApplicationFilters], responses=OpenApiTypes.OBJECT
    )
    def get(self, request: ApiRequest) -> Response:
        """公开申请和期限，只列此令牌可见的；申请人、联系方式和申请内容不给。"""
        given, today = read_params(request, ApplicationFilters), timezone.localdate()
        lines = [line_of(row, today) for row in access.visible_applications(request.actor)]
        state = given.get("state", "")
        return paginate(request, [one for one in lines if not state or one.clock.state == state], application_json)
