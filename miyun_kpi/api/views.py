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


def _fields(schema: dict[str, Any], document: dict[str, Any]) -> list[dict[str, Any]]:
    if "$ref" in schema:
        schema = document["components"]["schemas"][schema["$ref"].rsplit("/", 1)[-1]]
    if schema.get("type") == "array":
        return _fields(schema["items"], document)
    required = schema.get("required", ())
    return [
        {"name": name, "required": name in required, "values": " ".join(map(str, field.get("enum", ()) or ()))}
        for name, field in schema.get("properties", {}).items()
    ]


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
        )
        for path, operations in document["paths"].items()
        for method, operation in operations.items()
    ]
    return render(request, "api/documentation.html", {"operations": operations})
