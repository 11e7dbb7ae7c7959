"""The one error shape: {code, message, clause, errors}."""

from typing import Any

from django.http import Http404
from rest_framework import exceptions
from rest_framework.response import Response
from rest_framework.views import set_rollback

from miyun_kpi.lib.citations import cite, split_citation
from miyun_kpi.lib.errors import Busy, FieldError, Refused, SealBroken

_PLAIN: dict[type[Exception], tuple[int, str, str]] = {
    exceptions.NotAuthenticated: (401, "not-authenticated", "请在 Authorization 头里给出令牌：Token …。"),
    exceptions.AuthenticationFailed: (401, "bad-token", "令牌不对或已过期，请向安全管理员另领。"),
    exceptions.PermissionDenied: (403, "verb-lacking", "这个令牌没有此项权限。"),
    exceptions.MethodNotAllowed: (405, "method-not-allowed", "这个地址不接受这种请求方法。"),
    exceptions.NotAcceptable: (406, "not-acceptable", "只提供 application/json。"),
    exceptions.UnsupportedMediaType: (415, "unsupported-media-type", "请求体须为 application/json。"),
    exceptions.ParseError: (400, "bad-json", "请求体不是合法的 JSON。"),
    exceptions.Throttled: (429, "throttled", "请求太频繁，请稍后再试。"),
    Http404: (404, "not-found", "没有这一项，或不在您能看的范围。"),
}


def error_body(code: str, message: str, clause: str | None = None, errors: list[Any] | None = None) -> dict[str, Any]:
    return {"code": code, "message": message, "clause": clause, "errors": errors or []}


def printable(text: str | None) -> str | None:
    """Text that UTF-8 can carry: a client may send half of a surrogate pair and gets it named, not a crash."""
    return None if text is None else text.encode("utf-8", "replace").decode()


def field_error(error: FieldError) -> dict[str, Any]:
    return {
        "organisation": printable(error.organisation),
        "field": printable(error.field),
        "code": error.code,
        "message": printable(error.message),
        "current": error.current,
    }


def refusal_body(refusal: Refused) -> dict[str, Any]:
    clause = cite(*split_citation(refusal.clause)) if refusal.clause else None
    return error_body(refusal.code, printable(refusal.message) or "", clause, [field_error(e) for e in refusal.errors])


def _validation_rows(detail: Any, field: str | None = None) -> list[dict[str, Any]]:
    if isinstance(detail, dict):
        return [
            row
            for key, value in detail.items()
            for row in _validation_rows(value, f"{field}.{key}" if field else str(key))
        ]
    if isinstance(detail, list):
        return [
            row
            for index, value in enumerate(detail)
            for row in _validation_rows(value, f"{field or ''}[{index}]" if isinstance(value, dict | list) else field)
        ]
    return [field_error(FieldError(str(detail), code=str(getattr(detail, "code", "invalid")), field=field))]


def handle_exception(exc: Exception, context: dict[str, Any]) -> Response | None:
    if isinstance(exc, Refused):
        set_rollback()
        if isinstance(exc, SealBroken):
            exc = exc.told_to(context["request"].actor)
        again = {"Retry-After": str(exc.retry_after)} if isinstance(exc, Busy) else None
        return Response(refusal_body(exc), status=exc.status, headers=again)
    if isinstance(exc, exceptions.ValidationError):
        set_rollback()
        rows = _validation_rows(exc.detail)
        return Response(error_body("malformed", "请求的内容不合格式，没有执行。", None, rows), status=400)
    for kind, (status, code, message) in _PLAIN.items():
        if isinstance(exc, kind):
            set_rollback()
            headers = {"WWW-Authenticate": "Token"} if status == 401 else {}
            if isinstance(exc, exceptions.Throttled) and getattr(exc, "wait", None):
                headers["Retry-After"] = str(int(getattr(exc, "wait", 0)) + 1)
            return Response(error_body(code, message), status=status, headers=headers)
    return None
