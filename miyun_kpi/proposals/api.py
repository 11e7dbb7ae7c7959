"""REST of what waits for a second person: an act over money or rights answers with it, and its end can be asked for.

It is confirmed in person only, on its page.
"""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.response import Response
from rest_framework.views import APIView

from miyun_kpi.acts.enums import TwoPersonState
from miyun_kpi.api.answers import Answer, Code, moment
from miyun_kpi.api.params import NoFilters, read_params
from miyun_kpi.proposals import access
from miyun_kpi.proposals.models import Proposal
from miyun_kpi.requests import ApiRequest


class ProposalSerializer(Answer):
    id = serializers.IntegerField(min_value=1)
    act = serializers.CharField(help_text="事项代码")
    name = serializers.CharField()
    state = Code(TwoPersonState)
    note = serializers.CharField()
    proposed_by = serializers.CharField()
    proposed_at = serializers.DateTimeField()
    confirmed_by = serializers.CharField(allow_null=True)
    confirmed_at = serializers.DateTimeField(allow_null=True)
    version = serializers.IntegerField(min_value=1)


def proposal_json(row: Proposal) -> dict[str, Any]:
    return {
        "id": row.pk,
        "act": row.code,
        "name": row.name,
        "state": row.state,
        "note": row.note,
        "proposed_by": row.recorded_by,
        "proposed_at": moment(row.recorded_at),
        "confirmed_by": row.confirmed_by or None,
        "confirmed_at": moment(row.confirmed_at),
        "version": row.version,
    }


class OneProposal(APIView):
    @extend_schema(operation_id="proposal", responses=ProposalSerializer)
    def get(self, request: ApiRequest, proposal_id: int) -> Response:
        """一件待第二人确认的事项（本单位的）：已提出、已确认办理、退回还是撤回。确认由本人登录办理，不走接口。"""
        read_params(request, NoFilters)
        return Response(proposal_json(access.found(request.actor, proposal_id)))
