"""REST reads of the gazette."""

from typing import TYPE_CHECKING, Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.response import Response
from rest_framework.views import APIView

from miyun_kpi.api.answers import Answer, paged
from miyun_kpi.api.lists import paginate
from miyun_kpi.api.params import NoFilters, read_params
from miyun_kpi.gazette import queries
from miyun_kpi.gazette.models import Clause
from miyun_kpi.requests import ApiRequest

if TYPE_CHECKING:
    from miyun_kpi.gazette.queries import CountedDocument
from miyun_kpi.lib.citations import DOCUMENT_HELP


class ClauseFilters(serializers.Serializer[Any]):
    document = serializers.CharField(required=False, help_text=DOCUMENT_HELP)
    search = serializers.CharField(required=False, help_text="条款里的字词，空格和全角半角不计")


def document_json(document: "CountedDocument") -> dict[str, Any]:
    return {
        "ref": document.ref,
        "code": document.code,
        "number": document.document_number,
        "series": document.series,
        "year": document.year,
        "title": document.title,
        "short_title": document.short_title,
        "subject": document.subject,
        "issued_on": document.issued_on.isoformat(),
        "note": document.note,
        "clauses": document.clause_count,
        "doubts": document.doubt_count,
    }


def clause_json(clause: Clause) -> dict[str, Any]:
    return {
        "document": clause.document.ref,
        "ref": clause.ref,
        "heading": clause.heading,
        "text": clause.text,
        "lines": [clause.line_from, clause.line_to],
        "level": clause.level,
        "parent": clause.parent.ref if clause.parent else None,
        "leaf": clause.leaf,
    }


class GazetteDocumentSerializer(Answer):
    ref = serializers.CharField(help_text="代号，如 2020-13")
    code = serializers.CharField(help_text="2020 年的只写号")
    number = serializers.CharField(help_text="文号")
    series = serializers.CharField()
    year = serializers.IntegerField()
    title = serializers.CharField()
    short_title = serializers.CharField()
    subject = serializers.CharField(help_text="栏目")
    issued_on = serializers.DateField()
    note = serializers.CharField()
    clauses = serializers.IntegerField(help_text="条款数")
    doubts = serializers.IntegerField(help_text="存疑处数")


class ContentsEntrySerializer(Answer):
    ref = serializers.CharField()
    heading = serializers.CharField()
    level = serializers.IntegerField()
    leaf = serializers.BooleanField()


class DocumentWithContentsSerializer(GazetteDocumentSerializer):
    contents = ContentsEntrySerializer(many=True)


class ClauseSerializer(Answer):
    document = serializers.CharField(help_text="文件的代号")
    ref = serializers.CharField()
    heading = serializers.CharField()
    text = serializers.CharField()
    lines = serializers.ListField(
        child=serializers.IntegerField(), min_length=2, max_length=2, help_text="原文的起行和止行"
    )
    level = serializers.IntegerField()
    parent = serializers.CharField(allow_null=True, help_text="上级条款")  # type: ignore[assignment]  # a field here, an attribute in the base class
    leaf = serializers.BooleanField()


class Documents(APIView):
    @paged("documents", GazetteDocumentSerializer)
    def get(self, request: ApiRequest) -> Response:
        """公报文件。"""
        read_params(request, NoFilters)
        return paginate(request, queries.documents(), document_json)


class OneDocument(APIView):
    @extend_schema(operation_id="document", responses=DocumentWithContentsSerializer)
    def get(self, request: ApiRequest, code: str) -> Response:
        """一份文件及其条款目录；代号写 2020-13，只写 13 或 13号 指 2020 年的。"""
        read_params(request, NoFilters)
        document = queries.document_by(code)
        rows = Clause.objects.filter(document=document).order_by("order").values("ref", "heading", "level", "leaf")
        return Response(document_json(document) | {"contents": list(rows)})


class Clauses(APIView):
    @paged("clauses", ClauseSerializer, ClauseFilters)
    def get(self, request: ApiRequest) -> Response:
        """条款；给出 search 时只列含这些字词的末级条款。"""
        filters = read_params(request, ClauseFilters)
        if filters.get("document"):
            queries.document_by(filters["document"])
        return paginate(request, queries.clauses(filters.get("document", ""), filters.get("search", "")), clause_json)
