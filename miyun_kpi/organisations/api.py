"""REST reads of organisations."""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.response import Response
from rest_framework.views import APIView

from miyun_kpi.api.answers import Answer, Code, NamedSerializer, paged
from miyun_kpi.api.lists import paginate
from miyun_kpi.api.params import NoFilters, read_params
from miyun_kpi.lib.errors import FieldError, Malformed
from miyun_kpi.organisations import queries
from miyun_kpi.organisations.enums import Category, Zone
from miyun_kpi.organisations.models import Organisation
from miyun_kpi.requests import ApiRequest


class OrganisationField(serializers.CharField):
    """Code, name or alias, ended bodies too; gives the organisation, else 400 unknown-organisation: a typo is no empty list."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**{"help_text": "单位代码、名称或别名"} | options)

    def to_internal_value(self, data: Any) -> Any:
        text = super().to_internal_value(data)
        found = queries.resolve(text)
        if found is None:
            said = "没有这个单位。"
            raise Malformed(
                "unknown-organisation",
                f"没有叫“{text[:30]}”的单位。",
                errors=[FieldError(said, "unknown-organisation", field=self.field_name)],
            )
        return found


class OrganisationFilters(serializers.Serializer[Any]):
    evaluated = serializers.BooleanField(required=False, allow_null=True, default=None, help_text="true 只列考评对象")
    category = serializers.ChoiceField(required=False, choices=Category.choices)
    zone = serializers.ChoiceField(required=False, choices=Zone.choices)
    search = serializers.CharField(required=False, help_text="名称、代码或别名里的字词")


def organisation_json(row: Organisation) -> dict[str, Any]:
    """One organisation; needs aliases, names and parts prefetched."""
    names = [{"name": name.name, "from": _day(name.valid_from), "to": _day(name.valid_to)} for name in row.names.all()]
    return {
        "code": row.code,
        "name": row.name,
        "aliases": [alias.text for alias in row.aliases.all()],
        "category": row.category,
        "zone": row.zone or None,
        "evaluated": row.evaluated,
        "part_of": row.part_of.code if row.part_of else None,
        "parts": [{"code": part.code, "name": part.name} for part in row.parts.all()],
        "names": names or [{"name": row.name, "from": _day(row.valid_from), "to": _day(row.valid_to)}],
        "valid_from": _day(row.valid_from),
        "valid_to": _day(row.valid_to),
        "version": row.version,
    }


def _day(day: Any) -> str | None:
    return day.isoformat() if day else None


class NameByDateSerializer(Answer):
    name = serializers.CharField()
    to = serializers.DateField(allow_null=True)

    def get_fields(self) -> dict[str, serializers.Field[Any, Any, Any, Any]]:
        # `from` cannot be written as an attribute.
        return super().get_fields() | {"from": serializers.DateField(allow_null=True)}


class OrganisationSerializer(Answer):
    code = serializers.CharField()
    name = serializers.CharField()
    aliases = serializers.ListField(child=serializers.CharField())
    category = Code(Category)
    zone = Code(Zone, allow_null=True)
    evaluated = serializers.BooleanField(help_text="考评对象")
    part_of = serializers.CharField(allow_null=True, help_text="所属机构的代码")
    parts = NamedSerializer(many=True)
    names = NameByDateSerializer(many=True, help_text="各时期的名称")
    valid_from = serializers.DateField(allow_null=True)
    valid_to = serializers.DateField(allow_null=True)
    version = serializers.IntegerField()


class Organisations(APIView):
    @paged("organisations", OrganisationSerializer, OrganisationFilters)
    def get(self, request: ApiRequest) -> Response:
        """机构，按附件1和任务表的次序。"""
        filters = read_params(request, OrganisationFilters)
        found = queries.filtered(
            category=filters.get("category", ""),
            zone=filters.get("zone", ""),
            words=filters.get("search", ""),
            evaluated=filters.get("evaluated"),
        )
        return paginate(request, queries.with_details(found), organisation_json)


class OneOrganisation(APIView):
    @extend_schema(operation_id="organisation", responses=OrganisationSerializer)
    def get(self, request: ApiRequest, code: str) -> Response:
        """一个机构；代码、名称、别名都可以。"""
        read_params(request, NoFilters)
        return Response(organisation_json(queries.organisation_by(code)))
