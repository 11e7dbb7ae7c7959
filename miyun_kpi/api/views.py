from dataclasses import dataclass
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from miyun_kpi.api.schema import schema_document
from miyun_kpi.requests import KpiRequest


@dataclass(frozen=True)
class Operation:
    method: str
    path: str
    summary: str
    parameters: list[dict[str, Any]]
    body: list[dict[str, Any]]
    answer: list[dict[str, Any]]


def _fields(schema: dict[str, Any], document: dict[str, Any]) -> list[dict[str, Any]]:
    if "$ref" in schema:
        schema = document["components"]["schemas"][schema["$ref"].rsplit("/", 1)[-1]]
    if schema.get("type") == "array":
        return _fields(schema["items"], document)
    required = schema.get("required", ())
    return [
        {"name": name, "required": name in required, "values": " ".join(_codes(field, document))}
        for name, field in schema.get("properties", {}).items()
    ]


def _codes(field: dict[str, Any], document: dict[str, Any]) -> list[str]:
    """The codes a field may have, wherever the schema names them."""
    if "$ref" in field:
        field = document["components"]["schemas"][field["$ref"].rsplit("/", 1)[-1]]
    inner = [code for one in (*field.get("oneOf", ()), *field.get("allOf", ())) for code in _codes(one, document)]
    return [*map(str, field.get("enum", ()) or ()), *inner]


def _answered(operation: dict[str, Any], document: dict[str, Any]) -> list[dict[str, Any]]:
    """The fields of the answer; of a page those of its rows."""
    said = operation["responses"].get("200") or operation["responses"].get("201") or {}
    for content in said.get("content", {}).values():
        schema = content.get("schema", {})
        page = document["components"]["schemas"].get(schema.get("$ref", "").rsplit("/", 1)[-1], {})
        rows = page.get("properties", {}).get("results")
        return _fields(rows or schema, document)
    return []


@require_safe
def documentation(request: KpiRequest) -> HttpResponse:
    """A page of our own made from the schema: what a client may ask, in Chinese."""
    document = schema_document()
    operations = [
        Operation(
            method=method.upper(),
            path=path,
            summary=operation.get("description", ""),
            parameters=operation.get("parameters", []),
            body=[
                field
                for content in list(operation.get("requestBody", {}).get("content", {}).values())[:1]
                for field in _fields(content.get("schema", {}), document)
            ],
            answer=_answered(operation, document),
        )
        for path, operations in document["paths"].items()
        for method, operation in operations.items()
    ]
    return render(request, "api/documentation.html", {"operations": operations})
