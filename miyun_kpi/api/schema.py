from threading import Lock
from typing import Any

from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.renderers import OpenApiJsonRenderer
from drf_spectacular.utils import extend_schema
from rest_framework.permissions import AllowAny
from rest_framework.response import Response
from rest_framework.views import APIView

from miyun_kpi.requests import ApiRequest

# The shape of miyun_kpi.api.errors.
ERROR = {
    "type": "object",
    "required": ["code", "message", "clause", "errors"],
    "properties": {
        "code": {"type": "string"},
        "message": {"type": "string", "description": "一句完整的中文：哪里不对、限度、怎么办"},
        "clause": {"type": ["string", "null"], "description": "依据条款"},
        "errors": {"type": "array", "items": {"$ref": "#/components/schemas/ErrorRow"}},
        "first": {"$ref": "#/components/schemas/FirstAnswer"},
    },
}
# Beside a refusal done-and-moved only: see miyun_kpi.api.idempotency.
FIRST_ANSWER = {
    "type": "object",
    "description": "code 为 done-and-moved 时：这个键第一次得到的回答",
    "required": ["status", "answer"],
    "properties": {"status": {"type": "integer"}, "answer": {}},
}
ERROR_ROW = {
    "type": "object",
    "description": "不对的一行或一栏",
    "required": ["organisation", "field", "code", "message", "current"],
    "properties": {
        "organisation": {"type": ["string", "null"], "description": "单位代码"},
        "field": {"type": ["string", "null"]},
        "code": {"type": "string"},
        "message": {"type": "string"},
        "current": {"oneOf": [{"$ref": "#/components/schemas/StoredNow"}, {"type": "null"}]},
    },
}
STORED_NOW = {
    "type": "object",
    "description": "版本不符时现在存着的",
    "required": ["value", "version"],
    "properties": {"value": {}, "version": {"type": "integer"}},
}
_STATUSES = {
    "get": ("400", "401", "403", "404", "429"),
    "post": ("400", "401", "403", "404", "409", "415", "422", "429"),
    "patch": ("400", "401", "403", "404", "409", "415", "422", "429"),
}

_TOO_MANY = {
    "description": "请求太频繁",
    "headers": {"Retry-After": {"description": "几秒后再发", "schema": {"type": "integer"}}},
}
# What a POST adds to 409: see miyun_kpi.api.idempotency.
_CONFLICT = {
    "description": "拒绝：版本或状态不对；同一个 Idempotency-Key 的请求还没有办完（code 为 busy），稍后用同一个键再发；"
    "或者它已经办过，所办的此后又有变动（code 为 done-and-moved，回答里有 first），没有再办一遍",
    "headers": {
        "Idempotent-Replay": {
            "description": "code 为 done-and-moved 时：这个键已经办过",
            "schema": {"type": "string", "enum": ["true"]},
        },
        "Retry-After": {"description": "code 为 busy 时：几秒后再发", "schema": {"type": "integer"}},
    },
}

_SAID: dict[tuple[str, str], dict[str, Any]] = {("post", "409"): _CONFLICT, ("", "429"): _TOO_MANY}


def add_error_shape(result: dict[str, Any], generator: Any, request: Any, public: bool) -> dict[str, Any]:
    """Every operation answers refusals in the one error shape."""
    schemas = result.setdefault("components", {}).setdefault("schemas", {})
    schemas |= {"Error": ERROR, "ErrorRow": ERROR_ROW, "StoredNow": STORED_NOW, "FirstAnswer": FIRST_ANSWER}
    content = {"application/json": {"schema": {"$ref": "#/components/schemas/Error"}}}
    for operations in result["paths"].values():
        for method, operation in operations.items():
            for status in _STATUSES.get(method, ()):
                said = _SAID.get((method, status)) or _SAID.get(("", status)) or {"description": "拒绝"}
                operation["responses"].setdefault(status, said | {"content": content})
    return result


def name_enumerations_of_parameters(result: dict[str, Any], **given: Any) -> dict[str, Any]:
    """A filter takes the same enumeration as the answer has; drf-spectacular names those of bodies and answers only."""
    by_codes: dict[tuple[str, ...], list[str]] = {}
    for name, schema in result.get("components", {}).get("schemas", {}).items():
        if set(schema) == {"type", "enum"}:
            by_codes.setdefault(tuple(sorted(schema["enum"])), []).append(name)
    for operations in result["paths"].values():
        for parameter in (one for operation in operations.values() for one in operation.get("parameters", ())):
            schema = parameter["schema"]
            names = by_codes.get(tuple(sorted(schema["enum"])), []) if set(schema) == {"type", "enum"} else []
            if len(names) == 1:
                parameter["schema"] = {"$ref": f"#/components/schemas/{names[0]}"}
    return result


# The generator loads its extensions on first use and is not made for two threads at that moment: one of them failed.
_one_at_a_time = Lock()


def schema_document() -> dict[str, Any]:
    with _one_at_a_time:
        document: dict[str, Any] = SchemaGenerator().get_schema(request=None, public=True)
    return document


class Schema(APIView):
    authentication_classes: list[Any] = []
    permission_classes = [AllowAny]
    renderer_classes = [OpenApiJsonRenderer]

    @extend_schema(exclude=True)
    def get(self, request: ApiRequest) -> Response:
        return Response(schema_document())
