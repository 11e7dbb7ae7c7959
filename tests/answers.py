"""Holds answers of the API against its own schema: no field missing, none undeclared, every type and code as said.

`install()` puts the check behind every view of the API, so that each answer any test gets is of the declared shape.
"""

import copy
import gzip
import json
import re
from datetime import date, datetime
from functools import cache
from threading import Lock
from typing import Any

from django.conf import settings
from django.http import HttpResponse
from jsonschema import Draft202012Validator, FormatChecker
from jsonschema.exceptions import best_match
from rest_framework.response import Response
from rest_framework.views import APIView

from miyun_kpi.api.renderers import FIELDS
from miyun_kpi.api.schema import Schema, schema_document
from miyun_kpi.site import tag

FORMATS = FormatChecker(())
_making = Lock()
CONVERTER = re.compile(r"<(?:\w+:)?(\w+)>")


@FORMATS.checks("date", ValueError)
def _is_day(value: object) -> bool:
    return not isinstance(value, str) or str(date.fromisoformat(value)) == value


@FORMATS.checks("date-time", ValueError)
def _is_moment(value: object) -> bool:
    return not isinstance(value, str) or datetime.fromisoformat(value).tzinfo is not None


def closed(schema: Any) -> Any:
    """The same schema, whose objects have no other properties than those it names."""
    if isinstance(schema, list):
        return [closed(one) for one in schema]
    if not isinstance(schema, dict):
        return schema
    made = {key: closed(value) for key, value in schema.items()}
    if isinstance(schema.get("properties"), dict) and "type" in schema:
        made.setdefault("additionalProperties", False)
    return made


@cache
def _document(urlconf: str) -> dict[str, Any]:
    return copy.deepcopy(schema_document())


def document() -> dict[str, Any]:
    # The threads of a live server ask at once: one makes it, the others wait for that one.
    with _making:
        return _document(settings.ROOT_URLCONF)


@cache
def _schemas(urlconf: str) -> dict[str, Any]:
    found: dict[str, Any] = closed(_document(urlconf)["components"]["schemas"])
    return found


@cache
def _validator(urlconf: str, schema: str) -> Draft202012Validator:
    whole = json.loads(schema) | {"components": {"schemas": _schemas(urlconf)}}
    return Draft202012Validator(whole, format_checker=FORMATS)


def faults(schema: dict[str, Any], body: Any) -> str:
    """What is wrong with a body, "" for nothing. `schema` may name components."""
    error = best_match(_validator(settings.ROOT_URLCONF, json.dumps(closed(schema))).iter_errors(body))
    return "" if error is None else f"{error.json_path}: {error.message[:300]}"


def faults_of_component(name: str, body: Any) -> str:
    return faults({"$ref": f"#/components/schemas/{name}"}, body)


def path_of(route: str) -> str:
    """api/v1/documents/<str:code>/ → /api/v1/documents/{code}/"""
    return "/" + CONVERTER.sub(r"{\1}", route)


def faults_of_answer(route: str, method: str, status: int, content: bytes) -> str:
    """What is wrong with an answer; answers that say nothing about their content (304, 405) are not looked into."""
    operation = document()["paths"].get(path_of(route), {}).get(method.lower())
    if operation is None:
        return "" if status >= 400 else f"the schema knows no {method} {route}"
    said = operation["responses"].get(str(status))
    if said is None:
        # Refusals that any address may give stand in no operation.
        return faults_of_component("Error", json.loads(content)) if status >= 400 else f"undeclared status {status}"
    if "content" not in said:
        return f"{len(content)} bytes where none are declared" if content else ""
    (media,) = said["content"].values()
    return faults(media["schema"], json.loads(content))


def install() -> None:
    """From now on an answer of the API that is not of its declared shape is an error of the test that got it."""
    dispatch = APIView.dispatch

    def checked(view: APIView, request: Any, *args: Any, **kwargs: Any) -> HttpResponse:
        response = dispatch(view, request, *args, **kwargs)
        if not isinstance(view, Schema) and request.resolver_match is not None:
            if isinstance(response, Response):
                response.add_post_render_callback(lambda rendered: _check(request, rendered))
            else:
                _check(request, response)
        return response

    APIView.dispatch = checked  # type: ignore[method-assign]  # every answer of a test passes here


def _check(request: Any, response: HttpResponse) -> None:
    if request.method not in ("GET", "POST", "PUT", "PATCH", "DELETE"):
        return
    route = request.resolver_match.route
    said = (route, request.method, response.status_code)
    zipped = response.headers.get("Content-Encoding") == "gzip"
    content = gzip.decompress(response.content) if zipped else response.content
    found = faults_of_answer(*said, content)
    if found and tag():
        # The mark of the demonstration or of a rehearsal stands beside what the schema declares for every site.
        body = json.loads(content)
        assert body.pop(FIELDS[tag()], None) is True, found
        found = faults_of_answer(*said, json.dumps(body).encode())
    assert not found, f"{request.method} {route} {response.status_code}: {found}"
