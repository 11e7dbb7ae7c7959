"""changes/: what a client that keeps a copy has to follow."""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.response import Response
from rest_framework.views import APIView

from miyun_kpi.api.answers import Answer, Code, Period
from miyun_kpi.api.enums import ChangeKind
from miyun_kpi.api.feed import DEFAULT_SIZE, MOST, changes_after
from miyun_kpi.api.models import Change
from miyun_kpi.api.params import read_params
from miyun_kpi.requests import ApiRequest


class ChangeFilters(serializers.Serializer[Any]):
    after = serializers.CharField(required=False, default="", help_text="上一次回答的 next；第一次不写")
    kind = serializers.ChoiceField(required=False, choices=ChangeKind.choices)
    size = serializers.IntegerField(required=False, min_value=1, max_value=MOST, default=DEFAULT_SIZE)


class ChangeDataSerializer(Answer):
    ranking = serializers.IntegerField(required=False, help_text="通报、更正：现在这一份")
    track = serializers.CharField(required=False)
    period = Period(required=False)
    number = serializers.IntegerField(required=False)
    digest = serializers.CharField(required=False)
    disclosure_scope = serializers.CharField(required=False)
    corrects = serializers.IntegerField(required=False, help_text="更正：被取代的那一份")
    corrected_digest = serializers.CharField(required=False)
    act = serializers.CharField(required=False, help_text="created、renamed、merged、split")
    organisation = serializers.CharField(required=False)
    on = serializers.DateField(required=False, allow_null=True, help_text="机构变动的生效日")
    old = serializers.CharField(required=False)
    new = serializers.CharField(required=False)
    merged = serializers.ListField(child=serializers.CharField(), required=False, help_text="并入的机构")
    into = serializers.ListField(child=serializers.CharField(), required=False, help_text="分设出的机构")
    scheme = serializers.IntegerField(required=False)
    year = serializers.IntegerField(required=False)
    document = serializers.CharField(required=False, allow_null=True)
    effective_from = Period(required=False)


class ChangeSerializer(Answer):
    seq = serializers.IntegerField()
    kind = Code(ChangeKind)
    at = serializers.DateTimeField()

    def get_fields(self) -> dict[str, serializers.Field[Any, Any, Any, Any]]:
        # `data` cannot be written as an attribute: serializers have one.
        return super().get_fields() | {"data": ChangeDataSerializer(help_text="随种类")}


class ChangesSerializer(Answer):
    results = ChangeSerializer(many=True)
    next = serializers.CharField(help_text="下一次用作 after；没有新的也会给，原样再用")
    more = serializers.BooleanField(help_text="还有没有取完的")


def change_json(row: Change) -> dict[str, Any]:
    return {"seq": row.seq, "kind": row.kind, "at": row.at.astimezone().isoformat(), "data": row.data}


class Changes(APIView):
    @extend_schema(operation_id="changes", parameters=[ChangeFilters], responses=ChangesSerializer)
    def get(self, request: ApiRequest) -> Response:
        """已经发生的变动，按先后：通报、更正、机构变动、方案印发和修订。不丢、不重。"""
        wanted = read_params(request, ChangeFilters)
        page = changes_after(wanted["after"], kind=wanted.get("kind", ""), size=wanted["size"])
        response = Response(
            {"results": [change_json(row) for row in page.changes], "next": page.next, "more": page.more}
        )
        response["Cache-Control"], response["Vary"] = "private, no-cache", "Authorization"
        return response
