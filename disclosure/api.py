"""REST of 依申请公开: applications with their clocks, the applicant always masked; the registers have their own addresses."""

from typing import Any

from django.utils import timezone
from rest_framework import serializers
from rest_framework.response import Response
from rest_framework.views import APIView

from disclosure import access
from disclosure.enums import Applicant, Outcome, Way
from disclosure.queries.applications import STATES, Line, line_of
from miyun_kpi.api.answers import Answer, Code, NamedSerializer, paged
from miyun_kpi.api.lists import paginate
from miyun_kpi.api.params import read_params
from miyun_kpi.requests import ApiRequest
from miyun_kpi.site import is_demonstration

CLOCK_STATES = [(code, word) for code, (_, word) in STATES.items()]


class ApplicationFilters(serializers.Serializer[Any]):
    state = serializers.ChoiceField(required=False, choices=CLOCK_STATES)


class DisclosureApplicationSerializer(Answer):
    id = serializers.IntegerField()
    number = serializers.IntegerField()
    organisation = NamedSerializer()
    received_on = serializers.DateField()
    way = Code(Way)
    applicant_kind = Code(Applicant)
    applicant = serializers.CharField(help_text="一律遮盖")
    state = Code(CLOCK_STATES)
    due_on = serializers.DateField(allow_null=True, help_text="等补正的没有")
    days_used = serializers.IntegerField()
    days_allowed = serializers.IntegerField()
    answered_on = serializers.DateField(allow_null=True)
    outcome = Code(Outcome, allow_null=True)
    version = serializers.IntegerField()
    demo = serializers.BooleanField()


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
        "demo": is_demonstration(),
    }


class Applications(APIView):
    @paged("disclosure_applications", DisclosureApplicationSerializer, ApplicationFilters)
    def get(self, request: ApiRequest) -> Response:
        """公开申请和期限，只列此令牌可见的；申请人、联系方式和申请内容不给。"""
        given, today = read_params(request, ApplicationFilters), timezone.localdate()
        lines = [line_of(row, today) for row in access.visible_applications(request.actor)]
        state = given.get("state", "")
        return paginate(request, [one for one in lines if not state or one.clock.state == state], application_json)
